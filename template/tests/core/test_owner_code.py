"""An error in the owner's code names the owner's innermost line, never a library's."""

from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.errors import ConfigError, DataError, line
from lockstep.core.owner_code import bundled_sources, imported_modules, owner_error, owner_errors

RECIPE = """import pandas as pd

def helper(frame):
    return frame.loc["nothing"]

def clean(frame):
    return (lambda rows: helper(rows))(frame)
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipes").mkdir()
    return tmp_path


def raised(root: Path, name: str, text: str) -> Exception:
    """Return what clean() of a file below the root raises."""
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    names: dict[str, object] = {}
    exec(compile(text, str(path), "exec"), names)
    with pytest.raises((LookupError, ArithmeticError)) as caught:
        names["clean"](pd.DataFrame({"x": [1]}))  # type: ignore[operator]
    return caught.value


def test_the_innermost_function_of_the_owner_is_named(root: Path) -> None:
    error = owner_error(
        raised(root, "recipes/own.py", RECIPE), Path("recipes/own.py"), "clean", "data/x"
    )
    assert str(error) == "data/x: KeyError: 'nothing' (recipes/own.py, helper(), line 4)"


def test_a_lambda_is_named_by_the_function_that_was_called(root: Path) -> None:
    text = "def clean(frame):\n    return (lambda rows: 1 / 0)(frame)\n"
    error = owner_error(raised(root, "recipes/own.py", text), Path("recipes/own.py"), "clean")
    assert str(error) == "ZeroDivisionError: division by zero (recipes/own.py, clean(), line 2)"


def test_a_stage_of_the_owner_is_named_by_its_line_too(root: Path) -> None:
    error = raised(root, "stages/own.py", RECIPE)
    assert line(error).startswith("KeyError in stages/own.py, helper(), line 4: 'nothing'")


def test_an_error_of_one_line_passes_as_it_is() -> None:
    with (
        pytest.raises(ConfigError, match=r"^as it is$"),
        owner_errors(Path("recipes/own.py"), "load"),
    ):
        raise ConfigError("as it is")
    with (
        pytest.raises(DataError, match=r"own\.py, load\(\)\)"),
        owner_errors(Path("recipes/own.py"), "load"),
    ):
        raise ValueError("no frame of the owner's")


def test_the_modules_that_a_source_imports_are_those_of_its_package() -> None:
    code = b"import os\nfrom components.models import a\nfrom . import b\nfrom ._c import X\n"
    code += b"from ..metrics import d\n"
    assert imported_modules(code, "components.models") == ["_c", "a", "b"]


def test_a_bundle_gets_a_module_with_all_that_it_imports() -> None:
    sources = {"own": b"from . import a\n", "a": b"from .b import x\n", "b": b"from . import own\n"}
    files = bundled_sources("own", "recipes", "recipe", sources.__getitem__)
    assert list(files) == ["recipe.py", "recipe_a.py", "recipe_b.py"]
