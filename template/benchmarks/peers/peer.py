"""The peers: the commands that a person types in each, as its documentation says, and what it leaves out."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Commands = list[tuple[str, ...]]
SCENARIOS = {
    "cold": "cold run",
    "month": "a month added",
    "same": "nothing changed",
    "parameter": "one hyperparameter",
    "sweep": "16 trials",
}
GRID = {"iterations": 20, "depth": [4, 5, 6, 7], "learning_rate": [0.05, 0.1, 0.15, 0.2]}
AT_ONCE = "2"  # trials or jobs, in tools that run several


@dataclass(frozen=True)
class Peer:
    """A way to run the work: its folder in template/benchmarks/peers/, its parameters' file, its commands."""

    title: str
    package: str | None  # whose version is told
    params: str
    build: Commands  # the first time, and after a month was added
    same: Commands
    parameter: Commands
    sweep: Commands
    losses: Callable[[Path, dict[str, str]], list[float]]  # of valid, of the sweep's trials
    leaves_out: str

    def commands(self, scenario: str) -> Commands:
        """What is typed in a scenario."""
        of = {"same": self.same, "parameter": self.parameter, "sweep": self.sweep}
        return of.get(scenario, self.build)


def from_files(folder: Path, environment: dict[str, str]) -> list[float]:
    """Losses from a file a trial."""
    return [
        float(json.loads(path.read_text(encoding="utf-8"))["log_loss"])
        for path in (folder / "trials").glob("*.json")
    ]


def from_search(folder: Path, environment: dict[str, str]) -> list[float]:
    """Losses from the table of lockstep.search.command."""
    with (folder / "reports/search/trials.csv").open(encoding="utf-8", newline="") as stream:
        return [float(row["value"]) for row in csv.DictReader(stream)]


def from_experiments(file: str, *keys: str) -> Callable[[Path, dict[str, str]], list[float]]:
    """Losses from DVC's experiments: where in which metrics file."""

    def losses(folder: Path, environment: dict[str, str]) -> list[float]:
        command = ["dvc", "exp", "show", "--json"]
        said = subprocess.run(
            command, cwd=folder, env=environment, check=True, capture_output=True, text=True
        ).stdout
        found = []
        for one in json.loads(said)[-1]["experiments"] or []:
            value = one["revs"][0]["data"]["metrics"][file]["data"]
            for key in keys:
                value = value[key]
            found.append(float(value))
        return found

    return losses


def queued(prefix: str) -> Commands:
    """The grid through DVC's queue, each trial as far as train."""
    sets = [
        ("-S", f"{prefix}.{name}={','.join(map(str, value)) if isinstance(value, list) else value}")
        for name, value in GRID.items()
    ]
    words = [word for one in sets for word in one]
    return [
        ("dvc", "exp", "run", "--queue", *words, "train"),
        ("dvc", "exp", "run", "--run-all", "--jobs", AT_ONCE),
    ]


REPRO: Commands = [("dvc", "repro")]
EVALUATE: Commands = [("dvc", "repro", "evaluate")]
SEARCH = (sys.executable, "-m", "lockstep", "search", "search=peers", "model.params.iterations=20")
SNAKEMAKE = ("snakemake", "--cores", AT_ONCE)
RUN: Commands = [("python", "run.py")]
SWEEP: Commands = [("python", "sweep.py")]
PEERS = {
    "lockstep": Peer(
        title="Lockstep, all 12 stages",
        package=None,
        params="conf/model/catboost.yaml",
        build=REPRO,
        same=REPRO,
        parameter=REPRO,
        sweep=[SEARCH],
        losses=from_search,
        leaves_out="nothing; trials by `python -m lockstep search`, one process with the data in memory",
    ),
    "lockstep_evaluate": Peer(
        title="Lockstep, up to evaluate",
        package=None,
        params="conf/model/catboost.yaml",
        build=EVALUATE,
        same=EVALUATE,
        parameter=EVALUATE,
        sweep=queued("model.params"),
        losses=from_experiments("metrics/train.json", "valid", "log_loss"),
        leaves_out="gates, registering, model card, report; still checks the data, proves the splits "
        "apart, and gives intervals, slices, importance and plots; trials by DVC's queue",
    ),
    "dvc": Peer(
        title="plain DVC",
        package="dvc",
        params="params.yaml",
        build=REPRO,
        same=REPRO,
        parameter=REPRO,
        sweep=queued("model"),
        losses=from_experiments("metrics/valid.json", "log_loss"),
        leaves_out="checks of data and splits, gates, report, reuse of single months; versions data "
        "and models as Lockstep does",
    ),
    "snakemake": Peer(
        title="Snakemake",
        package="snakemake",
        params="params.yaml",
        build=[SNAKEMAKE],
        same=[SNAKEMAKE],
        parameter=[SNAKEMAKE],
        sweep=[(*SNAKEMAKE, "sweep")],
        losses=from_files,
        leaves_out="checks, gates, report, versions: it goes by files' times and recorded parameters, "
        "and keeps the last result alone; two months or trials at once",
    ),
    "kedro": Peer(
        title="Kedro",
        package="kedro",
        params="conf/base/parameters.yml",
        build=[("kedro", "run")],
        same=[("kedro", "run", "--only-missing-outputs")],
        parameter=[("kedro", "run", "--from-nodes=train")],
        sweep=SWEEP,
        losses=from_files,
        leaves_out="checks, gates, report, versions; does not see what changed: a person says from "
        "which node, and after a new month it makes all anew",
    ),
    "metaflow": Peer(
        title="Metaflow",
        package="metaflow",
        params="params.yaml",
        build=[("python", "flow.py", "run")],
        same=[("python", "flow.py", "resume", "end")],
        parameter=[("python", "flow.py", "resume", "train")],
        sweep=[("python", "sweep.py", "run", "--max-workers", AT_ONCE)],
        losses=from_files,
        leaves_out="checks, gates, report; keeps the artifacts of every run, does not see what changed: "
        "a person says from which step, and after a new month it makes all anew",
    ),
    "plain": Peer(
        title="one Python process",
        package=None,
        params="params.yaml",
        build=RUN,
        same=RUN,
        parameter=RUN,
        sweep=SWEEP,
        losses=from_files,
        leaves_out="everything but the work itself; keeps the model and its losses alone",
    ),
}
