"""Take a typed snapshot of the source, in partitions.

Reads the raw folder through the recipe's load(), one partition at a time; writes data/ingested/ with a
manifest of what was read. Depends on the types in dataset.checks.columns.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import load
from pipeline.partitions import write
from pipeline.raw import damaged, manifest
from pipeline.recipe import load as load_raw
from pipeline.stage import run
from pipeline.stage.errors import DataError
from pipeline.stage.files import fresh, write_json
from pipeline.types import typed

if TYPE_CHECKING:
    import pandas as pd

INGESTED = Path("data/ingested")


def pieces(name: str, frame: "pd.DataFrame", most: int) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """The frame under its name, or in numbered pieces where it has more than `most` rows."""
    if len(frame) <= most:
        yield name, frame
        return
    for number, start in enumerate(range(0, len(frame), most)):
        yield f"{name}-{number:05d}", frame.iloc[start : start + most]


def partitions(recipe: str, raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """What load() gives; where it fails over a damaged file, that file is named, as libraries seldom do."""
    try:
        yield from load_raw(recipe, raw)
    except DataError as error:
        raise DataError(damaged(raw) or str(error)) from error


def main() -> None:
    """Note what is there, then type and write each partition."""
    dataset = load().dataset
    raw = Path(dataset.raw)
    files = manifest(raw)
    fresh(INGESTED)
    rows: dict[str, int] = {}
    for name, frame in partitions(dataset.recipe, raw):
        whole = typed(frame, dataset.checks.columns, f"{raw}, {name}")
        for part, few in pieces(name, whole, dataset.partition_rows):
            if part in rows:
                raise DataError(f"{raw}: load() of recipes/{dataset.recipe}.py gave {part!r} twice")
            write(few, INGESTED / f"{part}.parquet")
            rows[part] = len(few)
    if sum(rows.values()) == 0:
        raise DataError(f"{raw} holds no rows for recipes/{dataset.recipe}.py")
    write_json(INGESTED / "manifest.json", {"rows": rows, "files": files})


if __name__ == "__main__":
    run("ingest", main)
