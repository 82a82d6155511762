"""What is seen of a column, chunk by chunk in bounded memory, and the type that it tells."""

from typing import TYPE_CHECKING

from lockstep.onboarding import date_formats
from lockstep.onboarding.column_stats import Seen, remember, widen
from lockstep.onboarding.date_formats import COMPACT
from lockstep.onboarding.number_formats import Style, count, plain, stripped

if TYPE_CHECKING:
    import pandas as pd

# Texts that mean a missing value, beside the empty one, whatever else the column holds.
GAPS = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "NaT")
# And those that do where all else is a number or a time.
MORE_GAPS = (*GAPS, "None", "none", "?", "-", "--", ".", "unknown", "Unknown", "#VALUE!", "#DIV/0!")
ODD = 50  # values that are no numbers, kept as examples


def see_numbers(seen: Seen, values: "pd.Series", rows: "pd.Series") -> float:
    """Distinct texts as numbers of each style; the share of rows that are numbers in the likeliest."""
    bare = stripped(values)
    counts = count(bare, rows)
    seen.styles.update(counts)
    best = max(counts, key=lambda style: counts[style])
    if not counts[best]:
        seen.odd.update(dict(zip(values[:ODD], rows[:ODD].tolist(), strict=True)))
        return 0.0
    read = bare.str.match(best.pattern())
    for value, number in zip(values[~read][:ODD], rows[~read][:ODD], strict=True):
        seen.odd[value] += int(number)
    bare, written = bare[read], values[read]
    seen.affixed += int(rows[read][written.str.strip() != bare].sum())
    for style in counts:
        fits = bare if style == best else bare[bare.str.match(style.pattern())]
        if counts[style] >= counts[best] and len(fits):
            made = plain(fits, style).astype("float64")
            seen.spans[style] = widen(seen.spans.get(style), made.min(), made.max())
            if style == best:
                ends = plain(fits, style)
                point = ends.str.contains(r"[.eE]")
                seen.pointed |= bool(point.any())
                seen.fractions |= bool((made % 1 != 0).any())
                whole = ends[~point]
                seen.zeros |= bool(whole.str.match(r"[+-]?0[0-9]").any())
                seen.large |= bool((whole.astype("float64").abs() >= 2.0**63).any())
    return counts[best] / int(rows.sum())


def see_times(seen: Seen, values: "pd.Series", rows: "pd.Series") -> None:
    """Distinct texts as times of each format that may be."""
    text = values.str.strip()
    forms = list(seen.forms) or date_formats.formats(text)
    for form in forms:
        read = date_formats.read(text, form)
        there = read.notna()
        if not there.all() and form == date_formats.ISO:  # a time with a zone, or no time
            form = date_formats.ZONED
            read = date_formats.read(text, form)
            there = read.notna()
        seen.forms[form] += int(rows[there].sum())
        if there.any():
            seen.times[form] = widen(seen.times.get(form), read.min(), read.max())


def see_text(seen: Seen, values: "pd.Series") -> None:
    """Known values of a column of text."""
    import pandas as pd

    counted = values.value_counts(sort=False)
    distinct = pd.Series(counted.index.astype("str"))
    rows = pd.Series(counted.to_numpy())
    first = seen.kinds["text"] == seen.gaps.total()  # nothing but gaps so far
    gap = distinct.str.strip().isin(["", *MORE_GAPS])
    for value, number in zip(distinct[gap], rows[gap], strict=True):
        seen.gaps[value] += int(number)
    remember(seen, values)
    seen.kinds["text"] += len(values)
    distinct, rows = distinct[~gap].reset_index(drop=True), rows[~gap].reset_index(drop=True)
    if not len(distinct):
        return
    seen.longest = max(seen.longest, int(distinct.str.len().max()))
    seen.padded |= bool((distinct != distinct.str.strip()).any())
    share = 0.0
    if first or seen.styles.total():
        share = see_numbers(seen, distinct, rows)
    if seen.forms or (first and share < 0.5):
        see_times(seen, distinct, rows)
    elif share == 1.0 and "date" in seen.name.lower() and distinct.str.match("[0-9]{8}$").all():
        read = date_formats.read(distinct, COMPACT)
        seen.forms[COMPACT] += int(rows[read.notna()].sum())
        if read.notna().any():
            seen.times[COMPACT] = widen(seen.times.get(COMPACT), read.min(), read.max())


def native(values: "pd.Series") -> str:
    """The kind of known values that a file gave a type of its own."""
    import datetime
    from decimal import Decimal

    import numpy as np
    import pandas as pd

    types, dtype = pd.api.types, values.dtype
    if types.is_bool_dtype(dtype):
        return "bool"
    if types.is_integer_dtype(dtype):
        return "int"
    if types.is_float_dtype(dtype):
        return "float"
    if types.is_datetime64_any_dtype(dtype):
        return "datetime"
    if isinstance(dtype, pd.StringDtype):
        return "text"
    ranks = {
        bool: "bool",
        np.bool_: "bool",
        int: "int",
        float: "float",
        Decimal: "float",
        str: "text",
    }
    ranks |= {datetime.datetime: "datetime", datetime.date: "datetime", pd.Timestamp: "datetime"}
    kinds = {ranks.get(one, "other") for one in set(map(type, values))}
    if kinds == {"int", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else "mixed"


def see(seen: Seen, values: "pd.Series") -> None:
    """Take in a chunk's values of the column."""
    import pandas as pd

    seen.rows += len(values)
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    known = values.dropna()
    seen.missing += len(values) - len(known)
    if not len(known):
        return
    kind = native(known)
    if kind == "text":
        see_text(seen, known.astype("str"))
        return
    seen.kinds[kind] += len(known)
    if kind in ("mixed", "other"):
        seen.hashes = None
        return
    if kind == "datetime":
        made = pd.to_datetime(known, utc=True)
        seen.zoned |= pd.api.types.is_datetime64_any_dtype(known) and known.dt.tz is not None
        made = made.dt.tz_localize(None)
        seen.fine |= bool((made != made.dt.floor("us")).any())
        seen.forms["native"] += len(known)
        seen.times["native"] = widen(seen.times.get("native"), made.min(), made.max())
        known = made
        seen.hashes = None  # a time is no key
    else:
        if kind == "float":  # nor is a fraction
            known, seen.hashes = known.astype("float64"), None
        seen.spans[Style("", ".")] = widen(
            seen.spans.get(Style("", ".")), float(known.min()), float(known.max())
        )
        seen.fractions |= kind == "float" and bool((known % 1 != 0).any())
        seen.large |= kind == "int" and bool(known.max() > 2**63 - 1)
    remember(seen, known)
