"""Git and DVC run as programs: the ones beside this interpreter first, a failure told in one line."""

import os
import subprocess
import sys
from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.core.urls import hide_urls


def environment(**variables: str) -> dict[str, str]:
    """The environment in which `dvc` and a stage's `python` are this interpreter's, activated or not."""
    beside = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": beside + os.pathsep + os.environ.get("PATH", ""), **variables}


def shell(folder: Path, *command: str, content: str | None = None, **variables: str) -> str:
    """What a command prints that reads the content. Raises LockstepError with its last line if it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(**variables),
        input=None
        if content is None
        else content.encode(),  # as text Windows would change line ends
        capture_output=True,
        check=False,
    )
    output, errors = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
    if done.returncode:
        lines = (errors.strip() or output.strip()).splitlines() or ["no message"]
        message = f"`{' '.join(command)}` failed in {folder}: {lines[-1]}"
        raise LockstepError(hide_urls(message))  # Git names a remote with its password
    return output.replace("\r\n", "\n")
