"""Files of Git by their paths from the project's root, which may be a folder within a larger repository."""

from pathlib import Path

from lockstep.repository.programs import shell


def prefix(root: Path) -> str:
    """Return the path from Git's root to the project's, a slash at its end; nothing where both are one."""
    return shell(root, "git", "rev-parse", "--show-prefix").strip()


def file_at(root: Path, revision: str, path: str) -> str:
    """Return the text of a file in a revision. Raises LockstepError where it is not there."""
    return shell(root, "git", "show", f"{revision}:./{path}")


def changed_files(root: Path, *, with_new: bool) -> list[str]:
    """Return the project's files that differ from the last commit, without those that Git ignores.

    Parameters
    ----------
    with_new : bool
        Whether files that Git does not have yet are among them.
    """
    untracked = "--untracked-files=all" if with_new else "--untracked-files=no"
    flags = ("--porcelain", untracked, "--no-renames", "-z", "--", ".")
    entries = shell(root, "git", "status", *flags).split("\0")
    before = prefix(root)
    return [entry[3:].removeprefix(before) for entry in entries if entry]


def clone(root: Path, folder: Path, *options: str) -> Path:
    """Clone the repository of the project into a folder; return the project's root in the clone."""
    top = shell(root, "git", "rev-parse", "--show-toplevel").strip()
    shell(root, "git", "clone", "--quiet", *options, top, str(folder))
    return folder / prefix(root)
