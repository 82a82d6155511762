"""docs/extending.md, followed to the letter on a small table in a copy of this repository, with real DVC."""

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from lockstep.core.files import read_json
from template.tests.support.extending import Block, sections
from template.tests.support.workspace import attempt, choose, copy, replace, shell, started


def merge(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Put the values of a mapping into another, key by key."""
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            merge(old[key], value)
        else:
            old[key] = value


def apply_block(root: Path, block: Block) -> None:
    """Write a block to its file, or add it there as a person would."""
    path = root / block.path
    if not block.is_addition:
        assert not path.exists(), f"{block.path} is there already"
        path.write_text(block.text, encoding="utf-8", newline="\n")
    elif block.path == "dvc.yaml":  # at the end, below the comment that says so
        path.write_text(path.read_text("utf-8") + block.text, encoding="utf-8", newline="\n")
    elif path.suffix == ".py":  # a function, in the place of that of the same name
        text = path.read_text("utf-8")
        name = re.findall(r"(?m)^def (\w+)", block.text)[0]
        start = text.index(f"def {name}(")
        end = re.search(r"(?m)^\S", text[text.index("\n", start) + 1 :])
        assert end is None, f"{name}() is the last function of {block.path}"
        path.write_text(text[:start] + block.text, encoding="utf-8", newline="\n")
    else:
        yaml = YAML()
        values = yaml.load(path)
        merge(values, YAML(typ="safe").load(block.text))
        yaml.dump(values, path)


def follow(root: Path, title: str) -> None:
    """Apply a section's blocks; then every test of the project must pass, but for the run of the pipeline."""
    for block in sections()[title]:
        apply_block(root, block)
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", title)
    shell(root, "python", "-m", "pytest", "-n", "0", "tests", "--ignore=tests/test_pipeline.py")


def write_table(path: Path) -> Path:
    """Write customers, of whom some leave: those who call often."""
    rng = np.random.default_rng(5)
    n_rows = 1500
    frame = pd.DataFrame(
        {
            "customer": [f"C{number:05}" for number in range(n_rows)],
            "age": rng.integers(18, 90, n_rows),
            "calls": rng.poisson(8, n_rows),
            "months": rng.integers(1, 40, n_rows),
            "plan": rng.choice(["small", "large", "family"], n_rows),
        }
    )
    leaves = rng.random(n_rows) < 1 / (
        1 + np.exp(3.0 - 0.3 * frame["calls"] + frame["months"] / 20)
    )
    frame.assign(left=np.where(leaves, "yes", "no")).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on the table churn, with everything that the page adds, run step by step."""
    root = copy(tmp_path_factory.mktemp("extending") / "root")
    table = write_table(root.parent / "churn.csv")
    shell(
        root,
        *("python", "-m", "lockstep", "new-dataset", "churn", str(table), "--target", "left"),
        *("--yes", "--default"),
    )
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "churn")
    return root


def test_the_page_works_from_the_first_section_to_the_last(root: Path) -> None:
    follow(root, "Add a feature")
    shell(root, "dvc", "repro")
    assert "calls_per_month" in read_json(root / "models/candidate/signature.json")["numeric"]

    follow(root, "Add a model kind")
    refused = attempt(root / "conf", "dvc", "exp", "run", "-S", "model.kind=own_extra_tree")
    assert "did you mean own_extra_trees?" in refused.stderr and not started(refused.stdout)
    shell(root, "dvc", "exp", "run", "--temp", "-S", "model=own_extra_trees")
    choose(root / "conf/config.yaml", "model", "own_extra_trees")
    shell(root, "dvc", "repro")  # the experiment trained it: DVC takes its result
    assert (root / "models/candidate/model_kind.py").exists()
    assert read_json(root / "metrics/train.json")["kind"] == "own_extra_trees"

    follow(root, "Add a metric")
    output = shell(root, "dvc", "repro")
    assert "own_extra_trees: late_cost train " in output and "rows of test: late_cost " in output
    test = read_json(root / "metrics/test.json")
    low, high = test["intervals"]["late_cost"]
    assert low <= test["metrics"]["late_cost"] <= high and "late_cost" in test["baseline"]
    checks = {check["name"]: check for check in read_json(root / "metrics/gate.json")["checks"]}
    assert checks["limit late_cost"]["direction"] == "at most"
    assert checks["baseline"]["reason"].startswith("late_cost ")
    assert checks["baseline"]["passed"], checks["baseline"]["reason"]
    card = (root / "reports/model_card.md").read_text("utf-8")
    assert "chosen on valid by late_cost" in card

    follow(root, "Add a plot")
    ran = started(shell(root, "dvc", "repro"))
    assert "train" not in ran and "evaluate" in ran
    records = read_json(root / "metrics/plots/own/score_histogram.json")
    assert len(records) == 40 and list(records[0]) == ["score", "rows", "class"]
    page = (root / "reports/report.html").read_text("utf-8")
    assert "<h3>score histogram</h3>" in page and "late_cost" in page

    follow(root, "Add a stage")
    output = shell(root, "dvc", "repro")
    ran = started(output)
    assert ran.index("review_queue") < ran.index("report") and "train" not in ran
    page = (root / "reports/report.html").read_text("utf-8")
    assert "review queue" in page and "positives in the queue" in page
    shell(root, "ruff", "check", "components", "stages")
    shell(root, "ruff", "format", "--check", "components", "stages")
    shell(root, "mypy", "--config-file", "template/mypy.ini", "components", "stages")
    shell(root, "python", "-m", "pytest", "-n", "0", "tests/test_pipeline.py")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Extended")


def test_dvc_draws_the_plot_and_a_fresh_clone_is_clean(root: Path, tmp_path: Path) -> None:
    shown = attempt(root, "dvc", "plots", "show", "--json", "metrics/plots/own")
    assert shown.returncode == 0 and "failed to load" not in shown.stderr
    assert "score_histogram.json" in shown.stdout
    compared = attempt(root, "dvc", "plots", "diff", "HEAD~1")
    assert compared.returncode == 0 and "failed to load" not in compared.stderr, compared.stderr
    clone = tmp_path / "clone"
    shell(root, "git", "clone", "-q", ".", str(clone))
    shell(clone, "dvc", "cache", "dir", "--local", str(root / ".dvc/cache"))
    shell(clone, "dvc", "checkout")
    assert "up to date" in shell(clone, "dvc", "status")


def test_search_and_comparison_know_the_kind_and_the_metric(root: Path) -> None:
    output = shell(
        root,
        *("python", "-m", "lockstep", "search", "search.metric=late_cost", "--trials", "2"),
    )
    assert "late_cost" in output
    compared = shell(root, "python", "-m", "lockstep", "compare", "HEAD", "HEAD")
    assert "late_cost" in compared and "lower is better" in compared


def test_a_bundle_predicts_after_its_kind_is_gone(root: Path, tmp_path: Path) -> None:
    predict = ("python", "-m", "lockstep", "predict", str(root.parent / "churn.csv"))
    bundle = tmp_path / "bundle"
    shutil.copytree(root / "models/registered", bundle)
    shell(root, *predict, str(tmp_path / "before.csv"), "--bundle", "models/registered")
    (root / "components/models/own_extra_trees.py").unlink()
    refused = attempt(root, *predict, str(tmp_path / "no.csv"), "--bundle", str(bundle))
    assert refused.returncode == 1 and "model_kind.py" in refused.stderr
    trusted = ("--bundle", str(bundle), "--trust")
    shell(root, *predict, str(tmp_path / "after.csv"), *trusted)
    assert (tmp_path / "before.csv").read_bytes() == (tmp_path / "after.csv").read_bytes()
    failed = attempt(root, "dvc", "repro")
    assert "model.kind is 'own_extra_trees'; allowed: catboost" in failed.stdout + failed.stderr
    shell(root, "git", "checkout", "-q", "--", "components")


def test_an_error_in_a_metric_names_the_owners_line(root: Path) -> None:
    file = root / "components/metrics/late_cost.py"
    replace(file, "    cost = missed", "    y_true.no_such\n    cost = missed")
    failed = attempt(root, "python", "-m", "stages.train")
    line = file.read_text("utf-8").splitlines().index("    y_true.no_such") + 1
    assert failed.stderr.count("\n") == 1 and "AttributeError" in failed.stderr
    assert f"(components/metrics/late_cost.py, late_cost(), line {line})" in failed.stderr
    shell(root, "git", "checkout", "-q", "--", "components")
