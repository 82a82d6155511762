"""However a table is written, the same rows come out of it."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lockstep.core.errors import DataError
from lockstep.onboarding import proof
from template.tests.onboarding.inferred import infer_dataset

DRAW = np.random.default_rng(1)
N = 120
TABLE = pd.DataFrame(
    {
        "größe": DRAW.normal(1500, 400, N).round(2),
        "stück": DRAW.integers(0, 90, N),
        "ort": DRAW.choice(["Köln", "Ulm, Mitte", 'Bad "Ems"', "Łódź"], N),
        "tag": pd.date_range("2021-01-01", periods=N, freq="3D"),
        "preis": DRAW.normal(50, 9, N).round(1),
    }
)
WESTERN = TABLE.assign(ort=TABLE["ort"].replace("Łódź", "Orléans"))


def german(frame: pd.DataFrame) -> pd.DataFrame:
    """Decimal commas, points between thousands, days first."""
    swap = str.maketrans(",.", ".,")
    return frame.assign(
        größe=[f"{x:,.2f}".translate(swap) for x in frame["größe"]],
        tag=frame["tag"].dt.strftime("%d.%m.%Y"),
        preis=[f"{x:.1f}".translate(swap) for x in frame["preis"]],
    )


def csv(**options: object) -> Callable[[Path], Path]:
    """A writer of the table with these options of to_csv."""

    def write(folder: Path) -> Path:
        path = folder / "table.csv"
        TABLE.to_csv(path, index=False, **options)  # type: ignore[call-overload]
        return path

    return write


def packed(suffix: str, pack: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """A writer of the packed table."""

    def write(folder: Path) -> Path:
        path = folder / f"table.csv{suffix}"
        path.write_bytes(pack(TABLE.to_csv(index=False).encode()))
        return path

    return write


def written(text: Callable[[], bytes], name: str = "table.csv") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(text())
        return folder / name

    return write


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "table.zip", "w") as archive:
        archive.writestr("inside.csv", TABLE.to_csv(index=False))
    return folder / "table.zip"


def partitions(folder: Path) -> Path:
    (folder / "parts").mkdir()
    TABLE[:70].to_parquet(folder / "parts/a.parquet")
    TABLE[70:].to_parquet(folder / "parts/b.parquet")
    return folder / "parts"


def excel(folder: Path) -> Path:
    TABLE.to_excel(folder / "table.xlsx", index=False)
    return folder / "table.xlsx"


def lines(folder: Path) -> Path:
    TABLE.assign(tag=TABLE["tag"].astype("str")).to_json(
        folder / "table.jsonl", orient="records", lines=True, force_ascii=False
    )
    return folder / "table.jsonl"


def of_r(folder: Path) -> Path:
    text = TABLE.to_csv(sep=" ").replace(" ", "\t").removeprefix('""\t').removeprefix("\t")
    (folder / "table.txt").write_text(text.replace("Ulm,\tMitte", "Ulm, Mitte"), encoding="utf-8")
    return folder / "table.txt"


ZSTD = pa.Codec("zstd")
WAYS = {
    "comma": csv(),
    "semicolon": csv(sep=";"),
    "tab": csv(sep="\t"),
    "bar": csv(sep="|"),
    "all quoted": csv(quoting=1),
    "single quotes": csv(quotechar="'", quoting=1),
    "crlf": csv(lineterminator="\r\n"),
    "bom": csv(encoding="utf-8-sig"),
    "utf-16": csv(encoding="utf-16"),
    "utf-16 without a mark": csv(encoding="utf-16-le"),
    "decimal comma": written(lambda: german(TABLE).to_csv(index=False, sep=";").encode()),
    "decimal comma in quotes": written(lambda: german(TABLE).to_csv(index=False).encode()),
    "cp1252": written(lambda: german(WESTERN).to_csv(index=False, sep=";").encode("cp1252")),
    "lines above": written(lambda: b"Report of 2021\n\n" + TABLE.to_csv(index=False).encode()),
    "thousands": written(
        lambda: (
            TABLE.assign(größe=[f"{x:,.2f}" for x in TABLE["größe"]]).to_csv(index=False).encode()
        )
    ),
    "currency": written(
        lambda: (
            TABLE.assign(größe=[f"${x:,.2f}" for x in TABLE["größe"]]).to_csv(index=False).encode()
        )
    ),
    "spaces after commas": written(
        lambda: "\n".join(
            ", ".join(f'"{c}"' if "," in str(c) else str(c).replace('"', "") for c in row)
            for row in [TABLE.columns, *TABLE.itertuples(index=False)]
        ).encode()
    ),
    "gz": packed(".gz", gzip.compress),
    "bz2": packed(".bz2", bz2.compress),
    "xz": packed(".xz", lzma.compress),
    "zst": packed(".zst", lambda data: ZSTD.compress(data, asbytes=True)),  # type: ignore[no-any-return]
    "zip": zipped,
    "gz without the suffix": written(lambda: gzip.compress(TABLE.to_csv(index=False).encode())),
    "partitions": partitions,
    "excel": excel,
    "json lines": lines,
    "row names of R": of_r,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_columns_are_told_alike_however_they_are_written(tmp_path: Path, way: str) -> None:
    plan, _ = infer_dataset(WAYS[way](tmp_path), "preis")
    assert plan.n_rows == N
    kinds = {name: column.type for name, column in plan.columns.items() if name != "row_name"}
    assert kinds == {
        "größe": "float", "stück": "int", "ort": "str", "tag": "datetime", "preis": "float"
    }  # fmt: skip
    ends = {name: (plan.columns[name].low, plan.columns[name].high) for name in ("größe", "preis")}
    assert ends == {n: (TABLE[n].min(), TABLE[n].max()) for n in ("größe", "preis")}
    assert plan.columns["tag"].low == TABLE["tag"].min()
    assert plan.columns["ort"].n_distinct == 4


def test_a_file_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "table.csv", index=False, header=False)
    plan, _ = infer_dataset(tmp_path / "table.csv", "c5")
    assert list(plan.columns) == ["c1", "c2", "c3", "c4", "c5"] and plan.n_rows == N


REFUSED = {
    "empty": (b"", "is empty"),
    "header alone": (b"a,b\n", "no row below"),
    "one column": (b"a\n" + b"1\n" * 50, "has one column"),
    "bytes": (bytes(range(256)) * 20, "is no table"),
    "ragged": (b"a,b,c\n" + b"1,2,3\n" * 40 + b"1,2,3,4,5\n" + b"1,2,3\n" * 40, "line 42"),
    "few rows": (b"a,b\n" + b"1,2\n" * 9, "has 9 rows"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_in_a_line_that_names_the_file(
    tmp_path: Path, name: str
) -> None:
    content, words = REFUSED[name]
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"(mine|table)\.csv") as caught:
        infer_dataset(tmp_path / "table.csv", "b")
    assert words in str(caught.value)


def test_a_pickle_is_refused_and_not_opened(tmp_path: Path) -> None:
    TABLE.to_pickle(tmp_path / "table.pkl")
    with pytest.raises(DataError, match="no format for a table"):
        infer_dataset(tmp_path / "table.pkl", "preis")


def test_a_wrong_encoding_is_told(tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(DataError, match="is not ascii"):
        infer_dataset(tmp_path / "table.csv", "preis", encoding="ascii")


def test_a_large_parquet_file_is_read_in_pieces_of_the_same_types(tmp_path: Path) -> None:
    rows, first = 110_000, 100_000  # CELLS and ROWS of lockstep.onboarding.source_files
    x = pd.Series(DRAW.integers(0, 99, rows), dtype="Int64").mask(np.arange(rows) >= first + 7)
    frame = pd.DataFrame(
        {"x": x, "city": DRAW.choice(["Ulm", "Köln"], rows), "y": DRAW.random(rows)}
    )
    frame.to_parquet(tmp_path / "mine.parquet", index=False)
    plan, texts = infer_dataset(tmp_path / "mine.parquet", "y")
    assert (plan.n_rows, plan.columns["x"].type, plan.has_row_id) == (rows, "int", True)
    (tmp_path / "recipe.py").write_text(texts["recipes/mine.py"], encoding="utf-8")
    parts = list(proof.import_recipe(tmp_path / "recipe.py").load(tmp_path))
    assert [(name, len(part)) for name, part in parts] == [
        ("mine-00000", first),
        ("mine-00001", rows - first),
    ]
    whole = pd.concat([part for _, part in parts], ignore_index=True)
    assert whole["row_id"].tolist() == list(range(rows))
    assert whole["city"].equals(frame["city"]) and whole["y"].equals(frame["y"])
