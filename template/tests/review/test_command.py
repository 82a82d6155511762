"""A review reports what a branch does to the model, on a real repository with real branches, on penguins."""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockstep.core.errors import LockstepError
from lockstep.review.command import make_review
from lockstep.review.fold import MAX_BYTES
from template.tests.review.reading import outside_code, tables
from template.tests.support.workspace import (
    attempt,
    build,
    built_copy,
    choose,
    replace,
    restore,
    shell,
)

REPORT = (sys.executable, "-m", "lockstep", "review")
HOSTILE = "a|b `x` @octocat <b>#1</b> [l](https://example.org)"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins, built, with a branch main."""
    folder = built_copy(tmp_path_factory, "review")
    shell(folder, "git", "branch", "-f", "-M", "main")
    return folder


def make_branch(root: Path, name: str, change: Callable[[], None], start: str = "main") -> str:
    """Return the commit of a new branch with a change and no run of the pipeline."""
    shell(root, "git", "checkout", "-q", "-B", name, start)
    change()
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", name)
    return shell(root, "git", "rev-parse", "HEAD").strip()


def build_branch(root: Path, name: str, change: Callable[[], None], start: str = "main") -> str:
    """Return the commit of a new branch with a change, built."""
    shell(root, "git", "checkout", "-q", "-B", name, start)
    restore(root)
    change()
    build(root)
    return shell(root, "git", "rev-parse", "HEAD").strip()


@pytest.fixture(scope="module")
def dummy(root: Path) -> str:
    """A branch whose model is the dummy."""
    return build_branch(root, "dummy", lambda: choose(root / "conf/config.yaml", "model", "dummy"))


@pytest.fixture(scope="module")
def data(root: Path) -> str:
    """A branch with 24 rows fewer and 10 more, and another line in the recipe."""

    def change() -> None:
        file = root / "data/raw/penguins/penguins.csv"
        lines = file.read_text(encoding="utf-8").splitlines()
        added = [f"{400 + i},{line.split(',', 1)[1]}" for i, line in enumerate(lines[30:40])]
        file.write_text("\n".join(lines[:-24] + added) + "\n", encoding="utf-8", newline="\n")
        replace(root / "recipes/penguins.py", "Nothing to mend.", "Nothing at all to mend.")

    return build_branch(root, "data", change)


def review(root: Path, base: str, head: str, **options: Any) -> str:
    """Return the report of two revisions, made in this process."""
    every = {"images": None, "link": None, "dropped": [], **options}
    return make_review(root, argparse.Namespace(base=base, head=head, **every))[0]


def table(text: str, title: str) -> list[list[str]]:
    """Return the rows of the table with a title, its head aside."""
    match = re.search(rf"(?m)^(### |<summary>){re.escape(title)}", text)
    assert match, f"no table {title!r}"
    return tables(text[match.start() :].replace("<summary>", "\n"))[0][1:]


def metrics(root: Path, commit: str, name: str = "test") -> dict[str, Any]:
    """Return a metrics file of a commit."""
    text = shell(root, "git", "show", f"{commit}:metrics/{name}.json")
    values: dict[str, Any] = json.loads(text)
    return values


def edit_metrics(root: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a metrics file of the working tree."""
    path = root / f"metrics/{name}.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")


def test_a_worse_model_is_refused_on_the_first_line_and_every_change_has_its_table(
    root: Path, dummy: str, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/residuals.png").write_bytes(b"of an earlier review")
    output = shell(
        root, *REPORT, "--base", "main", "--head", dummy, "--output", str(tmp_path / "one")
    )
    text = (tmp_path / "one/report.md").read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert output.splitlines()[0] == first
    assert first.startswith(
        "**Gates: refuse (base: pass). Model: worse** on `log_loss` (lower is better)"
    )
    old, new = metrics(root, "main"), metrics(root, dummy)
    row = table(text, "Metrics on test")[0]
    assert row[0] == "log_loss (lower is better)" and row[5] == "worse"
    assert row[1:3] == [f"{side['metrics']['log_loss']:.5f}" for side in (old, new)]
    low, high = (float(edge) for edge in row[4].split(" to "))
    assert 0 < low < float(row[3]) < high
    flips = {row[0]: row[1:3] for row in table(text, "Gates that flipped")}
    assert flips["baseline"] == ["pass", "fail"]
    assert re.search(r"- `log_loss .* the dummy baseline .*: fail`", text)
    assert ["model.kind", "linear", "dummy"] in table(text, "Parameters")
    stages = [row[0] for row in table(text, "Stages rebuilt")]
    assert stages[:2] == ["compose", "train"] and "ingest" not in stages and "report" in stages
    assert ["conf/config.yaml", "compose"] in table(text, "Code and configuration")
    assert table(text, "Slices that moved most")[0][0].startswith("sex ")
    assert "Raw data" not in text and "Dependencies" not in text
    commit = shell(root, "git", "rev-parse", "main").strip()
    assert f"--base {commit} --head {dummy}" in text and f"git checkout {dummy}" in text
    pictures = sorted(path.name for path in (tmp_path / "one").glob("*.png"))
    assert pictures == ["confusion.png", "importance.png"]
    assert all(f"`{name}`" in text for name in pictures) and "![" not in text
    assert str(tmp_path) not in text

    shell(root, *REPORT, "--base", "main", "--head", dummy, "--output", str(tmp_path / "two"))
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), (
            name
        )


