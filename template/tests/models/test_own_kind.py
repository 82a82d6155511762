"""An owner's kind: found by its name, checked, fitted, saved; what its file lacks is one line."""

from pathlib import Path

import pytest

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.models.kinds import check_model, fit, kind_names, kind_sources, model_kind
from template.tests.support.extending import example, write_component
from template.tests.support.models import answer, configured, nothing, table
from template.tests.support.rows import rows

NAME = "own_extra_trees"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the kind of docs/extending.md."""
    monkeypatch.chdir(tmp_path)
    write_component(tmp_path, "models", NAME)
    return tmp_path


def test_a_kind_is_known_by_its_files_name_beside_locksteps_own(root: Path) -> None:
    assert kind_names()[0] == "catboost" and kind_names()[-1] == NAME
    assert model_kind(NAME).library == "sklearn" and "max_depth" in model_kind(NAME).search_space
    with pytest.raises(ConfigError, match=r"allowed: catboost, .*did you mean own_extra_trees\?"):
        model_kind("own_extra_tree")
    for name in ("components.models.own_extra_trees", "../models/own_extra_trees", "os"):
        with pytest.raises(ConfigError, match=r"model\.kind is "):
            model_kind(name)


def test_its_parameters_are_checked_like_those_of_locksteps_kinds() -> None:
    config = configured("linear", "binary")
    config.model.kind, config.model.params = NAME, {"n_estimators": 0}
    with pytest.raises(
        ConfigError, match=r"model\.params\.n_estimators is 0; allowed: a whole number"
    ):
        check_model(config)
    config.model.params = {"depth": 3}
    with pytest.raises(
        ConfigError, match=r"model\.params\.depth is 3; allowed: for own_extra_trees, n_e"
    ):
        check_model(config)


def test_a_kind_with_a_name_of_locksteps_own_is_refused(root: Path) -> None:
    write_component(root, "models", "catboost", example(f"components/models/{NAME}.py"))
    with pytest.raises(ConfigError, match="catboost is the name of a model kind of Lockstep's own"):
        check_model(configured("linear", "binary"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'name = "own_extra_trees"',
            'name = "other"',
            "name is 'other'; allowed: 'own_extra_trees'",
        ),
        ("def estimator", "def estimate", r"it lacks estimator\(\)"),
        (
            '"max_depth": count(1, 100, none=True)',
            '"max_depth": 5',
            r"parameters\['max_depth'\] is 5",
        ),
        ("(ScikitKind)", "", "defines 0 subclasses of ModelKind; allowed: one"),
        (
            "    trusted",
            '    tasks = ("ranking",)\n    trusted',
            r"tasks is \('ranking',\); allowed",
        ),
        (
            "    trusted",
            '    file_name = "../x"\n    trusted',
            "file_name is '../x'; allowed: a plain",
        ),
        ("    trusted", '    file_name = "sha256.json"\n    trusted', "file_name is 'sha256.json'"),
        ('"min_samples_leaf": {"low"', '"leaf": {"low"', "search_space has 'leaf'"),
        ("import Any", "import Nothing", r"ImportError: .*own_extra_trees\.py, import\(\), line 3"),
    ],
)
def test_what_a_file_lacks_is_said(root: Path, old: str, new: str, words: str) -> None:
    text = example(f"components/models/{NAME}.py")
    assert old in text
    write_component(root, "models", NAME, text.replace(old, new))
    with pytest.raises(LockstepError, match=words) as error:
        model_kind(NAME)
    assert f"components/models/{NAME}.py" in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("is_regression =", "is_regression = {}['x'] +", "^KeyError: 'x' "),
        ("random_state=", "random=", "^TypeError: .*'random' "),  # not: scikit-learn refuses it
    ],
)
def test_an_error_while_it_fits_names_the_owners_line(
    root: Path, old: str, new: str, words: str
) -> None:
    text = example(f"components/models/{NAME}.py")
    write_component(root, "models", NAME, text.replace(old, new))
    config = configured("linear", "binary")
    config.model.kind, config.model.params = NAME, {}
    frame = table(50, 1)
    data = rows(frame, answer(frame, "binary"))
    place = r"\(components/models/own_extra_trees\.py, estimator\(\), line \d+\)$"
    with pytest.raises(LockstepError, match=words + place):
        fit(config, data, data, "", nothing)


def test_its_sources_travel_with_what_it_imports_of_its_folder(root: Path) -> None:
    assert kind_sources("catboost") == {}
    assert list(kind_sources(NAME)) == ["model_kind.py"]
    text = "from components.models._base import Base\n" + example(f"components/models/{NAME}.py")
    write_component(root, "models", NAME, text)
    write_component(root, "models", "_base", "class Base: ...\n")
    assert list(kind_sources(NAME)) == ["model_kind.py", "model_kind__base.py"]
    (root / "components/models/_base.py").unlink()
    with pytest.raises(ConfigError, match="imports _base, which is not there"):
        kind_sources(NAME)
