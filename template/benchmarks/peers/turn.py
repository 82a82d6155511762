"""One peer's turn in one scenario: bring its folder into place, run its commands, read the losses."""

from dataclasses import dataclass
from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.core.files import read_json
from template.benchmarks.peers import workspace
from template.benchmarks.peers.clock import Cost, measured
from template.benchmarks.peers.peer import PEERS, Commands

EQUAL = 1e-9  # how far apart losses may lie
MEND = "look into the peer's log"


@dataclass
class Place:
    """Where a peer runs: its programs, its log, and the folder of the present repeat, if there is one."""

    name: str
    programs: Path
    log: Path
    folder: Path | None = None
    made: int = 0  # folders so far


def typed(place: Place, commands: Commands) -> Cost:
    """What commands cost together. Raises subprocess.CalledProcessError where one fails."""
    assert place.folder is not None
    environment = workspace.environment(place.programs, place.folder)
    cost = Cost(0, 0)
    for command in commands:
        cost += measured(command, place.folder, environment, place.log)
    return cost


def anew(place: Place, temporary: Path) -> None:
    """A new folder before its first run."""
    place.made += 1
    place.folder = temporary / f"{place.name}-{place.made}"
    workspace.made(place.name, place.folder, place.programs)


def ready(place: Place, scenario: str, temporary: Path) -> None:
    """All that comes before the scenario and is not measured."""
    peer = PEERS[place.name]
    if scenario == "cold":
        anew(place, temporary)
        return
    if scenario == "month":
        anew(place, temporary)
        assert place.folder is not None
        workspace.hold(place.folder)
        typed(place, peer.build)
        workspace.bring(place.folder)
        return
    if place.folder is None:
        anew(place, temporary)
        typed(place, peer.build)
    assert place.folder is not None
    if scenario == "parameter":
        workspace.change(peer, place.folder)
    elif scenario == "sweep":
        workspace.commit(place.folder, "Before the sweep")


def on_test(folder: Path) -> float:
    """The log loss that a peer reached on test."""
    found = read_json(folder / "metrics/test.json", remedy=MEND)
    return float(found.get("metrics", found)["log_loss"])


def turn(place: Place, scenario: str, temporary: Path) -> tuple[Cost, list[float]]:
    """What the scenario costs a peer, and its losses: of test, or of valid for each trial, in order."""
    ready(place, scenario, temporary)
    peer = PEERS[place.name]
    cost = typed(place, peer.commands(scenario))
    assert place.folder is not None
    if scenario != "sweep":
        return cost, [on_test(place.folder)]
    environment = workspace.environment(place.programs, place.folder)
    losses = sorted(peer.losses(place.folder, environment))
    if len(losses) != 16:
        raise DataError(f"{len(losses)} trials have a loss, expected 16; {MEND}")
    return cost, losses


def must_agree(scenario: str, losses: dict[str, list[float]]) -> None:
    """Raises DataError that names each peer's loss where two are not the same."""
    values = list(losses.values())
    apart = [abs(a - b) for other in values[1:] for a, b in zip(values[0], other, strict=True)]
    if max(apart, default=0) > EQUAL:
        told = ", ".join(f"{name} {found[0]:.12f}" for name, found in losses.items())
        raise DataError(
            f"{scenario}: the peers reach different losses, so they did other work: {told}"
        )
