"""A remote's URL is refused without its secret; a remote is tried by a round trip."""

from pathlib import Path

import pytest
from dvc_objects.fs import LocalFileSystem

from lockstep.automation.remote_storage import endpoint_error, error_text, probe, url_error


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "the URL ''"),
        ("two\nlines", "one line"),
        ("../a#b", "commas, #"),
        ("ftp://host/x", "ftp:// is not known here"),
        ("s3://", "a name must follow s3://"),
        ("s3:///path", "a name must follow s3://"),
        ("ssh://me:secret@host/x", "holds a password or a key"),
        ("ssh://me:sec/ret@host/x", "holds a password or a key"),  # pragma: allowlist secret
        ("azure://container?sig=secret", "holds a password or a key"),
    ],
)
def test_a_url_that_may_not_stand_in_git_is_refused_without_its_secret(
    url: str, words: str
) -> None:
    error = url_error(url)
    assert error and words in error and "secret" not in error and "sec/ret" not in error
    assert "\n" not in error


@pytest.mark.parametrize(
    "url",
    ["../x y", "/mnt/data", "s3://b", "gs://b/x", "azure://c/x", "ssh://me@h:22/x", "https://h/"],
)
def test_what_dvc_takes_is_not_refused(url: str) -> None:
    assert url_error(url) is None


def test_an_endpoint_is_the_address_of_an_s3_server() -> None:
    assert endpoint_error("s3://b", "http://127.0.0.1:9000") is None
    assert "s3:// alone" in (endpoint_error("gs://b", "http://a") or "")
    assert "must begin with" in (endpoint_error("s3://b", "a:9000") or "")
    wrong = endpoint_error("s3://b", "http://me:secret@a") or ""
    assert wrong.startswith("--endpoint-url holds") and "secret" not in wrong


def test_a_round_trip_needs_the_same_bytes_back(tmp_path: Path) -> None:
    filesystem = LocalFileSystem()
    probe(filesystem, str(tmp_path / "storage"), writable=True)
    assert list((tmp_path / "storage").iterdir()) == []
    probe(filesystem, str(tmp_path / "nowhere"), writable=False)
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        probe(filesystem, str(tmp_path / "file/below"), writable=True)


def test_an_error_shows_no_secret_of_the_options() -> None:
    options = {"url": "s3://bucket", "secret_access_key": "hunter2", "region": "eu"}
    text = error_text(OSError("s3://bucket\nin eu refused hunter2"), options)
    assert text == "s3://bucket in eu refused ***"
    assert "asks for a password" in error_text(EOFError(), {})
