"""Infer the task that a target column sets, and how its two values become 0 and 1."""

from typing import Any

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import TASKS
from lockstep.onboarding.column import Column
from lockstep.onboarding.number_formats import AFFIXES
from lockstep.onboarding.plan import Plan

MAX_CLASSES = 50
MAX_INT_CLASSES = 10  # whole numbers with so few values may be classes
MIN_ROWS_PER_CLASS = 20  # that each of these then has on average
POSITIVE = (
    "yes", "y", "true", "t", "1", "1.0", "positive", "pos", "ja", "oui", "si", "sí", "sim", "bad",
    "sick", "fraud", "churn", "churned", "default", "late", "dead", "died", "malignant",
)  # fmt: skip
NEGATIVE = (
    "no", "n", "false", "f", "0", "0.0", "negative", "neg", "nein", "non", "não", "good", "-1",
)  # fmt: skip

# The texts by which the file writes each class, by the class: a number, or a text.
Classes = dict[Any, list[Any]]


def set_task(plan: Plan, task: str | None) -> None:
    """Set the plan's task and labels.

    Parameters
    ----------
    plan : Plan
        Has its columns and its target.
    task : str or None
        What --task says; None to infer it.

    Raises
    ------
    DataError
        If the target has fewer than two values, or a type that sets no task.
    ConfigError
        If the target does not allow the task.
    """
    column = plan.columns[plan.target]
    check_task(column, task)
    classes = find_classes(column)
    if column.value_counts is not None and len(classes) < 2:
        raise DataError(f"target {column.name} has one value only; there is nothing to learn")
    folded = fold_classes(classes)
    pair = folded if len(folded) == 2 else classes
    if task == "binary" and len(pair) != 2:
        raise DataError(f"target {column.name} has {column.n_distinct} values; binary needs two")
    plan.task = task or infer_task(column, classes, pair)
    if plan.task == "binary":
        set_labels(plan, column, pair)
    elif plan.task == "multiclass" and not 0 < len(classes) <= MAX_CLASSES:
        raise DataError(
            f"target {column.name} has {column.n_distinct} values; multiclass takes at most "
            f"{MAX_CLASSES}, and text is no regression: merge classes in the source"
        )
    if task is None:
        plan.assumptions += task_assumptions(plan.task, column, classes)


def check_task(column: Column, task: str | None) -> None:
    """Raise ConfigError for an unknown task, DataError for a target that is of no use for it."""
    if task is not None and task not in TASKS:
        raise ConfigError(f"--task is {task!r}; allowed: {', '.join(TASKS)}")
    if column.type not in ("int", "float", "str", "bool"):
        kind = "a time" if column.type else "; ".join(column.notes)
        raise DataError(f"target {column.name} is {kind}; expected a number, classes or yes and no")
    if task == "regression" and column.type in ("str", "bool"):
        raise DataError(f"target {column.name} is text or true and false; regression needs numbers")


def find_classes(column: Column) -> Classes:
    """Return the distinct values of a target, and how each is written; empty where they are too many."""
    classes: Classes = {}
    for text in column.counted_values:
        classes.setdefault(parse_value(text, column), []).append(text)
    return classes


def parse_value(text: Any, column: Column) -> Any:
    """Return the number that a value of the file means, or the text as it stands."""
    if column.type not in ("int", "float"):
        return str(text)
    style = column.number_style
    digits = str(text).strip(AFFIXES)
    if style.thousands:
        digits = digits.replace(style.thousands, "")
    return float(digits.replace(style.decimal, "."))


def fold_classes(classes: Classes) -> Classes:
    """Return the classes, with those merged that differ in case or spaces only."""
    folded: Classes = {}
    for value, texts in classes.items():
        key = value.strip().lower() if isinstance(value, str) else value
        folded.setdefault(key, []).extend(texts)
    return folded


def has_whole_numbers(column: Column) -> bool:
    """Return whether the values are whole numbers, of whatever type."""
    return column.type == "int" or (column.type == "float" and not column.has_fractions)


def infer_task(column: Column, classes: Classes, pair: Classes) -> str:
    """Return the task of a target by its type and its number of values.

    pair has its classes too, those merged that differ in case only where that leaves two.
    """
    if len(pair) == 2:
        return "binary"
    has_few_values = 0 < len(classes) <= MAX_INT_CLASSES
    has_many_rows = column.n_known >= MIN_ROWS_PER_CLASS * len(classes)
    is_classes = has_whole_numbers(column) and has_few_values and has_many_rows
    return "multiclass" if column.type == "str" or is_classes else "regression"


def task_assumptions(task: str, column: Column, classes: Classes) -> list[str]:
    """Return what to check of an inferred task: whole numbers may be classes or amounts."""
    if task == "multiclass" and column.type != "str":
        return [
            f"target {column.name}: {len(classes)} whole numbers taken for classes; "
            "--task regression if their distances mean something"
        ]
    has_few_values = 0 < len(classes) <= 3 * MAX_INT_CLASSES
    if task == "regression" and has_whole_numbers(column) and has_few_values:
        return [
            f"target {column.name}: {len(classes)} whole numbers taken for amounts; "
            "--task multiclass if they are classes"
        ]
    return []


def set_labels(plan: Plan, column: Column, classes: Classes) -> None:
    """Set the labels 0 and 1 of a target with two values, where the file writes it otherwise."""
    if column.type == "bool":
        return
    positive, reason = choose_positive(classes, column)
    texts = {str(text) for spellings in classes.values() for text in spellings}
    if column.type == "int" and set(classes) == {0.0, 1.0} and texts <= {"0", "1"}:
        return
    plan.labels = {
        text: int(value == positive) for value, spellings in classes.items() for text in spellings
    }
    if reason:
        plan.assumptions.append(
            f"target {column.name}: {classes[positive][0]!r} taken for the positive class ({reason}); "
            f"LABELS in recipes/{plan.name}.py says so"
        )


def choose_positive(classes: Classes, column: Column) -> tuple[Any, str]:
    """Return which of two values is the positive class, and the reason where that is a guess."""
    first, second = classes
    if column.type in ("int", "float"):
        reason = "" if {first, second} == {0.0, 1.0} else "the larger number"
        return max(first, second), reason
    for value, other in ((first, second), (second, first)):
        if value in POSITIVE or (other in NEGATIVE and value not in NEGATIVE):
            return value, ""
    n_rows = {
        value: sum(column.counted_values[text] for text in texts)
        for value, texts in classes.items()
    }
    return min(n_rows, key=lambda value: (n_rows[value], str(value))), "the rarer one"
