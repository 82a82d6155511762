"""README.md is the owner's: between two marks it shows the result, and all else stays as it is."""

from pathlib import Path
from typing import Any

from lockstep.report.readme import fill_block, result_block, update_readme

TEXT = "# Mine\n<!-- begin result: by report -->\nold\n\nlines\n<!-- end result -->\nrest\n"
TEST: dict[str, Any] = {
    "metrics": {"log_loss": 0.25, "r2": None},
    "intervals": {"log_loss": [0.2, 0.3], "r2": [None, None]},
    "baseline": {"log_loss": 0.7, "r2": None},
}
GATE: dict[str, Any] = {
    "verdict": "fail",
    "checks": [
        {"passed": False, "reason": "worst slice, city `<b>|: fail"},
        {"passed": None, "reason": "no champion: unknown"},
        {"passed": True, "reason": "baseline: pass"},
    ],
}
LINEAGE, SPLIT = {"model": "linear", "dataset": "mine"}, {"sizes": {"test": 1234}}


def test_a_block_is_replaced_between_its_marks_and_nothing_else() -> None:
    filled = fill_block(TEXT, "result", "new\n")
    assert filled == "# Mine\n<!-- begin result: by report -->\nnew\n<!-- end result -->\nrest\n"
    assert fill_block(filled, "result", "new") == filled
    assert fill_block(TEXT, "data", "new") == TEXT
    assert fill_block("# Mine\n", "result", "new") == "# Mine\n"


def test_a_content_that_looks_like_a_pattern_is_written_as_it_is() -> None:
    assert "\\1 \\g<0>" in fill_block(TEXT, "result", "\\1 \\g<0>")


def test_the_result_has_verdict_reasons_metrics_and_intervals() -> None:
    block = result_block(GATE, LINEAGE, TEST, SPLIT)
    assert block.startswith(
        "Verdict of the gate: **fail**. Model `linear`, data set `mine`, 1,234 "
    )
    assert "| `log_loss` | 0.2500 | 0.2000 to 0.3000 | 0.7000 |" in block
    assert "baseline: pass" not in block and "no champion" not in block
    reason = next(line for line in block.splitlines() if line.startswith("- "))
    assert "`worst slice, city `" in reason and "`<b>`" in reason and "|" not in reason


def test_a_readme_without_the_marks_or_with_the_same_result_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    update_readme("result", "new", path)
    assert not path.exists()
    path.write_bytes(TEXT.replace("\n", "\r\n").replace("old\r\n\r\nlines", "new").encode())
    before = path.read_bytes()
    update_readme("result", "new", path)
    assert path.read_bytes() == before
    update_readme("result", "newer", path)
    assert "newer\n<!-- end result -->" in path.read_text(encoding="utf-8")
