"""Which column is key, time, period, group or feature, told from names and from what all rows hold."""

import difflib
from typing import Any

from pipeline.dataset.decide import Column
from pipeline.dataset.plan import UNITS, Plan, Wanted, counted, free, words
from pipeline.dataset.target import set_task
from pipeline.stage.errors import ConfigError, DataError

IDENTIFIES = ("id", "ids", "uuid", "guid", "key", "nr", "no", "num", "number", "nummer", "ident")
UNITS_OF_STUDY = (
    "patient", "customer", "user", "client", "subject", "person", "household", "account", "store",
    "shop", "machine", "device", "sensor", "school", "hospital", "site", "vehicle", "player", "kunde",
)  # fmt: skip
BIRTHS = ("birth", "born", "dob", "birthday", "birthdate", "geburt", "geburtsdatum")
WHEN = (
    "date",
    "time",
    "timestamp",
    "datetime",
    "day",
    "created",
    "ordered",
    "datum",
    "when",
    "month",
)
CODES = (
    "code",
    "type",
    "class",
    "category",
    "cat",
    "region",
    "zone",
    "kind",
    "status",
    "sector",
    "district",
)
CODED = 20  # distinct values of a whole number that may be a code
NEARLY_ALL = 0.95  # missing: nothing is left to learn from
DIFFERENT = 0.5  # share of values that are distinct from which on a text names rows
MANY = 50  # distinct values of a text that are no cause for doubt
GROUPS = 30  # groups that a grouped split shares at least
TIMELESS = 0.02  # rows without a time that a temporal split can bear


def closest(name: str, names: list[str]) -> str:
    """The names most like one that is not there, for a message."""
    low = {one.lower(): one for one in names}
    near = [low[one] for one in difflib.get_close_matches(name.lower(), list(low), 3, 0.5)]
    return f"did you mean {', '.join(near)}? " * bool(near)


def must_be_there(option: str, name: str, names: list[str]) -> None:
    """Raise ConfigError that names close columns for one that the source has not."""
    if name not in names:
        listed = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
        raise ConfigError(
            f"{option} {name!r} is no column; {closest(name, names)}there are {listed}"
        )


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


def unit(column: Column) -> str | None:
    """The period to cut a time into, so that there are eight or more; None where it is too short."""
    days = (column.high - column.low).total_seconds() / 86400
    for name, least in (
        ("year", 5500),
        ("quarter", 1900),
        ("month", 240),
        ("week", 56),
        ("day", 7),
    ):
        if days >= least:
            return name
    return None


def time(plan: Plan, wanted: Wanted) -> None:
    """The column that says when a row was, and the period that the split cuts at."""
    import datetime

    now = datetime.datetime.now()
    dated = [c for c in plan.columns.values() if c.type == "datetime" and c.name != plan.target]
    usable = [
        c for c in dated
        if c.missing <= TIMELESS * c.rows and unit(c) and not set(words(c.name)) & set(BIRTHS)
        and c.high <= now + datetime.timedelta(days=366)
    ]  # fmt: skip
    if wanted.time:
        column = plan.columns[wanted.time]
        if column.type != "datetime":
            raise ConfigError(
                f"--time {wanted.time} is {column.type or 'of no type'}, expected times"
            )
        plan.time = wanted.time
    elif usable and wanted.period in (None, *UNITS):
        ranks = sorted(usable, key=lambda c: (not set(words(c.name)) & set(WHEN), -c.distinct))
        plan.time = ranks[0].name
        if len(usable) > 1:
            others = ", ".join(c.name for c in ranks[1:])
            plan.unsure.append(f"time is {plan.time}; {others} could be too: --time COLUMN")
    for column in dated:
        if column.high > now:
            plan.warnings.append(f"{column.name}: its latest time, {column.high}, is in the future")
    if wanted.period and wanted.period not in UNITS:
        plan.period = wanted.period
        return
    if plan.time:
        plan.unit = wanted.period or unit(plan.columns[plan.time])
        if plan.unit is None:
            raise DataError(
                f"--time {plan.time} spans less than a week; give --period, or leave it"
            )
        plan.period = free(plan.unit, [*plan.columns, *plan.key])


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


def coded(column: Column) -> bool:
    """Whether whole numbers are the codes of categories, as their name says."""
    return (
        column.type == "int"
        and 2 < column.distinct <= CODED
        and bool(set(words(column.name)) & set(CODES))
    )


def parts(column: Column, temporal: bool) -> list[str]:
    """The features of a time: its year too, unless the split puts later years in test."""
    clock = column.low.normalize() != column.low or column.high.normalize() != column.high
    found = ["month", "day_of_week", *(["hour"] if clock else [])]
    return found if temporal else ["year", *found]


def features(plan: Plan, wanted: Wanted) -> None:
    """Every other column as a number, a category or the parts of a time; or left out, and why."""
    for column in plan.columns.values():
        name = column.name
        if name in (*plan.key, plan.target, plan.period):
            continue
        if name in wanted.drop:
            plan.left_out[name] = "as --drop says"
        elif not column.type:
            plan.left_out[name] = "; ".join(column.notes)
        elif column.missing >= NEARLY_ALL * column.rows:
            plan.left_out[name] = f"{column.missing / column.rows:.1%} missing"
        elif column.distinct <= 1 and not column.missing:
            plan.left_out[name] = "one value alone"
        elif why := identifier(column):
            plan.left_out[name] = why
        elif column.type == "datetime":
            plan.dates[name] = parts(column, name == plan.time)
        elif column.type == "str" or coded(column):
            plan.categorical.append(name)
            if column.type == "int":
                plan.unsure.append(
                    f"{name}: {column.distinct} whole numbers taken for codes, not amounts"
                )
        else:
            plan.numeric.append(name)
        if name == plan.group and name in plan.left_out and name not in wanted.drop:
            plan.left_out[name] = "what a group is told by"
    made = plan.made
    plan.numeric += [name for name, (_, part) in made.items()]
    sliced = [
        name for name in plan.categorical
        if 2 <= plan.columns[name].distinct <= 10
        and min(counted(plan.columns[name]).values(), default=0) >= 0.02 * plan.rows
    ]  # fmt: skip
    plan.slices = sliced[:3]
    if not plan.numeric and not plan.categorical:
        said = "; ".join(f"{name}: {why}" for name, why in plan.left_out.items())
        raise DataError(f"no column is left as a feature ({said})")


def assign(plan: Plan, wanted: Wanted) -> None:
    """Fill in the plan's roles. Raises ConfigError for an option that does not fit the columns."""
    names = list(plan.columns)
    asked: list[tuple[str, Any]] = [("--target", wanted.target), ("--time", wanted.time)]
    asked += [("--group", wanted.group)] + [("--key", one) for one in wanted.key]
    asked += [("--drop", one) for one in wanted.drop]
    asked += [("--period", wanted.period)] if wanted.period not in UNITS else []
    for option, name in asked:
        if name is not None:
            must_be_there(option, name, names)
    for option, name in (("--drop", wanted.drop), ("--key", wanted.key)):
        if wanted.target in name:
            raise ConfigError(f"{option} names the target, {wanted.target}")
    if len(names) < 2:
        raise DataError(f"the source has one column alone, {names[0]}; a target needs features")
    for column in plan.columns.values():
        plan.unsure += [f"{column.name}: {one}" for one in column.unsure]
        if column.type:
            plan.warnings += [f"{column.name}: {one}" for one in column.notes]
    set_task(plan, wanted.task)
    key(plan, wanted)
    time(plan, wanted)
    group(plan, wanted)
    features(plan, wanted)
