"""A plot shows its data, marks the threshold where it can, and has a table where that is short."""

from typing import Any

import pytest

from lockstep.report import figures

CONFUSION = [
    {"actual": actual, "predicted": predicted, "rows": rows}
    for actual, predicted, rows in (("0", "0", 70), ("0", "1", 10), ("1", "0", 5), ("1", "1", 15))
]
TEST = {
    "metrics": {"roc_auc": 0.75, "average_precision": 0.5},
    "baseline": {"average_precision": 0.2},
    "confusion": CONFUSION,
}


def test_the_threshold_lies_where_the_confusion_says() -> None:
    assert figures.rates(CONFUSION) == {
        "fpr": 0.125, "tpr": 0.75, "recall": 0.75, "precision": 0.6,
    }  # fmt: skip
    assert figures.rates([]) == {}
    assert figures.rates([{**cell, "rows": 0} for cell in CONFUSION]) == {}


@pytest.mark.parametrize("plot", [figures.roc, figures.precision_recall])
def test_a_curve_marks_the_threshold_only_where_it_is_known(plot: Any) -> None:
    values = [{"fpr": 0.0, "tpr": 0.0, "recall": 0.0, "precision": 1.0}]
    marked = plot(values, TEST, 0.31)
    assert "The diamond is the threshold, 0.3100." in marked.caption
    assert len(marked.spec["layer"]) == 3
    plain = plot(values, {**TEST, "confusion": []}, None)
    assert "diamond" not in plain.caption and len(plain.spec["layer"]) == 2


def test_a_cell_s_share_is_of_its_actual_class() -> None:
    shares = [cell["share"] for cell in figures.with_shares(CONFUSION)]
    assert shares == [0.875, 0.125, 0.25, 0.75]
    empty = [{"actual": "0", "predicted": "0", "rows": 0}]
    assert figures.with_shares(empty)[0]["share"] == 0


def test_many_classes_have_no_room_for_shares() -> None:
    def matrix(n_classes: int) -> figures.Plot:
        names = [str(i) for i in range(n_classes)]
        return figures.confusion(
            [{"actual": a, "predicted": p, "rows": 1} for a in names for p in names]
        )

    assert len(matrix(figures.SMALL_MATRIX).spec["layer"]) == 3
    assert len(matrix(figures.SMALL_MATRIX + 1).spec["layer"]) == 2


def test_a_place_escapes_its_words() -> None:
    plot = figures.Plot("x", "<b>", "<i>", {})
    assert "<b>" not in figures.placed([plot]) and 'id="plot-x"' in figures.placed([plot])
