"""A pyproject.toml that is ahead of the locks is told by name."""

from pathlib import Path

from lockstep.automation.dependencies import findings, unmet
from tests.closure import ROOT


def test_the_locks_hold_what_pyproject_asks_for() -> None:
    assert findings(ROOT) == []


def test_a_requirement_that_the_lock_lacks_or_holds_in_another_version_is_told() -> None:
    versions = {"pandas": "3.1.1", "ruamel-yaml": "0.19.1"}
    assert unmet(["pandas>=3.0", "ruamel.yaml>=0.18"], versions, "requirements.lock") == []
    assert unmet(["pandas>=4", "polars>=1"], versions, "requirements.lock") == [
        "pyproject.toml asks for pandas>=4 and requirements.lock has 3.1.1; `make lock`",
        "pyproject.toml asks for polars>=1 and requirements.lock lacks it; `make lock`",
    ]


def test_a_requirement_of_another_platform_is_not_looked_for() -> None:
    assert unmet(["pywin32>=1; sys_platform == 'nowhere'"], {}, "requirements.lock") == []


def test_a_project_without_a_lock_of_its_tests_has_none_to_check(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["a>=1"]\n[project.optional-dependencies]\ndev = ["b>=1"]\n'
    )
    (tmp_path / "requirements.lock").write_text("a==1.0\n")
    assert findings(tmp_path) == []
