"""What a command costs: seconds, processor seconds and the memory of all its processes together."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

EVERY = 0.05  # seconds between two looks at the memory
GB = 1e9
ENVIRONMENTS = Path(".cache/benchmarks")


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock, seconds of processors, and at the peak GB."""

    wall: float
    cpu: float
    peak: float


class Stopped(Exception):
    """A command took more memory than it may."""


def memory(root: Any) -> int:
    """Resident bytes of a process and all below it; what they share counts once for each."""
    import psutil

    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_info().rss
        except psutil.Error:  # gone meanwhile
            continue
    return total


def measured(command: list[str], folder: Path, limit: float = float("inf")) -> Cost:
    """Run a command that must succeed. Raises Stopped if it takes more than limit GB."""
    import psutil

    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": "."}
    running = subprocess.Popen(command, cwd=folder, env=environment, stdout=sys.stderr)
    root, over, peak = psutil.Process(running.pid), threading.Event(), 0

    def watch() -> None:
        nonlocal peak
        while not over.wait(EVERY):
            try:
                peak = max(peak, memory(root))
                if peak > limit * GB:
                    for process in [*root.children(recursive=True), root]:
                        process.kill()
            except psutil.Error:
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    _, status, used = os.wait4(running.pid, 0)
    wall = time.perf_counter() - start
    running.returncode = os.waitstatus_to_exitcode(status)
    over.set()
    thread.join()
    if peak > limit * GB:
        raise Stopped
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(wall, used.ru_utime + used.ru_stime, max(peak, used.ru_maxrss * unit) / GB)


def environment(name: str, requirements: Path, *others: Path, log: IO[str] | None = None) -> Path:
    """The interpreter of an environment of its own, made where it is not there or other than listed.

    others are files that requirements includes. What pip says goes to the log, or to standard error. Raises
    subprocess.CalledProcessError where it fails.
    """
    folder = (ENVIRONMENTS / name).resolve()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed.txt"
    wanted = "".join(file.read_text(encoding="utf-8") for file in (requirements, *others))
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
        to = log or sys.stderr
        subprocess.run([*pip, "-r", str(requirements)], check=True, stdout=to, stderr=to)
        stamp.write_text(wanted, encoding="utf-8")
    return python
