"""Partitions of the run before, taken again where all that they were made of is the same to the byte.

A month that is added then costs a month. What a partition was made of is its input files' content, the
parameters, the project's own code (all of pipeline/ and recipes/, and the stage's script), the lock, and
the versions of the libraries that write it. What it gave is noted under .cache/partitions/, of the last
run alone; its files come back from DVC's cache, by the hash that DVC knows them by, so they take no
second place. Remove the folder to have everything made anew.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockstep.core.files import sha256, write_json, write_text
from lockstep.core.partitions import gone

STORE = Path(".cache/partitions")
BLOCK = 1 << 20  # bytes
LIBRARIES = ("numpy", "pandas", "pyarrow")

# What a function gives, as JSON can hold it. `files` lists the outputs that it wrote; `beside`, if it is
# there, names one more file, which is no output of DVC's.
Made = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One partition to make: what is read, and the function's arguments."""

    inputs: Sequence[Path]
    arguments: tuple[Any, ...]


def environment(stage: str) -> str:
    """All code that could make a partition in this stage, and what it runs on, as one hash."""
    import hashlib
    from importlib.metadata import version

    found = hashlib.sha256(f"{sys.version} {sys.platform}".encode())
    for name in LIBRARIES:
        found.update(f"{name} {version(name)}\n".encode())
    named = [Path("requirements.lock"), Path(f"stages/{stage}.py")]
    files = [path for path in named if path.exists()]
    files += [path for folder in ("pipeline", "recipes") for path in Path(folder).rglob("*.py")]
    for path in sorted(files):
        found.update(f"{path.as_posix()}\n".encode() + path.read_bytes())
    return found.hexdigest()


def key(known: str, meaning: Any, task: Task) -> str:
    """The name of a partition's record: a hash of all that it is made of.

    Raises DataError that names an input which was listed and is there no more.
    """
    import hashlib

    for path in task.inputs:
        if not path.exists():
            raise gone(path)
    inputs = [[path.as_posix(), sha256(path)] for path in task.inputs]
    return hashlib.sha256(json.dumps([known, meaning, inputs]).encode()).hexdigest()[:32]


def cache() -> Path:
    """DVC's cache, as this repository's configuration says; one set elsewhere is not found."""
    import configparser

    config = configparser.ConfigParser(interpolation=None)
    config.read([".dvc/config", ".dvc/config.local"], encoding="utf-8")
    return Path(".dvc", config.get("cache", "dir", fallback="cache"), "files", "md5")


def copied(source: Path, place: Path) -> str:
    """Copy a file, whole or not at all; its MD5 on the way."""
    import hashlib

    found = hashlib.md5(usedforsecurity=False)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(place.name + ".part")
    with source.open("rb") as stream, beside.open("wb") as target:
        while block := stream.read(BLOCK):
            found.update(block)
            target.write(block)
    os.replace(beside, place)
    return found.hexdigest()


def md5(path: Path) -> str:
    """The hash by which DVC's cache names a file."""
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def taken(record: Path, objects: Path) -> Made | None:
    """Bring a partition's files back and return what its function gave; None if one is not there whole."""
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        made: Made = found["made"]
        for name, known in zip(made["files"], found["md5"], strict=True):
            if copied(objects / known[:2] / known[2:], Path(name)) != known:
                Path(name).unlink()
                return None
        if "beside" in made:
            copied(record.with_suffix(".beside"), Path(made["beside"]))
    except (OSError, ValueError, KeyError):
        return None
    return made


def keep(record: Path, made: Made) -> None:
    """Note what a partition gave. A disk that refuses costs the next run time, and this run nothing."""
    with contextlib.suppress(OSError):
        hashes = [md5(Path(name)) for name in made["files"]]
        if "beside" in made:
            copied(Path(made["beside"]), record.with_suffix(".beside"))
        write_text(record, json.dumps({"md5": hashes, "made": made}) + "\n")


def mapped(
    pool: Executor, stage: str, function: Callable[..., Made], tasks: list[Task], meaning: Any
) -> list[Made]:
    """function(*arguments) of each task, in order; what the last run made of the same is taken from it.

    meaning: the parameters that function's results depend on, as JSON. Says how many are as before.
    """
    known, objects, store = environment(stage), cache(), STORE / stage
    records = [store / f"{key(known, meaning, task)}.json" for task in tasks]
    found = [taken(record, objects) for record in records]
    missing = [number for number, made in enumerate(found) if made is None]
    if missing:
        arguments = zip(*(tasks[number].arguments for number in missing), strict=True)
        for number, made in zip(missing, pool.map(function, *arguments), strict=True):
            keep(records[number], made)
            found[number] = made
    wanted = {record.stem for record in records}
    for old in list(store.glob("*.*")):
        if old.stem not in wanted:
            old.unlink(missing_ok=True)
    reused = len(tasks) - len(missing)
    write_json(STORE / f"{stage}.json", {"made": len(missing), "reused": reused})
    if reused:
        print(f"{reused} of {len(tasks)} partitions are as before")
    return [made for made in found if made is not None]
