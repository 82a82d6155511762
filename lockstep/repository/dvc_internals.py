"""DVC's own objects behind names of ours: the one module that imports DVC's internals.

Tried with the minor version of DVC that pyproject.toml allows.
"""

import hashlib
import json
import posixpath
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.safe_paths import object_hash, path_below, relative_path

if TYPE_CHECKING:
    from dvc.fs import FileSystem
    from dvc.output import Output
    from dvc.repo import Repo
    from dvc.stage import PipelineStage
    from dvc_data.hashfile.tree import Tree

ABSENT: Any = object()  # a parameter that its file does not have
UNKNOWN = "unknown"  # a hash that cannot be computed without data that is not here
Outputs = dict[str, "Output"]  # what DVC's cache holds, by path


class StageRecord(TypedDict):
    """What decides whether a stage reruns: its command, hashes by path, parameters by file."""

    cmd: Any
    deps: dict[str, str | None]
    params: dict[str, dict[str, Any]]
    outs: dict[str, str | None]


@contextmanager
def open_repo(root: Path) -> Iterator["Repo"]:
    """Open the DVC repository.

    Raises LockstepError with DVC's own message on dvc.yaml, dvc.lock or its configuration.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    try:
        with Repo(str(root)) as repo:
            yield repo
    except DvcException as error:
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        raise LockstepError(
            f"{error}{cause}; `git diff HEAD` shows what changed, and `python -m lockstep heal` mends a "
            "file that a kill cut"
        ) from error


# --- what the cache and the remote hold -----------------------------------------------------------------


def cached_file(repo: "Repo", value: str) -> Path | None:
    """Return the file with a hash in DVC's cache, fetched from the remote if need be.

    None if neither has it, or the remote cannot be reached. Raises DataError for what is no hash of DVC.
    """
    from dvc_data.hashfile.hash_info import HashInfo

    path = Path(repo.cache.local.oid_to_path(object_hash(value, "an object of DVC")))
    if not path.is_file():
        # No remote is set, or it cannot be reached: each cloud's library raises its own.
        with suppress(Exception):
            repo.cloud.pull([HashInfo("md5", value)])
    return path if path.is_file() else None


def read_cached(root: Path, value: str) -> str | None:
    """Return the text of the file with a hash in DVC's cache or on the remote; None if neither has it."""
    with open_repo(root) as repo:
        path = cached_file(repo, value)
        return None if path is None else path.read_text(encoding="utf-8")


def read_listing(path: Path) -> dict[str, str] | None:
    """Return DVC's list of a folder: the hash of each file by its path; None where it is not whole.

    Raises DataError for a path that leads out of the folder, and for what is no hash of DVC.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        hashes = {entry["relpath"]: entry["md5"] for entry in entries}
    except (ValueError, KeyError, TypeError):
        return None
    source = f"DVC's list of a folder, {path.parent.name}{path.name}"
    for name, value in hashes.items():
        relative_path(name, source)
        object_hash(value, source)
    return hashes


def check_listings(root: Path) -> None:
    """Raise DataError where DVC's list of an output would have it write a file outside of that output.

    DVC writes to whatever path such a list says. A list that is not here is fetched first.
    """
    from dvc_data.hashfile.hash_info import HashInfo

    with open_repo(root) as repo:
        known = [out.hash_info.value for out in cached_outputs(repo).values() if out.hash_info]
        folders = [value for value in known if object_hash(value, "dvc.lock").endswith(".dir")]
        paths = [Path(repo.cache.local.oid_to_path(value)) for value in folders]
        absent = [value for value, path in zip(folders, paths, strict=True) if not path.is_file()]
        if absent:
            with suppress(Exception):  # as in cached_file
                repo.cloud.pull([HashInfo("md5", value) for value in absent])
        for path in paths:
            if path.is_file():
                read_listing(path)


def copy_folder(root: Path, folder_hash: str, target: Path) -> bool:
    """Copy the folder with DVC's hash from the cache, else the remote; false where neither has it whole.

    Raises DataError where its list names a file outside of it; nothing is written then.
    """
    with open_repo(root) as repo:
        listing_path = cached_file(repo, folder_hash)
        listing = read_listing(listing_path) if listing_path else None
        if listing is None:
            return False
        for name, file_hash in listing.items():
            source = cached_file(repo, file_hash)
            if source is None:
                return False
            path = path_below(target, name, f"DVC's list of a folder, {folder_hash}")
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)
    return True


def folder_hash(folder: Path) -> str:
    """Return the hash that DVC gives a folder of plain files: of its list of paths and hashes."""
    hashes = {
        path.relative_to(folder).as_posix(): file_md5(path)
        for path in folder.rglob("*")
        if path.is_file()
    }
    entries = [{"md5": hashes[name], "relpath": name} for name in sorted(hashes)]
    listing = json.dumps(entries, sort_keys=True).encode()
    return hashlib.md5(listing, usedforsecurity=False).hexdigest() + ".dir"


def file_md5(path: Path) -> str:
    """Return the hash that DVC gives a file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest()


