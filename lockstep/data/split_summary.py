"""Times and targets of each split, summed over partitions."""

from dataclasses import dataclass
from typing import Any

from lockstep.data.splits import SPLITS


@dataclass(frozen=True)
class PartitionSummary:
    """What one partition gave to each split: counts of its target, or their sum; first and last time."""

    targets: dict[str, Any]
    times: dict[str, tuple[Any, Any]]


def time_span(summaries: list[PartitionSummary], split: str) -> list[str] | None:
    """Return first and last time of a split's rows; None for data without a time."""
    spans = [summary.times[split] for summary in summaries if split in summary.times]
    if not spans:
        return None
    return [str(min(first for first, _ in spans)), str(max(last for _, last in spans))]


def target_rates(
    summaries: list[PartitionSummary], sizes: dict[str, int], task: str
) -> dict[str, Any]:
    """Return by split the rate of the positive class, the last by name (binary), the mean (regression), or
    the share of each class.

    Parameters
    ----------
    summaries : list of PartitionSummary
        Of each partition.
    sizes : dict
        Rows of each split.
    task : str
        binary, multiclass or regression.
    """
    import pandas as pd

    targets = [summary.targets for summary in summaries]
    if task == "regression":
        return {
            split: float(sum(part[split] for part in targets)) / sizes[split] for split in SPLITS
        }
    counts = {
        split: pd.concat([part[split] for part in targets]).groupby(level=0).sum()
        for split in SPLITS
    }
    if task == "binary":
        positive = max(name for count in counts.values() for name in count.index)
        return {split: float(counts[split].get(positive, 0)) / sizes[split] for split in SPLITS}
    return {split: (counts[split] / sizes[split]).sort_index().to_dict() for split in SPLITS}
