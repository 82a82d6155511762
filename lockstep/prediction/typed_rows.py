"""Rows of files as ingest would have typed them, so that they are what training saw."""

from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.core.schema import Column
from lockstep.data.column_types import as_type

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def column(given: "pa.ChunkedArray", kind: str, start: int) -> "pd.Series":
    """One column as ingest types it. Raises ValueError or TypeError with the first value in its way."""
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_dictionary(given.type):
        given = given.cast(given.type.value_type)
    if pa.types.is_nested(given.type):
        raise ValueError("holds lists or objects")
    elif kind == "datetime" and pa.types.is_primitive(given.type) and not (
        pa.types.is_temporal(given.type) or pa.types.is_null(given.type)
    ):  # fmt: skip
        raise ValueError("holds numbers, which may count from any time in any unit")
    if pa.types.is_null(given.type):
        empty = {"str": pa.string(), "float": pa.float64(), "datetime": pa.timestamp("us")}
        given = given.cast(empty.get(kind, pa.int64() if kind == "int" else pa.bool_()))
    if pa.types.is_unsigned_integer(given.type) and given.null_count:
        values = given.to_pandas(types_mapper=lambda _: pd.UInt64Dtype())
    elif pa.types.is_integer(given.type) and given.null_count:
        values = given.cast(pa.int64()).to_pandas(types_mapper=lambda _: pd.Int64Dtype())
    else:
        values = given.to_pandas()
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
