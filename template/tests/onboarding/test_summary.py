"""The summary has a line for each column, and all that was not sure."""

from pathlib import Path

from lockstep.onboarding.summary import LINE_WIDTH, MAX_COLUMNS, render_summary, truncate
from template.tests.onboarding.tables import classification_table, infer_plan, normal, repeat


def test_each_column_has_a_line_with_its_role(tmp_path: Path) -> None:
    frame = classification_table(constant="same", color=repeat("red", "blue"))
    plan = infer_plan(tmp_path, frame)
    summary = render_summary(plan)
    roles = {line.split()[0]: line.split()[2] for line in summary.splitlines()[3:7]}
    assert roles == {"x": "numeric", "y": "target", "constant": "left", "color": "category"}
    assert "task      binary of y" in summary and "one value alone" in summary
    for note in plan.assumptions + plan.warnings:
        assert f"  - {note}" in summary


def test_of_many_features_some_have_a_line_and_the_others_are_counted(tmp_path: Path) -> None:
    names = [f"f{n}" for n in range(MAX_COLUMNS + 20)]
    frame = classification_table(**{name: normal(seed) for seed, name in enumerate(names)})
    lines = render_summary(infer_plan(tmp_path, frame)).splitlines()
    assert "and 22 more features" in lines
    assert any(line.startswith("y ") and "target" in line for line in lines)
    assert max(len(line) for line in lines[2 : MAX_COLUMNS + 3]) <= LINE_WIDTH


def test_a_long_text_is_truncated() -> None:
    assert truncate("abc", 3) == "abc" and truncate("abcd", 3) == "ab…"
