"""A component is known by a plain name, and its contract is read without running it."""

import sys
from pathlib import Path

import pytest

from lockstep.core import components
from lockstep.core.components import (
    check_settings,
    component_file,
    component_names,
    import_component,
    load_function,
    project_at,
    read_function,
    refuse_builtin_names,
    require_component,
)
from lockstep.core.errors import ConfigError, LockstepError
from template.tests.support.extending import write_component

METRICS = Path("components/metrics")
FUNCTION = "def own(y_true, y_pred, sample_weight, *, rate, base=1.0):\n    return rate\n"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without components."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["../own", "a.b", "_helper", "1st", "own\n", "", "os/path"])
def test_a_name_is_a_plain_identifier(root: Path, name: str) -> None:
    write_component(root, "metrics", "own", FUNCTION)
    write_component(root, "metrics", "_helper", "X = 1\n")
    assert component_file(METRICS, name) is None
    assert component_names(METRICS) == ["own"]


def test_a_name_that_is_no_file_is_refused_with_the_nearest(root: Path) -> None:
    with pytest.raises(ConfigError, match="none yet, components/metrics/ holds no file"):
        require_component("dataset.metrics", METRICS, "late_cost")
    write_component(root, "metrics", "late_cost", FUNCTION)
    with pytest.raises(ConfigError, match=r"allowed: late_cost .*; did you mean late_cost\?"):
        require_component("dataset.metrics", METRICS, "late_costs")
    require_component("dataset.metrics", METRICS, "late_cost")


def test_a_name_of_locksteps_own_is_refused(root: Path) -> None:
    write_component(root, "metrics", "rmse", FUNCTION)
    with pytest.raises(
        ConfigError, match=r"metrics/rmse\.py: rmse is the name of a metric of Lock"
    ):
        refuse_builtin_names(METRICS, ("mae", "rmse"), "metric")


def test_the_contract_is_read_without_running_the_file(root: Path) -> None:
    text = "raise SystemExit\nTASKS = ('binary',)\nOTHER = open\nLOWER: bool = True\n" + FUNCTION
    write_component(root, "metrics", "own", text)
    contract = read_function(METRICS, "own", "required")
    assert contract.prediction == "y_pred" and contract.is_weighted
    assert contract.settings == ("rate", "base") and contract.required == ("rate",)
    assert contract.constants == {"TASKS": ("binary",), "LOWER": True}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("X = 1\n", "has no function own"),
        (
            "def own(y_true, y_score, sample_weight): ...\n",
            "must take y_true, then y_prob or y_pred",
        ),
        ("def own(y_true, y_prob): ...\n", "then sample_weight"),
        ("def own(y_true, y_prob, sample_weight, rate): ...\n", r"settings come after a \*"),
        ("def own(y_true, y_prob, sample_weight, **more): ...\n", r"settings come after a \*"),
        ("def own(:\n", r"own\.py, line 1: "),
    ],
)
def test_another_contract_is_refused(root: Path, text: str, words: str) -> None:
    write_component(root, "metrics", "own", text)
    with pytest.raises(ConfigError, match=words):
        read_function(METRICS, "own", "required")


def test_settings_are_those_that_the_function_takes(root: Path) -> None:
    write_component(root, "metrics", "own", FUNCTION)
    contract = read_function(METRICS, "own", "required")
    check_settings("dataset.metrics.own", {"rate": 1}, contract)
    with pytest.raises(
        ConfigError, match=r"has 'rates'; allowed by .*own\.py: rate, base; did you"
    ):
        check_settings("dataset.metrics.own", {"rates": 1}, contract)
    with pytest.raises(ConfigError, match=r"lacks 'rate', which components/metrics/own\.py needs"):
        check_settings("dataset.metrics.own", None, contract)
    with pytest.raises(ConfigError, match="a mapping of settings"):
        check_settings("dataset.metrics.own", [1], contract)


def test_a_component_is_imported_with_its_helpers_from_the_root_that_is_current(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "from components.metrics._rates import RATE\n" + FUNCTION.replace(
        "return rate", "return RATE"
    )
    for folder, rate in ((root, 2), (tmp_path_factory.mktemp("other"), 3)):
        write_component(folder, "metrics", "own", text)
        write_component(folder, "metrics", "_rates", f"RATE = {rate}\n")
        path = list(sys.path)
        with project_at(folder):
            own = load_function(
                METRICS, "own", {"rate": 1}, read_function(METRICS, "own", "required")
            )
        assert own([0], [0], [0], [1]) == rate and sys.path == path
    assert components._roots == [Path()]


def test_a_worker_in_another_folder_takes_them_from_where_python_imports_the_project(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_component(root, "metrics", "own", FUNCTION)
    (root / "lockstep").mkdir()
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert component_names(METRICS) == ["own"]


def test_an_error_on_import_and_in_a_call_names_the_owners_line(root: Path) -> None:
    write_component(root, "metrics", "broken", "import math\nmath.nothing\n")
    with pytest.raises(LockstepError, match=r"AttributeError: .*broken\.py, import\(\), line 2\)"):
        import_component(METRICS, "broken")
    write_component(root, "metrics", "own", FUNCTION.replace("return rate", "return 1 / 0"))
    own = load_function(METRICS, "own", {"rate": 1}, read_function(METRICS, "own", "required"))
    with pytest.raises(
        LockstepError, match=r"^ZeroDivisionError: .*\(components/metrics/own\.py, own"
    ):
        own([0], [0], [0], [1])
