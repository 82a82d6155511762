"""Rows of files typed as ingest types them, so that they are what training saw."""

from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.core.schema import Column
from lockstep.data.column_types import as_type

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def typed_column(array: "pa.ChunkedArray", kind: str, start: int) -> "pd.Series":
    """Return one column as ingest types it.

    Parameters
    ----------
    array : ChunkedArray
    kind : str
        The declared type.
    start : int
        Number of the first row in its source.

    Returns
    -------
    Series

    Raises
    ------
    ValueError, TypeError
        With the first value that is not of the type.
    """
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if pa.types.is_nested(array.type):
        raise ValueError("holds lists or objects")
    elif kind == "datetime" and pa.types.is_primitive(array.type) and not (
        pa.types.is_temporal(array.type) or pa.types.is_null(array.type)
    ):  # fmt: skip
        raise ValueError("holds numbers, which may count from any time in any unit")
    if pa.types.is_null(array.type):
        empty = {"str": pa.string(), "float": pa.float64(), "datetime": pa.timestamp("us")}
        array = array.cast(empty.get(kind, pa.int64() if kind == "int" else pa.bool_()))
    if pa.types.is_unsigned_integer(array.type) and array.null_count:
        values = array.to_pandas(types_mapper=lambda _: pd.UInt64Dtype())
    elif pa.types.is_integer(array.type) and array.null_count:
        values = array.cast(pa.int64()).to_pandas(types_mapper=lambda _: pd.Int64Dtype())
    else:
        values = array.to_pandas()
    return as_type(values, kind, start)


def typed(table: "pa.Table", columns: dict[str, Column], source: str, start: int) -> "pd.DataFrame":
    """Return the declared columns in their order, typed; one that is absent is all missing.

    Parameters
    ----------
    table : Table
    columns : dict
        Declared columns by name.
    source : str
        For messages.
    start : int
        Number of the table's first row in its source.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        That names column and row.
    """
    import pandas as pd
    import pyarrow as pa

    series = {}
    for name, declared in columns.items():
        array = (
            table[name] if name in table.column_names else pa.chunked_array([pa.nulls(len(table))])
        )
        try:
            series[name] = typed_column(array, declared.type, start)
        except (ValueError, TypeError) as error:
            raise DataError(
                f"{source}: column {name} is not {declared.type}, as the bundle's schema says: {error}"
            ) from error
    return pd.DataFrame(series, copy=False)
