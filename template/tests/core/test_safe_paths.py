"""What strangers wrote as a path, a name or a hash is used whole and plain, or refused in one line."""

from pathlib import Path, PurePosixPath

import pytest

from lockstep.core.errors import DataError
from lockstep.core.safe_paths import (
    commit_hash,
    file_name,
    object_hash,
    path_below,
    relative_path,
    sha256_hash,
)

LEADING_OUT = [
    *("../x", "a/../../x", "..", "a/..", "/etc/x", "//host/x", "a//b", "./x", "a/./b", ""),
    *("C:x", "c:/x", "..\\x", "a\\..\\x", "\\\\host\\x", "a\x00b", "a\nb", "a/", "\ud800"),
    *(".git/hooks/x", "a/.GIT/config", ".git", ".git./config"),
]


@pytest.mark.parametrize("text", LEADING_OUT)
def test_a_path_that_leads_out_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    for check in (relative_path, file_name, lambda *words: path_below(tmp_path, *words)):
        with pytest.raises(DataError, match="of the remote: ") as refusal:
            check(text, "list of the remote")
        assert str(refusal.value).isprintable()


@pytest.mark.parametrize("value", [None, 3, ["x"], {"x": 1}, b"x"])
def test_what_is_no_text_is_refused(value: object) -> None:
    for check in (relative_path, file_name, object_hash, sha256_hash, commit_hash):
        with pytest.raises(DataError, match="list: "):
            check(value, "list")


def test_plain_paths_and_names_are_as_they_were() -> None:
    assert relative_path("2013/flüge 1.parquet", "list") == PurePosixPath("2013/flüge 1.parquet")
    assert relative_path(".gitignore", "list") == PurePosixPath(".gitignore")
    assert file_name("flights-2013-01", "list") == "flights-2013-01"
    assert file_name("10:30", "list") == "10:30"
    with pytest.raises(DataError, match="'a/b' cannot be the name of a file"):
        file_name("a/b", "list")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "../../x",
        "0" * 31,
        "0" * 33,
        "0" * 32 + "\n",
        "A" * 32,
        "\u0660" * 32,
        "0" * 32 + ".DIR",
    ],
)
def test_a_hash_is_matched_whole(text: str) -> None:
    for check in (object_hash, sha256_hash, commit_hash):
        with pytest.raises(DataError, match="pointer: "):
            check(text, "pointer")
    assert object_hash("0" * 32 + ".dir", "pointer") == "0" * 32 + ".dir"
    assert sha256_hash("0" * 64, "pointer") == "0" * 64
    assert commit_hash("0" * 40, "pointer") == "0" * 40


def test_a_path_through_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/link").symlink_to(tmp_path / "elsewhere")
    assert path_below(tmp_path / "folder", "a/b", "list") == tmp_path / "folder/a/b"
    for text in ("link/x", "link"):
        with pytest.raises(DataError, match="leads through a link"):
            path_below(tmp_path / "folder", text, "list")
