"""What differs between two commits besides metrics: files, code by stage, packages, stages, partitions."""

import re
from typing import Any

from lockstep.evaluation.comparison import flat
from lockstep.repository.paths import within
from lockstep.review.commit import declared

Record = dict[str, Any]
PIPELINE = ("dvc.yaml", "dvc.lock", "params.yaml", "requirements.lock")
WRITTEN = ("outs", "metrics", "plots")
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:==|@)\s*([^\s;\\]+)", re.MULTILINE)


def relevant(paths: list[str], stages: list[Record]) -> list[str]:
    """The paths that a pipeline reads or writes, in any of its versions."""
    places = {place for one in stages for place in declared(one, "deps", *WRITTEN)} | set(PIPELINE)
    return [p for p in paths if p.endswith(".dvc") or any(within(p, place) for place in places)]


def documentation(path: str) -> bool:
    """Whether a file is read by people alone."""
    name = path.rsplit("/", 1)[-1]
    return path.startswith("docs/") or name.endswith((".md", ".rst")) or name.startswith("LICENSE")


def code(paths: list[str], old: Record, new: Record) -> list[Record]:
    """Changed files that people wrote and stages depend on, each with the stages, in dvc.yaml's order.

    Raw data, locked packages and what stages write have tables of their own.
    """
    written = [*declared(old, *WRITTEN), *declared(new, *WRITTEN), "data", "requirements.lock"]
    deps = {
        name: [d for stages in (old, new) for d in declared({name: stages.get(name, {})}, "deps")]
        for name in {**new, **old}
    }
    found = []
    for path in paths:
        if any(within(path, place) for place in written):
            continue
        users = [name for name, on in deps.items() if any(within(path, dep) for dep in on)]
        if users:
            found.append({"path": path, "stages": users})
    return found


def packages(old: str, new: str) -> list[Record]:
    """Packages added, removed or moved, by name; of several versions for several platforms all."""

    def pinned(text: str) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for name, version in PINNED.findall(text):
            found.setdefault(name.lower(), []).append(version)
        return {name: ", ".join(versions) for name, versions in found.items()}

    before, after = pinned(old), pinned(new)
    return [
        {"name": name, "old": before.get(name), "new": after.get(name)}
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def unrecorded(code: list[Record], ran: list[Record]) -> list[str]:
    """Changed files that dvc.lock does not record for a stage that depends on them, a sentence each."""
    again = {one["stage"] for one in ran}
    late = [(one["path"], [name for name in one["stages"] if name not in again]) for one in code]
    return [
        f"{path} changed and dvc.lock records no run of {', '.join(names)} with it; `dvc repro`"
        for path, names in late
        if names
    ]


def differing(old: Record, new: Record) -> list[str]:
    """Keys whose values differ, sorted."""
    return [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]


def rebuilt(old: Record, new: Record, order: list[str]) -> list[Record]:
    """Stages whose entry in dvc.lock differs: why they ran again, and which of their outputs moved.

    `inputs` are commands, files and parameters. A stage without an output that moved made the same again.
    """

    def hashes(stage: Record, kind: str) -> Record:
        return {one["path"]: one.get("md5") or one for one in stage.get(kind, [])}

    def values(stage: Record) -> Record:
        given = stage.get("params", {})
        return {name: leaf for file in given.values() for name, leaf in flat(file).items()}

    found = []
    for name in [*order, *sorted((old.keys() | new.keys()) - set(order))]:
        if old.get(name) == new.get(name):
            continue
        before, after = old.get(name, {}), new.get(name, {})
        inputs = ["cmd"] if before.get("cmd") != after.get("cmd") else []
        inputs += differing(hashes(before, "deps"), hashes(after, "deps"))
        inputs += differing(values(before), values(after))
        outs = differing(hashes(before, "outs"), hashes(after, "outs"))
        what = "added" if not before else "removed" if not after else "rebuilt"
        if not (inputs or outs) and before and after:
            continue
        found.append({"stage": name, "what": what, "inputs": inputs, "outs": outs})
    return found


def moved(old: dict[str, int], new: dict[str, int]) -> list[Record]:
    """Partitions added, removed or of another number of rows, by name."""
    return [
        {"name": name, "old": old.get(name), "new": new.get(name)} for name in differing(old, new)
    ]
