"""What a commit holds that a review compares: configuration, lock, metrics and plots, read from Git."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.experiments.revision import content, read_file
from lockstep.repository.dvc_internals import read_cached
from lockstep.repository.dvc_lock import recorded
from lockstep.repository.paths import within

Stages = dict[str, Any]  # of dvc.yaml or dvc.lock, by name
KEYS = {  # what is read of each file in metrics/
    "data": ("ingested", "validated", "quarantined", "checks"),
    "split": ("sizes",),
    "train": ("train", "valid"),
    "test": ("metrics", "slices"),
    "drift": ("columns", "share"),
    "gate": ("verdict", "checks"),
    "lineage": ("raw",),
}
PLOTS = ("roc", "pr", "calibration", "confusion", "residuals", "importance")
CURVE = "metrics/live/plots/metrics/{}/loss.tsv"
INGESTED = "data/ingested/manifest.json"


@dataclass(frozen=True)
class CommitState:
    """What one commit has; a file that is absent or broken is None, and `lacking` says why."""

    sha: str
    stages: Stages = field(default_factory=dict)  # of dvc.yaml
    lock: Any = None  # the stages of dvc.lock
    params: Any = None
    data: Any = None
    split: Any = None
    train: Any = None
    test: Any = None
    drift: Any = None
    gate: Any = None
    lineage: Any = None
    other_metrics: dict[str, Any] = field(default_factory=dict)  # files of this project alone
    plots: dict[str, Any] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)  # paths that are not what dvc.lock records
    packages: str = ""  # requirements.lock
    lacking: list[str] = field(default_factory=list)  # a sentence each

    def test_metrics(self) -> dict[str, float | None]:
        """Return the metrics of test; none where the commit has no such file."""
        return dict((self.test or {}).get("metrics", {}))


def read_losses(root: Path, sha: str) -> list[dict[str, Any]]:
    """Return the loss per step on train and valid. Raises DataError where a file is absent or broken."""
    records = []
    for side in ("train", "valid"):
        path = CURVE.format(side)
        try:
            for row in csv.DictReader(io.StringIO(content(root, sha, path)), delimiter="\t"):
                records.append({"step": int(row["step"]), "loss": float(row["loss"]), "rows": side})
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path} of {sha[:12]} is not whole; `dvc repro` there") from error
    return records


def declared_paths(stages: Stages, *kinds: str) -> list[str]:
    """Return the paths that stages name as deps, outs, metrics or plots, each once, in order."""
    entries = [
        entry for stage in stages.values() for kind in kinds for entry in stage.get(kind, [])
    ]
    # An entry is a path, or a mapping of a path to its options.
    paths = [path for entry in entries for path in ([entry] if isinstance(entry, str) else entry)]
    return list(dict.fromkeys(paths))


def read_stages(root: Path, sha: str) -> Stages:
    """Return the stages of dvc.yaml by name; none where the commit has no such file."""
    with suppress(DataError):
        return dict(read_file(root, sha, "dvc.yaml", "stages")["stages"])
    return {}


def stale_paths(root: Path, sha: str, lock: Stages) -> list[str]:
    """Return which of params.yaml and metrics/ are not what the same commit's dvc.lock records.

    Parameters
    ----------
    root : Path
    sha : str
    lock : Stages
        The stages of dvc.lock.

    Returns
    -------
    list of str
    """
    known = recorded(lock)
    paths = ["params.yaml", *(f"metrics/{name}.json" for name in KEYS)]
    stale = []
    for path in [path for path in paths if path in known]:
        with suppress(DataError):
            digest = hashlib.md5(content(root, sha, path).encode(), usedforsecurity=False)
            if digest.hexdigest() != known[path]:
                stale.append(path)
    return stale


def read_test(root: Path, sha: str) -> dict[str, Any]:
    """Return metrics/test.json. Raises DataError for a metric that is no number; null stands for NaN."""
    test: dict[str, Any] = read_file(root, sha, "metrics/test.json", *KEYS["test"])
    for name, value in test["metrics"].items():
        if isinstance(value, bool) or not isinstance(value, int | float | None):
            raise DataError(
                f"metrics/test.json of {sha[:12]}: {name} is {value!r}, expected a number; "
                "`dvc repro` there"
            )
    return test


def read_commit(root: Path, sha: str, complete: bool) -> CommitState:
    """Return everything of a commit that a review compares.

    Parameters
    ----------
    root : Path
    sha : str
    complete : bool
        Whether every file must be there and whole; else what is not is None.

    Returns
    -------
    CommitState

    Raises
    ------
    DataError
        Where a file of a commit that must be complete is absent or broken.
    """
    lacking: list[str] = []

    def attempt(read: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return read(root, sha, *arguments)
        except DataError as error:
            if complete:
                raise
            lacking.append(str(error))
            return None

    stages = (attempt(read_file, "dvc.yaml", "stages") or {}).get("stages", {})
    params = attempt(read_file, "params.yaml", "dataset", "gate", "seed")
    lock = (attempt(read_file, "dvc.lock", "stages") or {}).get("stages")
    metrics = {
        name: attempt(read_file, f"metrics/{name}.json", *keys) for name, keys in KEYS.items()
    }
    metrics["test"] = metrics["test"] and attempt(read_test)
    other_paths = set(declared_paths(stages, "metrics")) - {f"metrics/{name}.json" for name in KEYS}
    other_metrics = {path: attempt(read_file, path) for path in sorted(other_paths)}
    declared_plots = declared_paths(stages, "plots", "outs")
    plots = {
        name: attempt(read_file, f"metrics/plots/{name}.json")
        for name in PLOTS
        if any(within(f"metrics/plots/{name}.json", path) for path in declared_plots)
    }
    if "metrics/live" in declared_plots:
        plots["learning_curve"] = attempt(read_losses)
    packages = ""
    with suppress(DataError):
        packages = content(root, sha, "requirements.lock")
    return CommitState(
        sha=sha,
        stages=stages,
        lock=lock,
        params=params,
        **metrics,
        other_metrics=other_metrics,
        plots=plots,
        stale=stale_paths(root, sha, lock or {}),
        packages=packages,
        lacking=lacking,
    )


def read_partition_rows(root: Path, commit: CommitState) -> dict[str, int] | None:
    """Return the rows of each ingested partition, from DVC's cache or the remote; None if absent."""
    digest = recorded(commit.lock or {}, "deps").get(INGESTED)
    if digest is None:
        return None
    manifest = read_cached(root, digest)
    if manifest is None:
        return None
    rows: dict[str, int] = json.loads(manifest)["rows"]
    return rows
