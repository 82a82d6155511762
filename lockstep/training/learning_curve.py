"""Write the learning curve while training runs, through DVCLive; show a progress bar on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep.models.base import Log


@contextmanager
def learning_curve(folder: Path, steps: int | None) -> Iterator[Log]:
    """Yield a function log(step, train loss, valid loss), whose values `dvc plots` and editors follow.

    Writes folder/plots/metrics/{train,valid}/loss.tsv and folder/metrics.json.
    """
    from dvclive import Live
    from tqdm import tqdm

    live = Live(dir=str(folder), dvcyaml=None, report=None, save_dvc_exp=False)
    with tqdm(total=steps, desc="train", unit="step", disable=not sys.stderr.isatty()) as bar:

        def log(step: int, train: float, valid: float) -> None:
            live.step = step
            live.log_metric("train/loss", train)
            live.log_metric("valid/loss", valid)
            live.make_summary()
            bar.update()
            bar.set_postfix(train=f"{train:.4f}", valid=f"{valid:.4f}", refresh=False)

        yield log
    live.end()
