"""What a recipe's load() must know and change so that this source's rows have their declared types."""

from dataclasses import dataclass
from typing import Any

from lockstep.data.column_types import MISSING
from lockstep.onboarding.date_formats import ISO
from lockstep.onboarding.dialect import read_csv_options
from lockstep.onboarding.number_formats import PLAIN, NumberStyle
from lockstep.onboarding.plan import Plan


@dataclass(frozen=True)
class NumberFormat:
    """Columns whose numbers are written alike, and not plainly."""

    style: NumberStyle
    has_affixes: bool
    columns: list[str]

    @property
    def example(self) -> str:
        """A number as these columns have it."""
        return f"1{self.style.thousands}234{self.style.decimal}5"


@dataclass(frozen=True)
class RecipeFixes:
    """What the recipe of one source needs; what is empty, it does not need."""

    read_options: dict[str, Any]  # of pandas.read_csv
    missing_texts: dict[str, list[str]]  # by column
    number_formats: list[NumberFormat]
    time_formats: dict[str, str]  # by column: one of strptime, ISO, ZONED or "native"
    labels: dict[Any, Any]  # of a binary target, by its value in the file

    @property
    def strptime_formats(self) -> dict[str, str]:
        """Columns of times whose format is one of strptime."""
        return {
            name: time_format
            for name, time_format in self.time_formats.items()
            if time_format.startswith("%")
        }


def find_fixes(plan: Plan) -> RecipeFixes:
    """Return what the recipe must know and change to read the plan's source."""
    read_options = {}
    if plan.files.dialect:
        read_options = {
            **read_csv_options(plan.files.dialect),
            "na_values": shared_missing_texts(plan),
        }
    return RecipeFixes(
        read_options, missing_texts(plan), number_formats(plan), time_formats(plan), labels(plan)
    )


def shared_missing_texts(plan: Plan) -> list[str]:
    """Return the texts that mean missing in some column and are a value in none."""
    values = {text for column in plan.columns.values() for text in column.literal_texts}
    gaps = {text for name in plan.declared for text in plan.columns[name].missing_texts}
    shared = {
        text
        for text in gaps
        if not text.strip() or text.strip() in MISSING or text in ("n/a", "#N/A")
    }
    return ["", *sorted(shared - values - {""})]


def missing_texts(plan: Plan) -> dict[str, list[str]]:
    """Return, by column, the texts that mean missing there alone.

    What pandas.read_csv is told, or lockstep.data.column_types reads as missing, needs no fix.
    """
    shared = set(shared_missing_texts(plan)) if plan.files.kind == "csv" else set()
    by_column = {}
    for name in plan.declared:
        column = plan.columns[name]
        texts = [text for text in column.missing_texts if text not in shared]
        if column.type != "str":
            texts = [text for text in texts if text.strip() not in {*shared, *MISSING}]
        if texts:
            by_column[name] = texts
    return by_column


def number_formats(plan: Plan) -> list[NumberFormat]:
    """Return the columns by how their numbers are written, where that is not plainly."""
    columns: dict[tuple[NumberStyle, bool], list[str]] = {}
    for name in plan.declared:
        column = plan.columns[name]
        is_labelled = name == plan.target and bool(plan.labels)
        if not is_labelled and (column.number_style != PLAIN or column.has_affixes):
            columns.setdefault((column.number_style, column.has_affixes), []).append(name)
    return [
        NumberFormat(style, has_affixes, names) for (style, has_affixes), names in columns.items()
    ]


def time_formats(plan: Plan) -> dict[str, str]:
    """Return the columns of times that load() must read, and their formats."""
    is_text = plan.files.kind in ("csv", "jsonl")
    formats = {}
    for name in plan.declared:
        column = plan.columns[name]
        makes_period = name == plan.time and plan.unit is not None
        if column.type == "datetime" and (column.time_format or (makes_period and is_text)):
            formats[name] = column.time_format or ISO
    return formats


def labels(plan: Plan) -> dict[Any, Any]:
    """Return the labels as the column holds them: text where the target is read as text."""
    is_text = plan.files.kind == "csv" or all(isinstance(value, str) for value in plan.labels)
    return {value: str(label) if is_text else label for value, label in plan.labels.items()}
