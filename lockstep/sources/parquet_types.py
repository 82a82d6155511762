"""A query's rows as Parquet whose columns have one type in all partitions."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 38  # of Arrow's widest plain decimal: a column's type must not depend on the values seen


def decimal_type(scale: int) -> "pa.DataType":
    """Return the type of decimals with so many digits after the point."""
    import pyarrow as pa

    return pa.decimal128(DIGITS, max(scale, 0))


def stored_type(dtype: "pa.DataType") -> "pa.DataType | None":
    """Return the type in which values are stored; None for one that lockstep.data cannot read."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(dtype):
        return stored_type(dtype.value_type)
    if types.is_decimal(dtype):
        return decimal_type(dtype.scale)
    for is_type, stored in (
        (types.is_null, dtype),
        (types.is_boolean, dtype),
        (types.is_date, pa.date32()),
        (types.is_integer, pa.int64()),
        (types.is_floating, pa.float64()),
        (types.is_timestamp, pa.timestamp("us")),
        (types.is_string, pa.string()),
        (types.is_large_string, pa.string()),
        (types.is_string_view, pa.string()),
    ):
        if is_type(dtype):
            return stored
    return None


def common_type(left: "pa.DataType", right: "pa.DataType") -> "pa.DataType | None":
    """Return the type that holds the values of two stored types; None where there is none."""
    import pyarrow as pa
    from pyarrow import types

    if left == right or types.is_null(right):
        return left
    if types.is_null(left):
        return right
    if {left, right} == {pa.int64(), pa.float64()}:
        return pa.float64()
    if all(types.is_decimal(dtype) or types.is_integer(dtype) for dtype in (left, right)):
        return decimal_type(max(getattr(dtype, "scale", 0) for dtype in (left, right)))
    return None


def to_stored_type(name: str, column: "pa.Array | pa.ChunkedArray") -> "pa.Array | pa.ChunkedArray":
    """Return a column in its stored type, times in UTC. Raises DataError that names the column."""
    import pyarrow as pa

    dtype = stored_type(column.type)
    if dtype is None:
        raise DataError(
            f"column {name} holds {column.type}, which no type of dataset.checks.columns reads; "
            "leave it out of dataset.source.query, or cast it there"
        )
    try:
        return column.cast(dtype)
    except pa.ArrowException as error:
        raise DataError(f"column {name}: {error}; cast it in dataset.source.query") from error


def array_from_values(name: str, values: Sequence[Any]) -> "pa.Array":
    """Return a column of Python's values. Raises DataError that names it if they have no common type."""
    import uuid

    import pyarrow as pa

    if any(isinstance(value, uuid.UUID) for value in values):
        values = [str(value) if isinstance(value, uuid.UUID) else value for value in values]
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError, ValueError, TypeError) as error:
        raise DataError(
            f"column {name} holds values of several kinds, or one out of range ({error}); "
            "cast it in dataset.source.query"
        ) from error
    return to_stored_type(name, array)


def table_from_rows(names: list[str], rows: Sequence[Sequence[Any]]) -> "pa.Table":
    """Return rows as a driver gives them, as a table of stored types."""
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    arrays = [array_from_values(name, values) for name, values in zip(names, columns, strict=True)]
    return pa.table(arrays, names=names)


def table_from_arrow(table: "pa.Table") -> "pa.Table":
    """Return a table of any types as one of stored types."""
    import pyarrow as pa

    columns = [to_stored_type(name, table.column(name)) for name in table.column_names]
    return pa.table(columns, names=table.column_names)


def merge_schemas(left: "pa.Schema", right: "pa.Schema") -> "pa.Schema":
    """Return the schema that holds the rows of both. Raises DataError that names a column without one."""
    import pyarrow as pa

    types = {}
    for name in left.names:
        left_type, right_type = left.field(name).type, right.field(name).type
        merged = common_type(left_type, right_type)
        if merged is None:
            raise DataError(
                f"column {name} holds {left_type} in some rows and {right_type} in others; "
                "cast it in dataset.source.query"
            )
        types[name] = merged
    return pa.schema(types)


def write_partition(table: "pa.Table", schema: "pa.Schema", path: Path) -> None:
    """Write a partition; pandas reads its whole numbers with gaps as Int64, exact beyond 2**53.

    Parameters
    ----------
    table : pyarrow.Table
        The rows.
    schema : pyarrow.Schema
        The types in which they are written.
    path : Path
        The file.

    Raises
    ------
    DataError
        With the name of a column whose values the schema cannot hold.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    for field in schema:
        try:
            index = table.column_names.index(field.name)
            table = table.set_column(index, field, table.column(index).cast(field.type))
        except pa.ArrowException as error:
            raise DataError(
                f"column {field.name} cannot be {field.type} throughout ({error}); "
                "cast it in dataset.source.query"
            ) from error
    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame = schema.empty_table().to_pandas(types_mapper=nullable.get)
    metadata = pa.Schema.from_pandas(frame, preserve_index=False).metadata
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")