def test_the_way_back_is_better_and_the_gates_pass_again(root: Path, dummy: str) -> None:
    back = make_branch(
        root, "back", lambda: shell(root, "git", "checkout", "main", "--", "."), dummy
    )
    text = review(root, "dummy", back)
    assert text.startswith("**Gates: pass (base: refuse). Model: better** on `log_loss`")
    assert ["model.kind", "dummy", "linear"] in table(text, "Parameters")


def test_rows_added_and_removed_are_counted_and_only_common_test_rows_are_compared(
    root: Path, data: str
) -> None:
    text = review(root, "main", data)
    assert table(text, "Raw data") == [["data/raw/penguins/penguins.csv", "344", "330", "-14"]]
    assert table(text, "Partitions") == [["penguins", "344", "330", "-14"]]
    assert ["ingested", "344", "330", "-14"] in table(text, "Data quality")
    assert table(text, "Code and configuration") == [
        ["recipes/penguins.py", "ingest, preprocess, featurize, train, register"]
    ]
    assert "the test rows differ: " in text and "that both have" in text.splitlines()[0]
    own, common = table(text, "Metrics on test, each"), table(text, "Metrics on the ")
    assert len(own[0]) == 4 and len(common[0]) == 6
    values = [metrics(root, side)["metrics"]["log_loss"] for side in ("main", data)]
    assert own[0][1:3] == [f"{value:.5f}" for value in values]


def test_predictions_that_cannot_be_had_leave_values_without_intervals(
    root: Path, dummy: str
) -> None:
    lock = shell(root, "git", "show", "main:dvc.lock")
    digest = lock.split("path: data/predictions\n")[1].split("md5: ")[1].split("\n")[0]
    cached = root / ".dvc/cache/files/md5" / digest[:2] / digest[2:]
    hidden = cached.rename(root / ".dvc/hidden")
    try:
        text = review(root, "main", dummy)
    finally:
        hidden.rename(cached)
    assert text.startswith("**Gates: refuse (base: pass). Not compared with base** on `log_loss`")
    assert "> - No intervals: `the predictions of " in text
    row = table(text, "Metrics on test")[0]
    assert row[3].startswith("+") and row[4:] == ["n/a", "not compared"]


def test_another_task_is_not_compared(root: Path) -> None:
    def change() -> None:
        replace(root / "params.yaml", "task: multiclass", "task: regression")
        edit_metrics(root, "test", lambda values: values.update(metrics={"rmse": 3.0}, slices=[]))

    text = review(root, "main", make_branch(root, "task", change))
    assert text.startswith(
        "**Gates: pass. Not compared with base** on `rmse` (lower is better): 3.00000."
    )
    assert "What is predicted differs" in text and "have other tasks or row keys" in text
    assert ["dataset.task", "multiclass", "regression"] in table(text, "Parameters")
    assert all(row[3:] == ["n/a", "n/a", "not compared"] for row in table(text, "Metrics on test"))


