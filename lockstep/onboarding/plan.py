"""The plan of a new data set: which column plays which role, and what was not sure."""

import re
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lockstep.core.schema import Source
from lockstep.onboarding.column import Column
from lockstep.onboarding.source_files import SourceFiles

UNITS = {  # of a period, and their format for strftime, which has none for a quarter
    "year": "%Y", "quarter": "", "month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d",
}  # fmt: skip


@dataclass
class DatasetOptions:
    """What the person said; None or empty where it is to be inferred."""

    name: str
    target: str
    task: str | None = None
    key: list[str] = field(default_factory=list)
    time: str | None = None
    period: str | None = None
    group: str | None = None
    drop: list[str] = field(default_factory=list)


class TimeFeature(NamedTuple):
    """A feature that the recipe makes of a time."""

    column: str
    part: str  # as pandas calls it: year, month, day_of_week, hour


class GateLimit(NamedTuple):
    """A setting of the gate, and why it differs from the default."""

    value: Any
    reason: str


@dataclass
class Plan:
    """All that the generated files say. Column names are those after renaming."""

    name: str
    files: SourceFiles
    n_rows: int
    columns: dict[str, Column]
    renamed: dict[str, str]  # new names by the source's
    target: str
    task: str = ""
    labels: dict[Any, int] = field(default_factory=dict)  # of a binary target, by the file's value
    key: list[str] = field(default_factory=list)
    has_row_id: bool = False  # the key is the row's position
    time: str | None = None
    period: str | None = None
    unit: str | None = None  # None: the period is a column of the source
    group: str | None = None
    numeric: list[str] = field(default_factory=list)
    categorical: list[str] = field(default_factory=list)
    time_parts: dict[str, list[str]] = field(default_factory=dict)  # by column of times
    slices: list[str] = field(default_factory=list)
    excluded: dict[str, str] = field(default_factory=dict)  # columns that are no features, and why
    leakage_limit: float | None = None
    has_heavy_tail: bool = False  # the logarithm may be the better target of a regression
    split: dict[str, str] = field(default_factory=dict)
    gate: dict[str, GateLimit] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    source: Source | None = None
    origin: str = ""  # the source's name, without the folders above it

    @property
    def makes_period(self) -> bool:
        """Whether load() makes the period of a time."""
        return self.period is not None and self.unit is not None

    @property
    def declared(self) -> list[str]:
        """Columns of the source that have a role."""
        roles = {*self.key, self.time, self.group, self.target}
        if not self.makes_period:
            roles.add(self.period)
        roles |= {*self.numeric, *self.categorical, *self.time_parts}
        return [name for name in self.columns if name in roles]

    @property
    def time_features(self) -> dict[str, TimeFeature]:
        """Features made of times, by names that no column has."""
        return {
            unused_name(f"{column}_{part}", self.columns): TimeFeature(column, part)
            for column, parts in self.time_parts.items()
            for part in parts
        }


def unused_name(name: str, used: Container[str]) -> str:
    """Return the name, with underscores appended until it is not in use."""
    while name in used:
        name += "_"
    return name


def name_parts(name: str) -> list[str]:
    """Return the words of a column's name: customerId and customer_id have the same."""
    return re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())


def is_allowed_name(name: str) -> bool:
    """Return whether OmegaConf, DVC and a person can read a column's name."""
    is_plain = bool(name) and name.isprintable() and name == name.strip()
    return is_plain and name != "???" and "${" not in name


def rename_columns(names: list[str]) -> dict[str, str]:
    """Return new names for the columns whose names the configuration cannot hold."""
    renamed: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        if is_allowed_name(name):
            continue
        printable = "".join(c if c.isprintable() else " " for c in name.replace("${", "{"))
        cleaned = " ".join(printable.split()).replace("???", "").strip()
        renamed[name] = unused_name(cleaned or f"column_{number}", {*names, *renamed.values()})
    return renamed
