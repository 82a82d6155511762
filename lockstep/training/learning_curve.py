"""Write the learning curve while training runs; show a progress bar on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep.models.base import Log
from lockstep.training.live_log import LiveLog


@contextmanager
def learning_curve(folder: Path, steps: int | None) -> Iterator[Log]:
    """Yield a function log(step, train loss, valid loss), whose values `dvc plots` and editors follow.

    Writes folder/plots/metrics/{train,valid}/loss.tsv and folder/metrics.json.
    """
    from tqdm import tqdm

    live = LiveLog(folder)
    with tqdm(total=steps, desc="train", unit="step", disable=not sys.stderr.isatty()) as bar:

        def log(step: int, train: float, valid: float) -> None:
            live.write("train/loss", train, step=step)
            live.write("valid/loss", valid, step=step)
            live.summarize(step)
            bar.update()
            bar.set_postfix(train=f"{train:.4f}", valid=f"{valid:.4f}", refresh=False)

        yield log
