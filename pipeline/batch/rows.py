"""Rows of files as ingest would have typed them, so that they are what training saw."""

from typing import TYPE_CHECKING

from pipeline.config.schema import Column
from pipeline.stage.errors import DataError
from pipeline.types import as_type

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Texts that mean a missing number, time or truth value; in a column of text they are text.
MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "NaT")


def converted(texts: "pa.ChunkedArray", kind: str, start: int) -> "pa.ChunkedArray":
    """Text as the numbers or times that it spells, to the last bit; times are ISO 8601 without a zone.

    Raises ValueError with the first value that is of no such kind.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(texts)
    texts = pc.if_else(pc.is_in(texts, pa.array(MISSING)), pa.scalar(None, pa.string()), texts)
    if kind == "bool":
        return texts  # as_type knows its spellings
    wanted = [pa.timestamp("us")] if kind == "datetime" else [pa.float64()]
    if kind == "int":
        wanted.insert(0, pa.int64())  # exact beyond what a float holds
    for one in wanted:
        try:
            return pc.cast(texts, one)
        except pa.ArrowInvalid:
            continue
    for row, text in enumerate(texts.to_pylist()):
        try:
            pc.cast(pa.scalar(text, pa.string()), wanted[-1])
        except pa.ArrowInvalid:
            form = ", expected a time as 2013-01-31 05:15:00" if kind == "datetime" else ""
            raise ValueError(f"holds {text!r} in row {start + row} (from 0){form}") from None
    raise AssertionError("a cast failed and none of its values did")


def column(given: "pa.ChunkedArray", kind: str, start: int) -> "pd.Series":
    """One column as ingest types it. Raises ValueError or TypeError with the first value in its way."""
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_dictionary(given.type):
        given = given.cast(given.type.value_type)
    text = pa.types.is_string(given.type) or pa.types.is_large_string(given.type)
    if text and kind != "str":
        given = converted(given.cast(pa.string()), kind, start)
    elif pa.types.is_nested(given.type):
        raise ValueError("holds lists or objects")
    elif kind == "datetime" and pa.types.is_primitive(given.type) and not (
        pa.types.is_temporal(given.type) or pa.types.is_null(given.type)
    ):  # fmt: skip
        raise ValueError("holds numbers, which may count from any time in any unit")
    if pa.types.is_null(given.type):
        empty = {"str": pa.string(), "float": pa.float64(), "datetime": pa.timestamp("us")}
        given = given.cast(empty.get(kind, pa.int64() if kind == "int" else pa.bool_()))
    if pa.types.is_integer(given.type):
        given = given.cast(pa.int64())
    whole = kind == "int" and pa.types.is_integer(given.type) and given.null_count
    values = given.to_pandas(types_mapper=lambda _: pd.Int64Dtype()) if whole else given.to_pandas()
    return as_type(values, kind, start)


def typed(table: "pa.Table", columns: dict[str, Column], source: str, start: int) -> "pd.DataFrame":
    """The declared columns in their order, typed; one that may be missing and is absent is all missing.

    start: number of the table's first row in its source. Raises DataError that names column and row.
    """
    import pandas as pd
    import pyarrow as pa

    found = {}
    for name, declared in columns.items():
        given = (
            table[name] if name in table.column_names else pa.chunked_array([pa.nulls(len(table))])
        )
        try:
            found[name] = column(given, declared.type, start)
        except (ValueError, TypeError) as error:
            raise DataError(
                f"{source}: column {name} is not {declared.type}, as the bundle's schema says: {error}"
            ) from error
    return pd.DataFrame(found, copy=False)