def push_runs(root: Path) -> int:
    """Push the records of all runs and what they wrote, metrics in Git included; return how many."""
    with open_repo(root) as repo:
        runs = repo.stage_cache.push(None)
        for remote, hashes in repo.stage_cache.get_used_objs(runs).items():
            repo.cloud.push(hashes, odb=remote)
        return len(runs)


def push_folders(root: Path, folder_hashes: Iterable[str]) -> list[str]:
    """Push the folders that the cache holds; return the hashes that are not on the remote then."""
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.tree import Tree

    values = [object_hash(value, "a pointer's bundle") for value in dict.fromkeys(folder_hashes)]
    hashes = [HashInfo("md5", value) for value in values]
    with open_repo(root) as repo:
        remote, cache = repo.cloud.get_remote_odb(), repo.cache.local
        objects = set()
        for folder in hashes:
            if Path(cache.oid_to_path(folder.value)).is_file():
                objects |= {folder, *(file_hash for _, _, file_hash in Tree.load(cache, folder))}
        repo.cloud.push(objects)
        return [folder.value for folder in hashes if not remote.exists(folder.value)]


# --- experiments ----------------------------------------------------------------------------------------


def experiment_commit(root: Path, name: str) -> str:
    """Return the commit of an experiment, finished or queued, or of a Git revision, as `dvc exp apply` does.

    Raises LockstepError that lists the known experiments.
    """
    from dvc.scm import RevError, resolve_rev

    with open_repo(root) as repo:
        try:
            return str(resolve_rev(repo.scm, name))
        except RevError:
            queue = repo.experiments.celery_queue
            entry = queue.get_ref_and_entry_by_names(name)[name].queue_entry
            if entry:
                return str(entry.stash_rev)
            listed = repo.experiments.ls(all_commits=True).values()
            known = {experiment for pairs in listed for experiment, _ in pairs}
            known |= {queued.name for queued in queue.iter_queued() if queued.name}
    raise LockstepError(
        f"{name!r} is no experiment and no Git revision; experiments: "
        f"{', '.join(sorted(known)) or 'none'}"
    )


def queued_overrides(arguments: list[str]) -> list[list[str]]:
    """Return the overrides of params.yaml of each experiment that `dvc ARGUMENTS` would queue."""
    from dvc.cli import parse_args
    from dvc.utils.cli_parse import to_path_overrides
    from dvc.utils.hydra import get_hydra_sweeps

    overrides_by_file = to_path_overrides(parse_args(arguments).set_param or [])
    sweeps = get_hydra_sweeps(overrides_by_file)
    return [combination.get("params.yaml", []) for combination in sweeps]


# --- configuration and remotes --------------------------------------------------------------------------


def cache_dir(root: Path) -> str:
    """Return the folder of DVC's cache, as the configuration says."""
    from dvc.config import Config

    return str(Config(str(root / ".dvc"))["cache"].get("dir", str(root / ".dvc/cache")))


