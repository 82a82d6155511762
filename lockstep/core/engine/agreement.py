"""Check that a cluster's workers compute what this process would: the same versions, code and folder."""

import importlib
import platform
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from lockstep.core.errors import LockstepError
from lockstep.core.files import sha256, write_text

CODE = ("lockstep", "recipes", "stages", "components")
# Distributions that can change a byte of the data stages' results, or of what is sent to a worker.
PACKAGES = ("numpy", "pandas", "pyarrow", "scipy", "cloudpickle", "dask", "distributed")
ABSENT = "not there"
SEEN = Path(".cache/cluster")  # files by which a worker shows that it sees this folder


def version(package: str) -> str:
    """Return the installed version of a package."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed_version

    try:
        return installed_version(package)
    except PackageNotFoundError:
        return ABSENT


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Return the versions of Python (without its patch) and of each package, and a hash of each code file."""
    result = {"Python": ".".join(platform.python_version_tuple()[:2])}
    result |= {name: version(name) for name in packages}
    files = [path for folder in CODE for path in sorted(Path(folder).rglob("*.py"))]
    return result | {path.as_posix(): sha256(path)[:12] for path in files}


def forget() -> None:
    """Forget the project's modules, so that the next task imports its code anew."""
    for name in list(sys.modules):
        if name.split(".")[0] in CODE:
            del sys.modules[name]
    importlib.invalidate_caches()


def present(
    packages: tuple[str, ...], token: str, dask_worker: Any
) -> tuple[dict[str, str], str, bool]:
    """On a worker: return its versions, its folder, and whether it sees the token's file.

    A worker outlives an edit: code that it has imported and that has changed since is dropped.

    Parameters
    ----------
    packages : tuple of str
        Distributions to report.
    token : str
        A file that this process wrote.
    dask_worker : Worker
        Given by Dask.
    """
    result = versions(packages)
    if getattr(dask_worker, "lockstep_versions", None) != result:
        forget()
        dask_worker.lockstep_versions = result
    return result, str(Path.cwd()), (SEEN / token).exists()


def differs(own: dict[str, str], other: dict[str, str], packages: tuple[str, ...]) -> str | None:
    """Return the first difference, with both versions, without packages that are not installed here.

    Parameters
    ----------
    own, other : dict
        Versions of this process and of a worker.
    packages : tuple of str
        Distributions that must agree.
    """
    for name in [*own, *(other.keys() - own.keys())]:
        own_version, other_version = own.get(name, ABSENT), other.get(name, ABSENT)
        if own_version != other_version and not (name in packages and own_version == ABSENT):
            return f"has {name} {other_version}, expected {own_version} as here"
    return None


def check(client: Any, shared: bool, packages: tuple[str, ...] = ()) -> set[str]:
    """Return the addresses of all workers, which agree with this process.

    Raises LockstepError that names the first that does not agree.

    Parameters
    ----------
    client : distributed.Client
        Its client.
    shared : bool
        Whether workers must see this folder.
    packages : tuple of str
        Distributions that must agree.
    """
    packages = (*PACKAGES, *packages)
    own, token = versions(packages), uuid4().hex
    write_text(SEEN / token, "")
    try:
        answers = client.run(present, packages, token, on_error="return")
    finally:
        (SEEN / token).unlink()
    for address, answer in sorted(answers.items()):
        worker = f"Dask worker {address}"
        if isinstance(answer, BaseException):
            raise LockstepError(
                f"{worker} cannot import this project's code ({answer}); start it in the project's root "
                "with PYTHONPATH=. (docs/scale.md)"
            ) from answer
        other, folder, sees_folder = answer
        problem = differs(own, other, packages)
        if problem:
            raise LockstepError(
                f"{worker} {problem}; start it from the same commit with the packages of "
                "requirements.lock (docs/scale.md)"
            )
        if shared and not sees_folder:
            raise LockstepError(
                f"{worker} runs in {folder}, which is not this folder, {Path.cwd()}; start it here, or "
                "give the workers a store: engine.store (docs/scale.md)"
            )
    return set(answers)
