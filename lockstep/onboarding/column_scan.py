"""Scan a column chunk by chunk: what its values could be, as numbers, as times and as text."""

from typing import TYPE_CHECKING

from lockstep.onboarding import date_formats
from lockstep.onboarding.column_stats import ColumnStats, update_distinct, widen_range
from lockstep.onboarding.date_formats import COMPACT, parse_times
from lockstep.onboarding.number_formats import (
    PLAIN,
    count_by_style,
    is_number,
    strip_affixes,
    to_plain,
)

if TYPE_CHECKING:
    import pandas as pd

# Texts that mean a missing value, beside the empty one, whatever else the column holds.
GAPS = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "NaT")
# And those that do where all else is a number or a time.
MORE_GAPS = (*GAPS, "None", "none", "?", "-", "--", ".", "unknown", "Unknown", "#VALUE!", "#DIV/0!")
N_EXAMPLES = 50  # values of a chunk that are no numbers


def update_stats(stats: ColumnStats, values: "pd.Series") -> None:
    """Add the values of one chunk to the statistics of their column."""
    import pandas as pd

    stats.n_rows += len(values)
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    known = values.dropna()
    stats.n_missing += len(values) - len(known)
    if not len(known):
        return
    kind = value_kind(known)
    stats.kind_counts[kind] += len(known)
    if kind == "text":
        update_text(stats, known.astype("str"))
    elif kind in ("mixed", "other"):
        stats.hashes = None
    elif kind == "datetime":
        update_native_times(stats, known)
    else:
        update_native_numbers(stats, known, kind)


