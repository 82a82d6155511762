"""The page of a search: history, parallel coordinates, importances and slices, as Vega-Lite."""

import math
from typing import TYPE_CHECKING, Any

from lockstep.core.escaping import Html
from lockstep.core.formatting import Table, html_table
from lockstep.report import vega
from lockstep.report.figures import LINE, Plot, Spec, axis, layer, placed, spec
from lockstep.report.page import document, facts
from lockstep.search.study import Plan
from lockstep.search.trial import Trial

if TYPE_CHECKING:
    import optuna

MAX_TRIALS = 20  # in the page's table
POINT: Spec = {"type": "point", "filled": True, "tooltip": True, "size": 50}
PARAMETER_AXIS: Spec = {"field": "parameter", "type": "nominal", "sort": None, "title": None}


def history(trials: list[Trial], metric: str, direction: str) -> Plot:
    """Return the value by trial, and the best so far; all trials are complete.

    Parameters
    ----------
    trials : list of Trial
        Complete ones.
    metric : str
        Whose value the trials have.
    direction : str
        minimize or maximize.

    Returns
    -------
    Plot
    """
    pick = max if direction == "maximize" else min
    best: float | None = None
    values = []
    for trial in trials:
        value = trial.value or 0.0
        best = value if best is None else pick(best, value)
        values.append({"trial": trial.number, metric: value, "best": best})
    x, y = axis("trial", "trial"), axis(metric, metric, zero=False)
    line = layer(LINE, x, axis("best", metric, zero=False))
    plot = spec("History", values, [layer(POINT, x, y), line])
    return Plot("history", "History", f"{metric} of valid; the line is the best so far.", plot)


def position(value: Any, values: list[Any], log: bool) -> float:
    """Return where a value lies among all values, from 0 to 1; texts in their order.

    Parameters
    ----------
    value : Any
    values : list of Any
        All values of the parameter.
    log : bool
        Whether the scale is logarithmic.

    Returns
    -------
    float
    """
    if not all(isinstance(item, int | float) and not isinstance(item, bool) for item in values):
        order = sorted({str(item) for item in values})
        return order.index(str(value)) / max(len(order) - 1, 1)
    scale = math.log if log else float
    low, high = scale(min(values)), scale(max(values))
    return (scale(value) - low) / (high - low) if high > low else 0.5


def parallel(trials: list[Trial], plan: Plan) -> Plot:
    """Return a line a trial over all parameters, each axis from its lowest to its highest value tried."""
    space, metric = plan.search.space, str(plan.search.metric)
    axes = {name: [trial.params[name] for trial in trials] for name in space}
    axes[metric] = [trial.value for trial in trials]
    values = [
        {
            "trial": trial.number,
            "parameter": name,
            "place": position(values[i], values, name in space and space[name].log),
            "shown": str(values[i]),
            metric: trial.value,
        }
        for i, trial in enumerate(trials)
        for name, values in axes.items()
    ]
    mark = {"type": "line", "tooltip": True, "opacity": 0.6, "point": True}
    place = axis("place", "lowest to highest tried", domain=[0, 1])
    channels: dict[str, Any] = {
        "color": {
            "field": metric,
            "type": "quantitative",
            "legend": None,
            "scale": {"scheme": "viridis"},
        },
        "detail": {"field": "trial", "type": "nominal"},
        "tooltip": [{"field": name} for name in ("trial", "parameter", "shown", metric)],
    }
    caption = f"A line a trial; its colour is {metric}, whose axis is the last."
    plot = spec("Parallel", values, [layer(mark, PARAMETER_AXIS, place, **channels)])
    return Plot("parallel", "Parallel coordinates", caption, plot)


def importances(study: "optuna.Study") -> Plot | None:
    """Return each parameter's share of the variance of the value (functional ANOVA, Hutter et al., 2014)."""
    import optuna

    try:
        shares = optuna.importance.get_param_importances(study)
    except (ValueError, RuntimeError, ZeroDivisionError):  # too few trials, or no variance
        return None
    values = [{"parameter": name, "importance": share} for name, share in shares.items()]
    x = axis("importance", "share of the variance")
    bar = layer({"type": "bar", "tooltip": True}, x, PARAMETER_AXIS)
    plot = spec("Importances", values, [bar], max(26 * len(values), 60))
    return Plot("importances", "Importances", "Of the parameters, for the value.", plot)


def parameter_slice(trials: list[Trial], name: str, plan: Plan) -> Plot:
    """Return the value by one parameter.

    Parameters
    ----------
    trials : list of Trial
        Complete ones.
    name : str
        Of the parameter.
    plan : Plan
        Of the search.

    Returns
    -------
    Plot
    """
    metric, dimension = str(plan.search.metric), plan.search.space[name]
    values = [{name: t.params[name], metric: t.value, "trial": t.number} for t in trials]
    if dimension.choices is not None:
        x: Spec = {"field": name, "type": "nominal", "title": name}
    else:
        x = axis(name, name, zero=False, **({"type": "log"} if dimension.log else {}))
    points = layer(POINT, x, axis(metric, metric, zero=False))
    plot = spec(f"Slice of {name}", values, [points])
    return Plot(f"slice_{name}", name, f"{metric} by {name}.", plot)


def trial_table(trials: list[Trial], plan: Plan) -> Html:
    """Return the best trials, the best first."""
    names, metric = list(plan.search.space), str(plan.search.metric)
    rows = [
        [trial.number, trial.value, trial.seconds, *(trial.params.get(name) for name in names)]
        for trial in trials[:MAX_TRIALS]
    ]
    return html_table(Table(["trial", metric, "seconds", *names], rows, "Best first"))


def page(study: "optuna.Study", plan: Plan, trials: list[Trial]) -> str:
    """Return the whole page, of one file; it fetches nothing.

    Parameters
    ----------
    study : Study
    plan : Plan
        Of the search.
    trials : list of Trial
        All trials.

    Returns
    -------
    str
    """
    metric, direction = str(plan.search.metric), str(plan.search.direction)
    complete = [trial for trial in trials if trial.value is not None]
    plots: list[Plot] = []
    slices: list[Plot] = []
    if complete:
        plots = [history(complete, metric, direction), parallel(complete, plan)]
        importance = importances(study)
        plots += [importance] if importance else []
        slices = [parameter_slice(complete, name, plan) for name in plan.search.space]
    best = sorted(complete, key=lambda trial: trial.value or 0.0, reverse=direction == "maximize")
    sections: dict[str, Html] = {
        "Plots": placed(plots),
        "Slices": placed(slices),
        "Trials": trial_table(best, plan),
    }
    failed = [[trial.number, trial.reason or ""] for trial in trials if trial.state == "fail"]
    if failed:
        table = Table(["trial", "reason"], failed, "Trials that failed")
        sections["Failed"] = html_table(table, wide_column=1)
    counts = {
        state: sum(trial.state == state for trial in trials)
        for state in ("complete", "pruned", "fail")
    }
    pairs = [("study", plan.name), (f"best {metric}", best[0].value if best else None)]
    top = facts([*pairs, *counts.items()])
    title = f"{plan.config.dataset.name}, {plan.config.model.kind}: search"
    specs = {plot.name: plot.spec for plot in [*plots, *slices]}
    return document(title, "search", [top], sections, specs, vega.script())
