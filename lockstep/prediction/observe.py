"""New rows as drift needs them: counts over the bins of a profile, and a sample whose targets are known."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lockstep.core.schema import Dataset
from lockstep.data.quality import separate
from lockstep.evaluation.performance import merge_samples
from lockstep.prediction.row_checks import check_rows, stop_at_failures
from lockstep.registry import serving
from lockstep.training import bundle, feature_profile
from lockstep.training.predictions import as_columns
from lockstep.training.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from lockstep.evaluation.performance import Sample
    from lockstep.prediction.score import Part


@dataclass(frozen=True)
class Observed:
    """Sums over partitions."""

    rows: int  # that are valid, and so were counted
    rejected: int
    inputs: dict[str, "np.ndarray"]
    outputs: dict[str, "np.ndarray"]
    n_unknown_classes: int = 0  # rows whose target is a class that training did not see
    sample: "Sample | None" = None

    def __add__(self, other: "Observed") -> "Observed":
        """Return the sums of both."""
        samples = [sample for sample in (self.sample, other.sample) if sample]
        return Observed(
            self.rows + other.rows,
            self.rejected + other.rejected,
            {name: self.inputs[name] + counts for name, counts in other.inputs.items()},
            {name: self.outputs[name] + counts for name, counts in other.outputs.items()},
            self.n_unknown_classes + other.n_unknown_classes,
            merge_samples(*samples) if len(samples) == 2 else next(iter(samples), None),
        )


def with_optional_target(dataset: Dataset) -> Dataset:
    """Return the schema of rows whose target may be known."""
    checks = dataset.checks
    target = dataclasses.replace(checks.columns[dataset.target], nullable=True)
    columns = {**checks.columns, dataset.target: target}
    return dataclasses.replace(dataset, checks=dataclasses.replace(checks, columns=columns))


def sample_targets(
    model: bundle.Bundle, target: "pd.Series", y_prob: "np.ndarray", rng: "np.random.Generator"
) -> tuple[int, "Sample | None"]:
    """Return the rows whose target the model can be scored on.

    Parameters
    ----------
    model : Bundle
    target : Series
        Missing where it is not known.
    y_prob : array
        Predictions of the same rows.
    rng : Generator

    Returns
    -------
    tuple
        How many targets are of a class that training did not see; of the rows whose target is usable a random
        number, the encoded target and the prediction, or None where there is none.
    """
    task, classes = model.signature["task"], model.signature["classes"]
    known = target.notna().to_numpy()
    usable = known & (target.astype(str).isin(classes).to_numpy() | (task == "regression"))
    n_unknown_classes = int(known.sum() - usable.sum())
    if not usable.any():
        return n_unknown_classes, None
    y_true, _ = encode(target[usable], task, classes)
    return n_unknown_classes, (rng.random(len(y_true)), y_true, y_prob[usable])


def zero_counts(columns: dict[str, feature_profile.Column]) -> dict[str, "np.ndarray"]:
    """Return the counts of no row."""
    import numpy as np

    return {name: np.zeros(len(column.rows), dtype="int64") for name, column in columns.items()}


def observe(
    model: bundle.Bundle,
    recipe: serving.Recipe,
    dataset: Dataset,
    profile: feature_profile.Profile,
    parts: Iterator["Part"],
    seed: int,
) -> Iterator[Observed]:
    """Check, clean, featurize and predict each partition, and count its features and predictions.

    Parameters
    ----------
    model : Bundle
    recipe : Recipe
        The bundle's own.
    dataset : Dataset
        As with_optional_target returns it.
    profile : Profile
        Of the training rows.
    parts : iterator of Part
    seed : int
        Of the sample.

    Yields
    ------
    Observed
        A partition's counts.

    Raises
    ------
    DataError
        At the first partition that breaks a check of severity fail.
    """
    import numpy as np

    known_keys, rng = list[np.ndarray](), np.random.default_rng(seed)
    signature = model.signature
    for source, frame in parts:
        broken = check_rows(frame, dataset, known_keys)
        stop_at_failures(broken, source)
        valid, rejected = separate(frame, broken)
        if valid.empty:
            inputs, outputs = zero_counts(profile.columns), zero_counts(profile.outputs)
            yield Observed(0, len(rejected), inputs, outputs)
            continue
        features = serving.featurize(recipe, dataset, valid.reset_index(drop=True), source)
        y_prob = model.predict(features)
        predicted = as_columns(signature["task"], y_prob, signature["classes"])
        inputs = feature_profile.count_columns(profile.columns, features)
        outputs = feature_profile.count_columns(profile.outputs, predicted)
        n_unknown, sample = sample_targets(model, features[dataset.target], y_prob, rng)
        yield Observed(len(valid), len(rejected), inputs, outputs, n_unknown, sample)
