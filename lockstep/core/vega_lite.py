"""What makes a JSON value a Vega-Lite specification, and what one may not hold here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError

VIEWS = ("mark", "layer", "hconcat", "vconcat", "concat", "facet", "repeat", "spec")


def is_specification(value: Any) -> bool:
    """Return whether a value is a mapping with a mark, layers or another view of Vega-Lite's."""
    return isinstance(value, Mapping) and any(
        isinstance(value.get(key), str | list | Mapping) for key in VIEWS
    )


def conversion_reason(error: Exception) -> str:
    """Return why vl-convert refused a specification: its second line, without the way through its code."""
    lines = str(error).splitlines()
    return lines[1] if len(lines) > 1 else str(error)


def refuse_external_data(specification: Any, file: Path) -> None:
    """Raise DataError that names the file where a specification reads its data from a URL."""
    if isinstance(specification, Mapping):
        if isinstance(specification.get("data"), Mapping) and "url" in specification["data"]:
            raise DataError(
                f"{file.as_posix()}: its data has a url; give the data inline, as values"
            )
        specification = list(specification.values())
    if isinstance(specification, list):
        for part in specification:
            refuse_external_data(part, file)
