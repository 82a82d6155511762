"""What a search writes to reports/search/: trials.csv, best.json and search.html."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.files import write_json, write_text
from lockstep.search.study import Plan
from lockstep.search.trial import Trial, rank_trials, read_trials

if TYPE_CHECKING:
    import optuna


def trials_csv(trials: list[Trial], names: list[str]) -> str:
    """Return a row a trial, its parameters by name, floats with all their digits."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["trial", "state", "value", "seconds", *names, "reason"])
    for trial in trials:
        params = [trial.params.get(name) for name in names]
        writer.writerow(
            [trial.number, trial.state, trial.value, trial.seconds, *params, trial.reason]
        )
    return stream.getvalue()


def write_results(study: "optuna.Study", plan: Plan, folder: Path) -> Trial | None:
    """Write all three files and return the best trial, or None if none is complete.

    Parameters
    ----------
    study : Study
    plan : Plan
        Of the search.
    folder : Path
        Where the files go.

    Returns
    -------
    Trial or None
    """
    from lockstep.search.plots import page

    trials = read_trials(study)
    write_text(folder / "trials.csv", trials_csv(trials, list(plan.search.space)))
    write_text(folder / "search.html", page(study, plan, trials))
    best = next(iter(rank_trials(study, plan.search.direction)), None)
    if best is not None:
        record = {
            "study": plan.name,
            "metric": plan.search.metric,
            "trial": best.number,
            "state": best.state,
            "value": best.value,
            "seconds": best.seconds,
            "params": best.params,
            "metrics": best.metrics,
        }
        write_json(folder / "best.json", record)
    return best
