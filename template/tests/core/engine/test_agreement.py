"""A worker that would compute something else is refused by name; one that outlived an edit takes it up."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed.security import Security

from lockstep.core.engine.agreement import CODE, PACKAGES, differs, versions
from template.tests.core.engine import project
from template.tests.support.cluster import Running, running
from template.tests.support.workspace import shell


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The penguins, validated."""
    return project.project(tmp_path_factory.mktemp("agreement"))


@pytest.fixture(scope="module")
def found(folder: Path) -> Iterator[Running]:
    """A worker in that folder."""
    with running(folder, 1) as one:
        yield one


def test_this_process_agrees_with_itself_and_names_code_and_packages() -> None:
    own = versions(PACKAGES)
    assert differs(own, dict(own), PACKAGES) is None
    assert {"Python", "pyarrow", "recipes/penguins.py", "lockstep/core/engine/agreement.py"} <= set(
        own
    )


def test_what_is_not_installed_here_may_be_there() -> None:
    here = {"numpy": "2.4.6", "xgboost": "not there"}
    packages = ("numpy", "xgboost")
    assert differs(here, {"numpy": "2.4.6", "xgboost": "3.0"}, packages) is None
    lacking = differs({"numpy": "2.4.6"}, {"numpy": "not there"}, packages)
    assert lacking == "has numpy not there, expected 2.4.6 as here"
    assert differs(here, here | {"recipes/new.py": "1f"}, packages) is not None


def test_an_edit_is_taken_up_by_workers_that_imported_what_was_there_before(
    folder: Path, found: Running
) -> None:
    project.clean(folder, "pass")
    project.on(folder, found.address)
    before = project.preprocessed(folder)
    project.clean(folder, "frame = frame.assign(body_mass_g=frame['body_mass_g'] + 1)")
    after = project.preprocessed(folder)
    project.on(folder, None)
    assert after == project.preprocessed(folder) != before


def test_a_worker_in_another_folder_is_named(folder: Path, found: Running, tmp_path: Path) -> None:
    for name in (*CODE, "data"):
        (tmp_path / name).symlink_to(folder / name)
    project.on(tmp_path, found.address)
    line = project.refused(tmp_path)
    assert f" runs in {folder}, which is not this folder, {tmp_path}; start it here" in line


def test_a_worker_with_other_code_is_named(folder: Path, tmp_path: Path, found: Running) -> None:
    """As a checkout of another commit on another machine."""
    for name in CODE:
        shutil.copytree(folder / name, tmp_path / name)
    (tmp_path / "data").symlink_to(folder / "data")
    project.clean(tmp_path, "print('mine')")
    project.on(tmp_path, found.address)
    line = project.refused(tmp_path)
    assert line.startswith("preprocess: Dask worker tcp://127.0.0.1:")
    assert " has recipes/penguins.py " in line and "start it from the same commit" in line


@pytest.mark.filterwarnings("ignore:Mismatched versions")
def test_a_worker_with_another_numpy_is_named(folder: Path, tmp_path: Path) -> None:
    described = tmp_path / "numpy-1.0.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Name: numpy\nVersion: 1.0.0\n", encoding="utf-8")
    with running(folder, 1, PYTHONPATH=f"{folder}:{tmp_path}") as result:
        project.on(folder, result.address)
        line = project.refused(folder)
    assert (
        f" has numpy 1.0.0, expected {versions(PACKAGES)['numpy']} as here; start it from" in line
    )
    assert line.endswith("the packages of requirements.lock (docs/scale.md)")


def test_a_worker_without_the_projects_code_is_named(folder: Path, tmp_path: Path) -> None:
    with running(tmp_path, 1) as result:
        project.on(folder, result.address)
        line = project.refused(folder)
    assert "cannot import this project's code" in line and "No module named 'lockstep'" in line
    assert "start it in the project's root with PYTHONPATH=." in line


def test_certificates_come_from_dasks_own_settings(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Security.temporary()
    settings = {"CA_FILE": made.tls_ca_file}
    for role in ("scheduler", "worker", "client"):
        settings[f"{role}__CERT"] = getattr(made, f"tls_{role}_cert")
        settings[f"{role}__KEY"] = getattr(made, f"tls_{role}_key")
    variables = {}
    for name, text in settings.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        variables[f"DASK_DISTRIBUTED__COMM__TLS__{name.upper()}"] = str(tmp_path / name)
    with running(folder, 1, security=made, **variables) as result:
        project.on(folder, result.address)
        assert "asks for certificates; name them in Dask's own" in project.refused(folder)
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
        output = shell(folder, project.PYTHON, "-m", "stages.preprocess")
    assert output.startswith(f"Dask {result.address}: 1 workers")
