"""The report is one page that fetches nothing, starts with the verdict and escapes what data says."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import read_json
from stages.report import DRAWN, METRICS, loss_per_step, report

VEGA = "/* vega */"


@pytest.fixture
def found() -> dict[str, Any]:
    """The committed metrics of the default data."""
    return {name: copy.deepcopy(read_json(Path(f"metrics/{name}.json"))) for name in METRICS}


@pytest.fixture
def drawn() -> dict[str, Any]:
    """The committed data of its plots."""
    plots = {name: read_json(Path(f"metrics/plots/{name}.json")) for name in DRAWN}
    return {**plots, "learning_curve": loss_per_step(Path("metrics/live/plots/metrics"))}


def test_the_verdict_stands_before_every_table(found: Any, drawn: Any) -> None:
    page = report(found, drawn, VEGA)
    assert page.index("Pass") < page.index("<table")


def test_a_refusal_is_told_with_its_reason(found: Any, drawn: Any) -> None:
    found["gate"]["verdict"] = "fail"
    found["gate"]["checks"][0].update(passed=False, reason="too far off")
    page = report(found, drawn, VEGA)
    assert page.index("Fail") < page.index("<table")
    assert "too far off" in page


def test_nothing_is_fetched_and_both_colour_schemes_are_there(found: Any, drawn: Any) -> None:
    page = report(found, drawn, VEGA)
    assert not re.findall(r"<(?:link|img|iframe|script)[^>]+(?:src|href)=.(?!data:)", page)
    assert "prefers-color-scheme" in page
    assert '<meta name="viewport"' in page


def test_what_the_data_says_cannot_break_out(found: Any, drawn: Any) -> None:
    hostile = "</script><b onclick=alert(1)>"
    found["test"]["slices"][0]["value"] = hostile
    drawn["importance"][0]["feature"] = hostile
    page = report(found, drawn, VEGA)
    assert hostile not in page
    assert "&lt;/script&gt;" in page


def test_a_plot_without_data_is_left_out(found: Any, drawn: Any) -> None:
    titles = ("ROC", "Calibration", "Learning curve")
    with_all = report(found, drawn, VEGA)
    without = report(found, {**drawn, "roc": [], "calibration": [], "learning_curve": []}, VEGA)
    assert all(f">{title}<" in with_all for title in titles)
    assert not any(f">{title}<" in without for title in titles)


def test_equal_metrics_give_equal_bytes(found: Any, drawn: Any) -> None:
    assert report(found, drawn, VEGA) == report(copy.deepcopy(found), drawn, VEGA)
