"""Lockstep against plain DVC, Snakemake, Kedro, Metaflow and one Python process: one table, in one run.

Usage: python -m template.benchmarks.peers [--repeats 3] [--peers dvc,plain] [--scenarios cold] [--output F]

Each peer is installed in an environment of its own (.cache/benchmarks/NAME) and does the same work on the
same flights: the functions of functions.py here, with what conf/ says. Lockstep is a clean clone
of the last commit, in this environment. Peers take turns in each scenario; the table has medians of the
repeats, wall seconds and in brackets processor seconds. Stops where two peers reach different losses;
a peer that fails is named, the rest goes on, and the exit status is 1. Writes peers.json, .md and .svg.
"""

import argparse
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.files import write_json, write_text
from lockstep.core.stage import run
from template.benchmarks.about import about, said
from template.benchmarks.peers import workspace
from template.benchmarks.peers.peer import PEERS, SCENARIOS
from template.benchmarks.peers.picture import picture
from template.benchmarks.peers.results import Run, page, record
from template.benchmarks.peers.turn import Place, must_agree, turn

LOGS = Path(".cache/benchmarks/logs")
# What a tool's own fault looks like: its command fails, or its result is not where or what it should be.
FAILURE = (subprocess.CalledProcessError, LockstepError, OSError, LookupError, ValueError)


def chosen(text: str, allowed: dict[str, Any], flag: str) -> list[str]:
    """The names of a list such as a,b, in the tables' order. Raises ConfigError for another."""
    names = text.split(",")
    for name in names:
        if name not in allowed:
            raise ConfigError(f"{flag} is {name!r}; allowed: {', '.join(allowed)}")
    return [name for name in allowed if name in names]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("--peers", default=",".join(PEERS), help=f"of {','.join(PEERS)}")
    found.add_argument("--scenarios", default=",".join(SCENARIOS), help=f"of {','.join(SCENARIOS)}")
    found.add_argument("--repeats", type=int, default=3, metavar="N")
    found.add_argument("--output", type=Path, default=Path(".cache/benchmarks/results"))
    return found


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def why(error: Exception, log: Path) -> str:
    """One line about a peer's failure, with the last line that its command said."""
    if not isinstance(error, subprocess.CalledProcessError):
        return " ".join(f"{type(error).__name__}: {error}".split())
    said = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    last = next((line.strip() for line in reversed(said) if line.strip()), "it said nothing")
    return f"exit status {error.returncode}: {last} ({log} has all of it)"


def places(peers: list[str], failed: dict[str, str]) -> dict[str, Place]:
    """Each peer with its environment, installed; one that cannot be is noted as failed."""
    found = {}
    for name in peers:
        log = LOGS.resolve() / f"{name}.log"
        log.unlink(missing_ok=True)
        say(f"{name}: its environment")
        try:
            found[name] = Place(name, workspace.installed(name, log), log)
        except FAILURE as error:
            failed[name] = f"{name}, installation: {why(error, log)}"
            say(failed[name])
    return found


def in_turn(
    here: list[Place], scenario: str, temporary: Path, failed: dict[str, str], repeat: int
) -> list[Run]:
    """The scenario for each peer that has not failed yet. Raises DataError where losses differ."""
    runs, losses = [], {}
    for place in here:
        if place.name in failed:
            continue
        try:
            cost, losses[place.name] = turn(place, scenario, temporary)
        except FAILURE as error:
            failed[place.name] = f"{place.name}, {scenario}: {why(error, place.log)}"
            say(failed[place.name])
            continue
        runs.append(Run(place.name, scenario, repeat, cost))
        say(
            f"{repeat + 1}, {scenario}, {place.name}: {cost.wall:.1f} s, {cost.cpu:.1f} s of "
            f"processors, log loss {losses[place.name][0]:.6f}"
        )
    must_agree(scenario, losses)
    return runs


def versions(here: list[Place]) -> dict[str, str]:
    """What each peer's own package calls itself; Python's version where there is none."""
    found = {}
    for place in here:
        package = PEERS[place.name].package
        found[place.name] = f"Python {platform.python_version()}"
        if package:
            code = f"import importlib.metadata as m; print(m.version({package!r}))"
            command = [str(place.programs / "python"), "-c", code]
            found[place.name] = subprocess.run(
                command, check=True, capture_output=True, text=True
            ).stdout.strip()
        elif workspace.is_ours(place.name):
            found[place.name] = f"DVC {version('dvc')}"
    return found


def main() -> None:
    """Install, take turns, compare, write, print."""
    given = parser().parse_args()
    peers = chosen(given.peers, PEERS, "--peers")
    scenarios = chosen(given.scenarios, SCENARIOS, "--scenarios")
    if given.repeats < 1:
        raise ConfigError(f"--repeats is {given.repeats}; allowed: 1 or more")
    LOGS.mkdir(parents=True, exist_ok=True)
    failed: dict[str, str] = {}
    here = list(places(peers, failed).values())
    told = versions(here)
    head = {**about(), "versions": told}
    runs: list[Run] = []
    for repeat in range(given.repeats):
        first = repeat % max(len(here), 1)  # nobody is always first
        order = here[first:] + here[:first]
        # A worker of DVC's queue may still be on its way out.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            for place in here:
                place.folder = None
            for scenario in scenarios:
                runs += in_turn(order, scenario, Path(temporary), failed, repeat)
        write_json(given.output / "peers.json", record(runs, {**head, "failed": failed}))
    lost = f"{len(failed)} of {len(peers)} failed: {'; '.join(failed.values())}"
    if not runs:
        raise LockstepError(lost)
    text = page(runs, told, said(head))
    write_text(given.output / "peers.md", text)
    write_text(given.output / "peers.svg", picture(runs))
    print(text, end="")
    if failed:
        raise LockstepError(lost)


if __name__ == "__main__":
    run("peers", main)
