"""The statements by which a recipe's load() mends this source, and what they need to know."""

from typing import Any

from lockstep.data.column_types import MISSING
from lockstep.onboarding.date_formats import ISO, ZONED
from lockstep.onboarding.dialect import options
from lockstep.onboarding.literals import comment, mapping, python
from lockstep.onboarding.number_formats import AFFIXES, PLAIN, Style
from lockstep.onboarding.plan import UNITS, Plan


def shared(plan: Plan) -> list[str]:
    """Texts that mean missing wherever they stand, and are never a value."""
    kept = {text for column in plan.columns.values() for text in column.kept}
    own = {text for name in plan.declared for text in plan.columns[name].gaps}
    common = {
        text
        for text in own
        if not text.strip() or text.strip() in MISSING or text in ("n/a", "#N/A")
    }
    return ["", *sorted(common - kept - {""})]


def gaps(plan: Plan) -> dict[str, list[str]]:
    """By column, texts that mean missing there, beyond those that the reader or lockstep.data.column_types know."""
    known = set(shared(plan)) if plan.files.kind == "csv" else set()
    found = {}
    for name in plan.declared:
        column = plan.columns[name]
        known_here = known | (set() if column.type == "str" else set(MISSING))
        odd = [text for text in column.gaps if text not in known and text.strip() not in known_here]
        if column.type == "str":
            odd = [text for text in column.gaps if text not in known]
        if odd:
            found[name] = odd
    return found


def styles(plan: Plan) -> dict[tuple[Style, bool], list[str]]:
    """Columns by how their numbers are written, where it is not plainly."""
    found: dict[tuple[Style, bool], list[str]] = {}
    for name in plan.declared:
        column = plan.columns[name]
        if (name != plan.target or not plan.labels) and (column.style != PLAIN or column.affixed):
            found.setdefault((column.style, column.affixed), []).append(name)
    return found


def forms(plan: Plan) -> dict[str, str]:
    """Columns of times that load() reads, and their formats."""
    found = {}
    for name in plan.declared:
        column = plan.columns[name]
        needed = column.form or (
            name == plan.time and plan.unit and plan.files.kind in ("csv", "jsonl")
        )
        if column.type == "datetime" and needed:
            found[name] = column.form or ISO
    return found


def constants(plan: Plan) -> list[str]:
    """What load() needs to know, as Python."""
    lines = [f'FILES = "*{plan.files.suffix}"']
    if plan.files.kind != "excel":
        lines.append(f"ROWS = {plan.files.rows:_}  # read at a time, and so of a partition")
    if plan.files.dialect:
        told: dict[str, Any] = {**options(plan.files.dialect), "na_values": shared(plan)}
        note = "every field is text here; dataset.checks.columns says its type"
        lines.append(mapping("READ", told, "dict[str, Any]", note))
    if plan.renamed:
        lines.append(
            mapping("RENAMED", plan.renamed, note="names that the configuration cannot hold")
        )
    if plan.files.kind == "jsonl":
        names = [name for name in plan.declared]
        lines.append("COLUMNS = [\n" + "".join(f"    {python(n)},\n" for n in names) + "]")
    if gaps(plan):
        lines.append(mapping("GAPS", gaps(plan), note="texts that mean missing"))
    for number, ((style, _), names) in enumerate(styles(plan).items(), 1):
        example = f"1{style.thousands}234{style.decimal}5"
        lines.append(f"NUMBERS_{number} = [  # written as {example}\n"
                     + "".join(f"    {python(n)},\n" for n in names) + "]")  # fmt: skip
    plain = {name: form for name, form in forms(plan).items() if form.startswith("%")}
    if plain:
        lines.append(mapping("TIMES", plain))
    if plan.labels:
        text = plan.files.kind == "csv" or all(isinstance(one, str) for one in plan.labels)
        labels = {one: str(value) if text else value for one, value in plan.labels.items()}
        lines.append(mapping("LABELS", labels, note=f"of {comment(plan.target)}"))
    if plan.made:
        lines.append("MADE = [  # feature, its time, the part of it")
        for feature, (name, part) in plan.made.items():
            lines.append(f"    ({python(feature)}, {python(name)}, {python(part)}),")
        lines.append("]")
    return lines


def mending(plan: Plan) -> list[str]:
    """The statements of mended(): each does one thing, only where this source needs it."""
    lines = []
    if plan.renamed:
        lines.append("frame = frame.rename(columns=RENAMED)")
    if plan.files.kind == "jsonl":
        lines.append("frame = frame.reindex(columns=COLUMNS)  # a key that no line has is missing")
    if gaps(plan):
        lines += ["for name, texts in GAPS.items():", "    if name in frame:",
                  "        frame[name] = frame[name].mask(frame[name].isin(texts))"]  # fmt: skip
    target = python(plan.target)
    if plan.labels:
        lines.append(f"if {target} in frame:  # rows to predict have none")
        cast = "" if plan.files.kind == "csv" else ".astype(object)"
        lines.append(f"    frame[{target}] = frame[{target}]{cast}.replace(LABELS)")
    for number, (style, affixed) in enumerate(styles(plan), 1):
        steps = [f".str.strip({python(AFFIXES)})"] * affixed
        if style.thousands == " ":
            steps.append('.str.replace(r"\\s", "", regex=True)')
        elif style.thousands:
            steps.append(f'.str.replace({python(style.thousands)}, "", regex=False)')
        if style.decimal != ".":
            steps.append('.str.replace(",", ".", regex=False)')
        lines += [f"for name in NUMBERS_{number}:", "    if name in frame:"]
        lines.append("        digits = frame[name]")
        lines += [f"        digits = digits{step}" for step in steps]
        lines.append("        frame[name] = digits")
    found = forms(plan)
    if any(form.startswith("%") for form in found.values()):
        lines += ["for name, form in TIMES.items():",
                  "    frame[name] = pd.to_datetime(frame[name], format=form)"]  # fmt: skip
    for name, form in found.items():
        column = f"frame[{python(name)}]"
        if form == ISO:
            lines.append(f'{column} = pd.to_datetime({column}, format="ISO8601")')
        elif form == ZONED:
            lines.append(f'times = pd.to_datetime({column}, format="ISO8601", utc=True)')
            lines.append(f"{column} = times.dt.tz_localize(None)")
        elif form == "native":
            lines.append(f"times = pd.to_datetime({column}, utc=True)")
            lines.append(f'{column} = times.dt.tz_localize(None).dt.floor("us")')
    if plan.row_id:
        lines.append(f"frame[{python(plan.key[0])}] = range(start, start + len(frame))")
    if plan.period and plan.unit:
        when = f"frame[{python(plan.time)}]"
        lines.append(f"when = {when}")
        made = f'when.dt.strftime("{UNITS[plan.unit]}")'
        if plan.unit == "quarter":
            made = 'when.dt.to_period("Q").astype("str").mask(when.isna())'
        lines.append(f"frame[{python(plan.period)}] = {made}")
    return lines
