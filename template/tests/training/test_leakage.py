"""A column that alone tells the target is refused, whether its values tell or that they are missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from lockstep.core.errors import DataError
from lockstep.core.schema import TASKS
from lockstep.training.leakage import check_leakage, univariate_auc, univariate_aucs
from template.tests.support.models import FEATURES, answer, table

GENERATOR = np.random.default_rng(0)
Y = GENERATOR.integers(0, 2, 2000)
NOISE = GENERATOR.normal(size=2000)
TELLING = {
    "values": pd.Series(Y + NOISE / 100),
    "missing where true": pd.Series(NOISE).where(Y == 0),
    "missing where false": pd.Series(NOISE).where(Y == 1),
    "known once": pd.Series(np.ones(2000)).where(Y == 1),
    "half missing, half told": pd.Series(Y.astype(float)).where((Y == 0) | (NOISE > 0)),
    "nullable": pd.Series(pd.array(Y, dtype="Int64")).where(Y == 1),
    "a category": pd.Series(np.where(Y == 1, "ä", "b")),
    "a missing category": pd.Series(GENERATOR.choice(["a", "b"], 2000)).where(Y == 0),
}


@pytest.mark.parametrize("name", list(TELLING))
def test_a_column_that_tells_is_refused_by_name(name: str) -> None:
    frame = pd.DataFrame({"noise": NOISE, name: TELLING[name]})
    with pytest.raises(DataError, match=f"column {name} alone predicts"):
        check_leakage(univariate_aucs(frame.items(), Y, "binary"), 0.95)


def test_noise_is_no_leak_and_missing_at_random_neither() -> None:
    holes = pd.Series(NOISE).where(GENERATOR.random(2000) < 0.5)
    texts = pd.Series(GENERATOR.choice(["a", "b", "missing"], 2000))
    frame = pd.DataFrame({"noise": NOISE, "holes": holes, "texts": texts})
    assert check_leakage(univariate_aucs(frame.items(), Y, "binary"), 0.85)["auc"] < 0.6


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 2.0, np.nan]), st.booleans()), max_size=30))
def test_strength_is_the_best_area_over_where_missing_values_stand(
    rows: list[tuple[float, bool]],
) -> None:
    values = np.array([value for value, _ in rows])
    y = np.array([label for _, label in rows], dtype=int)
    areas = [0.5]
    known = ~np.isnan(values)
    for here, shown in (
        (known, values),
        (slice(None), np.nan_to_num(values, nan=-1.0)),
        (slice(None), np.nan_to_num(values, nan=3.0)),
    ):
        if len(set(y[here].tolist())) == 2:
            area = roc_auc_score(y[here], shown[here])
            areas += [area, 1 - area]
    assert univariate_auc(pd.Series(values, dtype=float), y) == pytest.approx(max(areas))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("text", [False, True])
def test_a_leak_is_refused_by_name_and_honest_columns_pass(task: str, text: bool) -> None:
    frame = table(600, 5)
    y = answer(frame, task)
    check_leakage(univariate_aucs(frame[FEATURES].items(), y, task), 0.9)
    copied = pd.Series(np.digitize(y, np.unique(np.quantile(y, [0.25, 0.5, 0.75]))))
    frame["copied"] = copied.astype(str) if text else copied.astype(float)
    if task == "multiclass":
        frame["copied"] = pd.Series(y).astype(str) if text else pd.Series(y).astype(float)
    with pytest.raises(DataError, match="column copied alone"):
        check_leakage(univariate_aucs(frame.items(), y, task), 0.9)
