"""What the runs cost, as medians and Markdown, and what is slower than a peer."""

import statistics
from dataclasses import dataclass
from typing import Any

from template.benchmarks.peers.clock import Cost
from template.benchmarks.peers.peer import PEERS, SCENARIOS

OURS = ("lockstep_evaluate", "lockstep")
LEVEL = 1.05  # ratios below it are no difference


@dataclass(frozen=True)
class Run:
    """One peer in one scenario of one repeat."""

    peer: str
    scenario: str
    repeat: int
    cost: Cost


def medians(runs: list[Run]) -> dict[tuple[str, str], Cost]:
    """Median wall and processor seconds of each (peer, scenario)."""
    found: dict[tuple[str, str], list[Cost]] = {}
    for run in runs:
        found.setdefault((run.peer, run.scenario), []).append(run.cost)
    return {
        key: Cost(
            statistics.median(cost.wall for cost in costs),
            statistics.median(cost.cpu for cost in costs),
        )
        for key, costs in found.items()
    }


def named(runs: list[Run], of: str) -> list[str]:
    """Peers or scenarios of the runs, in the order of the tables."""
    order = PEERS if of == "peer" else SCENARIOS
    return [name for name in order if any(getattr(run, of) == name for run in runs)]


def behind(own: float, scenario: str, runs: list[Run]) -> str:
    """How many times a peer's wall seconds these are, for each peer that is quicker."""
    costs = medians(runs)
    ratios = {
        PEERS[peer].title: own / costs[peer, scenario].wall
        for peer in named(runs, "peer")
        if peer not in OURS and (peer, scenario) in costs
    }
    return ", ".join(
        f"{ratio:.1f} times {title}" for title, ratio in ratios.items() if ratio > LEVEL
    )


def slower(runs: list[Run]) -> list[str]:
    """A line for each scenario in which a peer is quicker than Lockstep."""
    costs, lines = medians(runs), []
    for scenario in named(runs, "scenario"):
        told = [
            f"{PEERS[ours].title.removeprefix('Lockstep, ')} {words}"
            for ours in OURS
            if (ours, scenario) in costs
            and (words := behind(costs[ours, scenario].wall, scenario, runs))
        ]
        if told:
            lines.append(f"- **{SCENARIOS[scenario]}**: {'; '.join(told)}")
    return lines


def table(runs: list[Run]) -> str:
    """Markdown: wall seconds (processor seconds), a row a peer."""
    costs, scenarios = medians(runs), named(runs, "scenario")
    lines = [
        "| | " + " | ".join(SCENARIOS[name] for name in scenarios) + " |",
        "|---|" + "---|" * len(scenarios),
    ]
    for peer in named(runs, "peer"):
        cells = [
            f"{costs[peer, name].wall:.1f} ({costs[peer, name].cpu:.1f})"
            if (peer, name) in costs
            else "failed"
            for name in scenarios
        ]
        lines.append(f"| {PEERS[peer].title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def left_out(runs: list[Run], versions: dict[str, str]) -> str:
    """Markdown: what each peer does not do, with its version."""
    lines = ["| | version | leaves out |", "|---|---|---|"]
    lines += [
        f"| {PEERS[peer].title} | {versions[peer]} | {PEERS[peer].leaves_out} |"
        for peer in named(runs, "peer")
    ]
    return "\n".join(lines) + "\n"


def page(runs: list[Run], versions: dict[str, str], where: str) -> str:
    """Markdown: what is slower first, then the costs, then what each leaves out."""
    lines = slower(runs)
    first = "Lockstep is slower than a peer:\n\n" + "\n".join(lines) if lines else ""
    parts = [first, where, table(runs), left_out(runs, versions)]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def record(runs: list[Run], about: dict[str, Any]) -> dict[str, Any]:
    """All runs and their medians, for JSON."""
    return {
        **about,
        "medians": [
            {"peer": peer, "scenario": scenario, "wall": cost.wall, "cpu": cost.cpu}
            for (peer, scenario), cost in medians(runs).items()
        ],
        "runs": [
            {
                "peer": run.peer,
                "scenario": run.scenario,
                "repeat": run.repeat,
                "wall": run.cost.wall,
                "cpu": run.cost.cpu,
            }
            for run in runs
        ],
    }
