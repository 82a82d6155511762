"""What differs between two commits besides metrics: files, code by stage, packages, stages, partitions."""

import re
from dataclasses import dataclass
from typing import Any

from lockstep.evaluation.comparison import flat
from lockstep.repository.paths import within
from lockstep.review.commit import Stages, declared_paths

PIPELINE_FILES = ("dvc.yaml", "dvc.lock", "params.yaml", "requirements.lock")
WRITTEN_KINDS = ("outs", "metrics", "plots")
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:==|@)\s*([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """A value at base and at head; None where one does not have it."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class CodeChange:
    """A changed file, and the stages that depend on it."""

    path: str
    stages: list[str]


@dataclass(frozen=True)
class StageChange:
    """A stage that is added, removed or rebuilt, with the inputs and outputs that moved.

    Inputs are commands, files and parameters. A stage without an output that moved made the same again.
    """

    stage: str
    kind: str
    inputs: list[str]
    outputs: list[str]


def relevant_paths(paths: list[str], pipelines: list[Stages]) -> list[str]:
    """Return the paths that a pipeline reads or writes, in any of its versions."""
    declared = {
        path for stages in pipelines for path in declared_paths(stages, "deps", *WRITTEN_KINDS)
    }
    places = declared | set(PIPELINE_FILES)
    return [
        path
        for path in paths
        if path.endswith(".dvc") or any(within(path, place) for place in places)
    ]


def is_documentation(path: str) -> bool:
    """Return whether a file is read by people alone."""
    name = path.rsplit("/", 1)[-1]
    return path.startswith("docs/") or name.endswith((".md", ".rst")) or name.startswith("LICENSE")


def changed_code(paths: list[str], old: Stages, new: Stages) -> list[CodeChange]:
    """Return the changed files that people wrote and stages depend on.

    Raw data, locked packages and what stages write have tables of their own.

    Parameters
    ----------
    paths : list of str
        Files that differ.
    old, new : dict
        The stages of dvc.yaml at base and head.

    Returns
    -------
    list of CodeChange
        With the stages in dvc.yaml's order.
    """
    written = [path for stages in (old, new) for path in declared_paths(stages, *WRITTEN_KINDS)]
    other_tables = [*written, "data", "requirements.lock"]
    dependencies = {
        name: [
            path
            for stages in (old, new)
            for path in declared_paths({name: stages.get(name, {})}, "deps")
        ]
        for name in {**new, **old}
    }
    code = []
    for path in paths:
        if any(within(path, place) for place in other_tables):
            continue
        users = [
            name
            for name, places in dependencies.items()
            if any(within(path, place) for place in places)
        ]
        if users:
            code.append(CodeChange(path, users))
    return code


def pinned_versions(lock: str) -> dict[str, str]:
    """Return the version of each package in a lock's text; of several for several platforms all."""
    versions: dict[str, list[str]] = {}
    for name, version in PINNED.findall(lock):
        versions.setdefault(name.lower(), []).append(version)
    return {name: ", ".join(names) for name, names in versions.items()}


def changed_packages(old: str, new: str) -> list[Change]:
    """Return packages added, removed or moved between two locks, by name."""
    return changed_values(pinned_versions(old), pinned_versions(new))


def unrecorded_changes(code: list[CodeChange], rebuilt: list[StageChange]) -> list[str]:
    """Return a sentence for each changed file with which dvc.lock records no run of a stage."""
    rebuilt_names = {change.stage for change in rebuilt}
    sentences = []
    for change in code:
        names = [name for name in change.stages if name not in rebuilt_names]
        if names:
            sentences.append(
                f"{change.path} changed and dvc.lock records no run of {', '.join(names)} with it; "
                "`dvc repro`"
            )
    return sentences


def changed_keys(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return the keys whose values differ, sorted."""
    return [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]


def changed_values(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return the values that differ, by their sorted keys."""
    return [Change(key, old.get(key), new.get(key)) for key in changed_keys(old, new)]


def lock_hashes(stage: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the hash of each of a stage's deps or outs, by path."""
    return {entry["path"]: entry.get("md5") or entry for entry in stage.get(kind, [])}


def lock_params(stage: dict[str, Any]) -> dict[str, Any]:
    """Return a stage's parameters by their dotted names."""
    files = stage.get("params", {}).values()
    return {name: value for values in files for name, value in flat(values).items()}


def rebuilt_stages(old: Stages, new: Stages, order: list[str]) -> list[StageChange]:
    """Return the stages whose entry in dvc.lock differs.

    Parameters
    ----------
    old, new : dict
        The stages of dvc.lock at base and head.
    order : list of str
        The stages of dvc.yaml; what it does not have follows, sorted.

    Returns
    -------
    list of StageChange
    """
    changes = []
    for name in [*order, *sorted((old.keys() | new.keys()) - set(order))]:
        if old.get(name) == new.get(name):
            continue
        before, after = old.get(name, {}), new.get(name, {})
        inputs = ["cmd"] if before.get("cmd") != after.get("cmd") else []
        inputs += changed_keys(lock_hashes(before, "deps"), lock_hashes(after, "deps"))
        inputs += changed_keys(lock_params(before), lock_params(after))
        outputs = changed_keys(lock_hashes(before, "outs"), lock_hashes(after, "outs"))
        kind = "added" if not before else "removed" if not after else "rebuilt"
        if inputs or outputs or kind != "rebuilt":
            changes.append(StageChange(name, kind, inputs, outputs))
    return changes
