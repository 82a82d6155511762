"""A file is read whole or refused by name; what is written is read back the same."""

import math
from pathlib import Path

import pytest

from lockstep.core.config import load_config
from lockstep.core.errors import ConfigError, DataError
from lockstep.core.files import atomic_path, fresh, read_json, read_text, write_json, write_records
from lockstep.registry import versions
from lockstep.training import feature_profile
from stages import compose

DAMAGED = {"not UTF-8": b'{"a": "\xe9"}', "cut": b'{"a": ', "empty": b"", "zeros": bytes(10)}


@pytest.mark.parametrize("name", list(DAMAGED))
def test_a_damaged_json_file_is_named_with_what_to_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / "test.json"
    path.write_bytes(DAMAGED[name])
    with pytest.raises(DataError, match=r"test\.json is .*`dvc repro`"):
        read_json(path)
    with pytest.raises(DataError, match=r"profile\.json .* is damaged"):
        feature_profile.loads(DAMAGED[name])


@pytest.mark.parametrize("text", ["{}", "[]", "null", "3"])
def test_json_without_a_key_that_is_needed_is_damaged(tmp_path: Path, text: str) -> None:
    path = tmp_path / "test.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"test\.json is damaged: it has no 'metrics'"):
        read_json(path, "metrics")
    with pytest.raises(DataError, match=r"profile\.json of the bundle is damaged"):
        feature_profile.loads(text.encode())


@pytest.mark.parametrize("content", [*DAMAGED.values(), b"a: [1", b"3", b"[]", b"a: {b: c: d}"])
def test_a_damaged_params_yaml_is_named_and_compose_writes_it_anew(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"params\.yaml (cannot be read|holds no keys).*`git"):
        load_config(path)
    assert not compose.is_current(path)


def test_a_pointer_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / versions.POINTER).write_bytes(b"\xe9")
    with pytest.raises(DataError, match=r"champion\.yaml is damaged: it is not UTF-8 .*`git"):
        versions.champion(tmp_path)


def test_text_that_is_absent_or_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="absent"):
        read_text(tmp_path / "card.md")
    (tmp_path / "card.md").write_bytes(b"caf\xe9")
    with pytest.raises(DataError, match=r"card\.md is damaged: it is not UTF-8 .*save it"):
        read_text(tmp_path / "card.md", "save it")


def test_what_is_written_is_read_back_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    write_json(tmp_path / "deep/a.json", {"größe": [1, math.nan, (math.inf, "x")], 3: None})
    assert read_json(tmp_path / "deep/a.json") == {"größe": [1, None, [None, "x"]], "3": None}
    for records in ([], [{"a": 1}], [{"a": 1}, {"a": math.nan}]):
        write_records(tmp_path / "deep/b.json", records)
        assert len(read_json(tmp_path / "deep/b.json")) == len(records)
    assert {path.name for path in (tmp_path / "deep").iterdir()} == {"a.json", "b.json"}
    assert list(fresh(tmp_path / "deep").iterdir()) == []


def test_a_writer_that_fails_leaves_the_earlier_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep/a.txt"
    with atomic_path(path) as beside:
        beside.write_text("first", encoding="utf-8")
        assert not path.exists()
    with pytest.raises(KeyboardInterrupt), atomic_path(path) as beside:
        beside.write_text("sec", encoding="utf-8")
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "first"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    (tmp_path / "bundle.part").mkdir()
    (tmp_path / "bundle.part/left").touch()  # by a killed run
    with pytest.raises(DataError), atomic_path(folder) as beside:
        beside.mkdir()
        raise DataError("no network")
    assert list(tmp_path.iterdir()) == []
    with atomic_path(folder) as beside:
        beside.mkdir()
        (beside / "model.json").touch()
    assert [path.name for path in folder.iterdir()] == ["model.json"]
