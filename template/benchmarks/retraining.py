"""Does retraining pay? A champion frozen in spring, month by month against one retrained on all before.

Usage: python -m template.benchmarks.retraining [--frozen 2013-03]

Reads data/features/ of the default data (`dvc repro featurize` makes it) and prints the table of
template/docs/automation.md: for every later month both log losses, by how much the challenger is worse with
its paired 95 % interval, and what the default gate says. The months are the rows' own test: nothing is chosen
by them.
"""

import argparse
from itertools import pairwise
from pathlib import Path
from typing import Any

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.core.partitions import partition_paths, read_partition
from lockstep.core.schema import Config
from lockstep.evaluation.comparison import paired_difference
from lockstep.models.kinds import fit, model_kind
from lockstep.models.rows import cut
from lockstep.registry.gates import champion_check
from lockstep.training.metrics import score
from lockstep.training.target import encode

VERDICTS = {True: "accepted", False: "refused", None: "cannot be told"}


def trained(config: Config, months: dict[str, Any], until: str) -> tuple[Any, float]:
    """The model of all months up to and with `until`, and the rate of its target."""
    import numpy as np
    import pandas as pd

    dataset = config.dataset
    features = dataset.numeric + dataset.categorical
    rows = pd.concat([frame for month, frame in months.items() if month <= until])
    y, classes = encode(rows[dataset.target], dataset.task, None)
    watched = months[until]  # for the learning curve alone: early stopping is off
    y_watched, _ = encode(watched[dataset.target], dataset.task, classes)
    model, _ = fit(
        config,
        cut(rows[features], y, np.ones(len(y))),
        cut(watched[features], y_watched, np.ones(len(y_watched))),
        f"retraining-{until}",
        lambda *step: None,
    )
    return model, float(y.mean())


def main() -> None:
    """Train once more for each month, compare, print."""
    import numpy as np

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frozen", default="2013-03", help="last month the champion learned from")
    frozen = parser.parse_args().frozen
    config = parse_config(compose())
    dataset, gate = config.dataset, config.gate
    features = dataset.numeric + dataset.categorical
    months = {path.stem: read_partition(path) for path in partition_paths(Path("data/features"))}
    names = sorted(months)
    predict = model_kind(config.model.kind).predict
    champion, _ = trained(config, months, frozen)
    print("| month | rows | champion | challenger | worse by | 95 % interval | the gate |")
    print("|---|---|---|---|---|---|---|")
    for before, month in pairwise(names):
        if before <= frozen:
            continue
        challenger, rate = trained(config, months, before)
        test = months[month]
        y, _ = encode(test[dataset.target], dataset.task, ["0", "1"])
        old, new = (
            predict(model, test[features], dataset.task) for model in (champion, challenger)
        )
        difference = paired_difference(dataset.task, y, (old, 0.5), (new, 0.5), config.seed)[
            "log_loss"
        ]
        dummy = score(dataset.task, y, np.full(len(y), rate))["log_loss"]
        check = champion_check(gate, "log_loss", dummy, "frozen", difference, "")
        low, high = check.interval or [0.0, 0.0]
        print(
            f"| {month} | {len(y):,} | {difference['old']:.4f} | {difference['new']:.4f} | "
            f"{check.value:+.4f} | {low:+.4f} to {high:+.4f} | {VERDICTS[check.passed]} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
