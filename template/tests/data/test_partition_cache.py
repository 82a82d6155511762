"""A partition is taken from the run before where nothing changed, and made anew for each thing that did."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from lockstep.core.engine import Inline
from lockstep.core.errors import DataError
from lockstep.core.files import read_json
from lockstep.data import partition_cache
from lockstep.data.partition_cache import Made, Task, dvc_cache, map_partitions, md5

Names = list[str]
CODE = ("lockstep/room/a.py", "recipes/b.py", "stages/double.py")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Names:
    """Two inputs in a project of their own; the names of the partitions that were made."""
    monkeypatch.chdir(tmp_path)
    for name in (*CODE, "lockstep/other/c.py", "requirements.lock"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("one", encoding="utf-8")
    deps = "[stages/double.py, lockstep/room, recipes, in]"
    Path("dvc.yaml").write_text(f"stages: {{double: {{deps: {deps}}}}}\n", encoding="utf-8")
    Path("in").mkdir()
    for name in ("x", "y"):
        Path("in", name).write_text(name, encoding="utf-8")
    return []


def run(made: Names, names: Names = ["x", "y"], meaning: Any = 2) -> list[Made]:  # noqa: B006
    """Write each input's text twice, from nothing but what the store has."""
    made.clear()
    for old in Path("out").glob("*"):
        old.unlink()
    Path("out").mkdir(exist_ok=True)

    def double(name: str) -> Made:
        made.append(name)
        Path("out", name).write_text(Path("in", name).read_text() * 2, encoding="utf-8")
        Path("keys").write_text(name, encoding="utf-8")
        return {"files": [f"out/{name}"], "beside": "keys", "worst": [float("inf"), name]}

    tasks = [Task([Path("in", name)], (name,)) for name in names]
    result = map_partitions(Inline(), "double", double, tasks, meaning)
    for path in Path("out").glob("*"):  # as DVC does when the stage is done
        name = md5(path)
        (dvc_cache() / name[:2]).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, dvc_cache() / name[:2] / name[2:])
    return result


def outputs() -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(Path("out").iterdir())}


def test_the_second_run_makes_nothing_and_gives_the_same(made: Names) -> None:
    first, before = run(made), None
    assert made == ["x", "y"]
    before = outputs()
    assert run(made) == first and made == []
    assert outputs() == before == {"x": "xx", "y": "yy"}
    assert read_json(partition_cache.STORE / "double.json") == {"made": 0, "reused": 2}


def test_a_changed_input_costs_its_own_partition_and_a_new_one_its_own(made: Names) -> None:
    run(made)
    Path("in/y").write_text("z", encoding="utf-8")
    Path("in/w").write_text("w", encoding="utf-8")
    run(made, ["w", "x", "y"])
    assert made == ["w", "y"]
    assert outputs() == {"w": "ww", "x": "xx", "y": "zz"}


@pytest.mark.parametrize("changed", ["lockstep/other/c.py", "requirements.lock"])
def test_code_that_the_stage_does_not_list_makes_nothing_anew(made: Names, changed: str) -> None:
    run(made)
    Path(changed).write_text("two", encoding="utf-8")
    run(made)
    assert made == []


def test_a_stage_that_dvc_yaml_lacks_is_named(made: Names) -> None:
    Path("dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"dvc\.yaml has no stage double"):
        run(made)


@pytest.mark.parametrize("changed", CODE)
def test_changed_code_makes_everything_anew(made: Names, changed: str) -> None:
    run(made)
    Path(changed).write_text("two", encoding="utf-8")
    run(made)
    assert made == ["x", "y"]


def test_changed_parameters_make_everything_anew(made: Names) -> None:
    run(made, meaning={"min": 1})
    run(made, meaning={"min": 2})
    assert made == ["x", "y"]


@pytest.mark.parametrize("how", ["spoilt", "collected"])
def test_what_dvcs_cache_no_longer_has_whole_is_made_anew(made: Names, how: str) -> None:
    run(made)
    [kept] = [
        path for path in dvc_cache().rglob("*") if path.is_file() and path.read_text() == "xx"
    ]
    if how == "spoilt":
        kept.write_text("no", encoding="utf-8")
    else:
        kept.unlink()
    run(made)
    assert made == ["x"]
    assert outputs() == {"x": "xx", "y": "yy"}


def test_the_file_beside_the_outputs_comes_back_too(made: Names) -> None:
    run(made, ["x"])
    Path("keys").unlink()
    run(made, ["x"])
    assert made == [] and Path("keys").read_text(encoding="utf-8") == "x"


def test_dvcs_cache_is_found_where_its_configuration_says(made: Names, tmp_path: Path) -> None:
    assert dvc_cache() == Path(".dvc/cache/files/md5")
    Path(".dvc").mkdir(exist_ok=True)
    Path(".dvc/config").write_text("['remote \"a\"']\n    url = %x\n[cache]\n    dir = ../c\n")
    assert dvc_cache() == Path(".dvc/../c/files/md5")
    Path(".dvc/config.local").write_text(f"[cache]\n    dir = {tmp_path}\n")
    assert dvc_cache() == tmp_path / "files/md5"


def test_only_the_last_run_is_kept(made: Names) -> None:
    for text in ("1", "2", "3"):
        Path("in/x").write_text(text, encoding="utf-8")
        run(made)
    assert len(list((partition_cache.STORE / "double").glob("*.json"))) == 2
    assert len(list((partition_cache.STORE / "double").glob("*.beside"))) == 2


def test_a_store_that_cannot_be_written_costs_nothing_but_time(made: Names) -> None:
    partition_cache.STORE.mkdir(parents=True)
    (partition_cache.STORE / "double").write_text("a file in the way", encoding="utf-8")
    run(made)
    assert outputs() == {"x": "xx", "y": "yy"}


def test_an_input_that_was_listed_and_is_gone_is_named(made: Names) -> None:
    Path("in/y").unlink()
    with pytest.raises(DataError, match="in/y was there and is gone; `dvc checkout --force in`"):
        run(made)
    assert made == []