def value_kind(values: "pd.Series") -> str:
    """Return the kind of known values: text, bool, int, float, datetime, other or mixed."""
    import datetime
    from decimal import Decimal

    import numpy as np
    import pandas as pd

    types, dtype = pd.api.types, values.dtype
    if isinstance(dtype, pd.StringDtype):
        return "text"
    for is_kind, kind in (
        (types.is_bool_dtype, "bool"),
        (types.is_integer_dtype, "int"),
        (types.is_float_dtype, "float"),
        (types.is_datetime64_any_dtype, "datetime"),
    ):
        if is_kind(dtype):
            return kind
    kind_by_type = {
        bool: "bool", np.bool_: "bool", int: "int", float: "float", Decimal: "float", str: "text",
        datetime.datetime: "datetime", datetime.date: "datetime", pd.Timestamp: "datetime",
    }  # fmt: skip
    kinds = {kind_by_type.get(value_type, "other") for value_type in set(map(type, values))}
    if kinds == {"int", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else "mixed"


def update_native_times(stats: ColumnStats, values: "pd.Series") -> None:
    """Add known times that the file itself has as times."""
    import pandas as pd

    times = pd.to_datetime(values, utc=True)
    stats.has_zone |= pd.api.types.is_datetime64_any_dtype(values) and values.dt.tz is not None
    times = times.dt.tz_localize(None)
    stats.has_nanoseconds |= bool((times != times.dt.floor("us")).any())
    stats.format_counts["native"] += len(values)
    known_range = stats.time_ranges.get("native")
    stats.time_ranges["native"] = widen_range(known_range, times.min(), times.max())
    stats.hashes = None  # a time is no key
    update_distinct(stats, times)


def update_native_numbers(stats: ColumnStats, values: "pd.Series", kind: str) -> None:
    """Add known numbers and truth values that the file itself has as such."""
    if kind == "float":
        values, stats.hashes = values.astype("float64"), None  # a fraction is no key
    known_range = stats.number_ranges.get(PLAIN)
    low, high = float(values.min()), float(values.max())
    stats.number_ranges[PLAIN] = widen_range(known_range, low, high)
    stats.has_fractions |= kind == "float" and bool((values % 1 != 0).any())
    stats.exceeds_int64 |= kind == "int" and bool(values.max() > 2**63 - 1)
    update_distinct(stats, values)


def update_text(stats: ColumnStats, values: "pd.Series") -> None:
    """Add known texts: which of them may mean missing, and what the others are as numbers and times.

    Once a chunk had no numbers, later chunks are not tried as numbers; times likewise.
    """
    import pandas as pd

    # kind_counts has this chunk already, missing_texts has not.
    is_first = stats.kind_counts["text"] - len(values) == stats.missing_texts.total()
    counts = values.value_counts(sort=False)
    distinct = pd.Series(counts.index.astype("str"))
    row_counts = pd.Series(counts.to_numpy())
    is_gap = distinct.str.strip().isin(["", *MORE_GAPS])
    for text, n_rows in zip(distinct[is_gap], row_counts[is_gap], strict=True):
        stats.missing_texts[text] += int(n_rows)
    update_distinct(stats, values)
    distinct = distinct[~is_gap].reset_index(drop=True)
    row_counts = row_counts[~is_gap].reset_index(drop=True)
    if not len(distinct):
        return
    stats.max_length = max(stats.max_length, int(distinct.str.len().max()))
    numeric_share = 0.0
    if is_first or stats.style_counts.total():
        numeric_share = update_numbers(stats, distinct, row_counts)
    if stats.format_counts or (is_first and numeric_share < 0.5):
        update_times(stats, distinct, row_counts)
    elif numeric_share == 1.0 and looks_like_compact_dates(stats.name, distinct):
        add_times(stats, parse_times(distinct, COMPACT), COMPACT, row_counts)


def looks_like_compact_dates(name: str, values: "pd.Series") -> bool:
    """Return whether all values are eight digits, and the column's name says that they are dates."""
    return "date" in name.lower() and bool(values.str.match("[0-9]{8}$").all())


def update_numbers(stats: ColumnStats, values: "pd.Series", row_counts: "pd.Series") -> float:
    """Add distinct texts as numbers of each style.

    Parameters
    ----------
    values : str Series, shape (n_distinct,)
        Distinct texts, none of which means missing.
    row_counts : int Series, shape (n_distinct,)
        Rows that have each text; same index as values.

    Returns
    -------
    float
        Share of rows that are numbers in the likeliest style.
    """
    bare = strip_affixes(values)
    counts = count_by_style(bare, row_counts)
    stats.style_counts.update(counts)
    best = max(counts, key=lambda style: counts[style])
    numeric = is_number(bare, best)
    examples = zip(values[~numeric][:N_EXAMPLES], row_counts[~numeric][:N_EXAMPLES], strict=True)
    for text, n_rows in examples:
        stats.non_numbers[text] += int(n_rows)
    if not counts[best]:
        return 0.0
    bare, original = bare[numeric], values[numeric]
    stats.n_affixed += int(row_counts[numeric][original.str.strip() != bare].sum())
    update_digits(stats, to_plain(bare, best))
    for style in (style for style in counts if counts[style] == counts[best]):
        readable = bare if style == best else bare[is_number(bare, style)]
        if len(readable):
            numbers = to_plain(readable, style).astype("float64")
            known_range = stats.number_ranges.get(style)
            stats.number_ranges[style] = widen_range(known_range, numbers.min(), numbers.max())
    return counts[best] / int(row_counts.sum())


def update_digits(stats: ColumnStats, numbers: "pd.Series") -> None:
    """Note how the digits of plain numbers stand: decimal points, fractions, leading zeros, size."""
    has_point = numbers.str.contains(r"[.eE]")
    stats.has_decimal_point |= bool(has_point.any())
    stats.has_fractions |= bool((numbers.astype("float64") % 1 != 0).any())
    whole = numbers[~has_point]
    stats.has_leading_zeros |= bool(whole.str.match(r"[+-]?0[0-9]").any())
    stats.exceeds_int64 |= bool((whole.astype("float64").abs() >= 2.0**63).any())


def update_times(stats: ColumnStats, values: "pd.Series", row_counts: "pd.Series") -> None:
    """Add distinct texts as times of each format that may be the column's; see update_numbers."""
    texts = values.str.strip()
    for time_format in list(stats.format_counts) or date_formats.candidate_formats(texts):
        times = parse_times(texts, time_format)
        if time_format == date_formats.ISO and not times.notna().all():
            # Some have a zone, or are no times.
            time_format = date_formats.ZONED
            times = parse_times(texts, time_format)
        add_times(stats, times, time_format, row_counts)


def add_times(
    stats: ColumnStats, times: "pd.Series", time_format: str, row_counts: "pd.Series"
) -> None:
    """Add distinct times of one format, NaT where a text is not of it."""
    stats.format_counts[time_format] += int(row_counts[times.notna()].sum())
    if times.notna().any():
        known_range = stats.time_ranges.get(time_format)
        stats.time_ranges[time_format] = widen_range(known_range, times.min(), times.max())
