"""The study of a search: its plan, sampler and pruner, and whether one of its name is the same search."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import LockstepError
from lockstep.core.own_metrics import metric_contract
from lockstep.core.partitions import partition_paths
from lockstep.core.schema import Config
from lockstep.models.kinds import kind_sources, model_kind
from lockstep.search import objective, space
from lockstep.search.settings import Search
from lockstep.search.study_storage import open_storage, storage_errors

if TYPE_CHECKING:
    import optuna


@dataclasses.dataclass(frozen=True)
class Plan:
    """All that a worker must know, also in a process elsewhere."""

    name: str
    url: str
    config: Config
    search: Search
    folder: Path = objective.SPLITS


def short_hash(value: Any, length: int) -> str:
    """Return a hash of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:length]


def splits_hash(folder: Path) -> str:
    """Return a hash of the partitions of train and valid."""
    digest = hashlib.sha256()
    for name in ("train", "valid"):
        for path in partition_paths(folder / name):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def identity(config: Config, search: Search, folder: Path) -> dict[str, str]:
    """Return a hash of each part that makes trials comparable: data, what is fixed, space, metric.

    Parameters
    ----------
    config : Config
    search : Search
    folder : Path
        data/splits.

    Returns
    -------
    dict
        The hashes by the name of the part.
    """
    dataset, model = config.dataset, dataclasses.asdict(config.model)
    for name in search.space:
        model["params"].pop(name, None)
        model.pop(name, None)
    roles = [dataset.task, dataset.target, dataset.numeric, dataset.categorical]
    parts = {
        "data set": dataset.name,
        "rows of data/splits": splits_hash(folder),
        "fixed parameters": [model, config.seed, roles],
        "space": {name: dataclasses.asdict(dimension) for name, dimension in search.space.items()},
        "metric": [search.metric, search.direction],
    }
    if own := own_code(config):
        parts["components"] = own
    return {name: short_hash(part, 16) for name, part in parts.items()}


def own_code(config: Config) -> list[Any]:
    """Return the owner's metrics with their settings, and the sources of these and of the owner's kind."""
    sources = kind_sources(config.model.kind)
    for name in config.dataset.metrics:
        sources[name] = Path(metric_contract(name).file).read_bytes()
    hashes = {name: hashlib.sha256(source).hexdigest() for name, source in sources.items()}
    return [dict(config.dataset.metrics), hashes] if sources else []


def default_name(config: Config, parts: dict[str, str]) -> str:
    """Return a name that another data set, space or fixed parameter never has."""
    return f"{config.dataset.name}-{config.model.kind}-{short_hash(parts, 8)}"


def trial_sampler(plan: Plan, number: int) -> "optuna.samplers.BaseSampler":
    """Return the sampler of one trial, seeded by its number: a search goes on as if never stopped."""
    import numpy as np
    import optuna

    search, kind = plan.search, plan.config.model.kind
    seed = int(np.random.SeedSequence([plan.config.seed, number]).generate_state(1)[0])
    if search.sampler == "grid":
        values = {
            name: space.grid_values(kind, name, dimension)
            for name, dimension in search.space.items()
        }
        grid = optuna.samplers.GridSampler(values, seed=plan.config.seed)
        # At its end it would stop study.optimize, which does not run here: the loop asks for trials itself.
        setattr(grid, "after_trial", lambda *_: None)  # noqa: B010
        return grid
    if search.sampler == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    return optuna.samplers.TPESampler(seed=seed)


def max_steps(plan: Plan) -> int:
    """Return the most steps that a training of the space can have."""
    name = model_kind(plan.config.model.kind).steps_parameter
    if name is None:
        return 1
    dimension = plan.search.space.get(name)
    if dimension is None:
        values = [plan.config.model.params.get(name)]
    else:
        values = dimension.choices or [dimension.high]
    return int(max([1.0, *(float(value) for value in values if value is not None)]))


def trial_pruner(plan: Plan) -> "optuna.pruners.BasePruner":
    """Return the pruner, in units of the steps of a training."""
    import optuna

    n_steps = max_steps(plan)
    if plan.search.pruner == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=n_steps // 5)
    if plan.search.pruner == "successive_halving":
        return optuna.pruners.SuccessiveHalvingPruner(min_resource=max(n_steps // 10, 1))
    if plan.search.pruner == "hyperband":
        return optuna.pruners.HyperbandPruner(
            min_resource=max(n_steps // 10, 1), max_resource=n_steps
        )
    return optuna.pruners.NopPruner()


def open_study(plan: Plan, number: int = 0) -> "optuna.Study":
    """Return the study of a plan, made if it is absent. Raises LockstepError if it is of another search."""
    import optuna

    with storage_errors(plan.search, plan.url):
        study = optuna.create_study(
            storage=open_storage(plan.url),
            study_name=plan.name,
            direction="maximize" if plan.search.direction == "maximize" else "minimize",
            sampler=trial_sampler(plan, number),
            pruner=trial_pruner(plan),
            load_if_exists=True,
        )
        known = study.user_attrs.get("identity")
        parts = identity(plan.config, plan.search, plan.folder)
        if known is None:
            study.set_user_attr("identity", parts)
            start = space.first_params(plan.config, plan.search.space)
            if plan.search.sampler != "grid" and start:
                study.enqueue_trial(start, skip_if_exists=True)
        elif known != parts:
            differing = [name for name in parts if known.get(name) != parts[name]]
            raise LockstepError(
                f"the study {plan.name} is of another search: {', '.join(differing)} differ; "
                "choose another --name, or none"
            )
    return study
