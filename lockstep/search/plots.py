"""The page of a search: history, parallel coordinates, importances and slices, as Vega-Lite."""

from typing import TYPE_CHECKING, Any

from lockstep.report import vega
from lockstep.report.figures import LINE, Plot, axis, layer, placed, spec
from lockstep.report.page import Html, document, facts, table
from lockstep.search.study import Plan

if TYPE_CHECKING:
    import optuna

Record = dict[str, Any]
SHOWN = 20  # trials in the page's table
POINT: Record = {"type": "point", "filled": True, "tooltip": True, "size": 50}


def history(done: list[Record], metric: str, direction: str) -> Plot:
    """Value by trial, and the best until then."""
    pick, best, values = max if direction == "maximize" else min, None, []
    for one in done:
        best = one["value"] if best is None else pick(best, one["value"])
        values.append({"trial": one["trial"], metric: one["value"], "best": best})
    x, y = axis("trial", "trial"), axis(metric, metric, zero=False)
    line = layer(LINE, x, axis("best", metric, zero=False))
    drawn = spec("History", values, [layer(POINT, x, y), line])
    return Plot("history", "History", f"{metric} of valid; the line is the best so far.", drawn)


def position(value: Any, values: list[Any], log: bool) -> float:
    """Where a value lies among others, from 0 to 1."""
    import math

    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        order = sorted({str(one) for one in values})
        return order.index(str(value)) / max(len(order) - 1, 1)
    shift = math.log if log else float
    low, high = shift(min(values)), shift(max(values))
    return (shift(value) - low) / (high - low) if high > low else 0.5


def parallel(done: list[Record], plan: Plan) -> Plot:
    """A line a trial over all parameters, each axis from its lowest to its highest value tried."""
    names, metric = list(plan.search.space), str(plan.search.metric)
    axes = {name: [one["params"][name] for one in done] for name in names}
    axes[metric] = [one["value"] for one in done]
    values = [
        {
            "trial": one["trial"],
            "parameter": name,
            "place": position(axes[name][at], axes[name],
                              name in plan.search.space and plan.search.space[name].log),
            "shown": str(axes[name][at]),
            metric: one["value"],
        }
        for at, one in enumerate(done)
        for name in axes
    ]  # fmt: skip
    x = {"field": "parameter", "type": "nominal", "sort": None, "title": None}
    colour = {"field": metric, "type": "quantitative", "legend": None,
              "scale": {"scheme": "viridis"}}  # fmt: skip
    look = {"type": "line", "tooltip": True, "opacity": 0.6, "point": True}
    trial = {"field": "trial", "type": "nominal"}
    tips = [{"field": name} for name in ("trial", "parameter", "shown", metric)]
    drawn = layer(look, x, axis("place", "lowest to highest tried", domain=[0, 1]),
                  color=colour, detail=trial, tooltip=tips)  # fmt: skip
    said = f"A line a trial; its colour is {metric}, whose axis is the last."
    return Plot("parallel", "Parallel coordinates", said, spec("Parallel", values, [drawn]))


def importances(found: "optuna.Study") -> Plot | None:
    """Each parameter's share of the variance of the value (functional ANOVA, Hutter et al., 2014)."""
    import optuna

    try:
        shares = optuna.importance.get_param_importances(found)
    except (ValueError, RuntimeError, ZeroDivisionError):  # too few trials, or no variance
        return None
    values = [{"parameter": name, "importance": share} for name, share in shares.items()]
    y = {"field": "parameter", "type": "nominal", "sort": None, "title": None}
    bar = layer({"type": "bar", "tooltip": True}, axis("importance", "share of the variance"), y)
    drawn = spec("Importances", values, [bar], max(26 * len(values), 60))
    return Plot("importances", "Importances", "Of the parameters, for the value.", drawn)


def slice_of(done: list[Record], name: str, plan: Plan) -> Plot:
    """Value by one parameter."""
    metric, one = str(plan.search.metric), plan.search.space[name]
    values = [{name: t["params"][name], metric: t["value"], "trial": t["trial"]} for t in done]
    if one.choices is not None:
        x: Record = {"field": name, "type": "nominal", "title": name}
    else:
        x = axis(name, name, zero=False, **({"type": "log"} if one.log else {}))
    drawn = spec(f"Slice of {name}", values, [layer(POINT, x, axis(metric, metric, zero=False))])
    return Plot(f"slice_{name}", name, f"{metric} by {name}.", drawn)


def page(found: "optuna.Study", plan: Plan, rows: list[Record]) -> str:
    """The whole page, of one file; it fetches nothing."""
    metric, direction = str(plan.search.metric), str(plan.search.direction)
    done = [one for one in rows if one["value"] is not None]
    plots: list[Plot] = []
    slices: list[Plot] = []
    if done:
        plots = [history(done, metric, direction), parallel(done, plan)]
        share = importances(found)
        plots += [share] if share else []
        slices = [slice_of(done, name, plan) for name in plan.search.space]
    best = sorted(done, key=lambda one: one["value"], reverse=direction == "maximize")
    names = list(plan.search.space)
    listed = [[one["trial"], one["value"], one["seconds"],
               *(one["params"].get(name) for name in names)] for one in best[:SHOWN]]  # fmt: skip
    failed = [[one["trial"], one["reason"] or ""] for one in rows if one["state"] == "fail"]
    sections: dict[str, Html] = {
        "Plots": placed(plots),
        "Slices": placed(slices),
        "Trials": table("Best first", ["trial", metric, "seconds", *names], listed),
    }
    if failed:
        sections["Failed"] = table("Trials that failed", ["trial", "reason"], failed, long=1)
    counts = {
        state: sum(one["state"] == state for one in rows)
        for state in ("complete", "pruned", "fail")
    }
    top = facts([("study", plan.name), (f"best {metric}", best[0]["value"] if best else None),
                 *counts.items()])  # fmt: skip
    title = f"{plan.config.dataset.name}, {plan.config.model.kind}: search"
    specs = {one.name: one.spec for one in [*plots, *slices]}
    return document(title, "search", [top], sections, specs, vega.script())
