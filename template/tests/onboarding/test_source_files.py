"""Files are read in chunks, and statistics and recipe do not depend on where a chunk ends."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.errors import DataError
from lockstep.onboarding.proof import import_recipe
from lockstep.onboarding.source_files import (
    MAX_CHUNK_ROWS,
    describe_files,
    profile_columns,
    read_chunks,
)
from template.tests.onboarding.inference import infer_dataset


def test_wide_files_come_in_smaller_chunks(tmp_path: Path) -> None:
    pd.DataFrame({f"c{n}": [1] for n in range(1000)}).to_csv(tmp_path / "wide.csv", index=False)
    pd.DataFrame({"a": [1], "b": [2]}).to_parquet(tmp_path / "narrow.parquet")
    wide = describe_files(tmp_path, "csv", ".csv", "c0")
    narrow = describe_files(tmp_path, "parquet", ".parquet", "a")
    assert (wide.chunk_rows, narrow.chunk_rows) == (2000, MAX_CHUNK_ROWS)


def test_a_column_that_a_file_lacks_is_missing_in_its_rows(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1, 2, 3]}).to_csv(tmp_path / "1.csv", index_label="n")
    pd.DataFrame({"b": [4, 5]}).to_csv(tmp_path / "2.csv", index_label="n")
    files = describe_files(tmp_path, "csv", ".csv", "a")
    assert [len(chunk) for path in files.paths for chunk in read_chunks(files, path)] == [3, 2]
    missing = {stats.name: (stats.n_rows, stats.n_missing) for stats in profile_columns(files)}
    assert missing == {"n": (5, 0), "a": (5, 2), "b": (5, 3)}


def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"t\.parquet is not a whole Parquet file"):
        describe_files(tmp_path, "parquet", ".parquet", "a")


def test_a_large_parquet_file_is_read_in_partitions_of_the_same_types(tmp_path: Path) -> None:
    n_rows, first = 110_000, MAX_CHUNK_ROWS
    rng = np.random.default_rng(1)
    x = pd.Series(rng.integers(0, 99, n_rows), dtype="Int64")
    frame = pd.DataFrame(
        {
            "x": x.mask(np.arange(n_rows) >= first + 7),
            "city": rng.choice(["Ulm", "Köln"], n_rows),
            "y": rng.random(n_rows),
        }
    )
    frame.to_parquet(tmp_path / "mine.parquet", index=False)
    plan, texts = infer_dataset(tmp_path / "mine.parquet", "y")
    assert (plan.n_rows, plan.columns["x"].type, plan.has_row_id) == (n_rows, "int", True)
    (tmp_path / "recipe.py").write_text(texts["recipes/mine.py"], encoding="utf-8")
    partitions = dict(import_recipe(tmp_path / "recipe.py").load(tmp_path))
    assert {name: len(partition) for name, partition in partitions.items()} == {
        "mine-00000": first,
        "mine-00001": n_rows - first,
    }
    whole = pd.concat(partitions.values(), ignore_index=True)
    assert whole["row_id"].tolist() == list(range(n_rows))
    assert whole["city"].equals(frame["city"]) and whole["y"].equals(frame["y"])
