"""Nothing that base has is lost in silence, and what is not comparable has no difference."""

from typing import Any

from lockstep.review import metric_changes
from lockstep.review.changes import Change
from lockstep.review.commit import CommitState
from lockstep.review.metric_changes import MetricChange


def commit(
    metrics: dict[str, Any], task: str = "binary", others: dict[str, Any] | None = None
) -> CommitState:
    """Return a commit with these metrics of test, and of files of its own."""
    params = {"dataset": {"task": task, "target": "y", "key": ["id"]}}
    return CommitState(
        "a" * 40, params=params, test={"metrics": metrics}, other_metrics=others or {}
    )


def test_a_metric_that_head_lacks_is_named_with_its_file() -> None:
    base = commit(
        {"auc": 1.0, "f1": 0.5}, others={"metrics/fair.json": {"gap": {"sex": 1, "age": 2}}}
    )
    head = commit({"auc": 1.0}, others={"metrics/fair.json": {"gap": {"age": 2}}})
    missing = ["metrics/test.json f1", "metrics/fair.json gap.sex"]
    assert metric_changes.missing_metrics(base, head, []) == missing
    assert metric_changes.missing_metrics(base, head, ["f1", "gap.sex"]) == []


def test_of_another_task_or_a_file_that_is_declared_no_more_nothing_is_missing() -> None:
    base = commit({"auc": 1.0}, others={"metrics/fair.json": {"gap": 1}})
    assert metric_changes.missing_metrics(base, commit({"rmse": 1.0}, "regression"), []) == []


def test_of_a_base_without_metrics_nothing_is_missing() -> None:
    assert metric_changes.missing_metrics(CommitState("a"), commit({"auc": 1.0}), []) == []


def test_values_are_those_of_the_files_and_intervals_only_of_the_same_rows() -> None:
    pair = {"old": 0.5, "new": 0.75, "interval": [0.1, 0.4], "verdict": "better"}
    base, head = commit({"auc": 0.5, "gone": 1.0}), commit({"auc": 0.75, "f1": None})
    comparison = {"same_rows": True, "metrics": {"auc": pair}}
    assert metric_changes.metric_changes(base, head, comparison) == [
        MetricChange("auc", 0.5, 0.75, 0.25, [0.1, 0.4], "better"),
        MetricChange("f1", None, None, None),
        MetricChange("gone", 1.0, None, None),
    ]
    auc, *_ = metric_changes.metric_changes(base, head, {**comparison, "same_rows": False})
    assert auc == MetricChange("auc", 0.5, 0.75, 0.25)
    auc, *_ = metric_changes.metric_changes(base, commit({"auc": 0.75}, "multiclass"), None)
    assert auc == MetricChange("auc", 0.5, 0.75, None)


def test_a_recorded_value_that_the_predictions_do_not_give_is_a_sentence() -> None:
    comparison = {"same_rows": True, "metrics": {"auc": {"old": 0.5, "new": 0.75}}}
    base, head = commit({"auc": 0.5}), commit({"auc": 0.75 + 1e-12})
    assert metric_changes.deviating_metrics(base, head, comparison) == []
    (sentence,) = metric_changes.deviating_metrics(base, commit({"auc": 0.8}), comparison)
    assert sentence.startswith("auc of head is 0.8 in metrics/test.json and 0.75 by this code")


def test_a_check_that_flipped_came_or_went_is_listed_and_another_not() -> None:
    def gate(**results: bool | None) -> dict[str, Any]:
        return {"checks": [{"name": name, "passed": passed} for name, passed in results.items()]}

    old = gate(same=True, flips=True, dims=True, gone=True)
    new = gate(same=True, flips=False, dims=None, new=True)
    names = [change.name for change in metric_changes.flipped_checks(old, new)]
    assert names == ["flips", "dims", "new", "gone"]


def test_a_column_is_listed_if_it_drifted_at_either_commit() -> None:
    def drift(**columns: tuple[float, bool]) -> dict[str, Any]:
        return {
            "columns": [
                {"column": name, "psi": psi, "drifted": drifted}
                for name, (psi, drifted) in columns.items()
            ]
        }

    old = drift(calm=(0.0, False), back=(0.3, True), gone=(0.4, True))
    new = drift(calm=(0.0, False), back=(0.05, False), fresh=(0.5, True))
    names = [change.name for change in metric_changes.drifted_columns(old, new)]
    assert names == ["fresh", "back", "gone"]


def test_numbers_that_differ_are_listed_of_any_json() -> None:
    old, new = {"a": {"b": 1, "c": "x"}, "d": True}, {"a": {"b": 2, "c": "y"}, "e": 3}
    assert metric_changes.changed_numbers(old, new) == [Change("a.b", 1, 2), Change("e", None, 3)]
