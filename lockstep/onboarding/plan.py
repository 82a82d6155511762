"""What a new data set shall be: which column plays which role, and what was not sure."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lockstep.core.schema import Source
from lockstep.onboarding.column import Column
from lockstep.onboarding.source_files import Files

UNITS = {  # of a period: what strftime is told
    "year": "%Y", "quarter": "", "month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d",
}  # fmt: skip


@dataclass
class Wanted:
    """What the person said; None or empty where the data shall tell."""

    name: str
    target: str
    task: str | None = None
    key: list[str] = field(default_factory=list)
    time: str | None = None
    period: str | None = None
    group: str | None = None
    drop: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """All that the written files say. Names are those after renaming."""

    name: str
    files: Files
    rows: int
    columns: dict[str, Column]
    renamed: dict[str, str]
    target: str
    task: str = ""
    labels: dict[Any, int] = field(
        default_factory=dict
    )  # of a binary target, by its value in the file
    key: list[str] = field(default_factory=list)
    row_id: bool = False  # the key is the row's position
    time: str | None = None
    period: str | None = None
    unit: str | None = None  # None: the period is a column of the source
    group: str | None = None
    numeric: list[str] = field(default_factory=list)
    categorical: list[str] = field(default_factory=list)
    dates: dict[str, list[str]] = field(default_factory=dict)  # of a time: year, month, ...
    slices: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # columns that are no features, and why
    leakage_limit: float | None = None
    heavy_tail: bool = False  # of a regression's target: its logarithm may be the better one to fit
    split: dict[str, Any] = field(default_factory=dict)
    gate: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    source: Source | None = None
    origin: str = ""  # the source's name, without the folders above it

    @property
    def makes_period(self) -> bool:
        """Whether load() makes the period of a time."""
        return self.period is not None and self.unit is not None

    @property
    def declared(self) -> list[str]:
        """Columns of the source that have a role."""
        roles = [*self.key, self.time, self.group, self.target]
        roles += [self.period] if self.unit is None else []
        wanted = {*roles, *self.numeric, *self.categorical, *self.dates}
        return [name for name in self.columns if name in wanted]

    @property
    def made(self) -> dict[str, tuple[str, str]]:
        """Features made of times: their column and its part."""
        return {
            self.feature(name, part): (name, part)
            for name, parts in self.dates.items()
            for part in parts
        }

    def feature(self, name: str, part: str) -> str:
        """What the feature of a time is called: no other column has its name."""
        return free(f"{name}_{part}", self.columns)


def free(name: str, taken: Any) -> str:
    """The name, with underscores behind it until nothing is called so."""
    while name in taken:
        name += "_"
    return name


def words(name: str) -> list[str]:
    """The words of a column's name: customerId and customer_id have the same."""
    return re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())


def possible(name: str) -> bool:
    """Whether OmegaConf, DVC and a person can hold a column's name."""
    return bool(
        name.isprintable() and name == name.strip() and name and name != "???" and "${" not in name
    )


def renames(names: list[str]) -> dict[str, str]:
    """New names for those that configuration cannot hold."""
    found: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        if possible(name):
            continue
        plain = "".join(c if c.isprintable() else " " for c in name.replace("${", "{"))
        plain = " ".join(plain.split()).replace("???", "").strip()
        found[name] = free(plain or f"column_{number}", {*names, *found.values()})
    return found


def counted(column: Column) -> Counter[Any]:
    """The column's values and their rows; none where they are too many to count."""
    return column.values if column.values is not None else Counter()
