"""Any name passes that YAML, CSV and the files of the pipeline give back as it was."""

import pytest

from lockstep.core.column_names import unfit_name
from lockstep.core.config import load_config
from lockstep.core.schema import Dataset
from tests.closure import ROOT


@pytest.fixture
def dataset() -> Dataset:
    """The flights'."""
    return load_config(ROOT / "params.yaml").dataset


@pytest.mark.parametrize("name", ["größe", "a b", "価格", "x.y", "self", "$", "'", "a\tb"])
def test_names_of_any_language_and_sign_pass(dataset: Dataset, name: str) -> None:
    dataset.numeric = [name]
    assert unfit_name(dataset) is None


@pytest.mark.parametrize("name", ["", "${seed}", "a\x00", "a\u2028b", "\ud800"])
def test_what_yaml_would_not_give_back_is_refused(dataset: Dataset, name: str) -> None:
    dataset.categorical = [name]
    problem = unfit_name(dataset)
    assert problem is not None and problem[:2] == ("dataset.categorical", name)


def test_names_that_the_pipeline_writes_itself_are_refused(dataset: Dataset) -> None:
    dataset.key = ["score"]
    problem = unfit_name(dataset)
    assert problem is not None and problem[:2] == ("dataset.key", "score")
    dataset.task = "regression"
    assert unfit_name(dataset) is None
    dataset.checks.columns["broken_checks"] = dataset.checks.columns[dataset.target]
    problem = unfit_name(dataset)
    assert problem is not None and problem[1] == "broken_checks"