def test_documentation_only_is_one_line_and_earlier_pictures_go(root: Path, tmp_path: Path) -> None:
    def change() -> None:
        (root / "docs/more.md").write_text("more\n", encoding="utf-8")
        replace(root / "README.md", "# ", "#  ")

    make_branch(root, "docs", change)
    (tmp_path / "roc.png").write_bytes(b"of an earlier review")
    (tmp_path / "mine.png").write_bytes(b"somebody's")
    shell(root, *REPORT, "--base", "main", "--output", str(tmp_path))
    lines = (tmp_path / "report.md").read_text(encoding="utf-8").splitlines()
    line = "**Documentation only**: no stage, parameter, data or metric differs."
    assert lines[0] == line and lines[1:] == ["", "<!-- lockstep review -->"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.png", "report.md"]


def test_files_that_the_pipeline_does_not_know_are_listed(root: Path) -> None:
    def change() -> None:
        (root / "docs/more.md").write_text("more\n", encoding="utf-8")
        (root / f"tests/{HOSTILE.replace('/', '-')}.py").write_text("", encoding="utf-8")

    text = review(root, "main", make_branch(root, "tests", change))
    assert text.startswith("**Nothing that the pipeline reads or writes**")
    assert table(text, "Files that differ")[1] == [f"tests/{HOSTILE.replace('/', '-')}.py"]
    assert "octocat" not in outside_code(text)


def test_head_is_compared_with_where_it_left_and_not_with_the_tip(root: Path, dummy: str) -> None:
    left = shell(root, "git", "rev-parse", "main").strip()
    make_branch(root, "topic", lambda: replace(root / "README.md", "# ", "#   "))
    assert review(root, dummy, "topic").startswith("**Documentation only**")
    text = review(root, "topic", dummy)
    assert f"Base is {left[:12]}" in text and "Model: worse" in text
    assert review(root, dummy, "main").startswith("**The two commits have the same files**")


def test_base_without_metrics_leaves_the_values_of_head(root: Path) -> None:
    first = shell(root, "git", "rev-list", "--max-parents=0", "main").strip()
    text = review(root, first, "main")
    value = metrics(root, "main")["metrics"]["log_loss"]
    first_line = (
        f"**Gates: pass. Not compared with base** on `log_loss` (lower is better): {value:.5f}."
    )
    assert text.splitlines()[0] == first_line
    assert f"> - Of base: `{first[:12]} has no metrics/test.json" in text
    assert "Gates that flipped" not in text and "Parameters" not in text


def test_a_metric_that_head_lacks_stops_it_unless_it_goes_on_purpose(root: Path) -> None:
    def change() -> None:
        edit_metrics(root, "test", lambda values: values["metrics"].pop("accuracy"))

    head = make_branch(root, "lacking", change)
    done = attempt(root, *REPORT, "--base", "main", "--dry-run")
    assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"review: {head[:12]} has no metrics/test.json accuracy, which ")
    text = review(root, "main", head, dropped=["accuracy"])
    rows = {row[0].split()[0]: row for row in table(text, "Metrics on test")}
    assert rows["accuracy"][2] == "n/a"
    assert "`metrics/test.json of head is not what its dvc.lock records" in text