def config_levels(
    root: Path,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return DVC's configuration of the machine, of the user and of this checkout, and `core` of all.

    Raises ConfigError where DVC cannot read one of them.
    """
    from dvc.config import Config
    from dvc.config import ConfigError as DvcConfigError

    try:
        config = Config(str(root / ".dvc"))
        system, user, local = (config.load_one(level) for level in ("system", "global", "local"))
        return system, user, local, dict(config["core"])
    except DvcConfigError as error:
        raise ConfigError(f"DVC cannot read its configuration: {error}") from error


def remote_filesystem(core: dict[str, Any], options: dict[str, Any]) -> tuple["FileSystem", str]:
    """Return the filesystem of a remote with these options, and the path of the remote on it."""
    from dvc.fs import get_cloud_fs

    filesystem, arguments, path = get_cloud_fs({"core": core}, **options)
    return filesystem(**arguments), path


# --- stages, as dvc.lock recorded them and as they are ----------------------------------------------------


def pipeline_stages(repo: "Repo") -> dict[str, "PipelineStage"]:
    """Return the stages of every dvc.yaml, by the name that DVC prints."""
    from dvc.stage import PipelineStage

    stages = repo.index.stages
    return {stage.addressing: stage for stage in stages if isinstance(stage, PipelineStage)}


def cached_outputs(repo: "Repo") -> Outputs:
    """Return every output that DVC's cache holds, those of .dvc files included."""
    return {out.fs_path: out for out in repo.index.outs if out.use_cache}


def folder_listing(out: "Output") -> "Tree | None":
    """Return DVC's list of an output that is a folder; None where the cache lacks it."""
    from dvc_data.hashfile.tree import Tree
    from dvc_objects.errors import ObjectFormatError

    with suppress(FileNotFoundError, ObjectFormatError):
        if out.hash_info and out.hash_info.isdir:
            return Tree.load(out.cache, out.hash_info)
    return None


def hash_inside(out: "Output", key: tuple[str, ...]) -> str | None:
    """Return the hash of what lies inside an output that is a folder, from DVC's list of it."""
    if not out.hash_info:
        return None
    tree = folder_listing(out)
    if tree is None:
        return UNKNOWN
    _, file_hash = tree.get(key) or (None, None)
    known = file_hash or getattr(tree.get_obj(out.cache, key), "hash_info", None)
    return known and str(known.value)


def hash_around(repo: "Repo", dep: "Output", inside: list["Output"]) -> str | None:
    """Return the hash of a folder that holds outputs, as recorded, beside files of Git, as they are."""
    from dvc_data.hashfile.build import build
    from dvc_data.hashfile.tree import Tree

    tree = Tree()
    for out in inside:
        key, listing = repo.fs.relparts(out.fs_path, dep.fs_path), folder_listing(out)
        if listing is None and (not out.hash_info or out.hash_info.isdir):
            return UNKNOWN
        for rest, meta, value in listing or [((), out.meta, out.hash_info)]:
            tree.add((*key, *rest), meta, value)
    if dep.exists:
        _, _, built = build(
            repo.cache.local,
            dep.fs_path,
            dep.fs,
            dep.hash_name,
            ignore=repo.dvcignore,
            dry_run=True,
        )
        outputs = [repo.fs.relparts(out.fs_path, dep.fs_path) for out in inside]
        for key, meta, value in built:
            if not any(key[: len(output)] == output for output in outputs):
                tree.add(key, meta, value)
    tree.digest()
    return str(tree.hash_info.value)


def dependency_hash(repo: "Repo", dep: "Output", outputs: Outputs) -> str | None:
    """Return DVC's hash of a dependency: recorded by who writes it, or of the file or folder in Git."""
    if not dep.is_in_repo:
        return UNKNOWN
    if dep.fs_path in outputs:
        return outputs[dep.fs_path].hash_info.value or None
    for path, out in outputs.items():
        if repo.fs.isin(dep.fs_path, path):
            return hash_inside(out, repo.fs.relparts(dep.fs_path, path))
    inside = [out for path, out in outputs.items() if repo.fs.isin(path, dep.fs_path)]
    if inside:
        return hash_around(repo, dep, inside)
    return str(dep.get_hash().value) if dep.exists else None


def current_record(
    repo: "Repo", stage: "PipelineStage", outputs: Outputs, hashes: dict[str, str | None]
) -> StageRecord:
    """Return the stage as `dvc repro` would find it.

    hashes keeps those of dependencies by path, since stages share most of them.
    """
    from dvc.dependency import ParamsDependency

    deps: dict[str, str | None] = {}
    params: dict[str, dict[str, Any]] = {}
    for dep in stage.deps:
        if isinstance(dep, ParamsDependency):
            values = dep.read_params()
            params[dep.def_path] = {name: values.get(name, ABSENT) for name in dep.params or values}
            continue
        if dep.fs_path not in hashes:
            hashes[dep.fs_path] = dependency_hash(repo, dep, outputs)
        deps[dep.def_path] = UNKNOWN if stage.frozen else hashes[dep.fs_path]
    outs = {}
    for out in stage.outs:
        is_recorded = out.use_cache or not out.is_in_repo  # whether it is there does not matter
        value = out.hash_info.value if is_recorded else out.exists and out.get_hash().value
        outs[out.def_path] = str(value) if value else None
    return {"cmd": stage.cmd, "deps": deps, "params": params, "outs": outs}


def locked_record(entry: dict[str, Any]) -> StageRecord:
    """Return a stage's part of dvc.lock."""
    return {
        "cmd": entry.get("cmd"),
        "deps": {dep["path"]: dep.get("md5") for dep in entry.get("deps") or []},
        "params": {file: values or {} for file, values in (entry.get("params") or {}).items()},
        "outs": {out["path"]: out.get("md5") for out in entry.get("outs") or []},
    }


def locked_records(repo: "Repo", files: set[str]) -> dict[str, StageRecord]:
    """Return what the dvc.lock beside each of the dvc.yaml files records, by the stages' names."""
    from ruamel.yaml import YAML

    records = {}
    for file in sorted(files):
        lock = Path(file).with_suffix(".lock")
        text = lock.read_text(encoding="utf-8") if lock.exists() else ""
        folder = repo.fs.relpath(file, repo.root_dir)
        for name, entry in ((YAML(typ="safe").load(text) or {}).get("stages") or {}).items():
            full_name = name if posixpath.dirname(folder) == "" else f"{folder}:{name}"
            records[full_name] = locked_record(entry)
    return records


def stage_records(repo: "Repo") -> tuple[dict[str, StageRecord], dict[str, StageRecord]]:
    """Return every stage as it is now, and every stage as dvc.lock recorded it; no data is needed.

    What lies in Git is hashed. What DVC's cache holds is compared by the hash that its producer recorded,
    so a fresh clone, which lacks it, gives the same answer. A dependency inside an output that is a folder
    is looked up in DVC's list of that folder; without the list in the cache it is unknown.
    """
    stages, outputs, hashes = pipeline_stages(repo), cached_outputs(repo), dict[str, str | None]()
    current = {name: current_record(repo, stage, outputs, hashes) for name, stage in stages.items()}
    return current, locked_records(repo, {stage.path for stage in stages.values()})


def stages_by_dependency(repo: "Repo") -> dict[str, list[str]]:
    """Return the stages that depend on each path in the repository, parameters aside."""
    stages_by_path: dict[str, list[str]] = {}
    for name, stage in pipeline_stages(repo).items():
        for dep in stage.deps:
            if dep.is_in_repo and dep.hash_name != "params":
                path = repo.fs.relpath(dep.fs_path, repo.root_dir)
                stages_by_path.setdefault(path, []).append(name)
    return stages_by_path


def writers(repo: "Repo") -> dict[str, str]:
    """Return the stage or .dvc file that writes each output that DVC's cache holds, by the output's path."""
    return {str(out): out.stage.addressing for out in cached_outputs(repo).values()}


def is_dvc_data(repo: "Repo", name: str) -> bool:
    """Return whether a file, by its path from the root, is DVC's or ignored by .dvcignore."""
    path = repo.fs.join(repo.root_dir, name)
    if any(path == out or repo.fs.isin(path, out) for out in cached_outputs(repo)):
        return True
    return bool(repo.dvcignore.is_ignored(repo.fs, path))
