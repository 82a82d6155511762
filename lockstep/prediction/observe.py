"""What drift needs of new rows: counts over the bins of a profile, and a sample whose targets are known."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lockstep.core.schema import Dataset
from lockstep.data.quality import separate
from lockstep.evaluation.performance import kept
from lockstep.prediction.row_checks import judge, stop_at_failures
from lockstep.registry import serving
from lockstep.training import bundle, feature_profile
from lockstep.training.predictions import columns
from lockstep.training.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from lockstep.evaluation.performance import Sample
    from lockstep.prediction.score import Part


@dataclass(frozen=True)
class Observed:
    """Sums over the partitions so far."""

    rows: int  # that are valid, and so were counted
    rejected: int
    inputs: dict[str, "np.ndarray"]
    outputs: dict[str, "np.ndarray"]
    strange: int = 0  # rows whose target is a class that training did not see
    sample: "Sample | None" = None

    def __add__(self, other: "Observed") -> "Observed":
        """The sums of both."""
        mine, more = self.sample, other.sample
        return Observed(
            self.rows + other.rows,
            self.rejected + other.rejected,
            {name: self.inputs[name] + one for name, one in other.inputs.items()},
            {name: self.outputs[name] + one for name, one in other.outputs.items()},
            self.strange + other.strange,
            kept(mine, more) if mine and more else mine or more,
        )


def with_target(dataset: Dataset) -> Dataset:
    """The schema of rows whose target may be known."""
    checks = dataset.checks
    target = dataclasses.replace(checks.columns[dataset.target], nullable=True)
    every = {**checks.columns, dataset.target: target}
    return dataclasses.replace(dataset, checks=dataclasses.replace(checks, columns=every))


def judged(
    loaded: bundle.Bundle, target: "pd.Series", p: "np.ndarray", draw: "np.random.Generator"
) -> tuple[int, "Sample | None"]:
    """How many targets are of no known class; the others that are known, with their predictions."""
    task, classes = loaded.signature["task"], loaded.signature["classes"]
    known = target.notna().to_numpy()
    usual = known & (target.astype(str).isin(classes).to_numpy() | (task == "regression"))
    strange = int(known.sum() - usual.sum())
    if not usual.any():
        return strange, None
    y, _ = encode(target[usual], task, classes)
    return strange, (draw.random(len(y)), y, p[usual])


def zeros(columns: dict[str, feature_profile.Column]) -> dict[str, "np.ndarray"]:
    """The counts of no row."""
    import numpy as np

    return {name: np.zeros(len(one.rows), dtype="int64") for name, one in columns.items()}


def observe(
    loaded: bundle.Bundle,
    code: serving.Recipe,
    dataset: Dataset,
    seen: feature_profile.Profile,
    parts: Iterator["Part"],
    seed: int,
) -> Iterator[Observed]:
    """Judge, clean, featurize and predict each partition, and count what comes of it.

    dataset: as of with_target. Raises DataError at the first partition that breaks a check of severity
    fail.
    """
    import numpy as np

    keys, draw = list[np.ndarray](), np.random.default_rng(seed)
    for source, frame in parts:
        broken = judge(frame, dataset, keys)
        stop_at_failures(broken, source)
        valid, bad = separate(frame, broken)
        if valid.empty:
            yield Observed(0, len(bad), zeros(seen.columns), zeros(seen.outputs))
            continue
        features = serving.featurize(code, dataset, valid.reset_index(drop=True), source)
        p = loaded.predict(features)
        said = columns(loaded.signature["task"], p, loaded.signature["classes"])
        inputs, outputs = (
            feature_profile.counts(seen.columns, features),
            feature_profile.counts(seen.outputs, said),
        )
        strange, sample = judged(loaded, features[dataset.target], p, draw)
        yield Observed(len(valid), len(bad), inputs, outputs, strange, sample)
