"""The task that a target column sets, and how its two values become 0 and 1."""

from typing import Any

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import TASKS
from lockstep.onboarding.column import Column
from lockstep.onboarding.plan import Plan, counted

CLASSES = 50  # at most
ORDERED = 10  # whole numbers with so few values may be classes
EACH = 20  # rows that each of these then has on average
POSITIVE = (
    "yes", "y", "true", "t", "1", "1.0", "positive", "pos", "ja", "oui", "si", "sí", "sim", "bad",
    "sick", "fraud", "churn", "churned", "default", "late", "dead", "died", "malignant",
)  # fmt: skip
NEGATIVE = (
    "no",
    "n",
    "false",
    "f",
    "0",
    "0.0",
    "negative",
    "neg",
    "nein",
    "non",
    "não",
    "good",
    "-1",
)


def value(text: Any, column: Column) -> Any:
    """What a value of the file means: a number where the column is one, else the text as it stands."""
    if column.type in ("int", "float"):
        from lockstep.onboarding.number_formats import AFFIXES

        bare = str(text).strip(AFFIXES).replace(column.style.thousands or "\0", "")
        return float(bare.replace(column.style.decimal, "."))
    return str(text)


def classes(column: Column) -> dict[Any, list[Any]]:
    """The distinct values of a target, and how each is written; empty where they are too many."""
    found: dict[Any, list[Any]] = {}
    for text in counted(column):
        found.setdefault(value(text, column), []).append(text)
    return found


def folded(found: dict[Any, list[Any]]) -> dict[Any, list[Any]]:
    """Values that differ in case or spaces alone, taken together."""
    both: dict[Any, list[Any]] = {}
    for key, texts in found.items():
        both.setdefault(key.strip().lower() if isinstance(key, str) else key, []).extend(texts)
    return both


def positive(found: dict[Any, list[Any]], column: Column) -> tuple[Any, str]:
    """Which of two values is 1, and why where that is a guess."""
    first, second = found
    if column.type in ("int", "float"):
        high = max(first, second)
        return high, "" if {first, second} == {0.0, 1.0} else "the larger number"
    for here, there in ((first, second), (second, first)):
        if here in POSITIVE or (there in NEGATIVE and here not in NEGATIVE):
            return here, ""
    size = {key: sum(counted(column)[text] for text in texts) for key, texts in found.items()}
    return min(size, key=lambda key: (size[key], str(key))), "the rarer one"


def binary(plan: Plan, column: Column, found: dict[Any, list[Any]]) -> None:
    """A target of two values: 0 and 1, by labels where the file writes it otherwise."""
    plan.task = "binary"
    if column.type == "bool":
        return
    one, why = positive(found, column)
    plain = column.type == "int" and set(found) == {0.0, 1.0}
    if plain and all(str(text) in ("0", "1") for texts in found.values() for text in texts):
        return
    plan.labels = {text: int(key == one) for key, texts in found.items() for text in texts}
    if why:
        shown = next(texts[0] for key, texts in found.items() if key == one)
        plan.unsure.append(
            f"target {column.name}: {shown!r} taken for the positive class ({why}); "
            f"LABELS in recipes/{plan.name}.py says so"
        )


def set_task(plan: Plan, given: str | None) -> None:
    """Decide plan.task and plan.labels.

    Raises DataError for a target without two values, or with one of a type that sets no task; ConfigError
    for a task that it does not allow.
    """
    column = plan.columns[plan.target]
    if given is not None and given not in TASKS:
        raise ConfigError(f"--task is {given!r}; allowed: {', '.join(TASKS)}")
    if column.type not in ("int", "float", "str", "bool"):
        what = "a time" if column.type else "; ".join(column.notes)
        raise DataError(f"target {column.name} is {what}; expected a number, classes or yes and no")
    found = classes(column)
    if column.values is not None and len(found) < 2:
        raise DataError(f"target {column.name} has one value alone; there is nothing to learn")
    pair = folded(found) if len(folded(found)) == 2 else found
    number = column.type in ("int", "float") and not (column.type == "float" and column.fractions)
    few = bool(found) and len(found) <= ORDERED and column.known >= EACH * len(found)
    if given == "binary" and len(pair) != 2:
        raise DataError(f"target {column.name} has {column.distinct} values; binary needs two")
    if given == "regression" and column.type in ("str", "bool"):
        raise DataError(f"target {column.name} is text or true and false; regression needs numbers")
    if given != "regression" and len(pair) == 2 and given != "multiclass":
        binary(plan, column, pair)
    elif given == "multiclass" or (given is None and (column.type == "str" or (number and few))):
        plan.task = "multiclass"
        if not found or len(found) > CLASSES:
            raise DataError(
                f"target {column.name} has {column.distinct} values; multiclass takes at most "
                f"{CLASSES}, and text is no regression: merge classes in the source"
            )
        if given is None and column.type != "str":
            plan.unsure.append(
                f"target {column.name}: {len(found)} whole numbers taken for classes; "
                "--task regression if their distances mean something"
            )
    else:
        plan.task = "regression"
        if given is None and number and bool(found) and len(found) <= 3 * ORDERED:
            plan.unsure.append(
                f"target {column.name}: {len(found)} whole numbers taken for amounts; "
                "--task multiclass if they are classes"
            )
