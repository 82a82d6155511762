"""What goes through a store comes back whole or is told in one line, with what to do."""

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.core.engine import Inline, executor
from lockstep.core.engine.store import WAITS, Stored, fetch, upload
from lockstep.core.errors import ConfigError, DataError, LockstepError
from lockstep.core.schema import Engine
from template.tests.support.cluster import free_port, running
from template.tests.support.servers import BUCKET, KEY, SECRET, s3_server
from tests.closure import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder with a file of four bytes."""
    place = tmp_path / "project"
    (place / "data").mkdir(parents=True)
    (place / "data/in").write_bytes(b"four")
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store in a folder that is not there yet."""
    return f"file://{tmp_path}/store/here"


def twice(path: Path, name: str) -> int:
    """Write a file's bytes twice; how many it has."""
    (Path("out") / name).parent.mkdir(parents=True, exist_ok=True)
    (Path("out") / name).write_bytes(path.read_bytes() * 2)
    assert not Path("other").exists()
    return len(path.read_bytes())


def test_a_function_computes_elsewhere_and_what_it_wrote_comes_back(folder: Path, url: str) -> None:
    Path("other").touch()  # no input: it is not there where the function runs
    pool = Stored(Inline(), url)
    assert list(pool.map(twice, [folder / "data/in", Path("data/in")], ["a/x", "y"])) == [4, 4]
    assert Path("out/a/x").read_bytes() == Path("out/y").read_bytes() == b"fourfour"
    assert pool.submit(twice, Path("data/in"), "z").result() == 4
    assert Path("out/z").read_bytes() == b"fourfour" and Path.cwd() == folder
    assert list(pool.map(twice, [], [])) == []


@pytest.mark.parametrize("name", ["../hook", ".git/hooks/x", "/tmp/x", "a\\b", "link/x"])
def test_a_worker_writes_below_this_folder_alone(
    folder: Path, url: str, tmp_path: Path, name: str
) -> None:
    (tmp_path / "other").mkdir()
    Path("link").symlink_to(tmp_path / "other")
    pool, before = Stored(Inline(), url), sorted(tmp_path.rglob("*"))
    answer = 1, {name: upload(url, Path("data/in"))}
    with pytest.raises(DataError, match="what a worker wrote: "):
        pool.fetch_result(answer)
    with pytest.raises(DataError, match="is not a SHA-256"):
        pool.fetch_result((1, {"out": "../../project/data/in"}))
    written = set(tmp_path.rglob("*")) - set(before) - set((tmp_path / "store").rglob("*"))
    assert written == {tmp_path / "store"}


def test_an_input_outside_of_the_folder_is_no_input(folder: Path, url: str) -> None:
    Path("../beside").write_bytes(b"x")
    with pytest.raises(ConfigError, match="lies outside of"):
        list(Stored(Inline(), url).map(twice, [Path("../beside")], ["x"]))


def test_what_is_there_is_not_put_there_again(folder: Path, url: str, tmp_path: Path) -> None:
    name = upload(url, Path("data/in"))
    [there] = (tmp_path / "store/here").iterdir()
    before = there.stat()
    assert upload(url, Path("data/in")) == name == there.name
    assert there.stat() == before


def test_half_an_object_is_put_there_anew(folder: Path, url: str, tmp_path: Path) -> None:
    name = upload(url, Path("data/in"))
    (tmp_path / "store/here" / name).write_bytes(b"fo")
    upload(url, Path("data/in"))
    fetch(url, name, Path("back"))
    assert Path("back").read_bytes() == b"four"


def test_a_damaged_object_is_named_and_takes_no_files_place(
    folder: Path, url: str, tmp_path: Path
) -> None:
    name = upload(url, Path("data/in"))
    (tmp_path / "store/here" / name).write_bytes(b"fouR")
    with pytest.raises(DataError, match=f"{name}, which is data/in, is damaged; remove it, then"):
        fetch(url, name, Path("data/in"))
    assert sorted(Path("data").iterdir()) == [Path("data/in")]


