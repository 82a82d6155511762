"""Each variant is rendered once; a test that changes a project does so in a copy."""

from pathlib import Path

import pytest

from template.tests.support.rendering import VARIANTS, copy_template, render


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as a Git repository."""
    return copy_template(tmp_path_factory.mktemp("source") / "lockstep")


@pytest.fixture(scope="session")
def rendered(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each variant's project."""
    projects = {}
    for name, answers in VARIANTS.items():
        folder = tmp_path_factory.mktemp(name)
        render(folder, str(source), answers)
        projects[name] = folder / "my-study"
    return projects
