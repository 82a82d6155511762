"""Split keys are written by partition, read as a whole, and prove which values two splits share."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.files import write_array
from lockstep.core.partitions import write_partition
from lockstep.core.schema import Dataset
from lockstep.data.split_keys import files_of, proof, read_split_keys, spill, whole_table_keys

DATASET = Dataset(name="birds", key=["id"], target="y", numeric=["size"], group="nest",
                  period="month", time="at")  # fmt: skip
PARTS = [
    pd.DataFrame({"id": [1, 2], "y": ["a", "b"], "size": [1.0, 2.0], "nest": ["n", "n"],
                  "month": ["01", "02"], "at": [1, 2]}),
    pd.DataFrame({"id": [3, 4], "y": ["a", "a"], "size": [1.0, 3.0], "nest": ["n", "m"],
                  "month": ["03", "03"], "at": [3, 4]}),
]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two partitions."""
    paths = [tmp_path / f"features/{number}.parquet" for number in range(2)]
    for part, path in zip(PARTS, paths, strict=True):
        write_partition(part, path)
    return paths


def test_periods_decide_a_temporal_split_and_give_the_spans(files: list[Path]) -> None:
    keys, spans = read_split_keys(files[0], DATASET, "temporal", {"01": 0, "02": 1, "03": 2})
    assert keys["assigned"].tolist() == [0, 1] and keys["assigned"].dtype == np.int8
    assert spans == [(1, 1), (2, 2), None]
    assert set(keys) == {"keys", "features", "groups", "assigned"}


@pytest.mark.parametrize("kind", ["random", "stratified", "grouped"])
def test_the_whole_tables_keys_are_those_of_its_partitions(
    files: list[Path], tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "spilled"
    folder.mkdir()
    parts = [read_split_keys(path, DATASET, kind, {}) for path in files]
    rows, spans = spill(parts, [2, 2], whole_table_keys(kind), folder)
    assert rows is not None and spans == [None, None]
    assert rows.keys.tolist() == np.concatenate([keys["keys"] for keys, _ in parts]).tolist()
    assert (rows.classes is not None) == (kind == "stratified")
    assert (rows.units[0] == rows.units[1]) == (kind == "grouped"), "one nest, two sizes"
    assert rows.units[0] == rows.units[2], "the same nest and the same size"
    assert np.load(files_of("keys", 2, folder)[1]).tolist() == rows.keys[2:].tolist()
    assert whole_table_keys("temporal") == {}


def test_what_two_splits_share_is_counted(files: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "spilled"
    folder.mkdir()
    parts = [read_split_keys(path, DATASET, "random", {}) for path in files]
    spill(parts, [2, 2], whole_table_keys("random"), folder)
    for path, labels in zip(files_of("assigned", 2, folder), ([0, 0], [1, 2]), strict=True):
        write_array(path, np.array(labels, dtype=np.int8))
    assert proof(files, DATASET, folder) == {
        "key_overlap": 0,
        "group_overlap": 1,
        "feature_duplicates": 1,
    }
