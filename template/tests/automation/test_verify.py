"""verify tells an identical rebuild from one that is equal within tolerance and from a different one."""

import shutil
from pathlib import Path

import pytest

from lockstep.automation.verify import compare, verify
from template.tests.support.workspace import built_copy, replace, shell


def checkout(folder: Path, md5: str, loss: str) -> Path:
    """The part of a built checkout that is compared."""
    (folder / "metrics").mkdir(parents=True)
    lock = f"stages:\n  train:\n    outs:\n    - path: models/candidate\n      md5: {md5}\n"
    (folder / "dvc.lock").write_text(lock, encoding="utf-8")
    (folder / "metrics/test.json").write_text(f'{{"metrics": {{"loss": {loss}}}}}', "utf-8")
    return folder


@pytest.mark.parametrize(
    ("md5", "loss", "verdict", "where"),
    [
        ("aa", "0.5", "identical", []),
        ("bb", "0.50000000001", "equal within 1e-06", ["models/candidate: another hash"]),
        ("bb", "0.6", "different", ["metrics/test.json: metrics.loss was 0.5 and is 0.6"]),
    ],
)
def test_the_verdict_says_how_far_and_where(
    tmp_path: Path, md5: str, loss: str, verdict: str, where: list[str]
) -> None:
    before = checkout(tmp_path / "before", "aa", "0.5")
    after = checkout(tmp_path / "after", md5, loss)
    assert compare(before, after, 1e-6) == (verdict, where)


def test_a_committed_build_is_rebuilt_identically_and_a_forged_metric_is_found(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = built_copy(tmp_path_factory, "verify", model="dummy")
    (root / "data/raw/mine").mkdir()
    (root / "data/raw/mine/mine.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    shell(root, "dvc", "add", "-q", "data/raw/mine")  # DVC asks for it even where nothing reads it
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Raw files that DVC tracks")
    assert verify(root, tmp_path / "first", 1e-6) == ("identical", [])
    shutil.rmtree(tmp_path / "first")
    replace(
        root / "metrics/test.json",
        '"metrics": {\n    "log_loss": ',
        '"metrics": {\n    "log_loss": 1',
    )
    replace(
        root / "dvc.lock",
        "metrics/test.json\n      hash: md5\n      md5: ",
        "metrics/test.json\n      hash: md5\n      md5: 0",
    )
    shell(root, "git", "commit", "-qam", "Forged")
    verdict, where = verify(root, tmp_path / "second", 1e-6)
    assert verdict == "different"
    assert where[0].startswith("metrics/test.json: metrics.log_loss was 1")
