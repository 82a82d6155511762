"""Changes of the raw folder since the model was trained, and a short name for its content."""

import hashlib
import json
from typing import Any

from lockstep.evaluation.comparison import raw_files

Record = dict[str, Any]


def changed_files(trained: list[Record], current: list[Record]) -> list[Record]:
    """Return raw files that are new, changed or gone since training, each with its rows before and after.

    Both are lists of path, rows and sha256, as metrics/lineage.json has them.
    """
    return [
        {"path": change["path"], "rows_before": change["old_rows"], "rows": change["new_rows"]}
        for change in raw_files(trained, current)
    ]


def digest(files: list[Record]) -> str:
    """Return a short name of the raw folder's content: the same files have the same name."""
    listed = json.dumps([[file["path"], file["sha256"]] for file in files])
    return hashlib.sha256(listed.encode()).hexdigest()[:10]
