"""Take a typed snapshot of the source, in partitions.

Reads the raw folder through the recipe's load(), writes data/ingested/ with a manifest of what was
read. Depends on the types in dataset.checks.columns.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import load
from pipeline.errors import DataError, run
from pipeline.partitions import fresh, write, write_json
from pipeline.recipe import recipe
from pipeline.schema import Column

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {"int": "int64", "float": "float64", "str": "str", "bool": "bool"}


def typed(frame: "pd.DataFrame", columns: dict[str, Column], source: str) -> "pd.DataFrame":
    """The declared columns alone, each of its declared type.

    Raises DataError that names the column that is missing or of another type.
    """
    import pandas as pd

    missing = [name for name in columns if name not in frame]
    if missing:
        raise DataError(f"{source}: column {missing[0]} is missing; it has {', '.join(frame)}")
    for name, column in columns.items():
        try:
            if column.type == "datetime":
                values = pd.to_datetime(frame[name]).astype("datetime64[us]")
            else:
                values = frame[name].astype(DTYPES[column.type])
        except (ValueError, TypeError) as error:
            raise DataError(f"{source}: column {name} is not {column.type}: {error}") from error
        frame = frame.assign(**{name: values})
    return frame[list(columns)]


def manifest(raw: Path) -> list[dict[str, object]]:
    """Path, bytes and hash of every raw file, in name order."""
    return [
        {
            "path": path.as_posix(),
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(raw.iterdir())
        if path.is_file() and not path.name.startswith(".")
    ]


def main() -> None:
    """Load, type and write each partition."""
    import pyarrow as pa

    dataset = load().dataset
    raw, folder = Path(dataset.raw), Path("data/ingested")
    if not raw.is_dir():
        raise DataError(f"{raw} is not there; `git checkout {raw}` or `dvc pull` brings it back")
    fresh(folder)
    rows = {}
    try:
        for name, frame in recipe(dataset.recipe).load(raw):
            write(typed(frame, dataset.checks.columns, str(raw)), folder / f"{name}.parquet")
            rows[name] = len(frame)
    except (pa.ArrowInvalid, KeyError) as error:
        raise DataError(f"{raw}: a file is not whole or lacks a column: {error}") from error
    if sum(rows.values()) == 0:
        raise DataError(f"{raw} holds no rows")
    write_json(folder / "manifest.json", {"rows": rows, "files": manifest(raw)})


if __name__ == "__main__":
    run("ingest", main)
