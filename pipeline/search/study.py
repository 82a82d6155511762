"""The study: where it is stored, whether it is the same search, and one trial of it."""

import contextlib
import dataclasses
import hashlib
import json
import os
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Config
from pipeline.partitions import paths
from pipeline.search import objective, space
from pipeline.search.schema import Search
from pipeline.stage.errors import ConfigError, LockstepError

if TYPE_CHECKING:
    import optuna

DATABASE = Path(".cache/search/studies.db")
REPORTS = 10  # of a training's curve, at which it may be pruned: each is a write to the storage
YOUNG, LONG = timedelta(minutes=1), timedelta(hours=6)
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


def storage_url(search: Search) -> str:
    """The URL in the environment variable that the settings name, else a file of this checkout."""
    given = os.environ.get(search.storage_env)
    if given:
        return given
    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{DATABASE.resolve().as_posix()}"


def shown(url: str) -> str:
    """A URL without its password."""
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).render_as_string(hide_password=True)
    except Exception:
        return "the URL given"


@contextlib.contextmanager
def reached(search: Search, url: str) -> Iterator[None]:
    """Tell in one line, without the password, that a storage cannot be used."""
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    told = (
        SQLAlchemyError,
        ImportError,
        ValueError,
        OSError,
        optuna.exceptions.StorageInternalError,
    )
    try:
        yield
    except told as error:
        from sqlalchemy.engine import make_url

        reason = str(error.__cause__ or error).strip().splitlines()[0]
        with contextlib.suppress(Exception):
            password = make_url(url).password
            reason = reason.replace(str(password), "***") if password else reason
        reason = reason.replace(url, shown(url))
        raise LockstepError(
            f"the storage {shown(url)} cannot be used: {reason}; "
            f"mend {search.storage_env}, or unset it to use {DATABASE}"
        ) from error


def opened(url: str) -> "optuna.storages.BaseStorage":
    """The storage of a URL; SQLite's with its log written ahead, which several processes can share."""
    import optuna
    from sqlalchemy import event

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if not url.startswith("sqlite"):
        return optuna.storages.RDBStorage(url, engine_kwargs={"pool_pre_ping": True})
    found = optuna.storages.RDBStorage(
        url, engine_kwargs={"connect_args": {"timeout": 60}}, skip_table_creation=False
    )

    def fast(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(found.engine, "connect", fast)
    found.engine.dispose()  # so that the connections that are open already are made anew
    return found


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
    most = [1.0]
    for name in ("iterations", "max_iter"):
        one = plan.search.space.get(name)
        values = [plan.config.model.params.get(name)] if one is None else one.choices or [one.high]
        most += [float(value) for value in values if value is not None]
    return int(max(most))


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
                found.enqueue_trial(start)
        elif known != parts:
            other = [name for name in parts if known.get(name) != parts[name]]
            raise LockstepError(
                f"the study {plan.name} is of another search: {', '.join(other)} differ; "
                "choose another --name, or none"
            )
    return found


def requeue(one: "optuna.Study", trial: "optuna.trial.FrozenTrial | optuna.Trial") -> None:
    """Mark a trial that was stopped in the middle as killed, and put its parameters in the queue."""
    import optuna

    one._storage.set_trial_user_attr(trial._trial_id, "killed", True)
    one.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    one.enqueue_trial(trial.params)


def alive(worker: str | None, begun: datetime | None) -> bool:
    """Whether the process that runs a trial is there, as far as this machine can tell."""
    age = datetime.now() - (begun or datetime.min)
    host, _, pid = (worker or "").rpartition(":")
    if not pid:
        return age < YOUNG
    if host != socket.gethostname():
        return age < LONG
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def recover(one: "optuna.Study") -> int:
    """Put back what killed processes left running; how many trials that were."""
    import optuna

    left = one.get_trials(states=(optuna.trial.TrialState.RUNNING,))
    dead = [t for t in left if not alive(t.user_attrs.get("worker"), t.datetime_start)]
    for trial in dead:
        requeue(one, trial)
    return len(dead)


def counted(one: "optuna.Study") -> list["optuna.trial.FrozenTrial"]:
    """The trials that are done or running, those that were killed aside."""
    import optuna

    waiting = optuna.trial.TrialState.WAITING
    return [t for t in one.trials if t.state != waiting and not t.user_attrs.get("killed")]


class Worker:
    """What one process keeps between trials: the data, the trainer, the study."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.data = objective.read(plan.config, plan.folder)
        self.train = objective.trainer(plan.config, self.data)
        self.study = study(plan)
        self.space = space.distributions(plan.config.model.kind, plan.search.space)
        self.every = max(steps(plan) // REPORTS, 1)

    def run(self, number: int) -> None:
        """One trial, stored with its value, or as pruned, or as failed with its reason."""
        import optuna

        plan, state = self.plan, optuna.trial.TrialState
        self.study.sampler = sampler(plan, number)
        trial = self.study.ask(self.space)
        pruned = False

        def log(step: int, _: float, valid: float) -> bool:
            nonlocal pruned
            if plan.search.pruner != "none" and (step + 1) % self.every == 0:
                trial.report(valid if plan.search.direction == "minimize" else -valid, step + 1)
                pruned = trial.should_prune()
            return not pruned

        try:
            trial.set_user_attr("worker", f"{socket.gethostname()}:{os.getpid()}")
            begun = time.perf_counter()
            config = space.applied(plan.config, trial.params)
            found = objective.metrics(config, self.data, self.train, log)
            value = found[str(plan.search.metric)]
            kept = {"metrics": found, "seconds": round(time.perf_counter() - begun, 3)}
            if pruned:
                self.study.tell(trial, state=state.PRUNED)
            elif value != value:
                trial.set_user_attr("reason", f"{plan.search.metric} is not a number")
                self.study.tell(trial, state=state.FAIL)
            else:
                trial.set_user_attr("result", kept)
                self.study.tell(trial, value)
        except ConfigError as error:
            trial.set_user_attr("reason", " ".join(str(error).split()))
            self.study.tell(trial, state=state.FAIL)
        except KeyboardInterrupt:
            requeue(self.study, trial)
            raise


_worker: Worker | None = None


def one_trial(plan: Plan, number: int) -> None:
    """One trial in this process, which reads the data at its first."""
    global _worker
    if _worker is None or _worker.plan != plan:
        _worker = Worker(plan)
    _worker.run(number)
