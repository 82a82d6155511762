"""The summary of what was inferred, as a table for a person."""

from lockstep.onboarding.column_checks import infer_check
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.serializers import to_comment

MAX_COLUMNS = 60  # in the table
MAX_NAME_WIDTH = 32
LINE_WIDTH = 110


def render_summary(plan: Plan) -> str:
    """Return everything that was inferred, what was not sure, and what may hurt later."""
    dialect = plan.files.dialect
    written = f", {dialect.encoding}, {dialect.delimiter!r}" if dialect else ""
    made_key = ", the row's position in the source" if plan.has_row_id else ""
    made_features = f"; {len(plan.time_features)} of them made of times" * bool(plan.time_features)
    unit = f", by {plan.unit}" if plan.unit else ""
    lines = [
        f"{plan.origin}: {plan.n_rows:,} rows, {len(plan.columns)} columns, {plan.files.kind}{written}",
        "",
        *table_lines(plan),
        "",
        f"task      {plan.task} of {plan.target}",
        f"key       {', '.join(plan.key)}{made_key}",
        f"time      {plan.time or 'none'}{unit}",
        f"group     {plan.group or 'none'}",
        f"features  {len(plan.numeric)} numbers, {len(plan.categorical)} categories{made_features}",
        f"split     {', '.join(f'{name} {value}' for name, value in plan.split.items())}",
    ]
    for title, notes in (("not sure", plan.assumptions), ("look at", plan.warnings)):
        if notes:
            lines += ["", f"{title}:", *(f"  - {to_comment(note)}" for note in notes)]
    return "\n".join(lines)


def table_lines(plan: Plan) -> list[str]:
    """Return a line for each column: name, type, role, and its evidence or why it is excluded."""
    width = min(max(len(name) for name in plan.columns), MAX_NAME_WIDTH)
    lines = [f"{'column':<{width}}  {'type':<9} {'role':<18} what it holds"]
    names = list(plan.columns)
    # Features are many: the other columns are in the table whatever their number.
    features_last = sorted(
        names, key=lambda name: column_role(plan, name) in ("numeric", "category")
    )
    shown = set(features_last[:MAX_COLUMNS])
    lines += [column_line(plan, name, width) for name in names if name in shown]
    if len(names) > MAX_COLUMNS:
        lines.append(f"and {len(names) - MAX_COLUMNS} more features")
    return lines


def column_line(plan: Plan, name: str, width: int) -> str:
    """Return the line of one column in the table."""
    column = plan.columns[name]
    role = column_role(plan, name)
    is_excluded = role == "left out"
    evidence = plan.excluded.get(name, "") if is_excluded else infer_check(plan, column).evidence
    label = truncate(to_comment(name), width)
    line = f"{label:<{width}}  {column.type or 'none':<9} {role:<18} {to_comment(evidence)}"
    return truncate(line, LINE_WIDTH)


def column_role(plan: Plan, name: str) -> str:
    """Return the role of a column in the data set."""
    for role, names in (
        ("target", [plan.target]),
        ("key", plan.key),
        ("time", [plan.time]),
        ("period", [plan.period]),
        ("group", [plan.group]),
        ("numeric", plan.numeric),
        ("category", plan.categorical),
        ("made into numbers", plan.time_parts),
    ):
        if name in names:
            return role
    return "left out"


def truncate(text: str, width: int) -> str:
    """Return at most width characters of a text."""
    return text if len(text) <= width else text[: width - 1] + "…"
