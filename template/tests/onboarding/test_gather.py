"""A source of any format, compressed or in partitions, becomes a raw folder with the same rows."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from lockstep.core.errors import DataError
from lockstep.onboarding.gather import (
    detect_kind,
    fetched_format,
    gather_files,
    list_source,
    raw_stem,
)
from template.tests.onboarding.inference import infer_dataset
from template.tests.onboarding.orders import ORDERS, check_orders

CSV = ORDERS.to_csv(index=False).encode()


def file(name: str, content: bytes) -> Callable[[Path], Path]:
    """Return a function that writes a file into a folder."""

    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def zip_file(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "table.zip", "w") as archive:
        archive.writestr("inside.csv", CSV)
    return folder / "table.zip"


def partitions(folder: Path) -> Path:
    (folder / "parts").mkdir()
    ORDERS[:70].to_parquet(folder / "parts/a.parquet")
    ORDERS[70:].to_parquet(folder / "parts/b.parquet")
    return folder / "parts"


def excel(folder: Path) -> Path:
    ORDERS.to_excel(folder / "table.xlsx", index=False)
    return folder / "table.xlsx"


def json_lines(folder: Path) -> Path:
    ORDERS.assign(tag=ORDERS["tag"].astype("str")).to_json(
        folder / "table.jsonl", orient="records", lines=True, force_ascii=False
    )
    return folder / "table.jsonl"


SOURCES = {
    "gz": file("table.csv.gz", gzip.compress(CSV)),
    "bz2": file("table.csv.bz2", bz2.compress(CSV)),
    "xz": file("table.csv.xz", lzma.compress(CSV)),
    "zst": file("table.csv.zst", pa.Codec("zstd").compress(CSV, asbytes=True)),
    "zip": zip_file,
    "gz without the suffix": file("table.csv", gzip.compress(CSV)),
    "partitions": partitions,
    "excel": excel,
    "json lines": json_lines,
}


@pytest.mark.parametrize("name", SOURCES)
def test_the_columns_are_the_same_in_any_format(tmp_path: Path, name: str) -> None:
    check_orders(infer_dataset(SOURCES[name](tmp_path), "preis")[0])


def test_a_pickle_is_refused_and_not_opened(tmp_path: Path) -> None:
    ORDERS.to_pickle(tmp_path / "table.pkl")
    with pytest.raises(DataError, match="no format for a table"):
        detect_kind(tmp_path / "table.pkl")


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a Parquet file"):
        detect_kind(file("t.parquet", b"a,b\n1,2\n")(tmp_path))
    with pytest.raises(DataError, match="expected JSON Lines"):
        detect_kind(file("t.json", b"[1, 2]")(tmp_path))


def test_partitions_keep_their_bytes_and_names(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name, content in {"b.tsv": CSV, "a.tsv": CSV, ".hidden": b"x"}.items():
        file(name, content)(source)
    assert gather_files(source, tmp_path / "raw", "mine") == ("csv", ".csv")
    assert {path.name: path.read_bytes() for path in (tmp_path / "raw").iterdir()} == {
        "a.csv": CSV,
        "b.csv": CSV,
    }


def test_files_that_are_no_partitions_of_one_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not there"):
        list_source(tmp_path / "nowhere")
    with pytest.raises(DataError, match="holds no file"):
        list_source(tmp_path)
    file("a.csv", CSV)(tmp_path)
    file("b.txt", CSV)(tmp_path)
    with pytest.raises(DataError, match=r"files of several kinds \(\.csv, \.txt\)"):
        list_source(tmp_path)


def test_the_stem_of_a_raw_file_has_no_suffix() -> None:
    assert raw_stem(Path("2020.sales.csv.gz")) == "2020.sales"


def test_fetched_files_keep_their_names(tmp_path: Path) -> None:
    file("a.csv.gz", gzip.compress(CSV))(tmp_path)
    assert fetched_format(tmp_path) == ("csv", ".csv.gz")
    file("a.csv.gz", CSV)(tmp_path)
    assert (tmp_path / "a.csv.gz").rename(tmp_path / "a.csv").exists()
    assert fetched_format(tmp_path) == ("csv", ".csv")


@pytest.mark.parametrize("name", ["a.csv", "a"])
def test_fetched_files_that_are_not_named_as_they_are_written_are_refused(
    tmp_path: Path, name: str
) -> None:
    file(name, gzip.compress(CSV))(tmp_path)
    with pytest.raises(DataError, match="at the source"):
        fetched_format(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        '*.1"; __import__("os").system("touch pwned")#',
        "orders.2013",
        "orders.[a-z]",
        "orders.1\nimport os",
    ],
)
def test_the_suffix_of_a_fetched_file_is_a_known_one(tmp_path: Path, name: str) -> None:
    file(name, CSV)(tmp_path)
    with pytest.raises(DataError, match=r"name a table \.csv at the source"):
        fetched_format(tmp_path)
