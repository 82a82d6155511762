"""The files at a URL get their names, and an error shows no secret."""

from pathlib import Path

import pytest

from lockstep.core.errors import ConfigError, DataError, LockstepError
from lockstep.sources.filesystem import (
    RemoteFile,
    explain_errors,
    is_file_name,
    list_remote_files,
    open_filesystem,
)
from template.tests.support.servers import web_server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files beside and below each other, one of them hidden."""
    (tmp_path / "sub").mkdir()
    for name in ("a.csv", "b.txt", ".hidden.csv", "sub/c.csv"):
        (tmp_path / name).write_text("x\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("", ["a.csv", "b.txt", "sub/c.csv"]), ("/*.csv", ["a.csv"]), ("/b.txt", ["b.txt"])],
)
def test_a_folder_a_pattern_and_a_file(folder: Path, pattern: str, names: list[str]) -> None:
    fs, path = open_filesystem(f"{folder}{pattern}")
    files = list_remote_files(fs, path, "file")
    assert list(files) == names
    assert all(Path(file.path).is_file() and file.size == 2 for file in files.values())


def test_the_page_of_a_web_server_lists_files(folder: Path) -> None:
    (folder / "two words.csv").write_text("x\n", encoding="utf-8")
    with web_server(folder) as url:
        fs, path = open_filesystem(url)
        assert {"a.csv", "b.txt", "two words.csv"} <= set(list_remote_files(fs, path, "http"))


def test_the_tag_is_the_etag_or_the_time_of_modification() -> None:
    assert RemoteFile("a", {"ETag": "v1", "updated": "today"}).tag == "v1"
    assert RemoteFile("a", {"ETag": None, "updated": "today"}).tag == "today"
    assert RemoteFile("a", {"size": 3}).tag is None


@pytest.mark.parametrize("name", ["", ".git/config", "a/.b", "folder/"])
def test_hidden_files_and_folders_are_not_fetched(name: str) -> None:
    assert not is_file_name(name)


def test_an_unknown_scheme_is_refused_with_those_that_are_allowed() -> None:
    with pytest.raises(ConfigError, match="foo:// is unknown; allowed: a path, https://, s3://"):
        open_filesystem("foo://x")


@pytest.mark.parametrize(
    ("error", "expected", "message"),
    [
        (FileNotFoundError("x"), DataError, "is not there"),
        (RuntimeError("cannot open https://me:hunter2@host/a"), LockstepError, "cannot be read"),
        (RuntimeError(""), LockstepError, "RuntimeError"),
        (DataError("as it is"), DataError, "^as it is$"),
    ],
)
def test_an_error_is_one_line_without_the_password(
    error: Exception, expected: type[Exception], message: str
) -> None:
    with (
        pytest.raises(expected, match=message) as raised,
        explain_errors("https://me:hunter2@host/a"),
    ):
        raise error
    assert "hunter2" not in str(raised.value)
