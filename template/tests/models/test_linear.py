"""A linear model predicts what scikit-learn's does, whatever rows come together."""

import numpy as np
import pytest

from lockstep.core.schema import TASKS
from template.tests.support.models import answer, configured, table, trained


@pytest.mark.parametrize("task", [*TASKS, "multiclass of two"])
def test_a_linear_model_says_what_scikit_learn_says(task: str) -> None:
    if task == "multiclass of two":  # training rows may lack a class
        task = "multiclass"
        fitted = trained(configured("linear", task), "", lambda frame, _: answer(frame, "binary"))
    else:
        fitted = trained(configured("linear", task), "")
    rows = table(200, 8)
    theirs = (
        fitted.model.predict(rows) if task == "regression" else fitted.model.predict_proba(rows)
    )
    expected = theirs[:, 1] if task == "binary" else theirs
    np.testing.assert_allclose(fitted.predict(rows), expected, rtol=1e-12)
