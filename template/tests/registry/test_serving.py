"""A bundle's recipe alone makes its features: run from the sealed bytes, apart from the working tree's."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.config import result_parameters
from lockstep.core.errors import DataError
from lockstep.core.schema import Config, Dataset
from lockstep.registry import serving
from lockstep.training import bundle


def sealed_recipe(folder: Path, **sources: str) -> Path:
    """A folder with recipes and a schema alone, sealed."""
    folder.mkdir()
    config = Config(dataset=Dataset(name="own", recipe="own", task="binary", target="y", key=["k"]))
    config.dataset.numeric = ["x"]
    (folder / "config.json").write_text(json.dumps(result_parameters(config)), encoding="utf-8")
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    bundle.seal(folder)
    return folder


ROWS = pd.DataFrame({"k": ["a", "b"], "x": [1.0, 2.0]})


def test_a_recipe_that_imports_another_runs_the_bundles_copy_of_it(tmp_path: Path) -> None:
    main = (
        "from recipes.penguins import clean\n"
        "def featurize(frame):\n"
        "    from recipes import penguins\n"  # when called, too
        "    return penguins.featurize(frame)\n"
    )
    other = "def clean(frame): return frame\ndef featurize(frame): return frame.assign(x=7.0)\n"
    folder = sealed_recipe(tmp_path / "own", recipe=main, recipe_penguins=other)
    before = {name for name in sys.modules if name.split(".")[0] == "recipes"}
    assert serving.features(folder, ROWS)["x"].tolist() == [7.0, 7.0]
    assert {name for name in sys.modules if name.split(".")[0] == "recipes"} == before
    from recipes import penguins

    assert penguins.featurize(ROWS)["x"].tolist() == [1.0, 2.0]


def test_a_recipe_finds_no_recipe_of_the_working_tree(tmp_path: Path) -> None:
    folder = sealed_recipe(tmp_path / "own", recipe="from recipes.penguins import clean\n")
    with pytest.raises(DataError, match=r"recipes\.penguins.*recipe\.py, import\(\), line 1"):
        serving.features(folder, ROWS)


def test_a_line_that_fails_in_a_bundles_recipe_is_named(tmp_path: Path) -> None:
    source = "def clean(frame):\n    return frame.assign(x=frame['absent'])\n"
    folder = sealed_recipe(tmp_path / "own", recipe=source)
    with pytest.raises(DataError, match=r"KeyError: 'absent' .*recipe\.py, clean\(\), line 2"):
        serving.features(folder, ROWS)


def test_the_bundles_load_gives_the_rows_of_a_raw_folder(tmp_path: Path) -> None:
    source = (
        "from recipes.other import NAME\n"
        "def load(raw):\n"
        "    import pandas as pd\n"
        "    for path in sorted(raw.glob('*.csv')):\n"
        "        yield path.stem + NAME, pd.read_csv(path)\n"
    )
    folder = sealed_recipe(tmp_path / "own", recipe=source, recipe_other="NAME = '-own'\n")
    (tmp_path / "raw").mkdir()
    ROWS.to_csv(tmp_path / "raw/a.csv", index=False)
    code = serving.recipe(folder, bundle.verify(folder))
    [(name, frame)] = serving.raw_rows(code, tmp_path / "raw")
    assert name == "a-own" and frame.equals(ROWS)


def test_a_folder_without_a_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is not a whole bundle: it has no recipe\.py"):
        serving.features(sealed_recipe(tmp_path / "own"), ROWS)
