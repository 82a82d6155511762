"""Each stage as dvc.lock recorded it and as it would be recorded now, hashed by DVC; no data is needed.

What lies in Git is hashed. What DVC's cache holds is compared by the hash that its producer recorded, so a
fresh clone, which lacks it, gives the same answer. A dependency inside an output that is a folder is looked
up in DVC's list of that folder; without the list in the cache it is unknown.
"""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.automation.stage_freshness import ABSENT, UNKNOWN, Record
from lockstep.core.errors import LockstepError

if TYPE_CHECKING:
    from dvc.output import Output
    from dvc.repo import Repo
    from dvc.stage import PipelineStage
    from dvc_data.hashfile.tree import Tree

Outs = dict[str, "Output"]  # what DVC's cache holds, by its place


@contextmanager
def opened(root: Path) -> Iterator["Repo"]:
    """The DVC repository. Raises LockstepError with what DVC says of dvc.yaml, dvc.lock or its config."""
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    try:
        with Repo(str(root)) as repo:
            yield repo
    except DvcException as error:
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        raise LockstepError(f"{error}{cause}; `git diff HEAD` shows what changed") from error


def stages(repo: "Repo") -> dict[str, "PipelineStage"]:
    """The stages of every dvc.yaml, by the name that DVC prints."""
    from dvc.stage import PipelineStage

    return {one.addressing: one for one in repo.index.stages if isinstance(one, PipelineStage)}


def cached(repo: "Repo") -> Outs:
    """Every output that DVC's cache holds, those of .dvc files included."""
    return {out.fs_path: out for out in repo.index.outs if out.use_cache}


def listing(out: "Output") -> "Tree | None":
    """DVC's list of an output that is a folder; None where the cache lacks it."""
    from dvc_data.hashfile.tree import Tree
    from dvc_objects.errors import ObjectFormatError

    with suppress(FileNotFoundError, ObjectFormatError):
        if out.hash_info and out.hash_info.isdir:
            return Tree.load(out.cache, out.hash_info)
    return None


def entry(out: "Output", key: tuple[str, ...]) -> str | None:
    """The hash of what lies inside an output that is a folder, in DVC's list of it."""
    if not out.hash_info:
        return None
    tree = listing(out)
    if tree is None:
        return UNKNOWN
    _, of_file = tree.get(key) or (None, None)
    found = of_file or getattr(tree.get_obj(out.cache, key), "hash_info", None)
    return found and str(found.value)


def around(repo: "Repo", dep: "Output", inside: list["Output"]) -> str | None:
    """The hash of a folder that holds outputs of DVC beside files of Git, as recorded and as they are."""
    from dvc_data.hashfile.build import build
    from dvc_data.hashfile.tree import Tree

    tree = Tree()
    for out in inside:
        key, below = repo.fs.relparts(out.fs_path, dep.fs_path), listing(out)
        if below is None and (not out.hash_info or out.hash_info.isdir):
            return UNKNOWN
        for rest, meta, value in below or [((), out.meta, out.hash_info)]:
            tree.add((*key, *rest), meta, value)
    if dep.exists:
        _, _, found = build(
            repo.cache.local,
            dep.fs_path,
            dep.fs,
            dep.hash_name,
            ignore=repo.dvcignore,
            dry_run=True,
        )
        ours = [repo.fs.relparts(out.fs_path, dep.fs_path) for out in inside]
        for key, meta, value in found:
            if not any(key[: len(one)] == one for one in ours):
                tree.add(key, meta, value)
    tree.digest()
    return str(tree.hash_info.value)


def hashed(repo: "Repo", dep: "Output", outs: Outs) -> str | None:
    """DVC's hash of a dependency: recorded by who writes it, or of the file or folder in Git."""
    if not dep.is_in_repo:
        return UNKNOWN
    if dep.fs_path in outs:
        return outs[dep.fs_path].hash_info.value or None
    for place, out in outs.items():
        if repo.fs.isin(dep.fs_path, place):
            return entry(out, repo.fs.relparts(dep.fs_path, place))
    inside = [out for place, out in outs.items() if repo.fs.isin(place, dep.fs_path)]
    if inside:
        return around(repo, dep, inside)
    return str(dep.get_hash().value) if dep.exists else None


def now(repo: "Repo", stage: "PipelineStage", outs: Outs, seen: dict[str, str | None]) -> Record:
    """The stage as `dvc repro` would find it; seen keeps hashes, for stages share most of them."""
    from dvc.dependency import ParamsDependency

    deps: dict[str, str | None] = {}
    params: dict[str, dict[str, Any]] = {}
    for dep in stage.deps:
        if isinstance(dep, ParamsDependency):
            values = dep.read_params()
            params[dep.def_path] = {name: values.get(name, ABSENT) for name in dep.params or values}
            continue
        if dep.fs_path not in seen:
            seen[dep.fs_path] = hashed(repo, dep, outs)
        deps[dep.def_path] = UNKNOWN if stage.frozen else seen[dep.fs_path]
    written = {}
    for out in stage.outs:
        kept = out.use_cache or not out.is_in_repo  # as recorded: whether it is there is no matter
        there = out.hash_info.value if kept else out.exists and out.get_hash().value
        written[out.def_path] = str(there) if there else None
    return {"cmd": stage.cmd, "deps": deps, "params": params, "outs": written}


def then(written: dict[str, Any]) -> Record:
    """A stage's part of dvc.lock."""
    return {
        "cmd": written.get("cmd"),
        "deps": {one["path"]: one.get("md5") for one in written.get("deps") or []},
        "params": {file: values or {} for file, values in (written.get("params") or {}).items()},
        "outs": {one["path"]: one.get("md5") for one in written.get("outs") or []},
    }


def locked(repo: "Repo", files: set[str]) -> dict[str, Record]:
    """What the dvc.lock beside each of the dvc.yaml files records, by the stages' names."""
    from ruamel.yaml import YAML

    found = {}
    for file in sorted(files):
        lock = Path(file).with_suffix(".lock")
        text = lock.read_text(encoding="utf-8") if lock.exists() else ""
        folder = repo.fs.relpath(file, repo.root_dir)
        for name, part in ((YAML(typ="safe").load(text) or {}).get("stages") or {}).items():
            full = name if posixpath.dirname(folder) == "" else f"{folder}:{name}"
            found[full] = then(part)
    return found


def records(repo: "Repo") -> tuple[dict[str, Record], dict[str, Record]]:
    """Every stage now, and every stage that dvc.lock recorded."""
    known, outs, seen = stages(repo), cached(repo), dict[str, str | None]()
    found = {name: now(repo, stage, outs, seen) for name, stage in known.items()}
    return found, locked(repo, {stage.path for stage in known.values()})
