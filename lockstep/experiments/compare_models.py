"""Run every installed model kind on the same data and split, and rank them: intervals, and real differences.

Each kind runs as a DVC experiment outside the workspace, with the preset experiment=compare_models; one that
ran already is not run again. Each model is compared with the one above it by a paired bootstrap on the same
test rows. OVERRIDE is as for `dvc exp run -S`.

Examples:
  python -m lockstep compare-models
  python -m lockstep compare-models split=random --models catboost,linear,dummy
"""

import argparse
import hashlib
from pathlib import Path
from typing import Any

from lockstep.composition.compose import digest
from lockstep.core.errors import ConfigError
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
from lockstep.core.own_metrics import better_direction, is_lower_better
from lockstep.evaluation.comparison import compare
from lockstep.experiments.dvc_experiment import experiment_exists, run_experiment
from lockstep.experiments.revision import described
from lockstep.models.kinds import kind_names, model_kind
from lockstep.repository.programs import shell

Revision = dict[str, Any]  # of revision.described
PRESET = "experiment=compare_models"
DECIMALS = 5
NOTHING_ABOVE = [Formatted("")] * 3  # cells of the best run


def experiment_name(root: Path, kind: str, overrides: list[str]) -> str:
    """Return the name of a kind's experiment: the same for the same code, conf/ and overrides.

    Parameters
    ----------
    root : Path
    kind : str
        Of the model.
    overrides : list of str
        As for `dvc exp run -S`.

    Returns
    -------
    str
    """
    state = [
        shell(root, "git", "rev-parse", "HEAD"),
        shell(root, "git", "diff", "HEAD"),
        digest(root),
    ]
    tag = hashlib.sha256(repr((state, overrides)).encode()).hexdigest()[:6]
    return f"models-{tag}-{kind.replace('_', '-')}"


def run_kind(root: Path, kind: str, overrides: list[str]) -> str:
    """Run a kind's experiment unless it ran before, and return its name.

    Parameters
    ----------
    root : Path
    kind : str
        Of the model.
    overrides : list of str
        As for `dvc exp run -S`.

    Returns
    -------
    str
    """
    name = experiment_name(root, kind, overrides)
    if experiment_exists(root, name):
        print(f"{kind}: experiment {name} ran already", flush=True)
    else:
        print(f"{kind}: running experiment {name}", flush=True)
    run_experiment(root, name, [PRESET, f"model={kind}", *overrides])
    return name


def rank(runs: list[Revision]) -> tuple[str, list[Revision]]:
    """Return the metric that the gate compares with the dummy's, and the runs, the best first."""
    params = runs[0]["params"]
    metric = params["gate"]["baseline_metric"][params["dataset"]["task"]]
    sign = 1 if is_lower_better(metric) else -1
    return metric, sorted(runs, key=lambda run: sign * run["test"]["metrics"][metric])


def compared_cells(metric: str, above: Revision, run: Revision) -> list[str]:
    """Return the difference from the run above, its interval, and whether it is real.

    Parameters
    ----------
    metric : str
    above : Revision
        The next better run.
    run : Revision

    Returns
    -------
    list of str
    """
    pair = compare(above, run)["metrics"][metric]
    is_real = pair["verdict"] != "not distinguishable"
    return [
        signed(pair["difference"], DECIMALS),
        interval(*pair["interval"], decimals=DECIMALS, sign=True),
        Formatted("real" if is_real else "not distinguishable"),
    ]


def ranking_table(metric: str, runs: list[Revision]) -> Table:
    """Return each run with its interval and its difference from the run above it."""
    rows = []
    for place, run in enumerate(runs):
        cells = [
            number(place + 1),
            run["params"]["model"]["kind"],
            number(run["test"]["metrics"][metric], DECIMALS),
            interval(*run["test"]["intervals"][metric], decimals=DECIMALS),
            run["gate"]["verdict"],
        ]
        rows.append(
            [*cells, *(compared_cells(metric, runs[place - 1], run) if place else NOTHING_ABOVE)]
        )
    better = better_direction(metric)
    value, interval_head = f"{metric} of test", "95 % interval"
    columns = ["", "model", value, interval_head, "gates", "less the one above", interval_head, ""]
    return Table(columns, rows, f"{len(runs)} models by {metric} of test ({better} is better)")


def parse_kinds(text: str) -> list[str]:
    """Return the kinds between commas. Raises ConfigError for one that is unknown, or there twice."""
    kinds = text.split(",")
    if len(set(kinds)) != len(kinds) or any(kind not in kind_names() for kind in kinds):
        raise ConfigError(f"--models is {text!r}; allowed: {', '.join(kind_names())}, each once")
    for kind in kinds:
        model_kind(kind).require_installed()
    return kinds


def main() -> None:
    """Run the kinds that did not run yet, rank them, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("override", metavar="OVERRIDE", nargs="*")
    installed = [name for name in kind_names() if model_kind(name).is_installed]
    parser.add_argument("--models", metavar="KIND,...", default=",".join(installed))
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    options, root = parser.parse_intermixed_args(), Path.cwd()
    kinds = parse_kinds(options.models)
    names = [run_kind(root, kind, options.override) for kind in kinds]
    metric, runs = rank([described(root, name) for name in names])
    table = ranking_table(metric, runs)
    print(f"\n{table.title}\n{text_table(table)}", end="")
    if options.markdown:
        write_text(options.markdown, f"{table.title}\n\n{markdown_table(table)}\n")
