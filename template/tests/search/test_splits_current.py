"""A search refuses partitions that were made with other parameters."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lockstep.core.errors import DataError
from lockstep.core.files import write_text
from lockstep.search.splits_current import check_splits, value_at

LOCK = "stages: {split: {params: {params.yaml: {split.kind: random, seed: 42}}}}\n"
CONFIG: Any = SimpleNamespace(dataset=SimpleNamespace(name="birds"))


def test_absent_partitions_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="splits/train of birds is not there; run it"):
        check_splits({}, CONFIG, "run it", tmp_path)


def test_another_parameter_is_named(tmp_path: Path) -> None:
    for name in ("train", "valid"):
        write_text(tmp_path / f"data/splits/{name}/part.parquet", "")
    write_text(tmp_path / "dvc.lock", LOCK)
    composed: dict[str, Any] = {"split": {"kind": "random"}, "seed": 42}
    check_splits(composed, CONFIG, "run it", tmp_path)
    with pytest.raises(DataError, match=r"was made with another split\.kind; run it"):
        check_splits({**composed, "split": {"kind": "temporal"}}, CONFIG, "run it", tmp_path)


def test_a_value_is_found_at_its_dotted_key() -> None:
    assert value_at({"a": {"b": 1}}, "a.b") == 1
    assert value_at({"a": {"b": 1}}, "a.c") is None and value_at({"a": 1}, "a.b") is None
