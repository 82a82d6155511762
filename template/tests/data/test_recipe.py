"""An error in a recipe names its file, function and line; what it must return is checked."""

import sys
import types
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.owner_code import imported_modules
from lockstep.data.recipe import applied, loaded, module, parts, source, sources

FRAME = pd.DataFrame({"x": [1, 2]})


def recipe(text: str, folder: Path) -> tuple[Any, Path]:
    """A recipe's module and its file."""
    path = folder / "own.py"
    path.write_text(text, encoding="utf-8")
    code = types.ModuleType("own")
    exec(compile(text, str(path), "exec"), code.__dict__)
    return code, path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def clean(frame):\n    return frame['y']\n", r"KeyError: 'y' \(.*own\.py, clean\(\), line 2\)"),
        ("def clean(frame):\n    frame['z'] = 1\n", r"clean\(\) of .*own\.py returned NoneType"),
        ("def clean(frame):\n    return frame.head(1)\n", r"made 1 rows of 2; it is row-wise"),
    ],
)  # fmt: skip
def test_an_error_in_clean_names_its_place(tmp_path: Path, text: str, message: str) -> None:
    code, path = recipe(text, tmp_path)
    with pytest.raises(DataError, match=message):
        applied(code, path, "clean", FRAME, "data/x.parquet")


def test_partitions_come_one_at_a_time_and_must_be_pairs(tmp_path: Path) -> None:
    code, path = recipe("def load(raw):\n    yield 'a', FRAME\n    yield 3\n", tmp_path)
    code.FRAME = FRAME
    parts = loaded(code, path, Path("data/raw/x"))
    assert next(parts)[0] == "a"
    with pytest.raises(
        DataError, match=r"load\(\) of .*own\.py must give \(name, DataFrame\) pairs"
    ):
        next(parts)


@pytest.mark.parametrize("name", ["../../.git/hooks/x", "/tmp/x", "a/b", "", "a\\b", "a\x00b"])
def test_a_partition_has_the_name_of_a_file_in_its_folder(tmp_path: Path, name: str) -> None:
    code, path = recipe(f"def load(raw):\n    yield {name!r}, FRAME\n", tmp_path)
    code.FRAME = FRAME
    with pytest.raises(
        DataError, match=r"a partition of load\(\) of .*own\.py: .* cannot be the name"
    ):
        next(loaded(code, path, Path("data/raw/x")))


@pytest.mark.parametrize("name", ["../x", "a/b"])
def test_a_partition_of_parts_has_such_a_name_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    text = f"def parts(raw):\n    return {{{name!r}: []}}\ndef part(files):\n    return None\n"
    code, _ = recipe(text, tmp_path)
    monkeypatch.setitem(sys.modules, "recipes.own", code)
    with pytest.raises(DataError, match=r"a partition of parts\(\) of recipes/own\.py: "):
        parts("own", Path("data/raw/x"))


def test_a_bundle_has_a_recipe_with_those_that_it_imports() -> None:
    assert list(sources("penguins")) == ["recipe.py"]
    assert sources("penguins")["recipe.py"] == source("penguins")
    code = (
        b"import recipes.a\nfrom recipes import b\nfrom . import c\nfrom .d import x\nimport os\n"
    )
    assert imported_modules(code, "recipes") == ["a", "b", "c", "d"]


def test_a_recipe_that_is_not_there_is_refused() -> None:
    assert module("penguins").__name__ == "recipes.penguins"
    for function in (module, source):
        with pytest.raises(
            ConfigError, match=r"dataset\.recipe is 'nowhere'; recipes/ has no such"
        ):
            function("nowhere")
