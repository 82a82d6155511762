"""Take a typed snapshot of the source, in partitions.

Reads the raw folder through the recipe, one partition at a time; writes data/ingested/ with a manifest of
the raw files. Where the recipe says which raw files a partition is made of (parts() and part()), a partition
whose files did not change is reused from the last run; otherwise load() reads everything. Depends on the
types in dataset.checks.columns.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.config import load_config
from lockstep.core.engine import executor
from lockstep.core.errors import DataError
from lockstep.core.files import fresh, write_json
from lockstep.core.partitions import write_partition
from lockstep.core.schema import Config, Dataset
from lockstep.core.stage import run
from lockstep.data import recipe
from lockstep.data.column_types import convert_columns
from lockstep.data.partition_cache import Made, Task, map_partitions
from lockstep.data.raw_files import damaged, manifest

if TYPE_CHECKING:
    import pandas as pd

INGESTED = Path("data/ingested")


def pieces(name: str, frame: "pd.DataFrame", max_rows: int) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Yield the frame under its name, or in numbered pieces where it has more than max_rows rows.

    Parameters
    ----------
    name : str
        The partition.
    frame : DataFrame
        Its rows.
    max_rows : int
        Most rows of a piece.
    """
    if len(frame) <= max_rows:
        yield name, frame
        return
    for number, start in enumerate(range(0, len(frame), max_rows)):
        yield f"{name}-{number:05d}", frame.iloc[start : start + max_rows]


def write_typed(name: str, frame: "pd.DataFrame", dataset: Dataset) -> Made:
    """Type one partition and write it, in pieces where it is large; return the rows of each piece.

    Parameters
    ----------
    name : str
        The partition.
    frame : DataFrame
        Its rows.
    dataset : Dataset
        Its schema.
    """
    typed_rows = convert_columns(frame, dataset.checks.columns, f"{dataset.raw}, {name}")
    rows: dict[str, int] = {}
    for piece, piece_rows in pieces(name, typed_rows, dataset.partition_rows):
        write_partition(piece_rows, INGESTED / f"{piece}.parquet")
        rows[piece] = len(piece_rows)
    return {"files": [(INGESTED / f"{piece}.parquet").as_posix() for piece in rows], "rows": rows}


def ingest_partition(name: str, files: list[Path], dataset: Dataset) -> Made:
    """Make one partition of its raw files.

    Parameters
    ----------
    name : str
        The partition.
    files : list of Path
        Its raw files.
    dataset : Dataset
        Its recipe and schema.
    """
    frame = recipe.part(dataset.recipe, files, f"{dataset.raw}, {name}")
    return write_typed(name, frame, dataset)


def partitions(config: Config) -> Iterator[Made]:
    """Write every partition and yield its result. Raises DataError that names a damaged raw file."""
    dataset = config.dataset
    raw = Path(dataset.raw)
    try:
        parts = recipe.parts(dataset.recipe, raw)
        if parts is None:
            for name, frame in recipe.load(dataset.recipe, raw):
                yield write_typed(name, frame, dataset)
            return
        tasks = [Task(files, (name, files, dataset)) for name, files in parts.items()]
        types = {name: column.type for name, column in dataset.checks.columns.items()}
        parameters = [dataset.recipe, dataset.raw, dataset.partition_rows, types]
        with executor(config.engine) as pool:
            yield from map_partitions(pool, "ingest", ingest_partition, tasks, parameters)
    except DataError as error:
        raise DataError(damaged(raw) or str(error)) from error


def main() -> None:
    """Record the raw files, then type and write each partition."""
    config = load_config()
    dataset = config.dataset
    files = manifest(Path(dataset.raw))
    fresh(INGESTED)
    rows: dict[str, int] = {}
    for result in partitions(config):
        for piece, count in result["rows"].items():
            if piece in rows:
                raise DataError(
                    f"{dataset.raw}: recipes/{dataset.recipe}.py gave partition {piece!r} twice"
                )
            rows[piece] = count
    if sum(rows.values()) == 0:
        raise DataError(f"{dataset.raw} holds no rows for recipes/{dataset.recipe}.py")
    write_json(INGESTED / "manifest.json", {"rows": rows, "files": files})
    print(f"{sum(rows.values()):,} rows in {len(rows)} partitions, from {len(files)} raw files")


if __name__ == "__main__":
    run("ingest", main)
