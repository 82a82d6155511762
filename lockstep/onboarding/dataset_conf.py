"""The text of conf/dataset/NAME.yaml."""

from typing import Any

from lockstep.onboarding.column import Column, bounds
from lockstep.onboarding.infer_type import FEW_VALUES
from lockstep.onboarding.literals import comment, flow, yaml
from lockstep.onboarding.plan import Plan, counted

ROWS_OF_A_VALUE = 5  # on average, for the values of a text to be listed as a check


def times(count: int) -> str:
    """How many are missing, in words."""
    return "no gaps" if not count else f"{count:,} missing"


def check(plan: Plan, column: Column) -> tuple[dict[str, Any], str]:
    """What a column must hold, and the evidence for it."""
    name, kind = column.name, column.type
    found: dict[str, Any] = {"type": kind}
    names_row = name in plan.key or name == plan.group
    if column.missing and name not in (*plan.key, plan.target, plan.time, plan.period):
        found["nullable"] = True
    evidence = [times(column.missing)]
    if name == plan.target and plan.labels:
        found |= {"type": "int", "min": 0, "max": 1}
        written = ", ".join(f"{text!r} is {value}" for text, value in plan.labels.items())
        evidence = [f"in the file {written}", *evidence]
    elif kind in ("int", "float"):
        evidence = [f"seen {shown(column.low, column)} to {shown(column.high, column)}", *evidence]
        if not names_row and name != plan.period:
            low, high = bounds(column)
            if name == plan.target and plan.task == "binary":
                low, high = 0.0, 1.0
            elif name == plan.target and plan.task == "multiclass":
                low, high = column.low, column.high
            found |= {"min": low, "max": high}
    elif kind == "datetime":
        evidence = [f"seen {column.low} to {column.high}", *evidence]
    elif kind == "str":
        values = counted(column)
        few = 1 < len(values) <= FEW_VALUES and column.known >= ROWS_OF_A_VALUE * len(values)
        classes = name == plan.target and bool(values)
        plain = not any("${" in text or text == "???" for text in values)
        if plain and not names_row and (few or classes):
            found["allowed"] = sorted(values)
            evidence = ["the values seen", *evidence]
        else:
            evidence = [f"seen {column.distinct:,} different", *evidence]
    if name == plan.target:
        if column.missing:
            evidence.append("rows without it go to quarantine")
        elif plan.task != "regression":
            found["severity"] = "fail"
    if name == plan.time and column.missing:
        evidence.append("rows without it go to quarantine")
    return found, ", ".join(evidence)


def shown(value: float, column: Column) -> str:
    """A number as it was seen."""
    return f"{value:.12g}" if column.fractions else f"{value:.0f}"


def spelt(found: dict[str, Any]) -> str:
    """What a column must hold, as YAML."""
    words = []
    for name, value in found.items():
        text = (
            f"[{', '.join(yaml(one) for one in value)}]" if isinstance(value, list) else yaml(value)
        )
        words.append(f"{name}: {text}")
    return f"{{{', '.join(words)}}}"


def columns(plan: Plan) -> list[str]:
    """One line a declared column, in the source's order, and one for each that is made in load()."""
    lines = []
    if plan.row_id:
        lines.append(
            f"    {yaml(plan.key[0])}: {{type: int, min: 0}}  # the row's position, made in load()"
        )
    for name in plan.declared:
        found, evidence = check(plan, plan.columns[name])
        lines.append(f"    {yaml(name)}: {spelt(found)}  # {comment(evidence)}")
        if name == plan.time and plan.period and plan.unit:
            made = "{type: str}"
            lines.append(
                f"    {yaml(plan.period)}: {made}  # the {plan.unit} of {comment(name)}, made in load()"
            )
    absent = [name for name in plan.left_out if name not in plan.declared]
    if absent:
        lines.append("    # left out; to put one back, declare it here and list it as a feature:")
        for name in absent:
            kind = plan.columns[name].type or "str"
            lines.append(f"    # {yaml(name)}: {{type: {kind}}}  # {comment(plan.left_out[name])}")
    return lines


def source(plan: Plan) -> list[str]:
    """Where `make fetch` takes the raw files from, if it does."""
    if plan.source is None:
        return []
    given = {k: v for k, v in vars(plan.source).items() if v is not None}
    return ["source:", *(f"  {name}: {yaml(value)}" for name, value in given.items())]


def dataset(plan: Plan) -> str:
    """conf/dataset/NAME.yaml."""
    head = [
        f"# {plan.rows:,} rows of {comment(plan.origin)}: {plan.task} of {comment(plan.target)}.",
        f"# dvc exp run -S experiment={plan.name}",
    ]
    if plan.warnings or plan.unsure:
        head.append("# To look at, as of when this was written:")
        head += [f"# - {comment(one)}" for one in [*plan.unsure, *plan.warnings]]
    roles = {"name": plan.name, "recipe": plan.name, "task": plan.task, "target": plan.target}
    lines = [f"{name}: {yaml(value)}" for name, value in roles.items()]
    if plan.heavy_tail:
        lines.append(
            "# target_transform: log1p  # its tail is heavy; without # the model fits its logarithm"
        )
    lines.append(flow("key", plan.key))
    cut = f"  # its {plan.unit}, for split=temporal" if plan.period and plan.unit else ""
    lines.append(f"time: {yaml(plan.time)}")
    lines.append(f"period: {yaml(plan.period)}{cut}")
    lines.append(f"group: {yaml(plan.group)}" + "  # for split=grouped" * bool(plan.group))
    lines.append(f"raw: data/raw/{plan.name}")
    lines += source(plan)
    lines.append(flow("numeric", plan.numeric))
    lines.append(flow("categorical", plan.categorical))
    lines.append(flow("slices", plan.slices))
    if plan.leakage_limit is not None:
        why = "one column tells so much: honest, or a leak? see above"
        lines.append(f"leakage_limit: {plan.leakage_limit:g}  # {why}")
    lines += ["card:  # for the model card: what no number tells; say it here"]
    lines += [f"  {name}: null" for name in ("license", "intended_use", "out_of_scope", "limits")]
    lines += [
        "checks:",
        "  unique_key: fail",
        f"  min_rows: {max(plan.rows // 2, 1)}  # half of what was seen",
    ]
    lines += ["  columns:  # severity: quarantine unless it says otherwise", *columns(plan)]
    return "\n".join([*head, *lines]) + "\n"
