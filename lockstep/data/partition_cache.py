"""Partitions of the run before, taken again where everything that they were made of is the same to the byte.

A month that is added then costs a month. What a partition was made of is its input files' content, the
parameters, the code that its stage lists in dvc.yaml, and the versions of the libraries that write it. The
result is noted under .cache/partitions/, of the last run alone; its files come back from DVC's cache, by the
hash that DVC knows them by, so they take no second place. Remove the folder to have everything made anew.
"""

import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.core.files import atomic_path, sha256, write_json, write_text
from lockstep.core.partitions import missing_partition
from lockstep.core.safe_paths import object_hash, relative_path

STORE = Path(".cache/partitions")
BLOCK = 1 << 20  # bytes
CODE = ("stages", "lockstep", "recipes", "components")  # folders of code, as dvc.yaml lists deps
LIBRARIES = ("numpy", "pandas", "pyarrow")

# A function's result, as JSON can hold it. `files` lists the outputs that it wrote; `beside`, if it is there,
# names one more file, which is no output of DVC's.
Made = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One partition to make: what is read, and the function's arguments."""

    inputs: Sequence[Path]
    arguments: tuple[Any, ...]


def code_files(stage: str) -> list[Path]:
    """Return the code that a stage lists in dvc.yaml, file by file. Raises DataError where it has none."""
    import yaml

    dvc_yaml = Path("dvc.yaml")
    if not dvc_yaml.exists():
        return []  # a folder of rows alone: without DVC's cache nothing is taken from an earlier run
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    stages = yaml.load(dvc_yaml.read_text(encoding="utf-8"), Loader=loader)["stages"]
    if stage not in stages:
        raise DataError(f"dvc.yaml has no stage {stage}; `git checkout HEAD dvc.yaml`")
    listed = [Path(dep) for dep in stages[stage]["deps"] if Path(dep).parts[0] in CODE]
    files = [path for path in listed if path.is_file()]
    return sorted([*files, *(path for folder in listed for path in folder.rglob("*.py"))])


def environment_hash(stage: str) -> str:
    """Return a hash of the code that makes a stage's partitions, and of what it runs on."""
    import hashlib
    from importlib.metadata import version

    digest = hashlib.sha256(f"{sys.version} {sys.platform}".encode())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in code_files(stage):
        digest.update(f"{path.as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def task_key(environment: str, parameters: Any, task: Task) -> str:
    """Return the name of a partition's record: a hash of everything that it is made of.

    Raises DataError that names an input that was listed and has vanished since.

    Parameters
    ----------
    environment : str
        What environment_hash returned.
    parameters
        What the result depends on besides the inputs.
    task : Task
        The partition to make.
    """
    import hashlib

    for path in task.inputs:
        if not path.exists():
            raise missing_partition(path)
    inputs = [[path.as_posix(), sha256(path)] for path in task.inputs]
    content = json.dumps([environment, parameters, inputs])
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def dvc_cache() -> Path:
    """Return DVC's cache, as this repository's configuration says; one set elsewhere is not found."""
    import configparser

    config = configparser.ConfigParser(interpolation=None)
    config.read([".dvc/config", ".dvc/config.local"], encoding="utf-8")
    return Path(".dvc", config.get("cache", "dir", fallback="cache"), "files", "md5")


def copy_file(source: Path, target: Path) -> str:
    """Copy a file, whole or not at all; return its MD5."""
    import hashlib

    digest = hashlib.md5(usedforsecurity=False)
    with (
        source.open("rb") as reader,
        atomic_path(target) as beside,
        beside.open("wb") as writer,
    ):
        while block := reader.read(BLOCK):
            digest.update(block)
            writer.write(block)
    return digest.hexdigest()


def md5(path: Path) -> str:
    """Return the hash by which DVC's cache names a file."""
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def restore(record: Path, objects: Path) -> Made | None:
    """Bring a partition's files back and return its result; None if one is not there whole."""
    try:
        entry = json.loads(record.read_text(encoding="utf-8"))
        result: Made = entry["made"]
        for name, known in zip(result["files"], entry["md5"], strict=True):
            object_hash(known, str(record))
            target = Path(relative_path(name, str(record)))
            if copy_file(objects / known[:2] / known[2:], target) != known:
                target.unlink()
                return None
        if "beside" in result:
            beside = Path(relative_path(result["beside"], str(record)))
            copy_file(record.with_suffix(".beside"), beside)
    except (OSError, ValueError, KeyError, TypeError, DataError):
        return None
    return result


def note(record: Path, result: Made) -> None:
    """Note a partition's result. A disk that refuses costs the next run time, and this run nothing."""
    with contextlib.suppress(OSError):
        hashes = [md5(Path(name)) for name in result["files"]]
        if "beside" in result:
            copy_file(Path(result["beside"]), record.with_suffix(".beside"))
        write_text(record, json.dumps({"md5": hashes, "made": result}) + "\n")


def remove_old_records(folder: Path, records: list[Path]) -> None:
    """Remove every record of a stage but these."""
    names = {record.stem for record in records}
    for path in list(folder.glob("*.*")):
        if path.stem not in names:
            path.unlink(missing_ok=True)


def map_partitions(
    pool: Executor, stage: str, function: Callable[..., Made], tasks: list[Task], parameters: Any
) -> list[Made]:
    """Return function(*arguments) of each task, in order; print how many are as in the last run.

    Parameters
    ----------
    pool : Executor
        Where the function is called for partitions that changed.
    parameters
        What the results depend on besides the inputs, as JSON can hold it.
    """
    environment, objects, folder = environment_hash(stage), dvc_cache(), STORE / stage
    records = [folder / f"{task_key(environment, parameters, task)}.json" for task in tasks]
    results = [restore(record, objects) for record in records]
    missing = [number for number, result in enumerate(results) if result is None]
    if missing:
        arguments = zip(*(tasks[number].arguments for number in missing), strict=True)
        for number, result in zip(missing, pool.map(function, *arguments), strict=True):
            note(records[number], result)
            results[number] = result
    remove_old_records(folder, records)
    n_reused = len(tasks) - len(missing)
    write_json(STORE / f"{stage}.json", {"made": len(missing), "reused": n_reused})
    if n_reused:
        print(f"{n_reused} of {len(tasks)} partitions are as before")
    return [result for result in results if result is not None]
