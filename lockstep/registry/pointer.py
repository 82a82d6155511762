"""Move the champion, for promote and rollback: one commit, then tags; a kill leaves the old or the new one.

The commit is made beside the working tree and the branch moved to it in one step, which is the promotion.
What a kill leaves undone after that step (the file in the working tree, the tags), the next call finishes.
"""

import argparse
import datetime
import sys
from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.core.escaping import git_sentence
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
from lockstep.repository.git import changed_files, file_at, prefix
from lockstep.repository.programs import shell


def pointer_at(root: Path, revision: str) -> Entry | None:
    """Return the pointer in a commit; None where it holds no champion or no such file."""
    name = f"{revision}:{POINTER.as_posix()}"
    try:
        return parse(file_at(root, revision, POINTER.as_posix()), name)
    except LockstepError:
        return None


def require_clean(root: Path) -> None:
    """Raise LockstepError that names the first file that differs from the last commit."""
    files = changed_files(root, with_new=False)
    if files:
        raise LockstepError(
            f"{files[0]} differs from the last commit; commit or undo what is changed first"
        )


def champion_moves(root: Path) -> list[tuple[str, Entry]]:
    """Return the commits of this branch that moved the pointer, with the pointer; oldest first."""
    result = shell(
        root, "git", "log", "--reverse", "--first-parent", "--format=%H", "--", POINTER.as_posix()
    ).split()
    return [(commit, entry) for commit in result if (entry := pointer_at(root, commit))]


def finish(root: Path) -> None:
    """Finish a killed promotion: the file in the working tree, and the tags.

    The n-th move of the pointer is the assignment model#prod#n, on the commit of the version it names.
    """
    name = POINTER.as_posix()
    if changed_files(root, with_new=False) == [name]:
        _, *parents = shell(root, "git", "rev-list", "--parents", "-1", "HEAD").split()
        if parents and not shell(root, "git", "diff", "--name-only", parents[0], "--", name):
            shell(root, "git", "checkout", "--quiet", "HEAD", "--", name)
    tags = set(shell(root, "git", "tag").split())
    for number, (commit, entry) in enumerate(champion_moves(root), 1):
        version, assignment = f"{ARTIFACT}@{entry['version']}", f"{ARTIFACT}#{STAGE}#{number}"
        home = f"refs/tags/{version}^{{commit}}"
        why = git_sentence(entry["why"])
        messages = {
            version: (commit, f"{entry['version']}: {why}"),
            assignment: (home, f"{entry['version']} is the champion: {why}"),
        }
        for tag, (revision, message) in messages.items():
            if tag not in tags:
                shell(root, "git", "tag", "--annotate", tag, revision, "--message", message)
        tags |= messages.keys()


def move(root: Path, entry: Entry, title: str, reason: str = "") -> None:
    """Commit the pointer on the current branch, then update the file and the tags. The tree must be clean.

    Parameters
    ----------
    root : Path
        The project's root.
    entry : dict
        The new pointer.
    title : str
        Of the commit, in our own words.
    reason : str
        Why, for the commit's body.
    """
    message = f"{title}\n\nWhy: {git_sentence(reason)}" if reason else title
    name, head = POINTER.as_posix(), shell(root, "git", "rev-parse", "HEAD").strip()
    hashing = ("git", "hash-object", "-w", "--no-filters", "--stdin")
    blob = shell(root, *hashing, content=text(entry)).strip()
    listing = shell(root, "git", "ls-tree", "-r", "-z", "--full-tree", "HEAD").split("\0")
    path = prefix(root) + name  # from Git's root, as the listing has it
    rows = [row for row in listing if row and row.split("\t", 1)[1] != path]
    everything = "\0".join([*rows, f"100644 blob {blob}\t{path}"]) + "\0"
    index = Path(shell(root, "git", "rev-parse", "--absolute-git-dir").strip()) / "champion.index"
    index.unlink(missing_ok=True)
    own_index = {"GIT_INDEX_FILE": str(index)}
    shell(root, "git", "update-index", "-z", "--index-info", content=everything, **own_index)
    tree = shell(root, "git", "write-tree", **own_index).strip()
    index.unlink(missing_ok=True)
    commit_tree = ("git", "commit-tree", tree, "-p", head, "-F", "-")
    commit = shell(root, *commit_tree, content=message).strip()
    shell(root, "git", "update-ref", "-m", title, "HEAD", commit, head)
    shell(root, "git", "checkout", "--quiet", "HEAD", "--", name)
    finish(root)


def push(root: Path, remote: str, branch: str) -> None:
    """Push the last commit to the branch of a Git remote, with its tags: both or none.

    A version without its commit on the branch is no version.

    Parameters
    ----------
    root : Path
        The project's root.
    remote : str
        The Git remote.
    branch : str
        Its branch.
    """
    arguments = ("--quiet", "--atomic", "--follow-tags", remote, f"HEAD:{branch}")
    shell(root, "git", "push", *arguments)


def utc_now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def command_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options of promote and rollback."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reason", help="why, for the pointer and the tags")
    parser.add_argument("--dry-run", action="store_true", help="check and show, change nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def confirmed(arguments: argparse.Namespace, question: str) -> bool:
    """Ask whether to go on; return the answer. Raises LockstepError where there is no terminal."""
    if arguments.dry_run:
        print("nothing was changed (--dry-run)")
        return False
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise LockstepError(
            "there is no terminal to ask on; give --yes to go on without a question"
        )
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        print("nothing was changed")
        return False
    return True


def next_version(root: Path, part: str) -> str:
    """Return the next version: v1.0.0, then the newest with its major, minor or patch number raised."""
    known = versions(root)
    if not known:
        return "v1.0.0"
    last, place = numbers(known[-1]), ("major", "minor", "patch").index(part)
    raised = [*last[:place], last[place] + 1, 0, 0][:3]
    return "v" + ".".join(map(str, raised))
