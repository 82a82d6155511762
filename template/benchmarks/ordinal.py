"""Measure two ways to predict an ordinal target, grades from 1 to 5: as a regression and as classes.

Usage: python -m template.benchmarks.ordinal [--draws 5]

The same rows and splits as in own_data.py. Prints, as means over the draws with the standard error
of each difference to the regression, RMSE and MAE in grades and the share of exact grades. Of class
probabilities two answers are judged: the likeliest grade, and the mean grade.
"""

import argparse
import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.partitions import read_all
from template.benchmarks.own_data import ordinal, ours, prepared

if TYPE_CHECKING:
    import numpy as np

METRICS = ("RMSE", "MAE", "exact")


def judged(y: "np.ndarray", answer: "np.ndarray") -> list[float]:
    """RMSE and MAE of an answer, and how often it is, rounded, the grade itself."""
    import numpy as np

    error = answer - y
    exact = np.clip(np.rint(answer), 1, 5) == y
    return [float(np.sqrt((error**2).mean())), float(np.abs(error).mean()), float(exact.mean())]


def answers(draw: int) -> dict[str, list[float]]:
    """The metrics of each answer on one draw, on test."""
    import numpy as np

    predicted = {}
    for task in ("regression", "multiclass"):
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            open(os.devnull, "w") as nothing,
            contextlib.redirect_stdout(nothing),
        ):
            config = prepared(ordinal(draw, task), "catboost_own", 42 + draw)
            predicted[task] = ours(config, "test")[0]
            y = read_all(Path("data/splits/test"))["target"].to_numpy()
    p = predicted["multiclass"]
    return {
        "regression": judged(y, predicted["regression"]),
        "regression, rounded": judged(y, np.clip(np.rint(predicted["regression"]), 1, 5)),
        "classes, the likeliest": judged(y, 1 + p.argmax(axis=1)),
        "classes, their mean": judged(y, p @ np.arange(1, 6)),
    }


def main() -> None:
    """Draw, train, judge, print."""
    import numpy as np

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=5)
    draws = [answers(draw) for draw in range(parser.parse_args().draws)]
    print(f"| answer | {' | '.join(METRICS)} |\n|{'---|' * (1 + len(METRICS))}")
    base = np.array([one["regression"] for one in draws])
    for name in draws[0]:
        found = np.array([one[name] for one in draws])
        apart = found - base
        errors = apart.std(axis=0, ddof=1) / np.sqrt(len(draws))
        cells = [
            f"{mean:.4f} ({by:+.4f} ± {error:.4f})" if name != "regression" else f"{mean:.4f}"
            for mean, by, error in zip(found.mean(axis=0), apart.mean(axis=0), errors, strict=True)
        ]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
