"""The dummy looks at no column."""

import numpy as np

from template.tests.support.models import answer, configured, table, trained


def test_the_dummy_predicts_the_share_of_the_positive_class_for_every_row() -> None:
    fitted = trained(configured("dummy", "binary"), "")
    share = answer(table(400, 1), "binary").mean()
    assert np.allclose(fitted.predict(table(20, 5)), share)


def test_the_dummy_predicts_the_mean_of_a_regression() -> None:
    fitted = trained(configured("dummy", "regression"), "")
    assert np.allclose(fitted.predict(table(20, 5)), answer(table(400, 1), "regression").mean())
