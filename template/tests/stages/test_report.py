"""The report: one file that fetches nothing, has the verdict first and the plots of its task."""

import base64
import copy
import hashlib
import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lockstep.core.errors import DataError
from lockstep.core.files import read_json, write_json, write_text
from stages.report import METRICS, PLOTTED, loss_per_step, main, report
from tests.closure import ROOT

CARD = "---\nlicense: cc0\n---\n\n# birds, linear\n\nNot for <b>penguins</b>.\n"
HOSTILE = "</script><b onclick=alert(1)>\"'&"
Record = dict[str, Any]
UNIT = [{"fpr": 0.0, "tpr": 0.1, "recall": 0.1, "precision": 1.0, "predicted": 0.1, "observed": 0.2,
         "rows": 7}] * 2  # fmt: skip
STEPS = [{"step": s, "loss": 0.5 - s / 10, "rows": n} for n in ("train", "valid") for s in (0, 1)]


def scored(values: dict[str, float]) -> Record:
    """metrics/test.json for these metrics; the second slice is the worse one if less is better."""
    return {
        "metrics": values,
        "intervals": {name: [value - 0.01, value + 0.01] for name, value in values.items()},
        "baseline": {name: value + 0.1 for name, value in values.items()},
        "slices": [
            {"column": "sex", "value": value, "rows": 1500, "metrics": {n: v + by for n, v in values.items()}}
            for value, by in (("male", -0.02), ("female", 0.05))
        ],
    }  # fmt: skip


def counts(classes: list[str]) -> list[Record]:
    """Return a confusion of these classes."""
    return [
        {"actual": a, "predicted": b, "rows": 4000 if a == b else 30}
        for a in classes
        for b in classes
    ]


def stage_outputs(task: str) -> tuple[Record, Record]:
    """Return what the stages of a task wrote: metrics, and the records of the plots."""
    metrics: Record = {
        "data": {"ingested": 12000, "validated": 11990, "quarantined": 10, "checks": [
            {"column": "mass", "name": "at most 9", "severity": "quarantine", "rows": 10}]},
        "split": {"kind": "random", "sizes": {"train": 8000, "valid": 1990, "test": 2000},
            "target_rate": {"train": 0.25, "valid": 0.26, "test": 0.24},
            "proof": {"key_overlap": 0, "group_overlap": None, "feature_duplicates": 0,
                "boundary_ok": None}},
        "train": {"threshold": 0.31, "train": {"log_loss": 0.3, "rmse": 3.0}, "valid": {}},
        "gate": {"verdict": "fail", "checks": [
            {"name": "baseline", "value": 0.5, "threshold": 0.01, "direction": "at least",
                "passed": True, "reason": "better"},
            {"name": "worst slice", "value": 0.4, "threshold": 0.3, "direction": "at most",
                "passed": False, "reason": "one slice is bad"},
            {"name": "train-test gap", "value": None, "threshold": 0.1, "direction": "at most",
                "passed": None, "reason": "no value"}],
            "champion": {"version": "v1.0.0", "reason": None, "metrics": {"log_loss": {
                "old": 0.5, "new": 0.4, "difference": -0.1, "interval": [-0.2, -0.05],
                "verdict": "better"}}}},
        "drift": {"share": 0.5, "prediction": {"psi": 0.2}, "outputs": [], "columns": [
            {"column": "mass", "psi": 0.01, "test": "kolmogorov-smirnov", "statistic": 0.02,
                "p_value": 0.4, "drifted": False},
            {"column": "sex", "psi": 0.4, "test": "chi-square", "statistic": 50.0,
                "p_value": 1e-9, "drifted": True}]},
        "lineage": {"dataset": "birds", "model": "linear", "params": "ab" * 32,
            "code": "ba" * 32, "libraries": {"numpy": "2.0"},
            "raw": [{"path": "data/raw/birds.parquet", "rows": 12000, "bytes": 345678,
                "sha256": "cd" * 32}],
            "bundle": {"model.skops": "ef" * 32}},
    }  # fmt: skip
    plots: Record = {name: [] for name in ("roc", "pr", "calibration", "residuals")}
    plots |= {"importance": [{"feature": f"f{n}", "importance": n / 100} for n in range(25)]}
    plots |= {"learning_curve": []}
    if task == "binary":
        values = {"log_loss": 0.4, "roc_auc": 0.7, "average_precision": 0.5}
        metrics["test"] = {**scored(values), "confusion": counts(["0", "1"])}
        plots |= {"roc": UNIT, "pr": UNIT, "calibration": UNIT, "learning_curve": STEPS}
    elif task == "multiclass":
        metrics["test"] = {
            **scored({"log_loss": 0.4, "macro_f1": 0.8}),
            "confusion": counts(list("abc")),
        }
        metrics["split"]["target_rate"] = {
            n: {"a": 0.5, "b": 0.5} for n in ("train", "valid", "test")
        }
    else:
        metrics["test"] = {**scored({"rmse": 3.2, "r2": 0.5}), "confusion": []}
        plots |= {"residuals": [{"predicted": 1.0, "residual": -0.5}], "learning_curve": STEPS}
    return metrics, plots


