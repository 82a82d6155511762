"""The registry: a pointer in Git to the champion, versions as Git tags, bundles in DVC's cache or remote.

models/champion.yaml holds one line of JSON, which is YAML too, so that a promotion is a one-line diff:
version, the commit that built the bundle, DVC's hash of the folder, the bundle's own digest, dataset, model
kind, headline metrics, when and why it was promoted. A version is an annotated tag in GTO's convention,
model@v1.2.0, on the commit that promoted it first; its pointer is the one in that commit.
"""

import json
import re
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.files import atomic_path, read_text
from lockstep.core.safe_paths import commit_hash, object_hash, sha256_hash
from lockstep.repository.dvc_internals import copy_folder
from lockstep.repository.git import file_at
from lockstep.repository.programs import shell
from lockstep.training import bundle

POINTER = Path("models/champion.yaml")
ARTIFACT, STAGE = "model", "prod"  # as dvc.yaml names the artifact; GTO's stage of the champion
VERSION = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+")
BUNDLES = Path(".cache/bundles")
HEAD_LINE = (
    "# The champion, in one line: `python -m lockstep promote` and `python -m lockstep rollback` "
    "write it.\n"
)

Entry = dict[str, Any]


def parse(text: str, source: str) -> Entry | None:
    """Return the pointer in the file's text; None where no model was promoted yet.

    Raises DataError where it is none: its version names tags, its hashes name files and folders.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        entry: Entry = json.loads("".join(lines))
        version = entry["version"]
        if version is not None and not VERSION.fullmatch(version):
            raise KeyError("version")
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DataError(
            f"{source} is not a pointer to a champion; `git checkout HEAD {POINTER.as_posix()}` "
            "brings it back"
        ) from error
    if version is None:
        return None
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        raise DataError(f"{source}: version is {version!a}, expected one such as v1.2.0")
    commit_hash(entry.get("commit"), f"{source}, commit")
    object_hash(entry.get("bundle"), f"{source}, bundle")
    sha256_hash(entry.get("digest"), f"{source}, digest")
    return entry


def text(entry: Entry) -> str:
    """Return the text of the pointer file of an entry."""
    return HEAD_LINE + json.dumps(entry, ensure_ascii=False) + "\n"


def summary(entry: Entry) -> str:
    """Return the version, the kind of model, its headline metrics and the start of its digest."""
    return f"{entry['version']}, {entry['model']}, {entry['metrics']}, {entry['digest'][:12]}"


def champion(root: Path = Path()) -> Entry | None:
    """Return the champion that the working tree points to; None where there is none yet."""
    path = root / POINTER
    if not path.is_file():
        raise DataError(
            f"{POINTER.as_posix()} is not there; `git checkout HEAD {POINTER.as_posix()}`"
        )
    return parse(read_text(path, f"`git checkout HEAD {POINTER.as_posix()}`"), POINTER.as_posix())


def versions(root: Path = Path()) -> list[str]:
    """Return registered versions, oldest first by number."""
    names = shell(root, "git", "tag", "--list", f"{ARTIFACT}@v*").split()
    result = [name.removeprefix(f"{ARTIFACT}@") for name in names]
    return sorted((version for version in result if VERSION.fullmatch(version)), key=numbers)


def numbers(version: str) -> tuple[int, ...]:
    """Return v1.2.0 as (1, 2, 0)."""
    return tuple(int(part) for part in version.removeprefix("v").split("."))


def registered(version: str, root: Path = Path()) -> Entry:
    """Return the pointer of a version. Raises LockstepError that lists the versions."""
    known = versions(root)
    if version not in known:
        listed = ", ".join(known) or "none yet; `python -m lockstep promote` makes the first"
        raise LockstepError(f"version {version!r} is not registered; there is {listed}")
    tag = f"refs/tags/{ARTIFACT}@{version}"
    text_at_tag = file_at(root, tag, POINTER.as_posix())
    entry = parse(text_at_tag, f"{tag}:{POINTER.as_posix()}")
    if entry is None or entry["version"] != version:
        raise DataError(f"tag {ARTIFACT}@{version} is on a commit that does not point to {version}")
    return entry


def fetch(entry: Entry, root: Path = Path()) -> Path:
    """Return the verified bundle of a pointer, under .cache/bundles/ by its digest.

    Raises DataError where neither cache nor remote has it, or where it is not the bundle pointed to.
    """
    folder: Path = root / BUNDLES / sha256_hash(entry["digest"], POINTER.as_posix())
    if not folder.is_dir():
        with atomic_path(folder) as beside:
            beside.mkdir()
            if not copy_folder(root, entry["bundle"], beside):
                raise DataError(
                    f"the bundle of {entry['version']} ({entry['bundle']}) is neither in DVC's cache "
                    "nor on the remote; `python -m lockstep push` where it was built, or set a remote"
                )
    bundle.verify(folder)
    if bundle.digest(folder) != entry["digest"]:
        raise DataError(f"{folder} is not the bundle of {entry['version']}; remove that folder")
    return folder


def bundle_of(version: str | None = None, root: Path = Path()) -> Path:
    """Return the folder of a version's bundle, verified; None stands for the champion.

    Raises LockstepError where there is no such version, DataError where its bundle cannot be fetched.
    """
    if version is not None:
        return fetch(registered(version, root), root)
    entry = champion(root)
    if entry is None:
        raise LockstepError(
            f"there is no champion yet ({POINTER.as_posix()}); `python -m lockstep promote` makes the "
            "registered bundle one, or choose a bundle by its path"
        )
    return fetch(entry, root)
