"""Run one experiment, or a sweep of them, with parameter overrides, and show each against the workspace.

OVERRIDE is as for `dvc exp run -S`; values with commas, or range(...), make every combination. They go
through DVC's queue, so the working tree stays as it is. The table gives the metric that the gate compares
with the dummy's, the difference from the workspace's model by a paired bootstrap on the same test rows, and
the verdict of the gates. Exits 1 if an experiment failed.

Examples:
  python -m lockstep sweep model.params.depth=8
  python -m lockstep sweep model.params.depth=4,6,8 seed=1,2 --jobs 2 --markdown sweep.md
"""

import argparse
import re
import subprocess
from pathlib import Path
from typing import Any

from lockstep.core.errors import LockstepError
from lockstep.core.files import write_text
from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.evaluation.comparison import compare
from lockstep.experiments.compare import table_lines
from lockstep.experiments.revision import WORKSPACE, described
from lockstep.repository.programs import environment, shell

Record = dict[str, Any]
QUEUED = re.compile(r"Queued experiment '([^']+)'")
COLUMNS = [
    "experiment",
    "parameters",
    "{} of test",
    "less the workspace's",
    "95 % interval",
    "",
    "gates",
]


def queued(root: Path, overrides: list[str]) -> list[str]:
    """Queue every combination; the experiments' names."""
    sets = [word for one in overrides for word in ("-S", one)]
    names = QUEUED.findall(shell(root, "dvc", "exp", "run", "--queue", *sets))
    if not names:
        raise LockstepError("nothing was queued; `dvc exp run --queue` with the same -S says why")
    return names


def ended(root: Path, names: list[str], jobs: int) -> list[str]:
    """Run what is queued; the names of those that have no result, which failed."""
    command = ["dvc", "exp", "run", "--run-all", "--jobs", str(jobs)]
    subprocess.run(command, cwd=root, env=environment(), check=False)
    listed = shell(root, "git", "for-each-ref", "--format=%(refname)", "refs/exps").split()
    there = {ref.rsplit("/", 1)[-1] for ref in listed}
    return [name for name in names if name not in there]


def why(root: Path, name: str) -> str:
    """The line in which a failed experiment's stage says why: what stands before DVC's own last words."""
    said = shell(root, "dvc", "queue", "logs", name).splitlines()
    lines = [line for line in said if line.strip() and not line.startswith("ERROR: failed to")]
    return f"failed: {lines[-1]}" if lines else "failed"


def row(metric: str, base: Record, one: Record) -> list[str]:
    """The cells of an experiment; without a difference where the two cannot be compared, and why."""
    value, gates = one["test"]["metrics"].get(metric), one["gate"]["verdict"]
    cells = [one["name"], "", "" if value is None else f"{value:.5f}"]
    try:
        found = compare(base, one)
    except LockstepError as error:
        return [*cells, "", "", str(error), gates]
    changed = (f"{p['name']}={p['new']}" for p in found["parameters"] if p["name"] != "conf_digest")
    cells[1] = ", ".join(changed) or "none differs"
    pair = found["metrics"][metric]
    low, high = pair["interval"]
    return [
        *cells,
        f"{pair['difference']:+.5f}",
        f"{low:+.5f} to {high:+.5f}",
        pair["verdict"],
        gates,
    ]


def main() -> None:
    """Queue, run, compare, show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("override", metavar="OVERRIDE", nargs="+")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="at a time")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    given, root = parser.parse_intermixed_args(), Path.cwd()
    base = described(root, WORKSPACE)
    names = queued(root, given.override)
    print(f"queued: {', '.join(names)}", flush=True)
    failed = ended(root, names, given.jobs)
    params = base["params"]
    metric = params["gate"]["baseline_metric"][params["dataset"]["task"]]
    better = "lower" if metric in LOWER_IS_BETTER else "higher"
    table = [[one.format(metric) for one in COLUMNS]]
    table += [row(metric, base, described(root, name)) for name in names if name not in failed]
    table += [[name, "", "", "", "", why(root, name), ""] for name in failed]
    base_value = base["test"]["metrics"][metric]
    heading = f"{len(names)} experiments; the workspace's {metric} is {base_value:.5f}, {better} is better"
    print(heading)
    for cells in table:
        print("  ".join(filter(None, cells)))
    if given.markdown:
        lines = [heading, "", *table_lines(table[0], table[1:]), ""]
        write_text(given.markdown, "\n".join(lines))
    if failed:
        raise LockstepError(f"{', '.join(failed)} failed; `dvc queue logs {failed[0]}` says why")
