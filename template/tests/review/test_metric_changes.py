"""Nothing that base has is lost in silence, and what is not comparable has no difference."""

from typing import Any

from lockstep.review import metric_changes


def side(values: dict[str, Any], task: str = "binary", **more: Any) -> dict[str, Any]:
    """A commit with these metrics of test."""
    params = {"dataset": {"task": task, "target": "y", "key": ["id"]}}
    return {"params": params, "test": {"metrics": values}, "others": {}, **more}


def test_a_metric_that_head_lacks_is_named_with_its_file() -> None:
    base = side(
        {"auc": 1.0, "f1": 0.5}, others={"metrics/fair.json": {"gap": {"sex": 1, "age": 2}}}
    )
    head = side({"auc": 1.0}, others={"metrics/fair.json": {"gap": {"age": 2}}})
    assert metric_changes.missing(base, head, []) == [
        "metrics/test.json f1",
        "metrics/fair.json gap.sex",
    ]
    assert metric_changes.missing(base, head, ["f1", "gap.sex"]) == []


def test_another_task_has_other_metrics_and_a_file_that_is_declared_no_more_is_gone_on_purpose() -> (
    None
):
    base = side({"auc": 1.0}, others={"metrics/fair.json": {"gap": 1}})
    assert metric_changes.missing(base, side({"rmse": 1.0}, "regression"), []) == []


def test_base_without_metrics_lacks_nothing() -> None:
    assert (
        metric_changes.missing({"params": None, "test": None, "others": {}}, side({"auc": 1.0}), [])
        == []
    )


def test_values_are_those_of_the_files_and_intervals_only_of_the_same_rows() -> None:
    one = {"old": 0.5, "new": 0.75, "interval": [0.1, 0.4], "verdict": "better"}
    base, head = side({"auc": 0.5, "gone": 1.0}), side({"auc": 0.75, "f1": None})
    found = {"same_rows": True, "metrics": {"auc": one}}
    auc, f1, gone = metric_changes.told(base, head, found)
    assert (auc["difference"], auc["interval"], auc["verdict"]) == (0.25, [0.1, 0.4], "better")
    assert (f1["new"], f1["difference"], f1["verdict"]) == (None, None, None)
    assert (gone["old"], gone["new"]) == (1.0, None)
    auc, *_ = metric_changes.told(base, head, {**found, "same_rows": False})
    assert (auc["difference"], auc["interval"], auc["verdict"]) == (0.25, None, None)
    auc, *_ = metric_changes.told(base, side({"auc": 0.75}, "multiclass"), None)
    assert (auc["old"], auc["new"], auc["difference"]) == (0.5, 0.75, None)


def test_a_recorded_value_that_the_predictions_do_not_give_is_said() -> None:
    found = {"same_rows": True, "metrics": {"auc": {"old": 0.5, "new": 0.75}}}
    assert metric_changes.deviating(side({"auc": 0.5}), side({"auc": 0.75 + 1e-12}), found) == []
    (said,) = metric_changes.deviating(side({"auc": 0.5}), side({"auc": 0.8}), found)
    assert said.startswith("auc of head is 0.8 in metrics/test.json and 0.75 by this code")


def test_a_check_that_flipped_came_or_went_is_told_and_another_not() -> None:
    def gate(**passed: bool | None) -> dict[str, Any]:
        return {"checks": [{"name": name, "passed": value} for name, value in passed.items()]}

    old = gate(same=True, flips=True, dims=True, gone=True)
    new = gate(same=True, flips=False, dims=None, new=True)
    assert [one["name"] for one in metric_changes.flipped(old, new)] == [
        "flips",
        "dims",
        "new",
        "gone",
    ]


def test_a_column_is_told_if_it_drifted_at_either_commit() -> None:
    def drift(**columns: tuple[float, bool]) -> dict[str, Any]:
        found = [{"column": n, "psi": psi, "drifted": was} for n, (psi, was) in columns.items()]
        return {"columns": found}

    old = drift(calm=(0.0, False), back=(0.3, True), gone=(0.4, True))
    new = drift(calm=(0.0, False), back=(0.05, False), fresh=(0.5, True))
    assert [one["column"] for one in metric_changes.drifted(old, new)] == ["fresh", "back", "gone"]


def test_numbers_that_differ_are_found_in_any_json() -> None:
    old, new = {"a": {"b": 1, "c": "x"}, "d": True}, {"a": {"b": 2, "c": "y"}, "e": 3}
    assert metric_changes.unlike(old, new) == [
        {"name": "a.b", "old": 1, "new": 2},
        {"name": "e", "old": None, "new": 3},
    ]
