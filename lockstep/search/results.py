"""What a search leaves in reports/search/: trials.csv, best.json and search.html."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.files import write_json, write_text
from lockstep.search.recovery import counted
from lockstep.search.study import Plan

if TYPE_CHECKING:
    import optuna

Record = dict[str, Any]


def records(found: "optuna.Study") -> list[Record]:
    """A record a trial: number, state, value, seconds, parameters, and why it failed."""
    return [
        {
            "trial": one.number,
            "state": one.state.name.lower(),
            "value": one.value if one.state.name == "COMPLETE" else None,
            "seconds": one.user_attrs.get("result", {}).get("seconds"),
            "params": one.params,
            "metrics": one.user_attrs.get("result", {}).get("metrics"),
            "reason": one.user_attrs.get("reason"),
        }
        for one in counted(found)
    ]


def ranked(found: "optuna.Study", direction: str | None) -> list[Record]:
    """The trials that came to their end, best first, each set of parameters once."""
    done = [one for one in records(found) if one["value"] is not None]
    done.sort(key=lambda one: -one["value"] if direction == "maximize" else one["value"])
    once: dict[str, Record] = {}
    for one in done:
        once.setdefault(repr(sorted(one["params"].items())), one)
    return list(once.values())


def as_csv(rows: list[Record], names: list[str]) -> str:
    """The study's table, floats with all their digits."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["trial", "state", "value", "seconds", *names, "reason"])
    for one in rows:
        cells = [one["trial"], one["state"], one["value"], one["seconds"]]
        writer.writerow([*cells, *(one["params"].get(name) for name in names), one["reason"]])
    return stream.getvalue()


def write(found: "optuna.Study", plan: Plan, folder: Path) -> Record | None:
    """Write all three; the best trial, or None if none came to its end."""
    from lockstep.search.plots import page

    rows, names = records(found), list(plan.search.space)
    write_text(folder / "trials.csv", as_csv(rows, names))
    write_text(folder / "search.html", page(found, plan, rows))
    best = next(iter(ranked(found, plan.search.direction)), None)
    if best is not None:
        told = {"study": plan.name, "metric": plan.search.metric, **best}
        write_json(folder / "best.json", {k: v for k, v in told.items() if k != "reason"})
    return best
