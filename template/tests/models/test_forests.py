"""A forest predicts with one job, whatever it was fitted with; extra trees are another forest."""

import pytest

from lockstep.models.kinds import KINDS
from template.tests.support.models import configured, table, trained


@pytest.mark.parametrize("kind", ["random_forest", "extra_trees"])
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_forest_predicts_with_one_job(kind: str, task: str) -> None:
    fitted = trained(configured(kind, task, threads=2), "")
    assert fitted.model[-1].n_jobs == 1
    name = KINDS[kind].estimators[task == "regression"]  # type: ignore[attr-defined]
    assert type(fitted.model[-1]).__name__ == name


def test_extra_trees_are_not_the_random_forest() -> None:
    rows = table(50, 3)
    forests = (trained(configured(kind, "binary"), "") for kind in ("random_forest", "extra_trees"))
    first, second = (fitted.predict(rows).tobytes() for fitted in forests)
    assert first != second
