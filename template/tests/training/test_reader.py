"""A split read in pieces is the split read whole."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.errors import DataError
from lockstep.core.partitions import read_all, write_partition
from lockstep.core.schema import Dataset
from lockstep.models.rows import compact
from lockstep.training import reader
from lockstep.training.reader import Reader, encoded_targets
from lockstep.training.target import encode

NUMERIC, CATEGORICAL = ["size", "age"], ["colour", "maker"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three partitions; the second has a colour of its own and no row of one class."""
    draw = np.random.default_rng(0)
    for number, colours in enumerate((["red", "blue"], ["mauve"], ["blue", "red"])):
        frame = pd.DataFrame(
            {
                "size": draw.normal(size=20),
                "age": np.where(draw.random(20) < 0.3, np.nan, draw.normal(size=20)),
                "colour": draw.choice(colours, 20),
                "maker": draw.choice(["one", "missing"], 20),
                "answer": [True] * 20 if number == 1 else [True, False] * 10,
            }
        )
        write_partition(frame, tmp_path / f"part-{number}.parquet")
    return tmp_path


def test_a_compact_frame_holds_the_values_in_few_bytes(folder: Path) -> None:
    side, whole = Reader(sorted(folder.iterdir())), read_all(folder)
    made = compact(side.frames(NUMERIC + CATEGORICAL), side.rows, NUMERIC, CATEGORICAL, "float32")
    assert side.rows == len(whole) == len(made)
    for name in NUMERIC:
        assert made[name].dtype == np.float32
        np.testing.assert_array_equal(made[name], whole[name].astype("float32"))
    for name in CATEGORICAL:
        assert made[name].astype("str").tolist() == whole[name].tolist()
        assert made[name].cat.codes.dtype == np.int8


@pytest.mark.parametrize("size", [1, 60 * 8 * 3, 2**20])
def test_columns_are_whole_however_many_are_held_together(
    folder: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", size)
    whole = read_all(folder)
    result = dict(Reader(sorted(folder.iterdir())).columns(NUMERIC, CATEGORICAL))
    assert list(result) == NUMERIC + CATEGORICAL
    for name, column in result.items():
        if name in NUMERIC:
            np.testing.assert_array_equal(column, whole[name])
        else:
            assert column.astype("str").tolist() == whole[name].tolist()


def test_classes_are_those_of_all_partitions(folder: Path) -> None:
    dataset = Dataset(task="binary", target="answer")
    y, classes = encoded_targets(Reader(sorted(folder.iterdir())), dataset)
    expected, known = encode(read_all(folder)["answer"], "binary", None)
    assert classes == known == ["False", "True"]
    np.testing.assert_array_equal(y, expected)


def test_one_class_alone_is_refused(folder: Path) -> None:
    few = Reader([folder / "part-1.parquet"])
    with pytest.raises(DataError, match="target answer has 1 in the training rows"):
        encoded_targets(few, Dataset(task="binary", target="answer"))
