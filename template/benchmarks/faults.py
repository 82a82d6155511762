"""Kills, full disks and double starts: is everything complete afterwards, with the same bytes?

Usage: python -m template.benchmarks.faults [--kills 100] [--full 20] [--doubles 10] [--seed 1]

Works on a copy of this repository on the penguins. A kill (SIGKILL of the whole process group) comes at a
random moment of `dvc repro --force`; a full disk is a random limit of the size of a file. Afterwards the
command heal and `dvc repro` run undisturbed, and every file that the pipeline makes must have the bytes of an
undisturbed run. Prints a table.
"""

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from template.tests.support.workspace import build, contents, copy, environment, restore

LOCKSTEP = (sys.executable, "-m", "lockstep")
REPRO, RECOVERY = ("dvc", "repro", "--force"), ("dvc", "repro")
HANG = 120  # seconds after which a command hangs


def start(
    root: Path, command: tuple[str, ...], file_limit: int | None = None
) -> subprocess.Popen[str]:
    """Start a command in a process group of its own, that may write files up to a size in bytes."""

    def limit() -> None:
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    return subprocess.Popen(
        command, cwd=root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True, preexec_fn=limit,
    )  # fmt: skip


def kill_after(process: subprocess.Popen[str], seconds: float) -> bool:
    """Kill the process group of a command after a time; return whether it still ran."""
    time.sleep(seconds)
    is_running = process.poll() is None
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        is_running = False
    process.communicate()
    return is_running


def run(root: Path, command: tuple[str, ...]) -> str:
    """Run a command to its end; return `complete`, `hang`, `traceback` or its last line where it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=HANG,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hang"
    output = done.stdout + done.stderr
    if "Traceback" in output:
        return "traceback"
    return "complete" if done.returncode == 0 else (output.strip().splitlines() or ["failed"])[-1]


def recovered(root: Path, expected: dict[str, bytes]) -> str:
    """Return what became of a disturbed run: `complete` where all bytes are as expected."""
    for step in ((*LOCKSTEP, "heal"), RECOVERY):
        outcome = run(root, step)
        if outcome != "complete":
            return outcome
    actual = contents(root)
    different = sorted(name for name in expected if actual.get(name) != expected[name])
    return f"{different[0]} differs" if different else "complete"


def undisturbed_seconds(root: Path, command: tuple[str, ...]) -> float:
    """Return how long a command takes undisturbed."""
    started = time.perf_counter()
    outcome = run(root, command)
    if outcome != "complete":
        sys.exit(f"undisturbed, {' '.join(command)} gives: {outcome}")
    return time.perf_counter() - started


def trials(root: Path, n_trials: int, disturb: Callable[[], None]) -> Counter[str]:
    """Count what became of a run that was disturbed, each time from the last commit on."""
    outcomes: Counter[str] = Counter()
    restore(root)
    expected = contents(root)
    for number in range(n_trials):
        restore(root)
        disturb()
        outcomes[recovered(root, expected)] += 1
        print(f"{number + 1}/{n_trials} {dict(outcomes)}", file=sys.stderr)
    return outcomes


def double_starts(root: Path, command: tuple[str, ...], n_trials: int) -> Counter[str]:
    """Count what became of two commands at once: one ends, the other ends or is refused in a line."""
    outcomes: Counter[str] = Counter()
    for _ in range(n_trials):
        restore(root)
        processes = [start(root, command) for _ in range(2)]
        outputs = [process.communicate(timeout=HANG)[0] for process in processes]
        statuses = sorted(process.returncode for process in processes)
        is_clean = "Traceback" not in "".join(outputs) and statuses in ([0, 0], [0, 1])
        outcomes["complete" if is_clean else outputs[-1].strip().splitlines()[-1]] += 1
    return outcomes


def main() -> None:
    """Run every kind of trial and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100, help="of dvc repro")
    parser.add_argument("--full", type=int, default=20, help="full disks")
    parser.add_argument("--doubles", type=int, default=10, help="double starts of each command")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    root = copy(folder / "root")
    build(root)
    seconds = undisturbed_seconds(root, REPRO)

    def kill() -> None:
        kill_after(start(root, REPRO), rng.uniform(0, seconds))

    def fill() -> None:
        start(root, REPRO, file_limit=int(10 ** rng.uniform(1, 5))).communicate()

    table = {
        "`dvc repro`, killed": trials(root, arguments.kills, kill),
        "`dvc repro`, disk full": trials(root, arguments.full, fill),
        "`promote`, twice at once": double_starts(
            root, (*LOCKSTEP, "promote", "--yes"), arguments.doubles
        ),
    }
    print("| what | trials | complete afterwards | otherwise |\n|---|--:|--:|---|")
    for what, outcomes in table.items():
        others = {name: count for name, count in outcomes.items() if name != "complete"}
        print(f"| {what} | {outcomes.total()} | {outcomes['complete']} | {others or 'nothing'} |")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