def test_an_object_that_is_gone_is_named(folder: Path, url: str, tmp_path: Path) -> None:
    name = upload(url, Path("data/in"))
    (tmp_path / "store/here" / name).unlink()
    with pytest.raises(DataError, match=f"{name}, which is back, is gone from the store"):
        fetch(url, name, Path("back"))


def test_a_file_outside_of_the_folder_and_a_task_without_one_are_refused(
    folder: Path, url: str, tmp_path: Path
) -> None:
    (tmp_path / "far").touch()
    with pytest.raises(ConfigError, match=f"engine.store: {tmp_path}/far lies outside of {folder}"):
        Stored(Inline(), url).map(len, [tmp_path / "far"])
    with pytest.raises(ConfigError, match="len names no file that it reads"):
        Stored(Inline(), url).map(len, ["text"])


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real S3 server."""
    with s3_server(tmp_path_factory.mktemp("s3")) as result:
        yield result


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The store's URL in its bucket, with credentials in the environment alone."""
    from s3fs import S3FileSystem

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    (tmp_path / "none").touch()
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    S3FileSystem.clear_instance_cache()
    yield f"s3://{BUCKET}/partitions"
    S3FileSystem.clear_instance_cache()


def test_s3_gives_back_what_it_got(folder: Path, s3: str) -> None:
    fetch(s3, upload(s3, Path("data/in")), Path("back"))
    assert Path("back").read_bytes() == b"four"


@pytest.mark.parametrize(
    "wrong, value, why",
    [
        ("bucket", "s3://no-such-bucket/x", "bucket does not exist"),
        ("AWS_SECRET_ACCESS_KEY", "not-the-secret", "PermissionError|Forbidden|denied"),
        ("AWS_ACCESS_KEY_ID", None, "credentials"),
        ("AWS_ENDPOINT_URL", "closed", "connect"),
    ],
)
def test_a_store_that_cannot_be_used_is_told_in_one_line(
    folder: Path, s3: str, wrong: str, value: str | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = s3
    if wrong == "bucket":
        place = str(value)
    elif value is None:
        monkeypatch.delenv(wrong)
    else:
        monkeypatch.setenv(wrong, f"http://127.0.0.1:{free_port()}" if value == "closed" else value)
    with pytest.raises(LockstepError, match=f"engine.store is '{place}', which") as caught:
        upload(place, Path("data/in"))
    assert SECRET not in str(caught.value)
    assert re.search(why, str(caught.value), re.IGNORECASE), caught.value


def test_a_store_that_takes_what_is_sent_and_never_answers_is_given_up(
    folder: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WAITS, "read_timeout", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(LockstepError, match=r"which .* cannot use: ReadTimeoutError"):
            upload(s3, Path("data/in"))


def test_a_worker_with_two_threads_is_refused(folder: Path, url: str) -> None:
    with (
        running(ROOT, 1, "--nthreads", "2") as result,
        pytest.raises(LockstepError, match=r"has 2 threads; with engine\.store each needs"),
    ):
        executor(Engine("dask", address=result.address, store=url)).__enter__()


@pytest.mark.parametrize(
    "kind, store, why",
    [
        ("inline", "s3://bucket/x", "null, because engine.kind is inline"),
        ("dask", "/shared", "a URL such as s3://bucket/prefix"),
        ("dask", "s3://me:secret@host/x", r"\(hidden\)'; allowed: a URL without credentials"),
        ("dask", "simplecache::s3://secret@host/x", r"\(hidden\)'; allowed: a URL without"),
        ("dask", "https://host/x?sas=secret", r"\(hidden\)'; allowed: a URL without credentials"),
    ],
)
def test_a_store_of_no_use_or_with_a_secret_is_refused(kind: str, store: str, why: str) -> None:
    whole = OmegaConf.to_container(compose([], ROOT))
    assert isinstance(whole, dict)
    whole["engine"] = {"kind": kind, "store": store}
    with pytest.raises(ConfigError, match=why):
        parse_config(whole)
