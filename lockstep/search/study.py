"""The study of a search: its plan, sampler and pruner, and whether one of its name is the same search."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import LockstepError
from lockstep.core.partitions import paths
from lockstep.core.schema import Config
from lockstep.models.kinds import model_kind
from lockstep.search import objective, space
from lockstep.search.settings import Search
from lockstep.search.study_storage import opened, reached

if TYPE_CHECKING:
    import optuna

Record = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Plan:
    """All that a worker must know; a process elsewhere can be given it."""

    name: str
    url: str
    config: Config
    search: Search
    folder: Path = objective.SPLITS


def identity(config: Config, search: Search, folder: Path) -> dict[str, str]:
    """What makes trials comparable, by part: the data, what is fixed, the space, the metric."""
    data = hashlib.sha256()
    for name in ("train", "valid"):
        for path in paths(folder / name):
            data.update(path.name.encode())
            data.update(path.read_bytes())
    dataset, model = config.dataset, dataclasses.asdict(config.model)
    for name in search.space:
        model["params"].pop(name, None)
        model.pop(name, None)
    roles = [dataset.task, dataset.target, dataset.numeric, dataset.categorical]
    parts = {
        "data set": dataset.name,
        "rows of data/splits": data.hexdigest(),
        "fixed parameters": [model, config.seed, roles],
        "space": {name: dataclasses.asdict(one) for name, one in search.space.items()},
        "metric": [search.metric, search.direction],
    }
    return {
        name: hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]
        for name, part in parts.items()
    }


def default_name(config: Config, parts: dict[str, str]) -> str:
    """A name that another data set, space or fixed parameter never has."""
    whole = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:8]
    return f"{config.dataset.name}-{config.model.kind}-{whole}"


def sampler(plan: Plan, number: int) -> "optuna.samplers.BaseSampler":
    """The sampler of one trial: seeded by its number, so that a search goes on as if never stopped."""
    import numpy as np
    import optuna

    search, kind = plan.search, plan.config.model.kind
    seed = int(np.random.SeedSequence([plan.config.seed, number]).generate_state(1)[0])
    if search.sampler == "grid":
        values = {name: space.grid(kind, name, one) for name, one in search.space.items()}
        grid = optuna.samplers.GridSampler(values, seed=plan.config.seed)
        # At its end it would stop study.optimize, which does not run here: trials are asked for and told.
        setattr(grid, "after_trial", lambda *told: None)  # noqa: B010
        return grid
    if search.sampler == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    return optuna.samplers.TPESampler(seed=seed)


def steps(plan: Plan) -> int:
    """The most steps that a training of the space can have."""
    name = model_kind(plan.config.model.kind).steps_parameter
    if name is None:
        return 1
    dimension = plan.search.space.get(name)
    if dimension is None:
        values = [plan.config.model.params.get(name)]
    else:
        values = dimension.choices or [dimension.high]
    return int(max([1.0, *(float(value) for value in values if value is not None)]))


def pruner(plan: Plan) -> "optuna.pruners.BasePruner":
    """The pruner, in units of the steps of a training."""
    import optuna

    most = steps(plan)
    if plan.search.pruner == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=most // 5)
    if plan.search.pruner == "successive_halving":
        return optuna.pruners.SuccessiveHalvingPruner(min_resource=max(most // 10, 1))
    if plan.search.pruner == "hyperband":
        return optuna.pruners.HyperbandPruner(min_resource=max(most // 10, 1), max_resource=most)
    return optuna.pruners.NopPruner()


def study(plan: Plan, number: int = 0) -> "optuna.Study":
    """The study of a plan, made if it is not there. Raises LockstepError if it is of another search."""
    import optuna

    with reached(plan.search, plan.url):
        found = optuna.create_study(
            storage=opened(plan.url),
            study_name=plan.name,
            direction="maximize" if plan.search.direction == "maximize" else "minimize",
            sampler=sampler(plan, number),
            pruner=pruner(plan),
            load_if_exists=True,
        )
        known = found.user_attrs.get("identity")
        parts = identity(plan.config, plan.search, plan.folder)
        if known is None:
            found.set_user_attr("identity", parts)
            start = space.first(plan.config, plan.search.space)
            if plan.search.sampler != "grid" and start:
                found.enqueue_trial(start, skip_if_exists=True)
        elif known != parts:
            other = [name for name in parts if known.get(name) != parts[name]]
            raise LockstepError(
                f"the study {plan.name} is of another search: {', '.join(other)} differ; "
                "choose another --name, or none"
            )
    return found
