"""One bad partition among many is named, whoever reads it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.engine import executor
from lockstep.core.engine.store import Stored
from lockstep.core.errors import DataError
from lockstep.core.partitions import partition_paths, read_partition, write_partition
from lockstep.core.schema import Engine
from template.tests.core.engine import project
from template.tests.support.cluster import running
from tests.closure import ROOT

MANY, BAD = 2000, "data/many/00321.parquet"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thousands of partitions, one of them cut off in the middle; and the penguins, validated."""
    place = project.project(tmp_path_factory.mktemp("bad"))
    write_partition(pd.DataFrame({"a": [1, 2, 3]}), place / "one.parquet")
    whole = (place / "one.parquet").read_bytes()
    (place / "data/many").mkdir()
    for number in range(MANY):
        (place / f"data/many/{number:05d}.parquet").write_bytes(whole)
    (place / BAD).write_bytes(whole[: len(whole) // 2])
    return place


@pytest.fixture(scope="module", params=["inline", "dask"])
def engine(request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    """This process; or a worker, which takes one partition after the other."""
    if request.param == "inline":
        yield Engine()
        return
    with running(folder, 1) as result:
        yield Engine("dask", address=result.address)


def test_one_damaged_partition_among_thousands_is_named(
    folder: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with (
        pytest.raises(DataError, match=f"{BAD}: not a whole Parquet file .*dvc checkout --force"),
        executor(engine) as pool,
    ):
        for number, result in enumerate(
            pool.map(read_partition, partition_paths(Path("data/many")))
        ):
            assert number < 321 and len(result) == 3


def test_a_partition_that_vanishes_while_its_stage_runs_is_named(
    folder: Path, engine: Engine
) -> None:
    *_, last = sorted(Path(folder / "data/validated").iterdir())
    kept = last.read_bytes()
    vanish = f"from pathlib import Path; Path({str(last)!r}).unlink(missing_ok=True)"
    project.clean(folder, vanish)
    project.on(folder, engine.address)
    line = project.refused(folder)
    last.write_bytes(kept)
    shutil.copy(ROOT / "recipes/penguins.py", folder / "recipes")
    name = f"data/validated/{last.name}"
    assert line.startswith(f"preprocess: {name} was there and is gone; `dvc checkout --force data/")


def test_one_that_is_gone_before_it_is_stored_is_named(tmp_path: Path) -> None:
    with executor(Engine()) as pool, pytest.raises(DataError, match="was there and is gone"):
        Stored(pool, f"file://{tmp_path}").map(read_partition, [Path("data/gone.parquet")])
