"""One self-contained HTML page: verdict, metrics, plots, slices, drift, data, lineage; no outside request.

Reads metrics/ and the model card, writes reports/report.html with Vega-Lite and the data inlined, and the
result in README.md, which is no output: its owner edits it. What the owner's plots and stages wrote, to
metrics/plots/own/ and metrics/own/, is on the page too.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.core.escaping import Html
from lockstep.core.files import read_json, read_text, write_text
from lockstep.core.stage import run
from lockstep.report import figures, sections, vega
from lockstep.report.card_section import card
from lockstep.report.champion_section import champion
from lockstep.report.drift_section import drift
from lockstep.report.figures import Plot
from lockstep.report.own_results import OwnResults, read_own_results
from lockstep.report.page import document
from lockstep.report.readme import result_block, update_readme

Record = dict[str, Any]
METRICS = ("data", "split", "train", "test", "drift", "gate", "lineage")
PLOTTED = ("roc", "pr", "calibration", "residuals", "importance")


def loss_per_step(folder: Path) -> list[Record]:
    """Return the losses that DVCLive logged on train and valid; none for a model without steps."""
    result = []
    for split in ("train", "valid"):
        path = folder / split / "loss.tsv"
        if not path.exists():
            raise DataError(f"{path} is absent; run `dvc repro`")
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                result.append({"step": int(row["step"]), "loss": float(row["loss"]), "rows": split})
    return result if len({record["step"] for record in result}) > 1 else []


def plots(plot_records: dict[str, list[Record]], train: Record, test: Record) -> list[Plot]:
    """Return the plots that have data.

    Parameters
    ----------
    plot_records : dict
        Records of metrics/plots/ by name.
    train, test : dict
        metrics/train.json and test.json.
    """
    threshold = train.get("threshold")
    candidates: list[tuple[list[Record], Callable[[list[Record]], Plot]]] = [
        (test.get("confusion") or [], figures.confusion),
        (plot_records["roc"], lambda values: figures.roc(values, test, threshold)),
        (plot_records["pr"], lambda values: figures.precision_recall(values, test, threshold)),
        (plot_records["calibration"], figures.calibration),
        (plot_records["residuals"], figures.residuals),
        (plot_records["learning_curve"], figures.learning_curve),
        (plot_records["importance"], figures.importance),
    ]
    return [plot(values) for values, plot in candidates if values]


def report_sections(
    metrics: dict[str, Record],
    drawn_plots: list[Plot],
    card_text: str,
    own_plots: OwnResults,
    stage_results: OwnResults,
) -> dict[str, Html]:
    """Return the page's sections, by title.

    Parameters
    ----------
    metrics : dict
        Files of metrics/ by name.
    drawn_plots : list of Plot
        The plots.
    card_text : str
        The model card.
    own_plots, stage_results : OwnResults
        What the owner's plots and stages wrote.
    """
    test = metrics["test"]
    own = {"Results of own stages": stage_results.html} if stage_results.html else {}
    return {
        "Gates": sections.gates(metrics["gate"]),
        "Metrics": sections.metrics(test, metrics["train"]),
        "Plots": figures.placed([*drawn_plots, *own_plots.plots], own_plots.images),
        **own,
        "Slices": sections.slices(test),
        "Champion": champion(metrics["gate"]),
        "Drift": drift(metrics["drift"]),
        "Data quality": sections.quality(metrics["data"]),
        "Splits": sections.splits(metrics["split"], "roc_auc" in test["metrics"]),
        "Lineage": sections.lineage(metrics["lineage"]),
        "Model card": card(card_text),
    }


def report(
    metrics: dict[str, Record],
    plot_records: dict[str, list[Record]],
    card_text: str,
    script: str,
    own_plots: OwnResults | None = None,
    stage_results: OwnResults | None = None,
) -> str:
    """Return the page.

    Parameters
    ----------
    metrics : dict
        Files of metrics/ by name.
    plot_records : dict
        Records of metrics/plots/ by name.
    card_text : str
        The model card.
    script : str
        Vega-Lite's.
    own_plots, stage_results : OwnResults, optional
        What the owner's plots and stages wrote.
    """
    own_plots, stage_results = own_plots or OwnResults(), stage_results or OwnResults()
    drawn_plots = plots(plot_records, metrics["train"], metrics["test"])
    body = report_sections(metrics, drawn_plots, card_text, own_plots, stage_results)
    lineage = metrics["lineage"]
    title = f"{lineage['dataset']}, {lineage['model']}"
    top = sections.verdict(metrics["gate"], lineage, metrics["test"], metrics["split"])
    all_plots = [*drawn_plots, *own_plots.plots, *stage_results.plots]
    specs = {plot.name: plot.spec for plot in all_plots}
    return document(title, "model report", top, body, specs, script)


def main() -> None:
    """Read metrics, plots and the model card, write the page and the result in README.md."""
    metrics = {name: read_json(Path(f"metrics/{name}.json")) for name in METRICS}
    plot_records = {name: read_json(Path(f"metrics/plots/{name}.json")) for name in PLOTTED}
    plot_records["learning_curve"] = loss_per_step(Path("metrics/live/plots/metrics"))
    card_text = read_text(Path("reports/model_card.md"))
    own_plots = read_own_results(Path("metrics/plots/own"))
    stage_results = read_own_results(Path("metrics/own"))
    page = report(metrics, plot_records, card_text, vega.script(), own_plots, stage_results)
    write_text(Path("reports/report.html"), page)
    gate, lineage = metrics["gate"], metrics["lineage"]
    update_readme("result", result_block(gate, lineage, metrics["test"], metrics["split"]))


if __name__ == "__main__":
    run("report", main)
