"""Files at a URL are fetched once, and again where they changed; what cannot be read is named."""

import sys
from pathlib import Path

import pytest

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.schema import Source
from lockstep.sources.fetch_record import FetchedFile, FetchRecord
from lockstep.sources.filesystem import RemoteFile
from lockstep.sources.refresh import fetch
from lockstep.sources.url_files import check_columns_kept, find_unchanged, preview
from template.tests.sources.sales import contents
from template.tests.support.servers import BUCKET, KEY, SECRET, s3_server, web_server


def test_files_of_a_url_are_taken_once_and_again_where_they_changed(tmp_path: Path) -> None:
    source_folder, raw = tmp_path / "there", tmp_path / "raw/files"
    source_folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (source_folder / name).write_text("x,y\n1,2\n", encoding="utf-8")
    source = Source("url", url=source_folder.as_uri())
    assert fetch(source, raw).n_files == 2
    assert (fetch(source, raw).changed, fetch(source, raw).removed) == ([], [])
    (source_folder / "b.csv").write_text("x,y\n1,2\n3,4\n", encoding="utf-8")
    (source_folder / "a.csv").unlink()
    result = fetch(source, raw)
    assert (result.changed, result.removed) == (["b.csv"], ["a.csv"])
    before = contents(raw)
    (source_folder / "b.csv").write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(LockstepError, match="y"):
        fetch(source, raw)
    assert contents(raw) == before
    with pytest.raises(LockstepError, match="nowhere"):
        fetch(Source("url", url=(tmp_path / "nowhere").as_uri()), raw)
    assert contents(raw) == before


def test_a_file_with_a_name_that_leads_elsewhere_is_refused_before_a_download(
    tmp_path: Path,
) -> None:
    source_folder, raw = tmp_path / "there", tmp_path / "raw/files"
    for name in ("a.csv", "b\\..\\c.csv"):
        (source_folder / name).parent.mkdir(exist_ok=True)
        (source_folder / name).write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be a file's path here"):
        fetch(Source("url", url=source_folder.as_uri()), raw)
    assert not raw.exists()


def test_a_file_behind_a_web_server_is_fetched_and_one_that_is_not_there_is_named(
    tmp_path: Path,
) -> None:
    source_folder, raw = tmp_path / "there", tmp_path / "raw/web"
    source_folder.mkdir()
    (source_folder / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    with web_server(source_folder) as url:
        assert fetch(Source("url", url=f"{url}a.csv"), raw).changed == ["a.csv"]
        assert fetch(Source("url", url=f"{url}a.csv"), raw).changed == []
        before = contents(raw)
        with pytest.raises(LockstepError, match=r"b\.csv"):
            fetch(Source("url", url=f"{url}b.csv"), raw)
    with pytest.raises(LockstepError, match=r"127\.0\.0\.1"):
        fetch(Source("url", url=f"{url}a.csv"), raw)
    assert contents(raw) == before


@pytest.mark.skipif(sys.platform == "win32", reason="the server's wheel is not for Windows")
def test_a_folder_of_an_object_store_is_fetched_by_the_environments_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import s3fs

    raw, home = tmp_path / "raw/store", tmp_path / "server"
    home.mkdir()
    with s3_server(home) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        files = s3fs.S3FileSystem(skip_instance_cache=True)
        files.pipe(f"{BUCKET}/sales/a.csv", b"x\n1\n")
        files.pipe(f"{BUCKET}/sales/b.csv", b"x\n2\n")
        source = Source("url", url=f"s3://{BUCKET}/sales/")
        assert fetch(source, raw).changed == ["a.csv", "b.csv"]
        assert fetch(source, raw).changed == []
        before = contents(raw)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(LockstepError) as error:
            fetch(source, raw, full=True)
    assert "wrong-secret" not in str(error.value) and SECRET.encode() not in b"".join(
        before.values()
    )
    assert contents(raw) == before


@pytest.mark.parametrize(
    ("info", "is_unchanged"),
    [
        ({"ETag": "v1", "size": 9}, True),
        ({"ETag": "v2", "size": 9}, False),
        ({"ETag": "v1", "size": 8}, False),
        ({"size": 9}, False),  # without a tag nobody knows
    ],
)
def test_a_file_is_unchanged_if_tag_and_size_are(
    info: dict[str, object], is_unchanged: bool
) -> None:
    file = FetchedFile("a.csv", 3, "hash", size=9, tag="v1")
    record = FetchRecord({}, [file])
    expected = file if is_unchanged else None
    assert find_unchanged(record, "a.csv", RemoteFile("x/a.csv", info)) == expected
    assert find_unchanged(record, "b.csv", RemoteFile("x/b.csv", info)) is None


def test_a_preview_lists_some_files(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / f"{number}.csv").write_text("x\n", encoding="utf-8")
    text = preview(Source("url", url=tmp_path.as_uri()), None)
    assert text == "7 of 7 files to read: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv, ..."


def test_a_lost_column_is_named_and_a_new_one_is_not(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    (old / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    (new / "a.csv").write_text("x,y,z\n1,2,3\n", encoding="utf-8")
    check_columns_kept(old, new, "a.csv")
    with pytest.raises(DataError, match="column z was there before"):
        check_columns_kept(new, old, "a.csv")
