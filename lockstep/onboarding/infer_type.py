"""Infer the type of a column, and what its rows may hold, from its statistics."""

from collections import Counter

from lockstep.onboarding.column import Column
from lockstep.onboarding.column_scan import GAPS
from lockstep.onboarding.column_stats import ColumnStats
from lockstep.onboarding.date_formats import COMPACT, ISO, ZONED
from lockstep.onboarding.number_formats import PLAIN, STYLES, NumberStyle

MAX_TOKENS = 5  # different texts that may stand for a missing number
MAX_TOKEN_SHARE = 0.1  # of rows


def uses_decimal_comma(columns: list[ColumnStats]) -> bool:
    """Return whether some column has a decimal comma and cannot be read otherwise."""

    def max_count(stats: ColumnStats, decimal: str) -> int:
        counts = (n for style, n in stats.style_counts.items() if style.decimal == decimal)
        return max(counts, default=0)

    return any(max_count(stats, ",") > max_count(stats, ".") for stats in columns)


def infer_column(stats: ColumnStats, decimal_comma: bool = False) -> Column:
    """Infer a column as it shall be declared.

    Parameters
    ----------
    stats : ColumnStats
        Statistics over all rows.
    decimal_comma : bool
        Whether another column of the file has a decimal comma, which decides where both readings fit.
    """
    column = Column(stats.name, "", stats.n_rows, n_missing=stats.n_missing)
    column.value_counts, column.n_distinct = stats.value_counts, stats.n_distinct
    column.max_length = stats.max_length
    kinds = {kind for kind, count in stats.kind_counts.items() if count}
    if kinds == {"int", "float"}:
        kinds = {"float"}
    if not kinds:
        column.notes.append("no value at all")
    elif kinds == {"text"}:
        infer_text_column(stats, column, decimal_comma)
    elif len(kinds) > 1 or kinds & {"other", "mixed"}:
        column.notes.append("values of several kinds, or lists: mend the source, or load()")
    else:
        infer_native_column(stats, column, kinds.pop())
    if column.missing_texts and column.value_counts is not None:
        column.value_counts = Counter(
            {
                value: n_rows
                for value, n_rows in column.value_counts.items()
                if value not in column.missing_texts
            }
        )
        column.n_distinct = len(column.value_counts)
    column.is_unique = stats.is_unique and not column.n_missing
    if column.is_unique:
        column.n_distinct = column.n_known  # exact, unlike the sketch's estimate
    return column


def infer_native_column(stats: ColumnStats, column: Column, kind: str) -> None:
    """Declare a column that the file itself gives a type."""
    column.type = kind
    if kind == "datetime":
        column.low, column.high = stats.time_ranges["native"]
        column.time_format = "native" if stats.has_zone or stats.has_nanoseconds else ""
    elif kind != "bool":
        column.low, column.high = stats.number_ranges[PLAIN]
        column.has_fractions = stats.has_fractions
    if kind == "int" and stats.exceeds_int64:
        column.type = "float"


def infer_text_column(stats: ColumnStats, column: Column, decimal_comma: bool) -> None:
    """Declare a column of text: numbers, times, or text after all."""
    gaps = stats.missing_texts
    n_real = stats.kind_counts["text"] - gaps.total()
    if stats.format_counts[COMPACT] == n_real and not stats.has_leading_zeros:
        column.missing_texts = list(gaps)
        column.n_missing += gaps.total()
        column.type, column.time_format = "datetime", COMPACT
        column.low, column.high = stats.time_ranges[COMPACT]
        return
    if is_numeric_text(stats, n_real):
        infer_number_column(stats, column, decimal_comma)
        return
    column.n_missing += gaps.total()
    column.missing_texts = list(gaps)
    if not infer_time_column(stats, column, decimal_comma):
        infer_string_column(stats, column, n_real)


def is_numeric_text(stats: ColumnStats, n_real: int) -> bool:
    """Return whether texts are numbers but for a few that may stand for missing."""
    n_numbers = max(stats.style_counts.values(), default=0)
    n_others = stats.non_numbers.total()
    has_few_others = len(stats.non_numbers) <= MAX_TOKENS and n_others <= MAX_TOKEN_SHARE * n_real
    return n_numbers > 0 and n_numbers + n_others == n_real and has_few_others