def replacing(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return an edit of a file."""
    return lambda root: replace(root / name, old, new)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda root: (root / "metrics/gate.json").unlink(), "has no metrics/gate.json"),
        (lambda root: (root / "metrics/plots/importance.json").unlink(), "has no metrics/plots/importance"),
        (lambda root: (root / "dvc.lock").unlink(), "has no dvc.lock"),
        (replacing("metrics/drift.json", "{", "{<<<<<<< HEAD"), "metrics/drift.json of .* is not whole"),
        (replacing("dvc.lock", "stages:\n", "stages:\n<<<<<<< HEAD\n"), "dvc.lock of .* is not whole"),
        (replacing("metrics/data.json", '"ingested"', '"took"'), "metrics/data.json of .* has no 'ingested'"),
        (replacing("metrics/gate.json", '"verdict": "pass"', '"verdict": "@me"'), "the verdict is '@me'"),
        (
            lambda root: edit_metrics(root, "test", lambda values: values["metrics"].update(accuracy="high")),
            "accuracy is 'high', expected a number",
        ),
    ],
)  # fmt: skip
def test_a_head_that_is_not_whole_is_refused_by_the_name_of_the_file(
    root: Path, change: Callable[[Path], None], message: str
) -> None:
    head = make_branch(root, "broken", lambda: change(root))
    with pytest.raises(LockstepError, match=message):
        review(root, "main", head)


def test_code_that_was_not_run_has_a_note(root: Path) -> None:
    def change() -> None:
        replace(root / "recipes/penguins.py", "Nothing to mend.", "Nothing to mend here.")

    text = review(root, "main", make_branch(root, "unrun", change))
    assert (
        "> - Not of this code: `recipes/penguins.py changed and dvc.lock records no run of ingest"
        in text
    )
    assert "Model: not distinguishable" in text.splitlines()[0]
    assert text.splitlines()[0].endswith("The predictions are the same bytes.")


def test_a_thousand_hostile_slices_stay_within_the_limit_and_do_nothing(root: Path) -> None:
    def sliced(shift: float) -> Callable[[], None]:
        parts = [
            {
                "column": "sex",
                "value": f"{HOSTILE} {i}",
                "rows": 9,
                "metrics": {"log_loss": i * shift},
            }
            for i in range(1000)
        ]
        return lambda: edit_metrics(root, "test", lambda values: values.update(slices=parts))

    def change() -> None:
        sliced(0.01)()
        check = {"name": HOSTILE, "passed": False, "severity": "fail", "reason": HOSTILE, "value": HOSTILE,
                 "threshold": 1.0, "direction": HOSTILE}  # fmt: skip
        edit_metrics(root, "gate", lambda values: values.update(verdict="fail", checks=[check]))
        replace(root / "params.yaml", "seed: 42", f"seed: 42\n'{HOSTILE}': '{HOSTILE}'")
        replace(root / "requirements.lock", "aiohttp==", "aiohttp==@octocat|`<b>")
        (root / f"recipes/{HOSTILE.replace('/', '-')}.py").write_text("", encoding="utf-8")

    make_branch(root, "slices", sliced(0.02))
    text = review(root, "slices", make_branch(root, "hostile", change, "slices"))
    assert MAX_BYTES * 0.9 < len(text.encode()) <= MAX_BYTES
    assert table(text, "Slices that moved most")[0][:2] == [f"sex {HOSTILE} 999", "9"]
    left = re.search(r"_(\d+) more of 991 rows are left out", text)
    assert left and len(table(text, "The other slices")) == 991 - int(left[1])
    assert [HOSTILE, "none", HOSTILE] in table(text, "Parameters")
    for word in ("octocat", "example.org", "<b>", "#1", "[l]"):
        assert word in text and word not in outside_code(text)
    for rows in tables(text):
        assert len({len(row) for row in rows}) == 1
    assert text.count("<details>") == text.count("</details>")


def test_pictures_and_the_full_report_are_linked_where_their_addresses_are_given(
    root: Path, dummy: str
) -> None:
    links = {"images": "https://example.org/p/", "link": "https://example.org/r.html"}
    text = review(root, "main", dummy, **links)
    assert "![Confusion](https://example.org/p/confusion.png)" in text
    assert "[report.html](https://example.org/r.html)" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--base", "nowhere"), "'nowhere' is no Git revision"),
        (("--base", "main", "--head", "workspace"), "--head is workspace; a review is of commits"),
        (
            ("--base", "orphan"),
            "have no commit in common here; in a shallow clone `git fetch --unshallow`",
        ),
        (("--base", "main", "--images", "a b"), "--images is 'a b'; expected an http"),
        (
            ("--base", "main", "--output", "README.md"),
            "--output README.md is a file; expected a folder",
        ),
        (
            ("--base", "main", "--output", "other"),
            "other/report.md is no review and stays as it is",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_written(
    root: Path, options: tuple[str, ...], message: str
) -> None:
    shell(root, "git", "checkout", "-q", "-f", "main")
    tree = shell(root, "git", "commit-tree", "-m", "orphan", "main^{tree}").strip()
    shell(root, "git", "branch", "-f", "orphan", tree)
    (root / "other").mkdir(exist_ok=True)
    (root / "other/report.md").write_text("mine\n", encoding="utf-8")
    before = shell(root, "git", "status", "--porcelain")
    done = attempt(root, *REPORT, *options)
    assert done.returncode == 1 and done.stdout == ""
    assert message in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    assert shell(root, "git", "status", "--porcelain") == before
    shutil.rmtree(root / "other")


def test_a_shallow_clone_gets_the_command_that_brings_the_history(
    root: Path, dummy: str, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    shell(
        tmp_path,
        "git",
        "clone",
        "-q",
        "--depth",
        "1",
        "--no-single-branch",
        root.as_uri(),
        str(clone),
    )
    done = subprocess.run(
        [*REPORT, "--base", "origin/main", "--head", "origin/dummy"],
        cwd=clone, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "`git fetch --unshallow`" in done.stderr


def test_a_fresh_clone_fetches_predictions_and_partitions_from_the_remote(
    root: Path, data: str, tmp_path: Path
) -> None:
    store = ("dvc", "remote", "add", "--local", "-d", "store", str(tmp_path / "store"))
    shell(root, *store)
    for branch in ("main", "data"):
        shell(root, "git", "checkout", "-q", "-f", branch)
        shell(root, "dvc", "push", "-q", "data/predictions", "data/ingested")
    shell(root, "dvc", "remote", "remove", "--local", "store")
    clone = tmp_path / "clone"
    shell(tmp_path, "git", "clone", "-q", str(root), str(clone))
    shell(clone, *store)
    text = review(clone, "origin/main", "origin/data")
    assert text == review(root, "main", data)
    assert table(text, "Partitions") == [["penguins", "344", "330", "-14"]]