class Reader(HTMLParser):
    """Elements with their attributes in order, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] not in ("script", "style"):
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [str(a[attribute]) for _, a in self.elements if attribute in a]


def specs(page: str) -> Record:
    """Return the plots on a page."""
    match = re.search(r'<script type="application/json" id="specs">(.*?)</script>', page)
    assert match
    parsed: Record = json.loads(match[1])
    return parsed


def files(folder: Path, task: str) -> None:
    """Write what the stage reads into a folder."""
    metrics, plots = stage_outputs(task)
    for name, value in metrics.items():
        write_json(folder / f"metrics/{name}.json", value)
    write_text(folder / "reports/model_card.md", CARD)
    for name, value in plots.items():
        if name != "learning_curve":
            write_json(folder / f"metrics/plots/{name}.json", value)
    for side in ("train", "valid"):
        tsv = "step\tloss\n0\t0.5\n1\t0.4\n"
        write_text(folder / f"metrics/live/plots/metrics/{side}/loss.tsv", tsv)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page with Vega-Lite in it, as the stage writes it."""
    folder = tmp_path_factory.mktemp("report")
    files(folder, "binary")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        main()
    return (folder / "reports/report.html").read_text(encoding="utf-8")


def test_the_whole_page_asks_for_nothing(whole: str) -> None:
    read = Reader(whole)
    assert not read.values("src") and not read.values("srcset") and not read.values("action")
    assert all(link.startswith(("#", "data:")) for link in read.values("href"))
    assert "url(" not in whole.split("</style>")[0] and "@import" not in whole.split("</style>")[0]
    assert "window.vegaEmbed=" in whole and len(whole) < 2_000_000


def test_its_policy_runs_the_one_script_it_brought_and_fetches_nothing(whole: str) -> None:
    [script] = re.findall(r"<script>(.*?)</script>", whole, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    [policy] = [a["content"] for a in Reader(whole).named("meta") if "http-equiv" in a]
    assert policy and "default-src 'none'" in policy and f"script-src 'sha256-{digest}'" in policy
    assert len(Reader(whole).named("script")) == 2 and "\r" not in whole


def test_the_same_metrics_give_the_same_bytes() -> None:
    first, second = (
        report(*copy.deepcopy(stage_outputs("binary")), CARD, "vega") for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("binary", ["confusion", "roc", "pr", "calibration", "learning_curve", "importance"]),
        ("multiclass", ["confusion", "importance"]),
        ("regression", ["residuals", "learning_curve", "importance"]),
    ],
)
def test_a_task_has_exactly_its_plots(task: str, names: list[str]) -> None:
    page = report(*stage_outputs(task), CARD, "")
    assert list(specs(page)) == names
    assert [name for name in Reader(page).values("id") if name.startswith("plot-")] == [
        f"plot-{name}" for name in names
    ]


@pytest.mark.skipif(not (ROOT / "metrics").is_dir(), reason="nothing was run yet")
def test_the_committed_metrics_make_a_page_with_all_their_plots() -> None:
    folder = ROOT / "metrics"
    metrics = {name: read_json(folder / f"{name}.json") for name in METRICS}
    plots = {name: read_json(folder / f"plots/{name}.json") for name in PLOTTED}
    plots["learning_curve"] = loss_per_step(folder / "live/plots/metrics")
    page = report(metrics, plots, CARD, "")
    assert set(specs(page)) - {"confusion"} == {name for name, values in plots.items() if values}
    assert metrics["gate"]["verdict"].title() in page[: page.index("<table")]


def test_the_verdict_comes_first_and_every_check_has_a_row() -> None:
    text = " ".join("".join(Reader(report(*stage_outputs("binary"), CARD, "")).texts).split())
    assert "✗ Fail 3 gate checks: 1 pass, 1 fail, 1 unknown." in text
    assert text.index("✗ Fail") < text.index("Gates") < text.index("Metrics")
    assert "baseline✓ pass0.5000at least 0.0100better" in text
    assert "worst slice✗ fail0.4000at most 0.3000one slice is bad" in text
    assert "train-test gap? unknownn/aat most 0.1000no value" in text


