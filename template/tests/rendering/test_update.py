"""Two years of a project: the template's releases merge with what its owner edits and adds in between."""

import json
import re
import sys
from pathlib import Path

import pytest
import yaml

from template.tests.support.rendering import OWN, attempt_at_home, copy_template, write_visits
from template.tests.support.workspace import replace, shell, started

STAGE = '''"""Count the rows of test."""

from pathlib import Path

from lockstep.core.config import load_config
from lockstep.core.files import write_json
from lockstep.core.partitions import read_all
from lockstep.core.stage import run


def main() -> None:
    """Write how many rows of test there are, beside a parameter."""
    n_rows = len(read_all(Path("data/predictions")))
    write_json(Path("metrics/own/rows.json"), {"rows": n_rows, "limit": load_config().own["limit"]})


if __name__ == "__main__":
    run("NAME", main)
'''
ENTRY = """\
  count_rows:
    cmd: python -m stages.count_rows
    deps:
      - stages/count_rows.py
      - lockstep/core
      - data/predictions
    params:
      - own
    metrics:
      - metrics/own/rows.json: {cache: false}
"""
METRIC = '''"""The share of rows on the wrong side."""

import numpy as np

TASKS = ("binary",)
LOWER_IS_BETTER = True


def error_rate(y_true: np.ndarray, y_pred: np.ndarray, sample_weight: np.ndarray) -> float:
    """Return the weighted share of wrong predictions."""
    return float(np.average(y_true != y_pred, weights=sample_weight))
'''


def insert(file: Path, before: str, text: str) -> None:
    """Insert a text before another, which the file must hold."""
    replace(file, before, text + before)


def append(file: Path, text: str) -> None:
    """Append a text to a file, which may be new."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)


def commit(folder: Path, message: str) -> None:
    """Commit everything."""
    shell(folder, "git", "add", "-A")
    shell(folder, "git", "commit", "-qm", message)


def create(source: Path, folder: Path, answers: dict[str, str]) -> Path:
    """Return a project that cruft made of the template, committed."""
    command = ("cruft", "create", "--no-input", str(source), "--extra-context", json.dumps(answers))
    done = attempt_at_home(folder, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    commit(folder / "my-study", "Record of cruft")
    return folder / "my-study"


def update(root: Path) -> str:
    """Return what an update prints, which leaves no conflict."""
    done = attempt_at_home(root, sys.executable, "-m", "lockstep", "update")
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert not list(root.rglob("*.rej")), output
    assert "<<<<<<<" not in shell(root, "git", "diff", "HEAD"), output
    return output


def release_second(template: Path) -> None:
    """A release that adds a stage, a dependency, an option, a page and a target, and edits the machinery."""
    entry = ENTRY.replace("count_rows", "second_look").replace("own/rows", "second_look")
    insert(template / "dvc.yaml", "  report:\n", entry.replace("      - own\n", "      - seed\n"))
    (template / "stages/second_look.py").write_text(
        STAGE.replace("NAME", "second_look")
        .replace("own/rows", "second_look")
        .replace('load_config().own["limit"]', "load_config().seed"),
        encoding="utf-8",
    )
    insert(template / "pyproject.toml", '    "filelock', '    "attrs>=20",\n')
    append(template / "conf/engine/threads.yaml", "kind: inline\nworkers: 1\n")
    append(template / "docs/new.md", "# New\n")
    insert(template / "Makefile", "## Rarely\n", "news:  ## what is new\n\t@echo new\n\n")
    append(template / "lockstep/core/errors.py", "\n# Of the second release.\n")
    append(template / "stages/evaluate.py", "# Of the second release.\n")
    (template / "lockstep/VERSION").write_text("0.3.0\n", encoding="utf-8")
    replace(template / ".github/workflows/ci.yml", "timeout-minutes: 60", "timeout-minutes: 90")


def release_third(template: Path) -> None:
    """A release that asks for a library that no lock holds, and edits what the second one added."""
    replace(template / "pyproject.toml", '    "attrs>=20",', '    "attrs>=99",')
    append(template / "docs/new.md", "\nMore.\n")
    append(template / "lockstep/core/files.py", "\n# Of the third release.\n")
    insert(template / "stages/split.py", "def main() ->", "# Of the third release.\n\n\n")
    insert(template / "conf/gate/default.yaml", "baseline_margin", "# Of the third release.\n")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, at its first release."""
    return copy_template(tmp_path_factory.mktemp("template") / "lockstep")


