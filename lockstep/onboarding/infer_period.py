"""Infer which column is the time of a row, and the periods and features that are made of times."""

import datetime

from lockstep.core.errors import ConfigError, DataError
from lockstep.onboarding.column import Column
from lockstep.onboarding.plan import UNITS, DatasetOptions, Plan, name_parts, unused_name

BIRTH_WORDS = ("birth", "born", "dob", "birthday", "birthdate", "geburt", "geburtsdatum")
TIME_WORDS = (
    "date", "time", "timestamp", "datetime", "day", "created", "ordered", "datum", "when", "month",
)  # fmt: skip
MAX_TIMELESS_SHARE = 0.02  # of rows without a time, for a temporal split
MAX_FUTURE = datetime.timedelta(days=366)
# Days that a time must span to be cut into these periods: eight periods or more.
MIN_DAYS = {"year": 5500, "quarter": 1900, "month": 240, "week": 56, "day": 7}


def choose_unit(column: Column) -> str | None:
    """Return the longest unit of which a time spans enough periods; None where it is too short for any."""
    days = (column.high - column.low).total_seconds() / 86400
    return next((unit for unit, min_days in MIN_DAYS.items() if days >= min_days), None)


def set_time(plan: Plan, options: DatasetOptions) -> None:
    """Set the time of a row, and the period that a temporal split cuts at.

    Raises
    ------
    ConfigError
        If --time names a column without times.
    DataError
        If it spans too little to be cut into periods.
    """
    now = datetime.datetime.now()
    times = [
        column
        for column in plan.columns.values()
        if column.type == "datetime" and column.name != plan.target
    ]
    if options.time:
        column = plan.columns[options.time]
        if column.type != "datetime":
            raise ConfigError(
                f"--time {options.time} is {column.type or 'of no type'}, expected times"
            )
        plan.time = options.time
    elif options.period in (None, *UNITS):
        infer_time(plan, [column for column in times if can_be_time(column, now)])
    for column in times:
        if column.high > now:
            plan.warnings.append(f"{column.name}: its latest time, {column.high}, is in the future")
    if options.period and options.period not in UNITS:
        plan.period = options.period
    elif plan.time:
        plan.unit = options.period or choose_unit(plan.columns[plan.time])
        if plan.unit is None:
            raise DataError(
                f"--time {plan.time} spans less than a week; give --period, or leave it"
            )
        plan.period = unused_name(plan.unit, [*plan.columns, *plan.key])


def can_be_time(column: Column, now: datetime.datetime) -> bool:
    """Return whether times can order the rows: no birthdays, few missing, not far in the future."""
    return (
        column.n_missing <= MAX_TIMELESS_SHARE * column.n_rows
        and choose_unit(column) is not None
        and not set(name_parts(column.name)) & set(BIRTH_WORDS)
        and bool(column.high <= now + MAX_FUTURE)
    )


def infer_time(plan: Plan, candidates: list[Column]) -> None:
    """Set the likeliest of the columns as the time of a row, if there is any."""
    if not candidates:
        return
    time, *others = sorted(
        candidates,
        key=lambda column: (not set(name_parts(column.name)) & set(TIME_WORDS), -column.n_distinct),
    )
    plan.time = time.name
    if others:
        names = ", ".join(column.name for column in others)
        plan.assumptions.append(f"time is {plan.time}; {names} could be too: --time COLUMN")


def choose_time_parts(column: Column, is_split_time: bool) -> list[str]:
    """Return the parts of a time that become features.

    The year is none where the split puts later years in test.
    """
    has_clock = column.low.normalize() != column.low or column.high.normalize() != column.high
    parts = ["month", "day_of_week"]
    if has_clock:
        parts.append("hour")
    return parts if is_split_time else ["year", *parts]
