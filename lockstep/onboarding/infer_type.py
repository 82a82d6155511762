"""The type of a column, told from what was seen of it, and what its rows may hold."""

from collections import Counter

from lockstep.onboarding.column import Column
from lockstep.onboarding.column_scan import GAPS
from lockstep.onboarding.column_stats import Seen
from lockstep.onboarding.date_formats import COMPACT, ISO, ZONED
from lockstep.onboarding.number_formats import PLAIN, STYLES, Style

TOKENS = 5  # different texts at most that may stand for a missing number
FEW_VALUES = 20  # of a column of text whose values are listed as a check


def comma_file(columns: list[Seen]) -> bool:
    """Whether some column is written with a decimal comma and cannot be read otherwise."""

    def most(seen: Seen, decimal: str) -> int:
        return max((n for style, n in seen.styles.items() if style.decimal == decimal), default=0)

    return any(most(seen, ",") > most(seen, ".") for seen in columns)


def chosen_style(seen: Seen, comma: bool) -> tuple[Style, bool]:
    """The style of a column's numbers, and whether another reads as many, to other values."""
    most = max(seen.styles.values())
    fits = [style for style in STYLES if seen.styles[style] == most]
    if fits[0] == PLAIN and not seen.pointed:
        return PLAIN, False
    spans = {seen.spans.get(style) for style in fits}
    if comma:
        fits = [style for style in fits if style.decimal == ","] or fits
    return fits[0], len(spans) > 1


def number(seen: Seen, column: Column, comma: bool) -> None:
    """Declare a column of text whose values are numbers."""
    style, doubtful = chosen_style(seen, comma)
    if seen.zeros or seen.large:
        column.type = "str"
        why = "leading zeros" if seen.zeros else "more digits than a number keeps"
        column.notes.append(f"whole numbers with {why}: kept as text")
        return
    column.style, column.affixed = style, seen.affixed > 0
    column.low, column.high = seen.spans[style]
    first = next(one for one in STYLES if seen.styles[one] == max(seen.styles.values()))
    column.fractions = seen.fractions or style != first
    column.type = "float" if seen.pointed or style != first else "int"
    if style != PLAIN or column.affixed:
        marks = f"{style.thousands!r} between thousands, " * bool(style.thousands)
        signs = ", with a sign" * column.affixed
        column.notes.append(
            f"numbers stored as text: {marks}{style.decimal!r} before decimals{signs}"
        )
    if doubtful:
        column.unsure.append(
            f"its numbers could be read in two ways; taken {style.decimal!r} for the decimal sign"
        )


def moment(seen: Seen, column: Column, comma: bool) -> bool:
    """Declare a column of text whose values are all times; whether they are."""
    wanted = column.known
    forms = dict(seen.forms)
    if ZONED in forms:
        forms[ZONED] += forms.pop(ISO, 0)
        seen.times[ZONED] = seen.times.get(ZONED) or seen.times[ISO]
    fits = [form for form, count in forms.items() if count == wanted]
    if not fits:
        return False
    form = fits[0]
    others = [one for one in fits if seen.times[one] != seen.times[form]]
    if others:
        days = [one for one in fits if one.startswith("%d") == comma]
        form = (days or fits)[0]
        column.unsure.append(f"day or month first? taken {form}; the other reads every value too")
    column.type, column.form = "datetime", "" if form == ISO else form
    column.low, column.high = seen.times[form]
    if form == ZONED:
        column.notes.append("times with a zone: brought to UTC, the zone left out")
    return True


def text(seen: Seen, column: Column, comma: bool) -> None:
    """Declare a column of text: numbers, times, or text after all."""
    gaps = seen.gaps
    real = seen.kinds["text"] - gaps.total()
    numbers = max(seen.styles.values(), default=0)
    if seen.forms[COMPACT] == real and not seen.zeros:
        column.gaps, column.missing = list(gaps), column.missing + gaps.total()
        column.type, column.form = "datetime", COMPACT
        column.low, column.high = seen.times[COMPACT]
        return
    tokens = [value for value in seen.odd if value not in gaps]
    few = sum(seen.odd.values())
    if numbers and numbers + few == real and len(tokens) <= TOKENS and few <= 0.1 * real:
        column.gaps = [*gaps, *tokens]
        column.missing += gaps.total() + few
        number(seen, column, comma)
        if column.type != "str":
            if tokens:
                said = ", ".join(repr(one) for one in tokens)
                column.unsure.append(
                    f"{said} in {few} rows taken for missing; all else is a number"
                )
            return
        if tokens:  # codes: what is no number is a code too
            column.gaps, column.missing = list(gaps), column.missing - few
        return
    column.missing += gaps.total()
    column.gaps = list(gaps)
    if moment(seen, column, comma):
        return
    column.type = "str"
    blank = [value for value in gaps if not value.strip()]
    column.gaps = [*blank, *(value for value in gaps if value.strip() in GAPS)]
    codes = seen.longest == 2 and "NA" in gaps
    if codes:
        column.gaps = [value for value in column.gaps if value.strip() != "NA"]
        column.unsure.append(
            f"'NA' in {gaps['NA']} rows taken for a code of two letters, not missing"
        )
    column.kept = [value for value in gaps if value not in column.gaps]
    column.missing = seen.missing + sum(gaps[value] for value in column.gaps)
    most = max((count for count in seen.forms.values()), default=0)
    for what, share in (("numbers", numbers / max(real, 1)), ("times", most / max(real, 1))):
        if share > 0.5:
            odd = ", ".join(repr(value) for value in list(seen.odd)[:3])
            column.notes.append(
                f"mixed: {share:.1%} are {what}, the rest is not ({odd}); kept as text"
            )


def decide(seen: Seen, comma: bool = False) -> Column:
    """The column as it shall be declared; comma: the file writes a decimal comma elsewhere."""
    column = Column(seen.name, "", seen.rows, missing=seen.missing)
    kinds = {kind for kind, count in seen.kinds.items() if count}
    kinds = {"float"} if kinds == {"int", "float"} else kinds
    column.values, column.distinct = seen.values, seen.distinct
    column.longest, column.padded = seen.longest, seen.padded
    if not kinds:
        column.notes.append("no value at all")
    elif kinds == {"text"}:
        text(seen, column, comma)
    elif len(kinds) > 1 or kinds & {"other", "mixed"}:
        column.notes.append("values of several kinds, or lists: mend the source, or load()")
    else:
        column.type = kinds.pop()
        if column.type == "datetime":
            column.low, column.high = seen.times["native"]
            column.form = "native" if seen.zoned or seen.fine else ""
        elif column.type != "bool":
            column.low, column.high = seen.spans[PLAIN]
            column.fractions = seen.fractions
        if column.type == "int" and seen.large:
            column.type = "float"
    if column.gaps and column.values is not None:
        column.values = Counter({v: n for v, n in column.values.items() if v not in column.gaps})
        column.distinct = len(column.values)
    column.unique = seen.unique and not column.missing
    if column.unique:
        column.distinct = column.known  # not the sketch's estimate
    return column
