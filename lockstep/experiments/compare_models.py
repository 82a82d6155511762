"""Run every installed model kind on the same data and split, and rank them: intervals, and real differences.

Each kind runs as a DVC experiment outside the workspace, with the preset experiment=compare_models; one that
ran already is not run again. Each model is set against the one above it by a paired bootstrap on the same
test rows. OVERRIDE is as for `dvc exp run -S`.

Examples:
  python -m lockstep compare-models
  python -m lockstep compare-models dataset=penguins split=stratified --models catboost,linear,dummy
"""

import argparse
import hashlib
from pathlib import Path
from typing import Any

from lockstep.composition.compose import digest
from lockstep.core.errors import ConfigError
from lockstep.core.files import write_text
from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.evaluation.comparison import compare
from lockstep.experiments.dvc_experiment import experiment
from lockstep.experiments.revision import described
from lockstep.models.kinds import KINDS
from lockstep.repository.programs import shell

Record = dict[str, Any]
PRESET = "experiment=compare_models"
COLUMNS = [
    "",
    "model",
    "of test",
    "95 % interval",
    "gates",
    "less the one above",
    "95 % interval",
    "",
]


def ran(root: Path, kind: str, overrides: list[str]) -> str:
    """The name of the kind's experiment, run now unless the same one was run before."""
    state = [
        shell(root, "git", "rev-parse", "HEAD"),
        shell(root, "git", "diff", "HEAD"),
        digest(root),
    ]
    tag = hashlib.sha256(repr((state, overrides)).encode()).hexdigest()[:6]
    name = f"models-{tag}-{kind.replace('_', '-')}"

    def tell(there: bool) -> None:
        print(
            f"{kind}: {'' if there else 'running '}experiment {name}{' ran already' * there}",
            flush=True,
        )

    experiment(root, name, [PRESET, f"model={kind}", *overrides], tell)
    return name


def ranked(runs: list[Record]) -> tuple[str, list[Record]]:
    """The metric that the gate compares with the dummy, and the runs, the best of it first."""
    params = runs[0]["params"]
    metric = params["gate"]["baseline_metric"][params["dataset"]["task"]]
    sign = 1 if metric in LOWER_IS_BETTER else -1
    return metric, sorted(runs, key=lambda one: sign * one["test"]["metrics"][metric])


def rows(metric: str, runs: list[Record]) -> list[list[str]]:
    """The table's cells: each run with its interval and its difference from the one above."""
    found = []
    for place, one in enumerate(runs):
        low, high = one["test"]["intervals"][metric]
        cells = [str(place + 1), one["params"]["model"]["kind"]]
        cells += [f"{one['test']['metrics'][metric]:.5f}", f"{low:.5f} to {high:.5f}"]
        cells += [one["gate"]["verdict"], "", "", ""]
        if place:
            pair = compare(runs[place - 1], one)["metrics"][metric]
            low, high = pair["interval"]
            real = "not distinguishable" if pair["verdict"] == "not distinguishable" else "real"
            cells[5:] = [f"{pair['difference']:+.5f}", f"{low:+.5f} to {high:+.5f}", real]
        found.append(cells)
    return found


def main() -> None:
    """Run what did not run yet, rank, show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("override", metavar="OVERRIDE", nargs="*")
    there = [name for name, kind in KINDS.items() if kind.is_installed]
    parser.add_argument("--models", metavar="KIND,...", default=",".join(there))
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    given = parser.parse_intermixed_args()
    kinds = given.models.split(",")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or len(set(kinds)) != len(kinds):
        allowed = f"{', '.join(KINDS)}, each once"
        raise ConfigError(f"--models is {given.models!r}; allowed: {allowed}")
    for kind in kinds:
        KINDS[kind].require_installed()
    root = Path.cwd()
    names = [ran(root, kind, given.override) for kind in kinds]
    metric, runs = ranked([described(root, name) for name in names])
    better = "lower" if metric in LOWER_IS_BETTER else "higher"
    table = [[*COLUMNS[:2], f"{metric} {COLUMNS[2]}", *COLUMNS[3:]], *rows(metric, runs)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    heading = f"{len(runs)} models by {metric} of test ({better} is better)"
    print(f"\n{heading}")
    for cells in table:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print("  ".join(padded).rstrip())
    if given.markdown:
        lines = [
            f"| {' | '.join(cells)} |" for cells in [table[0], ["---"] * len(widths), *table[1:]]
        ]
        write_text(given.markdown, "\n".join([heading, "", *lines, ""]))
