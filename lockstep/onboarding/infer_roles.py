"""Which role each column plays, told from names and from what all rows hold."""

from typing import Any

from lockstep.core.errors import ConfigError, DataError
from lockstep.onboarding.column import Column
from lockstep.onboarding.column_options import must_be_there
from lockstep.onboarding.infer_key import group, identifier, key
from lockstep.onboarding.infer_period import parts, time
from lockstep.onboarding.infer_target import set_task
from lockstep.onboarding.plan import UNITS, Plan, Wanted, counted, words

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


def coded(column: Column) -> bool:
    """Whether whole numbers are the codes of categories, as their name says."""
    return (
        column.type == "int"
        and 2 < column.distinct <= CODED
        and bool(set(words(column.name)) & set(CODES))
    )


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
