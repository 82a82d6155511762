"""Which column names a row, or what several rows are about."""

from lockstep.core.errors import DataError
from lockstep.onboarding.column import Column
from lockstep.onboarding.plan import Plan, Wanted, free, words

IDENTIFIES = ("id", "ids", "uuid", "guid", "key", "nr", "no", "num", "number", "nummer", "ident")
UNITS_OF_STUDY = (
    "patient", "customer", "user", "client", "subject", "person", "household", "account", "store",
    "shop", "machine", "device", "sensor", "school", "hospital", "site", "vehicle", "player", "kunde",
)  # fmt: skip
DIFFERENT = 0.5  # share of values that are distinct from which on a text names rows
MANY = 50  # distinct values of a text that are no cause for doubt
GROUPS = 30  # groups that a grouped split shares at least


def sequential(column: Column) -> bool:
    """Whether whole numbers count the rows."""
    return column.type == "int" and column.unique and column.high - column.low + 1 == column.rows


def named_id(column: Column) -> bool:
    """Whether the name says that the values name something."""
    found = words(column.name)
    return bool(found) and (found[-1] in IDENTIFIES or (found[0] in IDENTIFIES and len(found) == 1))


def identifier(column: Column) -> str:
    """Why a column names rows or what they are about, and is no feature; empty where it may be one."""
    if column.type not in ("int", "str"):
        return ""
    if sequential(column):
        return "counts the rows"
    if column.unique and named_id(column):
        return "an identifier: its name says so and each value is there once"
    if named_id(column) and column.distinct > MANY:
        return f"an identifier: its name says so, {column.distinct:,} values"
    share = column.distinct / max(column.known, 1)
    if column.type == "str" and column.distinct > MANY and share > DIFFERENT:
        what = "free text" if column.longest > 64 else "an identifier or free text"
        return f"{what}: {column.distinct:,} different values in {column.known:,} rows"
    return ""


def key(plan: Plan, wanted: Wanted) -> None:
    """The column that names a row, or the row's position where there is none."""
    if wanted.key:
        plan.key = wanted.key
        if len(plan.key) == 1 and not plan.columns[plan.key[0]].unique:
            raise DataError(f"--key {plan.key[0]}: a value is there twice, or missing")
        return
    found = [
        c for c in plan.columns.values()
        if c.unique and c.type in ("int", "str") and c.name != plan.target and c.longest <= 100
        and (named_id(c) or sequential(c) or c.type == "str")
    ]  # fmt: skip
    if found:
        ranks = sorted(found, key=lambda c: (not named_id(c), not sequential(c)))
        plan.key = [ranks[0].name]
        return
    plan.row_id = True
    plan.key = [free("row_id", plan.columns)]
    plan.unsure.append(
        f"no column is a key: {plan.key[0]}, the row's position in the source, is made"
    )


def group(plan: Plan, wanted: Wanted) -> None:
    """What several rows are about, so that a split can keep them together."""
    if wanted.group:
        plan.group = wanted.group
        return
    found = [
        c for c in plan.columns.values()
        if c.type in ("int", "str") and c.name not in (*plan.key, plan.target) and not c.missing
        and not c.unique and named_id(c) and GROUPS <= c.distinct <= c.rows / 2
    ]  # fmt: skip
    found.sort(key=lambda c: (not set(words(c.name)) & set(UNITS_OF_STUDY), -c.distinct))
    if found:
        plan.group = found[0].name
        others = ", ".join(c.name for c in found[1:])
        more = f"; {others} could be it too" if others else ""
        plan.unsure.append(
            f"group is {plan.group}: {found[0].distinct:,} values, each in about "
            f"{found[0].rows / found[0].distinct:.0f} rows{more}; --group COLUMN"
        )
