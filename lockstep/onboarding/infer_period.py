"""Which column says when a row was, and the periods and features that are made of times."""

from lockstep.core.errors import ConfigError, DataError
from lockstep.onboarding.column import Column
from lockstep.onboarding.plan import UNITS, Plan, Wanted, free, words

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
TIMELESS = 0.02  # rows without a time that a temporal split can bear


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


def parts(column: Column, temporal: bool) -> list[str]:
    """The features of a time: its year too, unless the split puts later years in test."""
    clock = column.low.normalize() != column.low or column.high.normalize() != column.high
    found = ["month", "day_of_week", *(["hour"] if clock else [])]
    return found if temporal else ["year", *found]
