"""What dataset.checks.columns demands of each column, and the evidence for it."""

from dataclasses import dataclass
from typing import Any

from lockstep.onboarding.column import Column, plausible_range
from lockstep.onboarding.plan import Plan

MAX_VALUES = 20  # of a text, to be listed as a check
MIN_ROWS_PER_VALUE = 5  # on average


@dataclass(frozen=True)
class ColumnCheck:
    """The entry of one column in dataset.checks.columns, and the comment beside it."""

    column: str
    rules: dict[str, Any]
    evidence: str


def infer_check(plan: Plan, column: Column) -> ColumnCheck:
    """Infer what a column must hold from its role and from the values of all rows."""
    is_target = column.name == plan.target
    rules: dict[str, Any] = {"type": column.type}
    if column.n_missing and column.name not in (*plan.key, plan.target, plan.time, plan.period):
        rules["nullable"] = True
    if is_target and plan.labels:
        value_rules, evidence = label_rules(plan)
    elif column.type in ("int", "float"):
        value_rules, evidence = number_rules(plan, column)
    elif column.type == "datetime":
        value_rules, evidence = {}, [f"seen {column.low} to {column.high}"]
    elif column.type == "str":
        value_rules, evidence = text_rules(plan, column)
    else:
        value_rules, evidence = {}, []
    rules |= value_rules
    if is_target and not column.n_missing and plan.task != "regression":
        rules["severity"] = "fail"
    evidence.append(f"{column.n_missing:,} missing" if column.n_missing else "no gaps")
    if column.n_missing and column.name in (plan.target, plan.time):
        evidence.append("rows without it go to quarantine")
    return ColumnCheck(column.name, rules, ", ".join(evidence))


def label_rules(plan: Plan) -> tuple[dict[str, Any], list[str]]:
    """Return rules and evidence of a binary target that load() turns into 0 and 1."""
    labels = ", ".join(f"{text!r} is {label}" for text, label in plan.labels.items())
    return {"type": "int", "min": 0, "max": 1}, [f"in the file {labels}"]


def number_rules(plan: Plan, column: Column) -> tuple[dict[str, Any], list[str]]:
    """Return rules and evidence of a number: a range, except where it names rows, groups or periods."""
    digits = ".12g" if column.has_fractions else ".0f"
    evidence = [f"seen {column.low:{digits}} to {column.high:{digits}}"]
    if column.name in (*plan.key, plan.group, plan.period):
        return {}, evidence
    low, high = plausible_range(column)
    if column.name == plan.target and plan.task == "binary":
        low, high = 0.0, 1.0
    elif column.name == plan.target and plan.task == "multiclass":
        low, high = column.low, column.high
    return {"min": low, "max": high}, evidence


def text_rules(plan: Plan, column: Column) -> tuple[dict[str, Any], list[str]]:
    """Return rules and evidence of a text: the values that are allowed, where they are few."""
    values = column.counted_values
    is_category = 1 < len(values) <= MAX_VALUES and column.n_known >= MIN_ROWS_PER_VALUE * len(
        values
    )
    is_class = column.name == plan.target and bool(values)
    names_rows = column.name in (*plan.key, plan.group)
    # OmegaConf would resolve ${...}, and takes ??? for a value that is not set.
    is_literal = not any("${" in text or text == "???" for text in values)
    if is_literal and not names_rows and (is_category or is_class):
        return {"allowed": sorted(values)}, ["the values seen"]
    return {}, [f"seen {column.n_distinct:,} different"]