def test_three_releases_merge_with_an_owner_who_edits_after_each(
    template: Path, tmp_path: Path
) -> None:
    root = create(template, tmp_path, {"dataset": "penguins", "project_name": "My study"})
    # The first year: a stage, a parameter, a dependency, a component, and edits in every folder.
    append(root / "dvc.yaml", ENTRY)
    append(root / "stages/count_rows.py", STAGE.replace("NAME", "count_rows"))
    replace(root / "conf/config.yaml", "own: {}", "own: {limit: 7}")
    replace(root / "pyproject.toml", "own = [\n", 'own = [\n    "six>=1.16",\n')
    append(root / "components/metrics/error_rate.py", METRIC)
    replace(root / "conf/gate/default.yaml", "min_slice_rows: 200", "min_slice_rows: 20")
    append(root / "recipes/penguins.py", "\n# The owner's.\n")
    append(root / "recipes/mine.py", "# The owner's own.\n")
    replace(root / "README.md", "## The question and the data", "## What we ask")
    append(root / "Makefile", "\nmine:  ## the owner's\n\t@echo mine\n")
    append(root / "tests/test_mine.py", "def test_mine() -> None:\n    assert True\n")
    commit(root, "The first year")

    release_second(template)
    commit(template, "The second release")
    output = update(root)
    assert "next:" in output and "dvc repro" in output and "make lock" not in output
    assert "is ready" not in output, "the hook is silent"
    version = json.loads(shell(root, sys.executable, "-m", "lockstep", "version", "--json"))
    head = shell(template, "git", "rev-parse", "HEAD").strip()
    assert version == {"version": "0.3.0", "commit": head, "is_edited": False}
    stages = yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert list(stages)[-1] == "count_rows" and "second_look" in stages
    assert "min_slice_rows: 20 " in (root / "conf/gate/default.yaml").read_text(encoding="utf-8")
    assert "## What we ask" in (root / "README.md").read_text(encoding="utf-8")
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    assert "news:" in makefile and "mine:" in makefile
    commit(root, "The second release")

    # The second year: edits of what the template edits too, but for other lines, and of the machinery.
    append(root / "stages/split.py", "# The owner's.\n")
    append(root / "lockstep/core/stage.py", "\n# Edited here.\n")
    commit(root, "The second year")
    release_third(template)
    commit(template, "The third release")
    output = update(root)
    assert re.search(r"asks for attrs>=99 and requirements.lock .*`make lock`", output)
    assert "make lock  " in output
    split = (root / "stages/split.py").read_text(encoding="utf-8")
    assert "# Of the third release.\n" in split and split.endswith("# The owner's.\n")
    assert (
        (root / "lockstep/core/stage.py").read_text(encoding="utf-8").endswith("# Edited here.\n")
    )
    version = json.loads(shell(root, sys.executable, "-m", "lockstep", "version", "--json"))
    assert version["is_edited"] is True
    commit(root, "The third release")

    ran = started(shell(root, "dvc", "repro"))
    assert {"second_look", "count_rows"} <= set(ran) and ran[-1] in ("report", "count_rows")
    rows = json.loads((root / "metrics/own/rows.json").read_text(encoding="utf-8"))
    assert rows["limit"] == 7
    tests = (
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "0",
        "tests/test_dvc_yaml.py",
        "tests/test_conf.py",
    )
    shell(root, *tests, "tests/test_components.py", "tests/test_mine.py")


def test_an_update_does_not_ask_for_the_table_again_and_keeps_the_data_set(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    template = copy_template(tmp_path_factory.mktemp("template") / "lockstep")
    write_visits(tmp_path)
    root = create(template, tmp_path, {**OWN, "project_name": "My study"})
    table = tmp_path / OWN["data_path"]
    words = ("visits", str(table), "--target", "came back", "--default", "--yes")
    shell(root, sys.executable, "-m", "lockstep", "new-dataset", *words)
    commit(root, "Visits")
    table.unlink()
    insert(template / "dvc.yaml", "  report:\n", "  # Newer.\n")
    insert(template / "{{ cookiecutter.project_slug }}/conf/config.yaml", "seed: 42", "# Newer.\n")
    insert(template / "conf/config.yaml", "seed: 42", "# Newer.\n")
    commit(template, "Newer")
    update(root)
    assert "  # Newer.\n  report:" in (root / "dvc.yaml").read_text(encoding="utf-8")
    conf = (root / "conf/config.yaml").read_text(encoding="utf-8")
    assert "dataset: visits" in conf and "# Newer." in conf


def test_an_update_names_the_conflict_and_what_is_in_its_way(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    template = copy_template(tmp_path_factory.mktemp("template") / "lockstep")
    root = create(template, tmp_path, {"dataset": "penguins", "project_name": "My study"})
    command = (sys.executable, "-m", "lockstep", "update")
    assert attempt_at_home(root, *command, "--check").returncode == 0
    replace(root / "conf/gate/default.yaml", "baseline_margin: 0.01 ", "baseline_margin: 0.02 ")
    refused = attempt_at_home(root, *command)
    assert refused.returncode == 1
    assert "update: conf/gate/default.yaml is not committed" in refused.stderr
    commit(root, "Mine")
    replace(template / "conf/gate/default.yaml", "baseline_margin: 0.01 ", "baseline_margin: 0.03 ")
    commit(template, "Theirs")
    assert attempt_at_home(root, *command, "--check").returncode == 1
    done = attempt_at_home(root, *command)
    assert "conflict: conf/gate/default.yaml" in done.stdout, done.stdout + done.stderr
    assert "docs/update.md" in done.stdout


def test_a_project_without_the_record_is_told_how_to_make_one(tmp_path: Path) -> None:
    done = attempt_at_home(tmp_path, sys.executable, "-c",
                           f"import sys; sys.path.insert(0, {str(Path.cwd())!r}); "
                           "from lockstep.core import errors; from lockstep.automation import update; "
                           "sys.argv = ['update']; errors.run('update', update.main)")  # fmt: skip
    assert done.returncode == 1 and "`cruft link TEMPLATE" in done.stderr
