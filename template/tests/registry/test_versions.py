"""The pointer is one line that says what it is, or is refused."""

from pathlib import Path

import pytest
from dvc.repo import Repo

from lockstep.core.errors import DataError, LockstepError
from lockstep.registry.versions import POINTER, bundle_of, champion, parse, text
from lockstep.repository.dvc_internals import copy_folder

ENTRY = {
    "version": "v1.0.0",
    "commit": "1" * 40,
    "bundle": "2" * 32 + ".dir",
    "digest": "3" * 64,
    "why": "because",
}


def point(root: Path, entry: dict[str, object]) -> None:
    """Write the pointer of a repository that has nothing else."""
    (root / POINTER).parent.mkdir()
    (root / POINTER).write_text(text(entry), encoding="utf-8")


def test_a_pointer_is_read_as_it_was_written(tmp_path: Path) -> None:
    entry = {**ENTRY, "why": 'a "quoted" reason, with: a colon'}
    point(tmp_path, entry)
    assert champion(tmp_path) == entry
    assert len(text(entry).splitlines()) == 2


def test_no_champion_is_no_error_until_one_is_needed(tmp_path: Path) -> None:
    point(tmp_path, {"version": None})
    assert champion(tmp_path) is None
    with pytest.raises(LockstepError, match="there is no champion yet"):
        bundle_of(root=tmp_path)


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "<<<<<<< HEAD\n{}\n"])
def test_a_spoilt_pointer_is_refused(spoilt: str) -> None:
    with pytest.raises(DataError, match="is not a pointer to a champion; `git checkout HEAD"):
        parse(spoilt, "models/champion.yaml")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("digest", value)
            for value in ("../../../precious", "3" * 63, "", None, 3, "3" * 64 + "\n")
        ),
        *(("bundle", value) for value in ("..", "2" * 30 + "/..", "2" * 32 + ".dir/x", None)),
        *(("commit", value) for value in ("HEAD", "--output=x", "1" * 39, None)),
        *(("version", value) for value in ("v1.0", "--help", "v1.0.0 x", "v1.0.0\n", ["v1.0.0"])),
    ],
)
def test_a_pointer_that_leads_elsewhere_is_refused_and_nothing_is_removed(
    tmp_path: Path, name: str, value: object
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "kept").touch()
    root = tmp_path / "root"
    root.mkdir()
    point(root, {**ENTRY, name: value})
    with pytest.raises(DataError, match=r"models/champion\.yaml.*") as refusal:
        bundle_of(root=root)
    assert str(refusal.value).isprintable() and (precious / "kept").exists()


@pytest.mark.parametrize("url", [None, "s3://bucket/path", "no-such-folder"])
def test_a_remote_that_cannot_be_read_has_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "")  # as in CI, where a fork is given no secret
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    root = tmp_path / "root"
    root.mkdir()
    with Repo.init(str(root), no_scm=True) as repo, repo.config.edit("repo") as config:
        if url:
            config["remote"]["storage"] = {"url": url}
            config["core"]["remote"] = "storage"
    assert not copy_folder(root, "0" * 32 + ".dir", tmp_path / "place")
