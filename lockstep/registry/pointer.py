"""How promote and rollback move the champion: one commit, then tags; killed at any moment, it is one or none.

The commit is made beside the working tree and the branch moved to it in one step, which is the promotion.
What a kill leaves undone after that step (the file in the working tree, the tags) the next call finishes.
"""

import argparse
import datetime
import sys
from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.registry.versions import (
    ARTIFACT,
    POINTER,
    STAGE,
    Entry,
    numbers,
    parse,
    text,
    versions,
)
from lockstep.repository.programs import shell


def at(root: Path, revision: str) -> Entry | None:
    """The pointer in a commit; None where it holds no champion or no such file."""
    name = f"{revision}:{POINTER.as_posix()}"
    try:
        return parse(shell(root, "git", "show", name), name)
    except LockstepError:
        return None


def changed(root: Path) -> list[str]:
    """Tracked files that differ from the last commit."""
    listed = shell(root, "git", "status", "--porcelain", "--untracked-files=no")
    return [line[3:] for line in listed.splitlines()]


def clean(root: Path) -> None:
    """Raise LockstepError that names the first file that differs from the last commit."""
    files = changed(root)
    if files:
        raise LockstepError(
            f"{files[0]} differs from the last commit; commit or undo what is changed first"
        )


def moves(root: Path) -> list[tuple[str, Entry]]:
    """Commits of this branch that moved the pointer to a champion, with what it says; oldest first."""
    result = shell(
        root, "git", "log", "--reverse", "--first-parent", "--format=%H", "--", POINTER.as_posix()
    ).split()
    return [(commit, entry) for commit in result if (entry := at(root, commit))]


def finish(root: Path) -> None:
    """Do what a killed promotion left undone: the file in the working tree, and the tags.

    The n-th move of the pointer is the assignment model#prod#n, on the commit of the version it names.
    """
    name = POINTER.as_posix()
    if changed(root) == [name]:
        _, *parents = shell(root, "git", "rev-list", "--parents", "-1", "HEAD").split()
        if parents and not shell(root, "git", "diff", "--name-only", parents[0], "--", name):
            shell(root, "git", "checkout", "--quiet", "HEAD", "--", name)
    tags = set(shell(root, "git", "tag").split())
    for number, (commit, entry) in enumerate(moves(root), 1):
        version, assignment = f"{ARTIFACT}@{entry['version']}", f"{ARTIFACT}#{STAGE}#{number}"
        home = f"refs/tags/{version}^{{commit}}"
        messages = {
            version: (commit, f"{entry['version']}: {entry['why']}"),
            assignment: (home, f"{entry['version']} is the champion: {entry['why']}"),
        }
        for tag, (where, message) in messages.items():
            if tag not in tags:
                shell(root, "git", "tag", "--annotate", tag, where, "--message", message)
        tags |= messages.keys()


def move(root: Path, entry: Entry, message: str) -> None:
    """Commit the pointer on the branch in force, then the rest. The tree must be clean."""
    name, head = POINTER.as_posix(), shell(root, "git", "rev-parse", "HEAD").strip()
    hashing = ("git", "hash-object", "-w", "--no-filters", "--stdin")
    blob = shell(root, *hashing, content=text(entry)).strip()
    listing = shell(root, "git", "ls-tree", "-r", "-z", "--full-tree", "HEAD").split("\0")
    rows = [row for row in listing if row and row.split("\t", 1)[1] != name]
    everything = "\0".join([*rows, f"100644 blob {blob}\t{name}"]) + "\0"
    index = Path(shell(root, "git", "rev-parse", "--absolute-git-dir").strip()) / "champion.index"
    index.unlink(missing_ok=True)
    apart = {"GIT_INDEX_FILE": str(index)}
    shell(root, "git", "update-index", "-z", "--index-info", content=everything, **apart)
    tree = shell(root, "git", "write-tree", **apart).strip()
    index.unlink(missing_ok=True)
    commit_tree = ("git", "commit-tree", tree, "-p", head, "-F", "-")
    commit = shell(root, *commit_tree, content=message).strip()
    shell(root, "git", "update-ref", "-m", message.splitlines()[0], "HEAD", commit, head)
    shell(root, "git", "checkout", "--quiet", "HEAD", "--", name)
    finish(root)


def push(root: Path, remote: str, branch: str) -> None:
    """Push the last commit to the branch of a Git remote, with its tags: both or none.

    A version without its commit on the branch is no version.
    """
    arguments = ("--quiet", "--atomic", "--follow-tags", remote, f"HEAD:{branch}")
    shell(root, "git", "push", *arguments)


def now() -> str:
    """This moment in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def options(description: str | None) -> argparse.ArgumentParser:
    """What both commands take."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reason", help="why, for the pointer and the tags")
    parser.add_argument("--dry-run", action="store_true", help="check and show, change nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def confirmed(chosen: argparse.Namespace, question: str) -> bool:
    """Whether to go on. Raises LockstepError where nobody can be asked."""
    if chosen.dry_run:
        print("nothing was changed (--dry-run)")
        return False
    if chosen.yes:
        return True
    if not sys.stdin.isatty():
        raise LockstepError(
            "there is no terminal to ask on; give --yes to go on without a question"
        )
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        print("nothing was changed")
        return False
    return True


def bumped(root: Path, part: str) -> str:
    """The next version: v1.0.0, then the newest with its major, minor or patch number raised."""
    known = versions(root)
    if not known:
        return "v1.0.0"
    last, place = numbers(known[-1]), ("major", "minor", "patch").index(part)
    raised = [*last[:place], last[place] + 1, 0, 0][:3]
    return "v" + ".".join(map(str, raised))
