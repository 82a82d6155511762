"""Reading of the JSON that stages write."""

import json
from pathlib import Path
from typing import Any

from pipeline.errors import DataError


def read_json(path: Path) -> Any:
    """The value in a JSON file. Raises DataError if it is absent or not whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError) as error:
        raise DataError(f"{path} is absent or not whole; run `dvc repro`") from error
