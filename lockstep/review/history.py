"""Which two commits a review compares, and which files differ between them."""

from pathlib import Path

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.experiments.revision import WORKSPACE, resolve
from lockstep.repository.programs import shell


def resolve_commit(root: Path, name: str, option: str) -> str:
    """Return the commit of a revision.

    Parameters
    ----------
    root : Path
    name : str
        Of the revision.
    option : str
        For the message.

    Returns
    -------
    str

    Raises
    ------
    LockstepError
        Where there is none, or it is not committed.
    """
    if name == WORKSPACE:
        raise ConfigError(f"{option} is {name}; a review is of commits: commit first, then name it")
    return resolve(root, name)


def merge_base(root: Path, base: str, head: str) -> str:
    """Return the commit where head left base.

    Parameters
    ----------
    root : Path
    base : str
    head : str

    Returns
    -------
    str

    Raises
    ------
    LockstepError
        Where there is none here.
    """
    try:
        return shell(root, "git", "merge-base", base, head).strip()
    except LockstepError as error:
        raise LockstepError(
            f"{base[:12]} and {head[:12]} have no commit in common here; in a shallow clone "
            "`git fetch --unshallow` brings the history"
        ) from error


def changed_paths(root: Path, old: str, new: str) -> list[str]:
    """Return the paths that differ between two commits, sorted; a file that moved is two.

    Parameters
    ----------
    root : Path
    old : str
        A commit.
    new : str
        A commit.

    Returns
    -------
    list of str
    """
    output = shell(
        root, "git", "diff", "--name-only", "--relative", "--no-renames", "-z", old, new, "--"
    )
    return sorted(filter(None, output.split("\0")))
