"""What was inferred, as a table for a person."""

from lockstep.onboarding.column_checks import infer_check
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.serializers import to_comment

SHOWN = 60  # columns
WIDTH = 110


def role(plan: Plan, name: str) -> str:
    """What a column is to the data set."""
    for what, names in (
        ("target", [plan.target]), ("key", plan.key), ("time", [plan.time]),
        ("period", [plan.period]), ("group", [plan.group]), ("numeric", plan.numeric),
        ("category", plan.categorical), ("made into numbers", plan.dates),
    ):  # fmt: skip
        if name in names:
            return what
    return "left out"


def cut(text: str, width: int) -> str:
    """At most so many characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def table(plan: Plan) -> list[str]:
    """One line a column: name, type, role, and what was seen or why it is left out."""
    wide = min(max(len(name) for name in plan.columns), 32)
    lines = [f"{'column':<{wide}}  {'type':<9} {'role':<18} what it holds"]
    names = list(plan.columns)
    first = sorted(names, key=lambda n: role(plan, n) in ("numeric", "category"))  # stable
    shown = set(first[:SHOWN])
    for name in names:
        if name not in shown:
            continue
        column = plan.columns[name]
        what = (
            plan.left_out.get(name)
            if role(plan, name) == "left out"
            else infer_check(plan, column).evidence
        )
        kind = column.type or "none"
        line = f"{cut(to_comment(name), wide):<{wide}}  {kind:<9} {role(plan, name):<18} {to_comment(what or '')}"
        lines.append(cut(line, WIDTH))
    if len(names) > SHOWN:
        lines.append(f"and {len(names) - SHOWN} more features")
    return lines


def told(plan: Plan) -> str:
    """Everything that was inferred, what was not sure, and what may hurt later."""
    made = ", the row's position in the source" if plan.row_id else ""
    split = ", ".join(f"{key} {value}" for key, value in plan.split.items())
    lines = [
        f"{plan.origin}: {plan.rows:,} rows, {len(plan.columns)} columns, {plan.files.kind}"
        + (
            f", {plan.files.dialect.encoding}, {plan.files.dialect.delimiter!r}"
            if plan.files.dialect
            else ""
        ),
        "",
        *table(plan),
        "",
        f"task      {plan.task} of {plan.target}",
        f"key       {', '.join(plan.key)}{made}",
        f"time      {plan.time or 'none'}" + (f", by {plan.unit}" if plan.unit else ""),
        f"group     {plan.group or 'none'}",
        f"features  {len(plan.numeric)} numbers, {len(plan.categorical)} categories"
        + (f"; {len(plan.made)} of them made of times" if plan.made else ""),
        f"split     {split}",
    ]
    for title, found in (("not sure", plan.unsure), ("look at", plan.warnings)):
        if found:
            lines += ["", f"{title}:", *(f"  - {to_comment(one)}" for one in found)]
    return "\n".join(lines)
