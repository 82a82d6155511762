"""A champion is promoted, defended and rolled back, with real Git, GTO and DVC, on penguins."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from template.tests.support.workspace import attempt, build, built_copy, environment, replace, shell

PROMOTE, ROLLBACK = (
    (sys.executable, "-m", "lockstep", name, "--yes") for name in ("promote", "rollback")
)
POINTER = "models/champion.yaml"
# Lies on PYTHONPATH of the killed process alone: SIGKILL before the n-th program that it starts.
KILLER = """
import os, signal, subprocess, sys

if "promote" in sys.orig_argv:
    real, left = subprocess.run, [int(os.environ["KILL_BEFORE"])]

    def run(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)

    subprocess.run = run
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins, built, nothing promoted yet."""
    return built_copy(tmp_path_factory, "promote")


@pytest.fixture(autouse=True)
def unchanged(root: Path) -> None:
    """Every test starts where nothing is promoted."""
    first = shell(root, "git", "rev-list", "--reverse", "--grep=^Built$", "HEAD").split()[0]
    shell(root, "git", "reset", "-q", "--hard", first)
    for tag in shell(root, "git", "tag").split():
        shell(root, "git", "tag", "-d", tag)
    shell(root, "dvc", "checkout", "-q", "--force")


def pointer(root: Path) -> dict[str, object]:
    """What models/champion.yaml says in the working tree."""
    lines = (root / POINTER).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    result: dict[str, object] = json.loads(lines[1])
    return result


def refused(root: Path, command: tuple[str, ...], words: str) -> None:
    """Assert that a command refuses with one line and changes nothing."""
    before = shell(root, "git", "for-each-ref"), (root / POINTER).read_bytes()
    done = attempt(root, *command)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1 and words in done.stderr, done.stderr
    assert (shell(root, "git", "for-each-ref"), (root / POINTER).read_bytes()) == before


def rebuilt(root: Path, *edits: tuple[str, str, str]) -> None:
    """Build and commit with some texts in files replaced."""
    for name, old, new in edits:
        replace(root / name, old, new)
    build(root)


def verdict(root: Path) -> str:
    """What the gates said last."""
    result: str = json.loads((root / "metrics/gate.json").read_text(encoding="utf-8"))["verdict"]
    return result


def test_a_run_is_promoted_a_challenger_is_judged_and_the_champion_comes_back(root: Path) -> None:
    shell(root, *PROMOTE, "--reason", "the first")
    assert pointer(root)["version"] == "v1.0.0" and pointer(root)["why"] == "the first"
    diff = shell(root, "git", "show", "--numstat", "--format=", "HEAD").split()
    assert diff == ["1", "1", POINTER], "a promotion is a one-line diff"
    assert shell(root, "git", "status", "--porcelain") == ""
    refused(root, PROMOTE, "is the champion already")

    few = ("conf/model/catboost.yaml", "iterations: 100", "iterations: 10")
    rebuilt(root, ("conf/config.yaml", "model: linear", "model: catboost"), few)
    assert verdict(root) == "fail"
    refused(root, PROMOTE, "log_loss worse than champion v1.0.0's")
    back = ("conf/config.yaml", "model: catboost", "model: linear")
    rebuilt(root, back, ("conf/model/linear.yaml", "C: 1.0", "C: 2.0"))
    gate = json.loads((root / "metrics/gate.json").read_text(encoding="utf-8"))
    (check,) = [one for one in gate["checks"] if one["name"] == "champion"]
    assert gate["champion"]["version"] == "v1.0.0" and check["interval"][0] < check["interval"][1]
    judged = gate["champion"]["metrics"]["log_loss"]
    test = json.loads((root / "metrics/test.json").read_text(encoding="utf-8"))
    assert judged["new"] == pytest.approx(test["metrics"]["log_loss"], abs=1e-12)
    assert judged["old"] == pytest.approx(pointer(root)["metrics"]["log_loss"], abs=1e-6)  # type: ignore[index]

    shell(root, *PROMOTE, "--bump", "major")
    assert pointer(root)["version"] == "v2.0.0"
    shell(root, *ROLLBACK, "--reason", "slow")
    assert pointer(root)["version"] == "v1.0.0"
    assert pointer(root)["why"] == "back from v2.0.0: slow"
    shown = json.loads(shell(root, "gto", "show", "--json"))
    assert shown["model"]["stage"]["prod"] == "v1.0.0"
    assert shown["model"]["version"] == "v2.0.0"
    events = json.loads(shell(root, "gto", "history", "--json"))
    assert [one["event"] for one in events].count("assignment") == 3

    shell(root, "dvc", "repro")  # judged against itself, and the bundle is the same bytes
    shell(root, "git", "commit", "-qam", "Judged")
    got = root.parent / "artifact"
    shell(root, "dvc", "artifacts", "get", ".", "model", "--rev", "v1.0.0", "-o", str(got))
    assert (got / "model.skops").is_file()
    compared = shell(root, sys.executable, "-m", "lockstep", "compare", "v1.0.0", "v2.0.0")
    assert "v1.0.0" in compared and "model.params.C" in compared and "log_loss (lower" in compared
    predicted = root.parent / "predicted.csv"
    predict = (sys.executable, "-m", "lockstep", "predict", "data/ingested", str(predicted))
    shell(root, *predict)
    champion = predicted.read_bytes()
    shell(root, *predict, "--version", "v1.0.0", "--force")
    assert predicted.read_bytes() == champion
    shell(root, *predict, "--version", "v2.0.0", "--force")
    assert predicted.read_bytes() != champion
    refused(root, (*ROLLBACK, "v9.9.9"), "there is v1.0.0, v2.0.0")
    refused(root, (*ROLLBACK, "v1.0.0"), "v1.0.0 is the champion already")


def test_the_champion_is_judged_by_its_own_recipe(root: Path) -> None:
    shell(root, *PROMOTE)
    recipe = "return frame.assign(body_mass_g=1e6 - frame['body_mass_g'])"
    text = (root / "recipes/penguins.py").read_text(encoding="utf-8")
    head, tail = text.rsplit("return frame", 1)  # of featurize()
    (root / "recipes/penguins.py").write_text(head + recipe + tail, encoding="utf-8", newline="\n")
    build(root)
    gate = json.loads((root / "metrics/gate.json").read_text(encoding="utf-8"))
    judged = gate["champion"]["metrics"]["log_loss"]
    assert judged["old"] == pytest.approx(pointer(root)["metrics"]["log_loss"], abs=1e-6)  # type: ignore[index]
    assert judged["new"] != judged["old"]


def test_a_champion_that_cannot_be_had_is_unknown_and_blocks_only_where_that_is_set(
    root: Path,
) -> None:
    shell(root, *PROMOTE)
    text = (root / POINTER).read_text(encoding="utf-8")
    lost = text.replace(str(pointer(root)["bundle"]), "0" * 32 + ".dir")
    lost = lost.replace(str(pointer(root)["digest"]), "0" * 64)
    (root / POINTER).write_text(lost, encoding="utf-8", newline="\n")
    build(root)
    assert verdict(root) == "pass"
    gate = (root / "metrics/gate.json").read_text(encoding="utf-8")
    assert "neither in DVC's cache nor on the remote" in gate
    unknown = ("conf/gate/default.yaml", "unknown_blocks: false", "unknown_blocks: true")
    rebuilt(root, unknown)
    assert verdict(root) == "unknown"
    assert attempt(root, "make", "-o", "setup", "gate").returncode != 0
    assert not (root / "models/registered/sha256.json").exists()
    assert (root / "models/registered/refusal.json").exists()


def test_what_may_not_be_promoted_is_refused_in_one_line(root: Path) -> None:
    refused(root, ROLLBACK, "there is no champion yet")
    refused(root, PROMOTE[:-1], "there is no terminal to ask on")
    (root / "README.md").write_text("changed", encoding="utf-8")
    refused(root, PROMOTE, "README.md differs from the last commit")
    shell(root, "git", "checkout", "-q", ".")
    lock = (root / "dvc.lock").read_text(encoding="utf-8")
    hashed = lock.split("path: models/registered\n")[1].split("md5: ")[1].split("\n")[0]
    lost = root / ".dvc/cache/files/md5" / hashed[:2] / hashed[2:]
    content = lost.read_bytes()
    lost.unlink()
    try:
        refused(root, PROMOTE, "is neither in DVC's cache nor on the remote")
    finally:
        lost.write_bytes(content)
    replace(root / "conf/gate/default.yaml", "baseline_margin: 0.01", "baseline_margin: 0.999")
    build(root)
    refused(root, PROMOTE, "the verdict is fail, not pass: log_loss 97.2 % better than the dummy")


def test_a_dry_run_shows_the_challenger_and_changes_nothing(root: Path) -> None:
    before = shell(root, "git", "for-each-ref")
    said = shell(root, *PROMOTE, "--dry-run")
    assert "challenger: v1.0.0, linear" in said and "nothing was changed" in said
    assert shell(root, "git", "for-each-ref") == before
    assert pointer(root) == {"version": None}


def test_killed_at_any_moment_a_promotion_has_happened_or_it_has_not(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(KILLER, encoding="utf-8")
    base = shell(root, "git", "rev-parse", "HEAD")
    outcomes, step = [], 0
    while True:
        variables = {**environment(), "PYTHONPATH": str(tmp_path), "KILL_BEFORE": str(step)}
        done = subprocess.run(PROMOTE, cwd=root, env=variables, capture_output=True, check=False)
        happened = shell(root, "git", "rev-parse", "HEAD") != base
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
        again = attempt(root, *PROMOTE)
        if happened:  # nothing is left to promote, and the rest was done
            assert "is the champion already, as v1.0.0" in again.stderr
        else:
            assert again.returncode == 0, again.stderr
        outcomes.append(happened)
        assert pointer(root)["version"] == "v1.0.0"
        assert shell(root, "git", "tag").split() == ["model#prod#1", "model@v1.0.0"]
        assert shell(root, "git", "status", "--porcelain") == ""
        shell(root, "git", "reset", "-q", "--hard", base.strip())
        shell(root, "git", "tag", "-d", "model#prod#1", "model@v1.0.0")
        step += 1
    assert outcomes == sorted(outcomes) and set(outcomes) == {False, True}


def test_a_fresh_clone_finds_the_champion_on_the_remote_and_a_queued_experiment_in_the_cache(
    root: Path, tmp_path: Path
) -> None:
    shell(root, *PROMOTE)
    shell(root, "dvc", "repro")
    shell(root, "git", "commit", "-qam", "Judged")
    shell(root, "dvc", "remote", "add", "--local", "-d", "store", str(tmp_path / "store"))
    shell(root, "dvc", "push", "-q", "--all-tags")
    clone = tmp_path / "clone"
    shell(tmp_path, "git", "clone", "-q", str(root), str(clone))
    shell(clone, "dvc", "remote", "add", "--local", "-d", "store", str(tmp_path / "store"))
    find = (
        "from lockstep.registry.versions import bundle_of; print(bundle_of(), bundle_of('v1.0.0'))"
    )
    champion, version = shell(clone, sys.executable, "-c", find).split()
    assert champion == version and (clone / champion / "model.skops").is_file()

    shell(root, "dvc", "exp", "run", "--queue", "-S", "model.params.C=0.5", "--name", "queued")
    shell(root, "dvc", "exp", "run", "--run-all")
    gate = json.loads(shell(root, "git", "show", f"{experiment(root)}:metrics/gate.json"))
    assert gate["champion"]["version"] == "v1.0.0" and gate["champion"]["metrics"] is not None
    shell(root, "dvc", "remote", "remove", "--local", "store")
    outputs = ("--markdown", str(tmp_path / "found.md"), "--json", str(tmp_path / "found.json"))
    shell(root, sys.executable, "-m", "lockstep", "compare", "HEAD", "queued", *outputs)
    result = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert result["parameters"] == [{"name": "model.params.C", "old": 1.0, "new": 0.5}]
    assert result["metrics"]["log_loss"]["difference"] != 0
    markdown = (tmp_path / "found.md").read_text(encoding="utf-8")
    assert "| `model.params.C` | `1.0` | `0.5` |" in markdown


def experiment(root: Path) -> str:
    """The commit of the experiment named queued."""
    listed = shell(root, "git", "for-each-ref", "--format=%(refname)", "refs/exps").split()
    (result,) = [ref for ref in listed if ref.endswith("/queued")]
    return result
