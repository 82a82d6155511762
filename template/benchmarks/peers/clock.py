"""Wall time and processor time of a command, with all that it starts, workers that outlive it included."""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux: orphans become children of this process
PATIENCE = 120  # seconds for what outlives the command


@dataclass(frozen=True)
class Cost:
    """Seconds until the command came back, and seconds of processors, user and system."""

    wall: float
    cpu: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.cpu + other.cpu)


def measured(
    command: tuple[str, ...], folder: Path, environment: dict[str, str], log: Path
) -> Cost:
    """What a command costs; what it says is appended to the log.

    Raises subprocess.CalledProcessError where it fails. Beyond Linux workers that outlive it are not counted.
    """
    report = log.with_suffix(".json")
    # A process of its own, so that its children are those of this command alone.
    apart = [sys.executable, "-I", __file__, str(report), *command]
    with log.open("a", encoding="utf-8") as stream:
        subprocess.run(apart, cwd=folder, env=environment, stdout=stream, stderr=stream, check=True)
    return Cost(**json.loads(report.read_text(encoding="utf-8")))


def await_orphans() -> None:
    """Wait until nothing that the command started runs any more, or patience ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            done, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not done:
            time.sleep(0.1)


def main(report: str, *command: str) -> int:
    """Run the command and write its cost; its exit status."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1)
    start = time.perf_counter()
    done = subprocess.run(command, check=False)
    wall = time.perf_counter() - start
    await_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"wall": wall, "cpu": used.ru_utime + used.ru_stime}
    Path(report).write_text(json.dumps(cost), encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