def test_a_hostile_value_stays_text_wherever_it_stands() -> None:
    metrics, plots = stage_outputs("binary")

    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoil(item) for key, item in value.items()}
        if isinstance(value, list):
            return [spoil(item) for item in value]
        return HOSTILE + value if isinstance(value, str) else value

    plain = Reader(report(metrics, plots, CARD, ""))
    spoilt, spoilt_plots = spoil(metrics), spoil(plots)
    for part, key in (("test", "metrics"), ("test", "intervals"), ("test", "baseline")):
        spoilt[part][key] = {HOSTILE + name: item for name, item in spoilt[part][key].items()}
    for part in spoilt["test"]["slices"]:
        part["metrics"] = {HOSTILE + name: item for name, item in part["metrics"].items()}
    for part, key in (("split", "sizes"), ("split", "target_rate"), ("split", "proof")):
        spoilt[part][key] = {HOSTILE + name: item for name, item in spoilt[part][key].items()}
    spoilt["lineage"]["bundle"] = {HOSTILE: HOSTILE}
    spoilt["lineage"]["libraries"] = {HOSTILE: HOSTILE}
    page = report(spoilt, spoilt_plots, HOSTILE, "")
    read = Reader(page)
    tags = ("b", "script", "section", "tr", "td")
    assert [len(read.named(tag)) for tag in tags] == [len(plain.named(tag)) for tag in tags]
    assert "onclick" not in {name for _, attributes in read.elements for name in attributes}
    assert HOSTILE not in page and HOSTILE in "".join(read.texts)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_reader_finds_the_way_without_seeing(task: str) -> None:
    page = report(*stage_outputs(task), CARD, "")
    read = Reader(page)
    assert read.named("html") == [{"lang": "en"}]
    assert "<title>birds, linear: model report</title>" in page
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(cell.get("scope") in ("col", "row") for cell in read.named("th"))
    assert len(read.named("caption")) == len(read.named("table")) > 0
    ids = read.values("id")
    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in read.values("href") if link[0] == "#"} <= set(ids)
    assert all(spec["description"] for spec in specs(page).values())


def test_dark_and_narrow_screens_have_rules() -> None:
    page = report(*stage_outputs("binary"), CARD, "")
    assert "(prefers-color-scheme: dark) {" in page and 'addEventListener("change", draw)' in page
    assert "width=device-width" in page and "overflow-x: auto" in page
    assert {spec["width"] for spec in specs(page).values()} == {"container"}


def test_the_worst_slice_comes_first_by_the_metrics_direction() -> None:
    metrics, plots = stage_outputs("regression")
    text = "".join(Reader(report(metrics, plots, CARD, "")).texts)
    assert text.index("sex = female") < text.index("sex = male")
    for part in (metrics["test"], *metrics["test"]["slices"]):
        part["metrics"] = {"r2": part["metrics"]["r2"]}  # more is better
    text = "".join(Reader(report(metrics, plots, CARD, "")).texts)
    assert text.index("sex = male") < text.index("sex = female")


def test_unknown_numbers_make_a_page_all_the_same() -> None:
    metrics, plots = stage_outputs("binary")
    test = metrics["test"]
    for name in test["metrics"]:
        test["metrics"][name], test["baseline"][name] = None, None
        test["intervals"][name] = [None, None]
    test["slices"][0]["metrics"] = dict.fromkeys(test["metrics"])
    del test["confusion"]
    page = report(metrics, plots, CARD, "")
    assert "n/a" in page and "confusion" not in specs(page)


def test_the_confusion_counts_every_row_and_importance_shows_the_top() -> None:
    plots = specs(report(*stage_outputs("multiclass"), CARD, ""))
    assert sum(cell["rows"] for cell in plots["confusion"]["data"]["values"]) == 12180
    top = [record["feature"] for record in plots["importance"]["data"]["values"]]
    assert top == [f"f{n}" for n in range(24, 4, -1)]


def test_a_learning_curve_of_one_point_is_none(tmp_path: Path) -> None:
    files(tmp_path, "binary")
    folder = tmp_path / "metrics/live/plots/metrics"
    assert [record["rows"] for record in loss_per_step(folder)] == [
        "train",
        "train",
        "valid",
        "valid",
    ]
    for side in ("train", "valid"):
        write_text(folder / side / "loss.tsv", "step\tloss\n0\t0.5\n")
    assert loss_per_step(folder) == []
    shutil.rmtree(folder / "valid")
    with pytest.raises(DataError, match=r"valid.loss\.tsv is absent"):
        loss_per_step(folder)


def test_the_model_card_is_there_as_text_without_its_header() -> None:
    page = report(*stage_outputs("binary"), CARD, "")
    text = "".join(Reader(page).texts)
    assert "Not for <b>penguins</b>." in text and "license: cc0" not in text


def test_the_champion_is_shown_with_its_interval_or_why_there_is_none() -> None:
    metrics, plots = stage_outputs("binary")
    text = "".join(Reader(report(metrics, plots, CARD, "")).texts)
    assert "champion v1.0.0" in text and "-0.2000 to -0.0500" in text and "better" in text
    metrics["gate"]["champion"] = {"version": None, "metrics": None, "reason": "there is none yet"}
    text = "".join(Reader(report(metrics, plots, CARD, "")).texts)
    assert "Not compared: there is none yet." in text
