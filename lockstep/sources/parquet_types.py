"""What a query gives becomes Parquet whose columns have one type in all partitions, or is refused by name."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 38  # of Arrow's widest plain decimal: a column's type shall not hang on the values seen


def decimal(scale: int) -> "pa.DataType":
    """The type of decimals with so many digits after the point."""
    import pyarrow as pa

    return pa.decimal128(DIGITS, max(scale, 0))


def plain(given: "pa.DataType") -> "pa.DataType | None":
    """The type that is kept for a type that comes; None where lockstep/data/column_types.py could not read it."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_null(given) or types.is_boolean(given) or types.is_date(given):
        return pa.date32() if types.is_date(given) else given
    if types.is_integer(given):
        return pa.int64()
    if types.is_floating(given):
        return pa.float64()
    if types.is_decimal(given):
        return decimal(given.scale)
    if types.is_timestamp(given):
        return pa.timestamp("us")
    if types.is_dictionary(given):
        return plain(given.value_type)
    text = types.is_string(given) or types.is_large_string(given) or types.is_string_view(given)
    return pa.string() if text else None


def both(one: "pa.DataType", other: "pa.DataType") -> "pa.DataType | None":
    """The type that holds the values of two kept types; None where there is none."""
    import pyarrow as pa
    from pyarrow import types

    if one == other or types.is_null(other):
        return one
    if types.is_null(one):
        return other
    if {one, other} == {pa.int64(), pa.float64()}:
        return pa.float64()
    if all(types.is_decimal(it) or types.is_integer(it) for it in (one, other)):
        return decimal(max(getattr(it, "scale", 0) for it in (one, other)))
    return None


def column(name: str, given: "pa.Array | pa.ChunkedArray") -> "pa.Array | pa.ChunkedArray":
    """A column in its kept type; a time with a zone becomes UTC's. Raises DataError that names it."""
    import pyarrow as pa

    kept = plain(given.type)
    if kept is None:
        raise DataError(
            f"column {name} holds {given.type}, which no type of dataset.checks.columns reads; "
            "leave it out of dataset.source.query, or cast it there"
        )
    try:
        return given.cast(kept)
    except pa.ArrowException as error:
        raise DataError(f"column {name}: {error}; cast it in dataset.source.query") from error


def values(name: str, given: Sequence[Any]) -> "pa.Array":
    """A column of Python's values. Raises DataError that names it if they have no one type."""
    import uuid

    import pyarrow as pa

    if any(isinstance(one, uuid.UUID) for one in given):
        given = [str(one) if isinstance(one, uuid.UUID) else one for one in given]
    try:
        found = pa.array(given)
    except (pa.ArrowException, OverflowError, ValueError, TypeError) as error:
        raise DataError(
            f"column {name} holds values of several kinds, or one out of range ({error}); "
            "cast it in dataset.source.query"
        ) from error
    return column(name, found)


def of_rows(names: list[str], rows: Sequence[Sequence[Any]]) -> "pa.Table":
    """Rows as a driver gives them, as a table of kept types."""
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table([values(*one) for one in zip(names, columns, strict=True)], names=names)


def of_arrow(given: "pa.Table") -> "pa.Table":
    """A table of any types as one of kept types."""
    import pyarrow as pa

    kept = [column(name, given.column(name)) for name in given.column_names]
    return pa.table(kept, names=given.column_names)


def unified(seen: "pa.Schema", more: "pa.Schema") -> "pa.Schema":
    """The schema that holds both. Raises DataError that names the first column that has none."""
    import pyarrow as pa

    types = {}
    for name in seen.names:
        one, other = seen.field(name).type, more.field(name).type
        found = both(one, other)
        if found is None:
            raise DataError(
                f"column {name} holds {one} in some rows and {other} in others; "
                "cast it in dataset.source.query"
            )
        types[name] = found
    return pa.schema(types)


def write(table: "pa.Table", schema: "pa.Schema", path: Path) -> None:
    """Write a partition in the schema; pandas reads numbers with gaps as Int64, exact beyond 2**53.

    Raises DataError that names a column whose values the schema cannot hold.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    for field in schema:
        try:
            place = table.column_names.index(field.name)
            table = table.set_column(place, field, table.column(place).cast(field.type))
        except pa.ArrowException as error:
            raise DataError(
                f"column {field.name} cannot be {field.type} throughout ({error}); "
                "cast it in dataset.source.query"
            ) from error
    exact = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame = schema.empty_table().to_pandas(types_mapper=exact.get)
    told = pa.Schema.from_pandas(frame, preserve_index=False).metadata
    pq.write_table(table.replace_schema_metadata(told), path, compression="zstd")