def infer_number_column(stats: ColumnStats, column: Column, decimal_comma: bool) -> None:
    """Declare a column of text whose values are numbers, or codes where a number would lose digits."""
    column.missing_texts = list(stats.missing_texts)
    column.n_missing += stats.missing_texts.total()
    if stats.has_leading_zeros or stats.exceeds_int64:
        reason = "leading zeros" if stats.has_leading_zeros else "more digits than a number keeps"
        column.type = "str"  # a text that is no number is a code too
        column.notes.append(f"whole numbers with {reason}: kept as text")
        return
    n_others = stats.non_numbers.total()
    column.missing_texts += stats.non_numbers
    column.n_missing += n_others
    declare_number(stats, column, decimal_comma)
    if stats.non_numbers:
        listed = ", ".join(repr(text) for text in stats.non_numbers)
        column.assumptions.append(
            f"{listed} in {n_others} rows taken for missing; all else is a number"
        )


def declare_number(stats: ColumnStats, column: Column, decimal_comma: bool) -> None:
    """Set type, style and range of a column of numbers in text."""
    style, is_ambiguous = choose_style(stats, decimal_comma)
    max_count = max(stats.style_counts.values())
    first_style = next(style for style in STYLES if stats.style_counts[style] == max_count)
    column.number_style, column.has_affixes = style, stats.n_affixed > 0
    column.low, column.high = stats.number_ranges[style]
    column.has_fractions = stats.has_fractions or style != first_style
    column.type = "float" if stats.has_decimal_point or style != first_style else "int"
    if style != PLAIN or column.has_affixes:
        thousands = f"{style.thousands!r} between thousands, " if style.thousands else ""
        affixes = ", with a sign" if column.has_affixes else ""
        column.notes.append(
            f"numbers stored as text: {thousands}{style.decimal!r} before decimals{affixes}"
        )
    if is_ambiguous:
        column.assumptions.append(
            f"its numbers could be read in two ways; taken {style.decimal!r} for the decimal sign"
        )


def choose_style(stats: ColumnStats, decimal_comma: bool) -> tuple[NumberStyle, bool]:
    """Return the style of a column's numbers, and whether another reads as many to other values."""
    max_count = max(stats.style_counts.values())
    styles = [style for style in STYLES if stats.style_counts[style] == max_count]
    if styles[0] == PLAIN and not stats.has_decimal_point:
        return PLAIN, False
    is_ambiguous = len({stats.number_ranges.get(style) for style in styles}) > 1
    if decimal_comma:
        styles = [style for style in styles if style.decimal == ","] or styles
    return styles[0], is_ambiguous


def infer_time_column(stats: ColumnStats, column: Column, decimal_comma: bool) -> bool:
    """Declare a column of text if all its values are times; return whether they are."""
    counts = dict(stats.format_counts)
    if ZONED in counts:
        counts[ZONED] += counts.pop(ISO, 0)
        stats.time_ranges[ZONED] = stats.time_ranges.get(ZONED) or stats.time_ranges[ISO]
    formats = [time_format for time_format, count in counts.items() if count == column.n_known]
    if not formats:
        return False
    chosen = formats[0]
    ranges = {stats.time_ranges[time_format] for time_format in formats}
    if len(ranges) > 1:
        # A file with decimal commas has its days first.
        likely = [
            time_format for time_format in formats if time_format.startswith("%d") == decimal_comma
        ]
        chosen = (likely or formats)[0]
        column.assumptions.append(
            f"day or month first? taken {chosen}; the other reads every value too"
        )
    column.type, column.time_format = "datetime", "" if chosen == ISO else chosen
    column.low, column.high = stats.time_ranges[chosen]
    if chosen == ZONED:
        column.notes.append("times with a zone: brought to UTC, the zone left out")
    return True


def infer_string_column(stats: ColumnStats, column: Column, n_real: int) -> None:
    """Declare a column of text that is neither numbers nor times."""
    gaps = stats.missing_texts
    column.type = "str"
    blank = [text for text in gaps if not text.strip()]
    column.missing_texts = [*blank, *(text for text in gaps if text.strip() in GAPS)]
    if stats.max_length == 2 and "NA" in gaps:
        column.missing_texts = [text for text in column.missing_texts if text.strip() != "NA"]
        column.assumptions.append(
            f"'NA' in {gaps['NA']} rows taken for a code of two letters, not missing"
        )
    column.literal_texts = [text for text in gaps if text not in column.missing_texts]
    column.n_missing = stats.n_missing + sum(gaps[text] for text in column.missing_texts)
    n_numbers = max(stats.style_counts.values(), default=0)
    n_times = max(stats.format_counts.values(), default=0)
    for kind, count in (("numbers", n_numbers), ("times", n_times)):
        share = count / max(n_real, 1)
        if share > 0.5:
            examples = ", ".join(repr(text) for text in list(stats.non_numbers)[:3])
            column.notes.append(
                f"mixed: {share:.1%} are {kind}, the rest is not ({examples}); kept as text"
            )
