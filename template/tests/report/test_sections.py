"""The sections say only what the metrics do: nothing is better or worse within the interval."""

import pytest

from lockstep.report import sections


@pytest.mark.parametrize(
    ("metric", "value", "dummy", "edges", "label"),
    [
        ("log_loss", 0.4, 0.6, [0.35, 0.45], "better"),
        ("log_loss", 0.7, 0.6, [0.65, 0.75], "worse"),
        ("roc_auc", 0.7, 0.5, [0.65, 0.75], "better"),
        ("roc_auc", 0.52, 0.5, [0.45, 0.6], "no clear difference"),
        ("roc_auc", None, 0.5, [0.45, 0.6], "unknown"),
        ("roc_auc", 0.7, 0.5, [None, None], "unknown"),
    ],
)
def test_the_model_is_better_than_the_dummy_only_beyond_its_interval(
    metric: str,
    value: float | None,
    dummy: float,
    edges: list[float | None],
    label: str,
) -> None:
    assert sections.against_dummy(metric, value, dummy, edges) == label


def test_the_worst_slice_comes_first_and_unknown_ones_last() -> None:
    parts = [
        {"column": "sex", "value": value, "rows": 9, "metrics": {"rmse": rmse}}
        for value, rmse in (("a", 1.0), ("b", None), ("c", 3.0), ("d", 2.0))
    ]
    test = {"metrics": {"rmse": 2.0}, "baseline": {"rmse": 4.0}, "slices": parts}
    page = sections.slices(test)
    order = [page.index(f"sex = {value}") for value in "cdab"]
    assert order == sorted(order) and "25.00 %" in page and "equal" in page
    assert "No slice was asked for" in sections.slices({**test, "slices": []})


def test_a_proof_counts_only_for_its_kinds_of_split() -> None:
    split = {"kind": "random", "proof": {"key_overlap": 0, "boundary_ok": None, "other": 3}}
    page = sections.split_proof(split)
    assert page.count("✓ pass") == 1 and page.count("not asked of this kind of split") == 2
    page = sections.split_proof({"kind": "temporal", "proof": {"boundary_ok": False}})
    assert "✗ fail" in page


def test_quality_without_a_broken_check_says_so() -> None:
    data = {"ingested": 0, "validated": 0, "quarantined": 0, "checks": []}
    assert "Every check of the data holds." in sections.quality(data)
