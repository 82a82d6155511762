"""Infer the role of each column from its name and its statistics."""

from lockstep.core.errors import ConfigError, DataError
from lockstep.onboarding.column import Column
from lockstep.onboarding.column_options import check_column_option
from lockstep.onboarding.infer_key import identifier_reason, set_group, set_key
from lockstep.onboarding.infer_period import choose_time_parts, set_time
from lockstep.onboarding.infer_target import set_task
from lockstep.onboarding.plan import UNITS, DatasetOptions, Plan, name_parts

CODE_WORDS = (
    "code", "type", "class", "category", "cat", "region", "zone", "kind", "status", "sector", "district",
)  # fmt: skip
MAX_CODES = 20  # distinct values of a whole number that may be a code
MAX_MISSING_SHARE = 0.95  # beyond it nothing is left to learn from
MAX_SLICES, MAX_SLICE_VALUES, MIN_SLICE_SHARE = 3, 10, 0.02


def assign_roles(plan: Plan, options: DatasetOptions) -> None:
    """Set the plan's target, key, time, group and features.

    Raises
    ------
    ConfigError
        If an option does not fit the columns.
    DataError
        If the columns make no data set.
    """
    check_options(plan, options)
    if len(plan.columns) < 2:
        only = next(iter(plan.columns))
        raise DataError(f"the source has one column only, {only}; a target needs features")
    for column in plan.columns.values():
        plan.assumptions += [f"{column.name}: {note}" for note in column.assumptions]
        if column.type:
            plan.warnings += [f"{column.name}: {note}" for note in column.notes]
    set_task(plan, options.task)
    set_key(plan, options)
    set_time(plan, options)
    set_group(plan, options)
    set_features(plan, options.drop)


def check_options(plan: Plan, options: DatasetOptions) -> None:
    """Raise ConfigError for an option that names no column, or the target as something else."""
    names = [("--target", options.target), ("--time", options.time), ("--group", options.group)]
    names += [("--key", name) for name in options.key] + [("--drop", name) for name in options.drop]
    if options.period not in UNITS:
        names.append(("--period", options.period))
    for option, name in names:
        if name is not None:
            check_column_option(option, name, list(plan.columns))
    for option, columns in (("--drop", options.drop), ("--key", options.key)):
        if options.target in columns:
            raise ConfigError(f"{option} names the target, {options.target}")


def set_features(plan: Plan, dropped: list[str]) -> None:
    """Make every other column a number, a category or the parts of a time; or exclude it, and say why.

    Raises DataError if no feature is left.
    """
    for column in plan.columns.values():
        if column.name not in (*plan.key, plan.target, plan.period):
            set_feature(plan, column, dropped)
    plan.numeric += plan.time_features
    plan.slices = [name for name in plan.categorical if can_be_slice(plan.columns[name])]
    plan.slices = plan.slices[:MAX_SLICES]
    if not plan.numeric and not plan.categorical:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in plan.excluded.items())
        raise DataError(f"no column is left as a feature ({reasons})")


def set_feature(plan: Plan, column: Column, dropped: list[str]) -> None:
    """Make one column a feature, or exclude it."""
    reason = "as --drop says" if column.name in dropped else exclusion_reason(column)
    if reason:
        is_group = column.name == plan.group and column.name not in dropped
        plan.excluded[column.name] = "what a group is told by" if is_group else reason
    elif column.type == "datetime":
        plan.time_parts[column.name] = choose_time_parts(column, column.name == plan.time)
    elif column.type == "str":
        plan.categorical.append(column.name)
    elif is_code(column):
        plan.categorical.append(column.name)
        plan.assumptions.append(
            f"{column.name}: {column.n_distinct} whole numbers taken for codes, not amounts"
        )
    else:
        plan.numeric.append(column.name)


def exclusion_reason(column: Column) -> str:
    """Return why a column can be no feature; empty where it can."""
    if not column.type:
        return "; ".join(column.notes)
    if column.n_missing >= MAX_MISSING_SHARE * column.n_rows:
        return f"{column.n_missing / column.n_rows:.1%} missing"
    if column.n_distinct <= 1 and not column.n_missing:
        return "one value alone"
    return identifier_reason(column)


def is_code(column: Column) -> bool:
    """Return whether whole numbers are the codes of categories, as the column's name says."""
    is_named_code = bool(set(name_parts(column.name)) & set(CODE_WORDS))
    return column.type == "int" and 2 < column.n_distinct <= MAX_CODES and is_named_code


def can_be_slice(column: Column) -> bool:
    """Return whether a category has few values, each in enough rows to be evaluated alone."""
    smallest = min(column.counted_values.values(), default=0)
    return (
        2 <= column.n_distinct <= MAX_SLICE_VALUES and smallest >= MIN_SLICE_SHARE * column.n_rows
    )
