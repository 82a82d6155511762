"""Two models on the same rows: each metric's difference with a paired bootstrap interval, and a verdict.

The draws are shared: both models are judged on the same weights, so what is hard for both cancels out
(Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 8; Poisson weights for multinomial
ones, as in online bagging).
"""

from typing import TYPE_CHECKING, Any

from pipeline.metrics import DRAWS, LOWER_IS_BETTER, judge

if TYPE_CHECKING:
    import numpy as np

Record = dict[str, Any]


def verdict(interval: list[float], lower_is_better: bool) -> str:
    """What an interval of the difference (new less old) says of the new one."""
    low, high = interval
    if not (low > 0 or high < 0):  # an interval that is not a number says nothing either
        return "not distinguishable"
    return "better" if (high < 0) == lower_is_better else "worse"


def paired(
    task: str,
    y: "np.ndarray",
    old: tuple["np.ndarray", float],
    new: tuple["np.ndarray", float],
    seed: int,
    draws: int = DRAWS,
) -> dict[str, Record]:
    """By metric: both values, new less old with its 95 % interval, and better, worse or neither.

    y is encoded, shape (n,); old and new are predictions for the same rows and their thresholds.
    """
    import numpy as np

    generator = np.random.default_rng(seed)
    judges = [judge(task, y, p, threshold) for p, threshold in (old, new)]
    before, after = (of(np.ones(len(y))) for of in judges)
    found: dict[str, list[float]] = {name: [] for name in before}
    done = 0
    while done < draws:
        weights = generator.poisson(1.0, len(y)).astype(float)
        if not weights.any():
            continue
        one, other = (of(weights) for of in judges)
        for name, values in found.items():
            values.append(other[name] - one[name])
        done += 1
    records = {}
    for name, values in found.items():
        known = np.array(values)[np.isfinite(values)]
        interval = [float(q) for q in np.percentile(known, [2.5, 97.5])] if len(known) else []
        interval = interval or [float("nan")] * 2
        records[name] = {
            "old": before[name],
            "new": after[name],
            "difference": after[name] - before[name],
            "interval": interval,
            "verdict": verdict(interval, name in LOWER_IS_BETTER),
        }
    return records
