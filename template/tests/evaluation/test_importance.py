"""A column that the model does not use has no importance; the one that it uses most comes first."""

import numpy as np
import pandas as pd

from lockstep.evaluation.importance import permutation_importance
from template.tests.support.models import FEATURES, answer, configured, table, trained


def importance(seed: int) -> list[dict[str, object]]:
    frame: pd.DataFrame = table(800, 9)
    model = trained(configured("linear", "binary"), "")
    rng = np.random.default_rng(seed)
    return permutation_importance(model, frame, answer(frame, "binary"), rng)


def test_features_are_ordered_by_what_the_model_loses_without_them() -> None:
    records = importance(0)
    assert {record["feature"] for record in records} == set(FEATURES)
    assert records[0]["feature"] == "size"  # the target is made of it and of the colour
    values = [record["importance"] for record in records]
    assert values == sorted(values, reverse=True)  # type: ignore[type-var]


def test_the_same_generator_gives_the_same_importance() -> None:
    assert importance(0) == importance(0) != importance(1)
