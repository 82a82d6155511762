"""Run one experiment, or a sweep of them, with parameter overrides, and compare each with the workspace.

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
from lockstep.core.formatting import (
    Formatted,
    Table,
    interval,
    markdown_table,
    number,
    signed,
    text_table,
)
from lockstep.core.own_metrics import better_direction
from lockstep.evaluation.comparison import compare
from lockstep.experiments.dvc_experiment import set_options
from lockstep.experiments.revision import WORKSPACE, described, experiment_names
from lockstep.repository.programs import environment, shell

Revision = dict[str, Any]  # of revision.described
QUEUED = re.compile(r"Queued experiment '([^']+)'")
DECIMALS = 5
EMPTY = Formatted("")


def queue(root: Path, overrides: list[str]) -> list[str]:
    """Queue every combination and return the experiments' names."""
    output = shell(root, "dvc", "exp", "run", "--queue", *set_options(overrides))
    names = QUEUED.findall(output)
    if not names:
        raise LockstepError(
            "nothing was queued: an override without a value, such as range(0), makes no experiment; "
            "`dvc exp run --queue` with the same -S says more"
        )
    return names


def run_queue(root: Path, names: list[str], jobs: int) -> list[str]:
    """Run what is queued and return the names of the experiments without a result, which failed.

    Parameters
    ----------
    root : Path
    names : list of str
        Of the queued experiments.
    jobs : int
        How many run at once.

    Returns
    -------
    list of str
    """
    command = ["dvc", "exp", "run", "--run-all", "--jobs", str(jobs)]
    subprocess.run(command, cwd=root, env=environment(), check=False)
    finished = experiment_names(root)
    return [name for name in names if name not in finished]


def failure_reason(root: Path, name: str) -> str:
    """Return the line in which a failed experiment's stage says why: the last before DVC's own.

    DVC calls a task Running for ever whose worker was killed; then the line says what to do.
    """
    status = shell(root, "dvc", "queue", "status")
    if re.search(rf"^(\w+)\s+{re.escape(name)}\s.*\bRunning$", status, re.MULTILINE):
        return f"its worker was killed: `dvc queue kill --force {name}`, then `dvc queue remove {name}`"
    output = shell(root, "dvc", "queue", "logs", name).splitlines()
    lines = [line for line in output if line.strip() and not line.startswith("ERROR: failed to")]
    return f"failed: {lines[-1]}" if lines else "failed"


def experiment_row(metric: str, workspace: Revision, run: Revision) -> list[str]:
    """Return the cells of an experiment; where it cannot be compared, why in the difference's place.

    Parameters
    ----------
    metric : str
        The one that the gate compares.
    workspace : Revision
        The revision that it is compared with.
    run : Revision

    Returns
    -------
    list of str
    """
    value, gates = run["test"]["metrics"].get(metric), run["gate"]["verdict"]
    score = EMPTY if value is None else number(value, DECIMALS)
    try:
        comparison = compare(workspace, run)
    except LockstepError as error:
        return [run["name"], EMPTY, score, EMPTY, EMPTY, str(error), gates]
    changed = [
        f"{entry['name']}={entry['new']}"
        for entry in comparison["parameters"]
        if entry["name"] != "conf_digest"
    ]
    pair = comparison["metrics"][metric]
    return [
        run["name"],
        ", ".join(changed) or Formatted("none differs"),
        score,
        signed(pair["difference"], DECIMALS),
        interval(*pair["interval"], decimals=DECIMALS, sign=True),
        Formatted(pair["verdict"]),
        gates,
    ]


def sweep_table(root: Path, workspace: Revision, names: list[str], failed: list[str]) -> Table:
    """Return a row for each experiment, those that failed last.

    Parameters
    ----------
    root : Path
    workspace : dict
        The revision that each is compared with.
    names : list of str
        All experiments.
    failed : list of str
        Those without a result.

    Returns
    -------
    Table
    """
    params = workspace["params"]
    metric = params["gate"]["baseline_metric"][params["dataset"]["task"]]
    rows = [
        experiment_row(metric, workspace, described(root, name))
        for name in names
        if name not in failed
    ]
    rows += [
        [name, EMPTY, EMPTY, EMPTY, EMPTY, failure_reason(root, name), EMPTY] for name in failed
    ]
    value = number(workspace["test"]["metrics"][metric], DECIMALS)
    better = better_direction(metric)
    title = f"{len(names)} experiments; the workspace's {metric} is {value}, {better} is better"
    head = ["experiment", "parameters", f"{metric} of test", "less the workspace's"]
    return Table([*head, "95 % interval", "", "gates"], rows, title)


def main() -> None:
    """Queue the combinations, run them, compare them, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("override", metavar="OVERRIDE", nargs="+")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="at a time")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    options, root = parser.parse_intermixed_args(), Path.cwd()
    workspace = described(root, WORKSPACE)
    names = queue(root, options.override)
    print(f"queued: {', '.join(names)}", flush=True)
    failed = run_queue(root, names, options.jobs)
    table = sweep_table(root, workspace, names, failed)
    print(f"{table.title}\n{text_table(table)}", end="")
    if options.markdown:
        write_text(options.markdown, f"{table.title}\n\n{markdown_table(table)}\n")
    if failed:
        raise LockstepError(f"{', '.join(failed)} failed; `dvc queue logs {failed[0]}` says why")
