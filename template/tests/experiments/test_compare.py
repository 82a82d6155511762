"""The tables of a comparison, for a terminal and for a pull request; names from outside do nothing there."""

from typing import Any

from lockstep.experiments.compare import MAX_SLICES, markdown_report, text_report
from template.tests.review.reading import outside_code, tables

HOSTILE = "a|b `x` @octocat <b>#1</b> [l](https://example.org) \x1b[31m"


def comparison(name: str = "tuned") -> dict[str, Any]:
    """Return a comparison of main with a revision of this name."""
    pair = {"old": 0.5, "new": 0.4, "difference": -0.1, "interval": [-0.2, -0.05]}
    part = {"slice": f"sex {name}", "rows": 1500, "old": 0.5, "new": 0.25, "difference": -0.25}
    return {
        "old": {"name": "main", "commit": "c" * 40, "verdict": "fail"},
        "new": {"name": name, "commit": name, "verdict": "pass"},
        "rows": 2000,
        "notes": [f"{name} differs"],
        "metrics": {"log_loss": {**pair, "verdict": "better"}},
        "parameters": [{"name": "seed", "old": 1, "new": name}],
        "data": [{"path": "data/raw/a.csv", "old_rows": None, "new_rows": 1234}],
        "slice_metric": "log_loss",
        "slices": [part] * (MAX_SLICES + 2),
    }


def test_a_terminal_shows_aligned_tables() -> None:
    lines = text_report(comparison()).splitlines()
    assert lines[:2] == [
        "main (cccccccc) against tuned on 2,000 test rows; gates: fail and pass",
        "note: tuned differs",
    ]
    assert lines[3:6] == [
        "Metrics",
        "  metric                         main    tuned  difference         95 % interval  verdict",
        "  log_loss (lower is better)  0.50000  0.40000    -0.10000  -0.20000 to -0.05000  better",
    ]
    assert "  data/raw/a.csv  absent  1,234" in lines
    assert sum(line.startswith("  sex") for line in lines) == MAX_SLICES


def test_a_terminal_gets_no_control_characters() -> None:
    assert "\x1b" not in text_report(comparison(HOSTILE))


def test_nothing_of_a_hostile_name_is_markup_in_a_pull_request() -> None:
    text = markdown_report(comparison(HOSTILE))
    for word in ("octocat", "example.org", "<b>", "#1", "[l]"):
        assert word in text and word not in outside_code(text)
    metrics, parameters, files, slices = tables(text)
    assert metrics[0][2] == parameters[1][2] == HOSTILE.replace("\x1b", "\\x1b")
    assert files[1] == ["data/raw/a.csv", "absent", "1,234"] and len(slices) == MAX_SLICES + 1


def test_a_table_without_rows_is_left_out() -> None:
    same = {**comparison(), "parameters": [], "data": [], "slices": []}
    assert "Parameters" not in text_report(same) and len(tables(markdown_report(same))) == 1
