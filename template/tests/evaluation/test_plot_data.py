"""Data of the plots do not depend on the order of the rows, ties included."""

from html.parser import HTMLParser

import numpy as np
import pytest
from dvc_render.vega import VegaRenderer
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve, roc_curve

from lockstep.core.escaping import plot_data
from lockstep.evaluation.plot_data import MAX_POINTS, calibration, roc_and_pr_curves

ROWS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.25, 0.5, 1.0])), max_size=40)


@given(ROWS, st.randoms(use_true_random=False))
def test_curves_and_calibration_are_those_of_the_same_rows_in_another_order(
    rows: list[tuple[int, float]], chance: object
) -> None:
    other = sorted(rows, key=lambda _: chance.random())  # type: ignore[attr-defined]
    (y, p), (y2, p2) = (np.array(one, dtype=float).reshape(-1, 2).T for one in (rows, other))
    assert roc_and_pr_curves(y, p) == roc_and_pr_curves(y2, p2)
    for one, two in zip(calibration(y, p), calibration(y2, p2), strict=True):
        assert one == pytest.approx(two)


def test_curves_are_scikit_learns_at_every_distinct_score() -> None:
    generator = np.random.default_rng(0)
    y, p = generator.integers(0, 2, 150), np.round(generator.random(150), 1)
    roc, pr = roc_and_pr_curves(y, p)
    fpr, tpr, _ = roc_curve(y, p, drop_intermediate=False)
    assert [(one["fpr"], one["tpr"]) for one in roc] == list(zip(fpr, tpr, strict=True))
    precision, recall, _ = precision_recall_curve(y, p)
    said = [(one["recall"], one["precision"]) for one in reversed(pr)]
    assert said == list(zip(recall[:-1], precision[:-1], strict=True))


def test_many_scores_are_thinned_and_one_score_is_a_line() -> None:
    y = np.arange(5000) % 2
    assert len(roc_and_pr_curves(y, np.linspace(0, 1, 5000))[1]) == MAX_POINTS
    assert roc_and_pr_curves(y, np.full(5000, 0.3))[0] == [
        {"fpr": 0.0, "tpr": 0.0},
        {"fpr": 1.0, "tpr": 1.0},
    ]
    assert roc_and_pr_curves(y[:0], np.array([])) == ([{"fpr": 0.0, "tpr": 0.0}], [])


class Scripts(HTMLParser):
    """Collects the scripts of a page, and its other tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)


def page_tags(label: str, *, is_escaped: bool) -> list[str]:
    """Return the tags of the page that `dvc plots show` writes of a confusion matrix with this label."""
    records = [
        {"actual": label, "predicted": label, "rev": "workspace", "filename": "confusion.json"}
    ]
    datapoints = plot_data(records) if is_escaped else records
    renderer = VegaRenderer(
        datapoints, "confusion", template="confusion", x="actual", y="predicted", title="confusion"
    )
    page = Scripts()
    page.feed(renderer.generate_html())
    return page.tags


@pytest.mark.parametrize("label", ["</script><img src=x onerror=alert(1)>", "<!--<script>"])
def test_a_label_ends_no_script_of_the_page_that_dvc_writes(label: str) -> None:
    plain = page_tags("plain", is_escaped=False)
    assert page_tags(label, is_escaped=True) == plain
    assert "img" not in plain
    if "img" in label:
        assert "img" in page_tags(label, is_escaped=False), "DVC itself does not escape"
