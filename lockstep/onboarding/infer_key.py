"""Infer which column names a row, and which one names what several rows are about."""

from lockstep.core.errors import DataError
from lockstep.onboarding.column import Column
from lockstep.onboarding.plan import DatasetOptions, Plan, name_parts, unused_name

ID_WORDS = ("id", "ids", "uuid", "guid", "key", "nr", "no", "num", "number", "nummer", "ident")
UNITS_OF_STUDY = (
    "patient", "customer", "user", "client", "subject", "person", "household", "account", "store",
    "shop", "machine", "device", "sensor", "school", "hospital", "site", "vehicle", "player", "kunde",
)  # fmt: skip
IDENTIFIER_SHARE = 0.5  # of a text's values that are distinct, beyond which it names rows
MAX_CATEGORIES = 50  # distinct values up to which a text is surely no identifier
MAX_CATEGORY_LENGTH = 64  # characters beyond which a text is free text
MAX_KEY_LENGTH = 100
MIN_GROUPS = 30  # for a grouped split


def counts_rows(column: Column) -> bool:
    """Return whether a column numbers the rows without a gap."""
    if column.type != "int" or not column.is_unique:
        return False
    return bool(column.high - column.low + 1 == column.n_rows)


def is_named_id(column: Column) -> bool:
    """Return whether the column's name says that its values name something."""
    parts = name_parts(column.name)
    return bool(parts) and (parts[-1] in ID_WORDS or (parts[0] in ID_WORDS and len(parts) == 1))


def identifier_reason(column: Column) -> str:
    """Return why a column is an identifier and no feature; empty where it may be a feature."""
    if column.type not in ("int", "str"):
        return ""
    if counts_rows(column):
        return "counts the rows"
    if column.is_unique and is_named_id(column):
        return "an identifier: its name says so and each value is there once"
    if column.n_distinct <= MAX_CATEGORIES:
        return ""
    if is_named_id(column):
        return f"an identifier: its name says so, {column.n_distinct:,} values"
    share = column.n_distinct / max(column.n_known, 1)
    if column.type == "str" and share > IDENTIFIER_SHARE:
        is_free_text = column.max_length > MAX_CATEGORY_LENGTH
        kind = "free text" if is_free_text else "an identifier or free text"
        return f"{kind}: {column.n_distinct:,} different values in {column.n_known:,} rows"
    return ""


def set_key(plan: Plan, options: DatasetOptions) -> None:
    """Set the columns that name a row; the row's position where there are none.

    Raises DataError if the column that --key names does not.
    """
    if options.key:
        plan.key = options.key
        if len(plan.key) == 1 and not plan.columns[plan.key[0]].is_unique:
            raise DataError(f"--key {plan.key[0]}: a value is there twice, or missing")
        return
    candidates = [column for column in plan.columns.values() if can_be_key(column, plan.target)]
    if candidates:
        plan.key = [
            min(
                candidates, key=lambda column: (not is_named_id(column), not counts_rows(column))
            ).name
        ]
        return
    plan.has_row_id = True
    plan.key = [unused_name("row_id", plan.columns)]
    plan.assumptions.append(
        f"no column is a key: {plan.key[0]}, the row's position in the source, is made"
    )


def can_be_key(column: Column, target: str) -> bool:
    """Return whether a column can name a row."""
    has_key_type = column.type == "str" or (
        column.type == "int" and (is_named_id(column) or counts_rows(column))
    )
    is_short = column.max_length <= MAX_KEY_LENGTH
    return column.is_unique and has_key_type and column.name != target and is_short


def set_group(plan: Plan, options: DatasetOptions) -> None:
    """Set the column that names what several rows are about, so that a split can keep them together."""
    if options.group:
        plan.group = options.group
        return
    candidates = [column for column in plan.columns.values() if can_be_group(plan, column)]
    if not candidates:
        return
    candidates.sort(
        key=lambda column: (
            not set(name_parts(column.name)) & set(UNITS_OF_STUDY),
            -column.n_distinct,
        )
    )
    group, *others = candidates
    plan.group = group.name
    names = ", ".join(column.name for column in others)
    alternatives = f"; {names} could be it too" if others else ""
    plan.assumptions.append(
        f"group is {group.name}: {group.n_distinct:,} values, each in about "
        f"{group.n_rows / group.n_distinct:.0f} rows{alternatives}; --group COLUMN"
    )


def can_be_group(plan: Plan, column: Column) -> bool:
    """Return whether a column names what several rows are about."""
    return (
        column.type in ("int", "str")
        and column.name not in (*plan.key, plan.target)
        and not column.n_missing
        and not column.is_unique
        and is_named_id(column)
        and MIN_GROUPS <= column.n_distinct <= column.n_rows / 2
    )
