"""One pass over the partitions of test: predict, and collect what the metrics need."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lockstep.core.schema import Config
from lockstep.evaluation.importance import permutation_importance
from lockstep.models.rows import Codes
from lockstep.training import bundle, feature_profile, predictions
from lockstep.training.reader import Reader
from lockstep.training.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass
class CollectedRows:
    """What one pass over the test partitions collects: a few numbers a row, counts, and sampled rows."""

    slices: dict[str, Codes]  # by column
    importance_rows: "np.ndarray"  # positions of the sampled rows, ascending
    y_true: list["np.ndarray"] = field(default_factory=list)
    y_prob: list["np.ndarray"] = field(default_factory=list)
    feature_counts: dict[str, "np.ndarray"] = field(default_factory=dict)  # over the profile's bins
    importance_features: list["pd.DataFrame"] = field(default_factory=list)


def predict_partitions(
    model: bundle.Bundle,
    profile: feature_profile.Profile,
    config: Config,
    test: Reader,
    collected: CollectedRows,
) -> Iterator["pd.DataFrame"]:
    """Yield each partition's keys, encoded targets (y) and predictions; collect what else is needed.

    Parameters
    ----------
    model : Bundle
        The candidate.
    profile : Profile
        Its profile, over whose bins features are counted.
    config : Config
        The data set's key, target and slices.
    test : Reader
        The rows.
    collected : CollectedRows
        Gets what else is needed.
    """
    dataset, signature = config.dataset, model.signature
    features = signature["numeric"] + signature["categorical"]
    columns = [*dataset.key, dataset.target, *dataset.slices, *features]
    start = 0
    for frame in test.frames(list(dict.fromkeys(columns))):
        y_true, _ = encode(frame[dataset.target], signature["task"], signature["classes"])
        y_prob = model.predict(frame)
        collected.y_true.append(y_true)
        collected.y_prob.append(y_prob)
        for name, codes in collected.slices.items():
            codes.add(frame[name].astype(str))
        for name, counts in feature_profile.count_columns(profile.columns, frame).items():
            collected.feature_counts[name] = collected.feature_counts.get(name, 0) + counts
        sampled = collected.importance_rows - start
        sampled = sampled[(sampled >= 0) & (sampled < len(frame))]
        collected.importance_features.append(frame[features].take(sampled))
        start += len(frame)
        columns_of_outputs = predictions.as_columns(signature["task"], y_prob, signature["classes"])
        yield frame[dataset.key].assign(y=y_true, **columns_of_outputs)


def baseline_predictions(model: bundle.Bundle, y_prob: "np.ndarray") -> "np.ndarray":
    """Return the dummy's predictions of the same rows: the same for each."""
    import numpy as np

    return np.broadcast_to(np.asarray(model.baseline), y_prob.shape)


def feature_importance(
    model: bundle.Bundle,
    test: CollectedRows,
    drawn_rows: "np.ndarray",
    y_true: "np.ndarray",
    rng: Any,
) -> list[dict[str, Any]]:
    """Return the importance of each feature on the sampled rows, in the order in which they were drawn.

    Parameters
    ----------
    model : Bundle
        The candidate.
    test : CollectedRows
        With the features of the sampled rows.
    drawn_rows : int array
        Positions of the sampled rows, as drawn.
    y_true : array, shape (n_rows,)
        Encoded target of all rows.
    rng : Generator
        Shuffles the columns.
    """
    import numpy as np
    import pandas as pd

    ascending = pd.concat(test.importance_features, ignore_index=True)
    in_drawn_order = ascending.take(np.searchsorted(test.importance_rows, drawn_rows))
    features = in_drawn_order.reset_index(drop=True)
    return permutation_importance(model, features, y_true[drawn_rows], rng)
