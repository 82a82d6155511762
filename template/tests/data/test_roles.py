"""Columns with a role are kept, each of its type; a column that cannot play its role is named."""

import numpy as np
import pandas as pd
import pytest

from lockstep.core.errors import DataError
from lockstep.core.schema import Dataset
from lockstep.data.roles import keep_roles

DATASET = Dataset(name="birds", recipe="birds", key=["id"], target="y", numeric=["size"],
                  categorical=["kind"], time="at")  # fmt: skip
FRAME = pd.DataFrame(
    {"other": 0, "kind": ["a", None], "size": [1, 2], "y": [0, 1], "id": ["x", "y"], "at": [3, 4]}
)


def test_columns_with_a_role_are_kept_in_order_and_typed() -> None:
    result = keep_roles(FRAME, DATASET)
    assert list(result) == ["id", "y", "at", "size", "kind"]
    assert result["size"].dtype == "float64" and result["kind"].tolist() == ["a", "missing"]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (FRAME.drop(columns="size"), r"recipes/birds\.py gives no column size.*it gives other, kind"),
        (FRAME.assign(size=["a", "b"]), "column size is .*, expected a number"),
        (FRAME.assign(size=[1.0, np.inf]), "column size is infinite in row id y and 0 others"),
        (pd.concat([FRAME, FRAME[["y"]]], axis=1), "gives column y more than once"),
    ],
)  # fmt: skip
def test_a_column_that_cannot_play_its_role_is_named(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(DataError, match=message):
        keep_roles(frame, DATASET)
