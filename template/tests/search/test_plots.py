"""The page of a search has a plot for each parameter and the best trials first."""

import optuna
import pytest

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.search import plots
from lockstep.search.settings import Dimension, Search
from lockstep.search.study import Plan
from lockstep.search.trial import Trial
from tests.closure import ROOT


def complete(number: int, value: float, depth: int) -> Trial:
    """Return a complete trial."""
    return Trial(number, "complete", value, 1.5, {"depth": depth}, {"log_loss": value}, None)


FAILED = Trial(2, "fail", None, None, {"depth": 3}, None, "<b>no</b>")


@pytest.fixture
def plan() -> Plan:
    """A search of one parameter on the penguins."""
    overrides = ["dataset=penguins", "split=stratified", "model=catboost"]
    config = parse_config(compose(overrides, root=ROOT))
    search = Search(metric="log_loss", direction="minimize", space={"depth": Dimension(2, 8)})
    return Plan("small", "", config, search)


def test_the_best_so_far_follows_the_direction() -> None:
    trials = [complete(0, 0.5, 2), complete(1, 0.75, 3), complete(2, 0.25, 4)]

    def best(direction: str) -> list[float]:
        values = plots.history(trials, "log_loss", direction).spec["data"]["values"]
        return [record["best"] for record in values]

    assert best("minimize") == [0.5, 0.5, 0.25] and best("maximize") == [0.5, 0.75, 0.75]


def test_a_value_has_its_place_among_all() -> None:
    assert plots.position(4, [2, 4, 6], log=False) == 0.5
    assert plots.position(10, [1, 10, 100], log=True) == pytest.approx(0.5)
    assert plots.position(2, [2, 2], log=False) == 0.5
    assert plots.position("b", ["a", "b", True], log=False) == 1.0


def test_the_page_names_the_best_first_and_escapes_a_reason(
    plan: Plan, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    trials = [complete(0, 0.5, 2), complete(1, 0.25, 4), FAILED]
    page = plots.page(optuna.create_study(), plan, trials)
    assert page.index("0.2500</td>") < page.index("0.5000</td>")
    assert "&lt;b&gt;no&lt;/b&gt;" in page and 'id="plot-slice_depth"' in page
    assert "<dt>complete</dt><dd>2</dd>" in page and "<dt>fail</dt><dd>1</dd>" in page
    assert "plot-history" not in plots.page(optuna.create_study(), plan, [FAILED])
