"""The best trials as DVC experiments, whose metrics must be those that the search saw."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.errors import LockstepError
from lockstep.experiments.dvc_experiment import experiment
from lockstep.experiments.revision import content
from lockstep.search.results import ranked
from lockstep.search.space import overrides
from lockstep.search.study import Plan

if TYPE_CHECKING:
    import optuna


def keep(found: "optuna.Study", plan: Plan, others: list[str], best: int, root: Path) -> list[str]:
    """Run the best trials as experiments outside the workspace; a line each.

    Raises LockstepError if an experiment's metric is not what the search saw.
    """
    lines = []
    for one in ranked(found, plan.search.direction)[:best]:
        name = f"{plan.name}-{one['trial']}"
        commit = experiment(root, name, [*others, *overrides(one["params"])])
        train = json.loads(content(root, commit, "metrics/train.json"))["valid"]
        seen, now = one["value"], train[plan.search.metric]
        if train != one["metrics"]:
            raise LockstepError(
                f"experiment {name}: {plan.search.metric} of valid is {now!r}, the search saw {seen!r}; "
                "has code or data changed since? remove it with `dvc exp remove` and search anew"
            )
        tested = json.loads(content(root, commit, "metrics/test.json"))["metrics"]
        lines.append(
            f"{name}: {plan.search.metric} of valid {now!r}, the search saw {seen!r}; "
            f"of test {tested[plan.search.metric]:.6f}"
        )
    lines.append("next: `dvc exp apply NAME`, then `make adopt`")
    return lines
