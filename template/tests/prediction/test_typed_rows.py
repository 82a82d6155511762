"""Rows of files are typed as ingest types them: no digit is lost, and what is no time is no time."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from lockstep.core.errors import DataError
from lockstep.core.schema import Column
from lockstep.prediction.typed_rows import typed


def test_times_are_iso_8601_and_nothing_else() -> None:
    columns = {"at": Column("datetime", nullable=True)}

    def typed_times(values: list[Any]) -> pd.Series:
        return typed(pa.table({"at": values}), columns, "given", 100)["at"]

    expected = pd.to_datetime(
        pd.Series(["2013-01-31 05:15:00", None, "2013-02-01"]), format="ISO8601"
    )
    spelt = typed_times(["2013-01-31T05:15:00", "", "2013-02-01"])
    assert spelt.equals(expected.astype("datetime64[us]")) and spelt.dtype == "datetime64[us]"
    for strange in (["1/2/2013"], ["2013-01-31T05:15:00Z"], [1356998400000], [1.5]):
        with pytest.raises(DataError, match="given: column at is not datetime"):
            typed_times(strange)
    with pytest.raises(DataError, match="'soon' in row 101"):
        typed_times(["2013-01-01", "soon"])


def test_large_whole_numbers_keep_every_digit() -> None:
    columns = {"k": Column("int", nullable=True)}
    for values in (["9007199254740993", ""], [9007199254740993, None]):
        predicted = typed(pa.table({"k": values}), columns, "given", 0)["k"]
        assert predicted.dtype == "Int64" and predicted[0] == 9007199254740993


def test_an_absent_column_is_all_missing_and_the_order_is_the_schema_s() -> None:
    columns = {"a": Column("float", nullable=True), "b": Column("str")}
    frame = typed(pa.table({"b": ["x", "y"]}), columns, "given", 0)
    assert list(frame) == ["a", "b"] and frame["a"].isna().all()
    with pytest.raises(DataError, match="given: column b is not str"):
        typed(pa.table({"b": [[1]]}), columns, "given", 0)
