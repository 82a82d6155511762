"""How promote and rollback move the champion: one commit, then tags; killed at any moment, it is one or none.

The commit is made beside the working tree and the branch moved to it in one step, which is the promotion.
What a kill leaves undone after that step (the file in the working tree, the tags) the next call finishes.
"""

import argparse
import datetime
import subprocess
import sys
from pathlib import Path

from pipeline.registry import ARTIFACT, POINTER, STAGE, Entry, parse, text, versions
from pipeline.shell import environment, shell
from pipeline.stage.errors import LockstepError


def given(root: Path, content: str, *command: str) -> str:
    """What a Git command prints that reads the content."""
    done = subprocess.run(
        command,
        cwd=root,
        env=environment(),
        input=content.encode(),  # as it is: on Windows text would get other line ends
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise LockstepError(f"`{' '.join(command)}` failed: {done.stderr.decode().strip()}")
    return done.stdout.decode().strip()


def at(root: Path, revision: str) -> Entry | None:
    """The pointer in a commit; None where it holds no champion or no such file."""
    name = f"{revision}:{POINTER.as_posix()}"
    try:
        return parse(shell(root, "git", "show", name), name)
    except LockstepError:
        return None


def clean(root: Path) -> None:
    """Raise LockstepError that names the first file that differs from the last commit."""
    changed = shell(root, "git", "status", "--porcelain", "--untracked-files=no").splitlines()
    if changed:
        raise LockstepError(
            f"{changed[0][3:]} differs from the last commit; commit or undo what is changed first"
        )


def tag(root: Path, name: str, commit: str, message: str) -> None:
    """An annotated tag, unless it is there."""
    if not shell(root, "git", "tag", "--list", name).strip():
        shell(root, "git", "tag", "--annotate", name, commit, "--message", message)


def moves(root: Path) -> list[str]:
    """Commits of this branch that moved the pointer to a champion, oldest first."""
    found = shell(
        root, "git", "log", "--reverse", "--first-parent", "--format=%H", "--", POINTER.as_posix()
    ).split()
    return [commit for commit in found if at(root, commit)]


def finish(root: Path) -> None:
    """Do what a killed promotion left undone: the file in the working tree, and the tags.

    The n-th move of the pointer is the assignment model#prod#n, on the commit of the version it names.
    """
    changed = shell(root, "git", "status", "--porcelain", "--untracked-files=no").splitlines()
    if [line[3:] for line in changed] == [POINTER.as_posix()]:
        old = shell(root, "git", "rev-parse", f"HEAD^:{POINTER.as_posix()}")
        if shell(root, "git", "hash-object", POINTER.as_posix()) == old:
            shell(root, "git", "checkout", "--quiet", "HEAD", "--", POINTER.as_posix())
    for number, commit in enumerate(moves(root), 1):
        entry = at(root, commit)
        assert entry is not None
        version = f"{ARTIFACT}@{entry['version']}"
        tag(root, version, commit, f"{entry['version']}: {entry['why']}")
        home = shell(root, "git", "rev-list", "-1", version).strip()
        assignment = f"{ARTIFACT}#{STAGE}#{number}"
        tag(root, assignment, home, f"{entry['version']} is the champion: {entry['why']}")


def move(root: Path, entry: Entry, message: str) -> None:
    """Commit the pointer on the branch in force, then the rest. The tree must be clean."""
    head = shell(root, "git", "rev-parse", "HEAD").strip()
    blob = given(root, text(entry), "git", "hash-object", "-w", "--no-filters", "--stdin")
    listing = shell(root, "git", "ls-tree", "-r", "-z", "--full-tree", "HEAD").split("\0")
    name = POINTER.as_posix()
    rows = [row for row in listing if row and row.split("\t", 1)[1] != name]
    index = Path(shell(root, "git", "rev-parse", "--absolute-git-dir").strip()) / "champion.index"
    variables = environment(GIT_INDEX_FILE=str(index))

    def staged(*command: str, content: str = "") -> str:
        done = subprocess.run(
            command,
            cwd=root,
            env=variables,
            input=content.encode(),
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    index.unlink(missing_ok=True)
    everything = "\0".join([*rows, f"100644 blob {blob}\t{name}"]) + "\0"
    staged("git", "update-index", "-z", "--index-info", content=everything)
    tree = staged("git", "write-tree")
    index.unlink(missing_ok=True)
    commit = given(root, message, "git", "commit-tree", tree, "-p", head, "-F", "-")
    shell(root, "git", "update-ref", "-m", message.splitlines()[0], "HEAD", commit, head)
    shell(root, "git", "checkout", "--quiet", "HEAD", "--", name)
    finish(root)


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
    numbers = [int(number) for number in known[-1][1:].split(".")]
    place = ("major", "minor", "patch").index(part)
    raised = [*numbers[:place], numbers[place] + 1, 0, 0][:3]
    return "v" + ".".join(map(str, raised))
