"""What is new in the raw folder since the model was trained, and what it is called."""

import hashlib
import json
from typing import Any

from lockstep.evaluation.comparison import raw_files

Record = dict[str, Any]


def news(trained: list[Record], now: list[Record]) -> list[Record]:
    """Raw files that are new, changed or gone since training, each with its rows before and after.

    Both are lists of path, rows and sha256, as metrics/lineage.json has them.
    """
    return [
        {"path": one["path"], "rows_before": one["old_rows"], "rows": one["new_rows"]}
        for one in raw_files(trained, now)
    ]


def digest(now: list[Record]) -> str:
    """A short name of what lies in the raw folder: the same files have the same."""
    listed = json.dumps([[one["path"], one["sha256"]] for one in now])
    return hashlib.sha256(listed.encode()).hexdigest()[:10]
