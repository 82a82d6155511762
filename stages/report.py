"""One self-contained HTML page: verdict, metrics, plots, slices, drift, data, lineage; no outside request.

Reads metrics/ and the model card, writes reports/report.html with Vega-Lite and the data inlined.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.core.files import read_json, read_text, write_text
from lockstep.core.stage import run
from lockstep.report import figures, sections, vega
from lockstep.report.card_section import card
from lockstep.report.champion_section import champion
from lockstep.report.drift_section import drift
from lockstep.report.figures import Plot
from lockstep.report.page import document

Record = dict[str, Any]
METRICS = ("data", "split", "train", "test", "drift", "gate", "lineage")
DRAWN = ("roc", "pr", "calibration", "residuals", "importance")


def loss_per_step(folder: Path) -> list[Record]:
    """What DVCLive logged of train and valid; nothing for a model without steps."""
    result = []
    for side in ("train", "valid"):
        path = folder / side / "loss.tsv"
        if not path.exists():
            raise DataError(f"{path} is absent; run `dvc repro`")
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                result.append({"step": int(row["step"]), "loss": float(row["loss"]), "rows": side})
    return result if len({one["step"] for one in result}) > 1 else []


def plots(plot_records: dict[str, list[Record]], train: Record, test: Record) -> list[Plot]:
    """The plots that have data."""
    threshold = train.get("threshold")
    every: list[tuple[list[Record], Callable[[list[Record]], Plot]]] = [
        (test.get("confusion") or [], figures.confusion),
        (plot_records["roc"], lambda values: figures.roc(values, test, threshold)),
        (plot_records["pr"], lambda values: figures.precision_recall(values, test, threshold)),
        (plot_records["calibration"], figures.calibration),
        (plot_records["residuals"], figures.residuals),
        (plot_records["learning_curve"], figures.learning_curve),
        (plot_records["importance"], figures.importance),
    ]
    return [draw(values) for values, draw in every if values]


def report(
    m: dict[str, Record], plot_records: dict[str, list[Record]], text: str, script: str
) -> str:
    """The page, of metrics by name, the plots' records, the model card and Vega-Lite's script."""
    result = plots(plot_records, m["train"], m["test"])
    body = {
        "Gates": sections.gates(m["gate"]),
        "Metrics": sections.metrics(m["test"], m["train"]),
        "Plots": figures.placed(result),
        "Slices": sections.slices(m["test"]),
        "Champion": champion(m["gate"]),
        "Drift": drift(m["drift"]),
        "Data quality": sections.quality(m["data"]),
        "Splits": sections.splits(m["split"], "roc_auc" in m["test"]["metrics"]),
        "Lineage": sections.lineage(m["lineage"]),
        "Model card": card(text),
    }
    title = f"{m['lineage']['dataset']}, {m['lineage']['model']}"
    top = sections.verdict(m["gate"], m["lineage"], m["test"], m["split"])
    return document(
        title, "model report", top, body, {one.name: one.spec for one in result}, script
    )


def main() -> None:
    """Read, draw, write."""
    result = {name: read_json(Path(f"metrics/{name}.json")) for name in METRICS}
    plot_records = {name: read_json(Path(f"metrics/plots/{name}.json")) for name in DRAWN}
    plot_records["learning_curve"] = loss_per_step(Path("metrics/live/plots/metrics"))
    text = read_text(Path("reports/model_card.md"))
    write_text(Path("reports/report.html"), report(result, plot_records, text, vega.script()))


if __name__ == "__main__":
    run("report", main)
