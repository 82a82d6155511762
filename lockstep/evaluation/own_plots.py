"""The owner's plots in components/plots/: records, or a Vega-Lite plot that becomes a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.components import OwnFunction, load_function
from lockstep.core.errors import DataError
from lockstep.core.escaping import plot_data, plot_specification
from lockstep.core.files import atomic_path, fresh, plain, write_records
from lockstep.core.own_plots import FOLDER, plot_contract
from lockstep.core.vega_lite import conversion_reason, is_specification, refuse_external_data
from lockstep.training.own_metrics import predicted

if TYPE_CHECKING:
    import numpy as np

# Git keeps no empty folder, and DVC's plots take no file but data and pictures: an empty list draws nothing.
MARKER = "_keep.json"
# A picture is drawn on white: it is shown on pages whose own colour it cannot know.
LOOK = {"background": "white", "font": "sans-serif"}


def flat_records(plot: OwnFunction, records: list[Any]) -> list[dict[str, Any]]:
    """Return records as JSON holds them. Raises DataError for one that is not a flat mapping."""
    result = []
    for number, record in enumerate(records):
        values = plain(record)
        if not isinstance(values, dict) or not all(is_plain(value) for value in values.values()):
            raise DataError(
                f"{plot.file.as_posix()}: record {number} that {plot.name}() returned is no flat mapping of "
                "names to texts and numbers"
            )
        result.append(values)
    return result


def is_plain(value: Any) -> bool:
    """Return whether a value of a record is a text, a number, true, false or null."""
    return value is None or isinstance(value, str | int | float | bool)


def make_plot(
    name: str,
    settings: Any,
    task: str,
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    threshold: float,
) -> list[dict[str, Any]] | dict[str, Any]:
    """Return the records or the Vega-Lite specification of one of dataset.plots.

    Raises DataError that names the owner's file where it returns something else.
    """
    import numpy as np

    plot = load_function(FOLDER, name, settings, plot_contract(name))
    y_pred, weights = predicted(task, y_prob, threshold), np.ones(len(y_true))
    result = plot(y_true, y_prob, y_pred, weights)
    if isinstance(result, list):
        return flat_records(plot, result)
    if is_specification(result):
        refuse_external_data(result, plot.file)
        return dict(plain(result))
    raise DataError(
        f"{plot.file.as_posix()}: {plot.name}() returned {type(result).__name__}; expected a list of "
        "records, or a Vega-Lite specification with a mark or layers"
    )


def render_svg(specification: dict[str, Any], file: Path) -> str:
    """Return a Vega-Lite plot as SVG. Raises DataError that names the owner's file where that fails."""
    import vl_convert

    try:
        svg: str = vl_convert.vegalite_to_svg(plot_specification(specification), config=LOOK)
    except ValueError as error:
        reason = conversion_reason(error)
        raise DataError(f"{file.as_posix()}: Vega-Lite cannot draw it: {reason}") from error
    return svg


def write_own_plots(
    folder: Path,
    plots: Mapping[str, Any],
    task: str,
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    threshold: float,
) -> None:
    """Write the owner's plots of test: NAME.json of records, NAME.svg of a Vega-Lite plot.

    Parameters
    ----------
    folder : Path
        Where they go; it is emptied first.
    plots : mapping
        dataset.plots: settings by name.
    task, y_true, y_prob, threshold
        As for `weighted_scorer`.
    """
    fresh(folder)
    write_records(folder / MARKER, [])
    for name, settings in plots.items():
        result = make_plot(name, settings, task, y_true, y_prob, threshold)
        if isinstance(result, list):
            write_records(folder / f"{name}.json", plot_data(result))
            continue
        with atomic_path(folder / f"{name}.svg") as beside:
            beside.write_text(
                render_svg(result, FOLDER / f"{name}.py"), encoding="utf-8", newline="\n"
            )
