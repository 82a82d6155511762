"""Versions whose bundle is neither in the cache nor on the remote are named; without versions nothing is."""

from pathlib import Path

import pytest

from lockstep.automation.push import push_versions
from lockstep.core.errors import DataError
from lockstep.registry.versions import POINTER, text
from template.tests.support.workspace import environment, shell


def test_a_version_whose_bundle_is_lost_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    root = tmp_path / "root"
    root.mkdir()
    shell(root, "git", "init", "-q")
    shell(root, "dvc", "init", "-q")
    assert push_versions(root) == []
    (tmp_path / "storage").mkdir()
    shell(root, "dvc", "remote", "add", "--default", "storage", str(tmp_path / "storage"))
    (root / POINTER).parent.mkdir()
    hashes = {"commit": "1" * 40, "bundle": "0" * 32 + ".dir", "digest": "3" * 64}
    entry = {"version": "v1.0.0", **hashes}
    (root / POINTER).write_text(text(entry), encoding="utf-8")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "A version")
    shell(root, "git", "tag", "model@v1.0.0")
    with pytest.raises(DataError, match=r"bundle of v1\.0\.0 is neither in DVC's cache nor"):
        push_versions(root)
