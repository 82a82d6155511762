"""The steps of a retraining that run programs: refresh the source, rebuild, restore the work tree."""

import re
import subprocess
import sys
from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.repository.programs import environment, shell

# What a retraining changes; README.md holds the result.
RESULTS = ("conf", "dvc.lock", "params.yaml", "metrics", "reports", "README.md")


def stream(root: Path, *command: str) -> None:
    """Run a program, showing its output. Raises LockstepError with the line that says why it failed."""
    with subprocess.Popen(
        command,
        cwd=root,
        env=environment(PYTHONUNBUFFERED="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as running:
        assert running.stdout is not None
        lines = []
        for line in running.stdout:
            print(line, end="", file=sys.stderr, flush=True)
            lines.append(line.strip())
    if running.returncode:
        # A stage's or a command's own message begins with its name.
        messages = [line for line in lines if re.match(r"[a-z_]+: \S", line)]
        last = (messages or [line for line in lines if line] or ["no message"])[-1]
        raise LockstepError(f"`{' '.join(command)}` failed: {last}")


def raw_paths(root: Path, raw: str) -> list[str]:
    """Return the paths by which Git holds the raw data: the folder, or DVC's pointer to it."""
    return [f"{raw}.dvc"] if (root / f"{raw}.dvc").exists() else [raw]


def refresh(root: Path, raw: str, has_source: bool) -> None:
    """Bring the raw folder up to date: from the data set's source, or as DVC imported it.

    A folder that something else fills is used as it is; where DVC tracks it, it is added anew.

    Parameters
    ----------
    root : Path
        The project's root.
    raw : str
        The raw folder.
    has_source : bool
        Whether the data set has a source to fetch from.
    """
    from ruamel.yaml import YAML

    pointer = root / f"{raw}.dvc"
    if has_source:
        stream(root, sys.executable, "-m", "lockstep", "fetch")
    elif pointer.exists():
        imported = "deps" in YAML(typ="safe").load(pointer.read_text(encoding="utf-8"))
        arguments = ("update", f"{raw}.dvc") if imported else ("add", "--quiet", raw)
        stream(root, "dvc", *arguments)


def restore(root: Path, commit: str | None, raw: str) -> None:
    """Restore the work tree to the last commit, data and models too.

    Raw files that are new or changed stay as they are unless the commit holds them: nothing is lost.

    Parameters
    ----------
    root : Path
        The project's root.
    commit : str or None
        The commit that holds the new raw files, if there is one.
    raw : str
        The raw folder.
    """
    shell(root, "git", "reset", "--quiet")
    paths = [name for name in RESULTS if shell(root, "git", "ls-files", "--", name)]
    if commit:
        paths += raw_paths(root, raw)
        added = shell(
            root,
            "git",
            "diff",
            "--name-only",
            "--relative",
            "--diff-filter=A",
            "-z",
            "HEAD",
            commit,
        )
        for name in filter(None, added.split("\0")):
            (root / name).unlink(missing_ok=True)
    shell(root, "git", "checkout", "--quiet", "HEAD", "--", *paths)
    shell(root, "dvc", "checkout", "--quiet", "--force")
