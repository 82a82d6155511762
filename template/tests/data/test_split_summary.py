"""Times and targets of each split, summed over partitions."""

import pandas as pd

from lockstep.data.split_summary import PartitionSummary, target_rates, time_span

SUMMARIES = [
    PartitionSummary({"train": 4.0, "valid": 0, "test": 1.0}, {"train": (3, 5)}),
    PartitionSummary({"train": 2.0, "valid": 3.0, "test": 0}, {"train": (1, 4), "valid": (6, 7)}),
]


def test_a_split_spans_from_its_first_to_its_last_time() -> None:
    assert time_span(SUMMARIES, "train") == ["1", "5"]
    assert time_span(SUMMARIES, "valid") == ["6", "7"]
    assert time_span(SUMMARIES, "test") is None


def test_the_rate_of_a_regression_is_the_mean_over_partitions() -> None:
    rates = target_rates(SUMMARIES, {"train": 3, "valid": 1, "test": 2}, "regression")
    assert rates == {"train": 2.0, "valid": 3.0, "test": 0.5}


def test_of_several_classes_each_has_its_share() -> None:
    counts = pd.Series({"a": 1, "b": 3})
    summary = PartitionSummary(dict.fromkeys(("train", "valid", "test"), counts), {})
    rates = target_rates([summary], dict.fromkeys(("train", "valid", "test"), 4), "multiclass")
    assert rates["test"] == {"a": 0.25, "b": 0.75}
