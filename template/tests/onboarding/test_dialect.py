"""However a text table is written, the same columns come out of it."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.errors import DataError
from lockstep.onboarding.dialect import (
    Dialect,
    detect_dialect,
    detect_quotes,
    has_header,
    read_csv_options,
    split_rows,
)
from template.tests.onboarding.inference import infer_dataset
from template.tests.onboarding.orders import N_ORDERS, ORDERS, check_orders


def swap_signs(text: str) -> str:
    """Return a number with a decimal comma."""
    return text.translate(str.maketrans(",.", ".,"))


def german(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with decimal commas, points between thousands, and days first."""
    return frame.assign(
        größe=[swap_signs(f"{x:,.2f}") for x in frame["größe"]],
        tag=frame["tag"].dt.strftime("%d.%m.%Y"),
        preis=[swap_signs(f"{x:.1f}") for x in frame["preis"]],
    )


def with_spaces() -> str:
    """Return the table with a space after each comma."""
    return "\n".join(
        ", ".join(f'"{cell}"' if "," in str(cell) else str(cell).replace('"', "") for cell in row)
        for row in [ORDERS.columns, *ORDERS.itertuples(index=False)]
    )


def with_row_names() -> str:
    """Return the table as R writes it: the rows have names, for which the header has none."""
    text: str = ORDERS.to_csv(sep=" ").replace(" ", "\t").removeprefix('""\t').removeprefix("\t")
    return text.replace("Ulm,\tMitte", "Ulm, Mitte")


def sizes(template: str) -> pd.DataFrame:
    """Return the table with its sizes written by a template."""
    return ORDERS.assign(größe=[template.format(x) for x in ORDERS["größe"]])


WESTERN = ORDERS.assign(ort=ORDERS["ort"].replace("Łódź", "Orléans"))
DIALECTS: dict[str, Callable[[], str | bytes]] = {
    "comma": lambda: ORDERS.to_csv(index=False),
    "semicolon": lambda: ORDERS.to_csv(index=False, sep=";"),
    "tab": lambda: ORDERS.to_csv(index=False, sep="\t"),
    "bar": lambda: ORDERS.to_csv(index=False, sep="|"),
    "all quoted": lambda: ORDERS.to_csv(index=False, quoting=1),
    "single quotes": lambda: ORDERS.to_csv(index=False, quotechar="'", quoting=1),
    "crlf": lambda: ORDERS.to_csv(index=False, lineterminator="\r\n"),
    "bom": lambda: ORDERS.to_csv(index=False).encode("utf-8-sig"),
    "utf-16": lambda: ORDERS.to_csv(index=False).encode("utf-16"),
    "utf-16 without a mark": lambda: ORDERS.to_csv(index=False).encode("utf-16-le"),
    "decimal comma": lambda: german(ORDERS).to_csv(index=False, sep=";"),
    "decimal comma in quotes": lambda: german(ORDERS).to_csv(index=False),
    "cp1252": lambda: german(WESTERN).to_csv(index=False, sep=";").encode("cp1252"),
    "lines above": lambda: "Report of 2021\n\n" + ORDERS.to_csv(index=False),
    "thousands": lambda: sizes("{:,.2f}").to_csv(index=False),
    "currency": lambda: sizes("${:,.2f}").to_csv(index=False),
    "spaces after commas": with_spaces,
    "row names of R": with_row_names,
}


@pytest.mark.parametrize("name", DIALECTS)
def test_the_columns_are_the_same_however_they_are_written(tmp_path: Path, name: str) -> None:
    content = DIALECTS[name]()
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    check_orders(infer_dataset(path, "preis")[0])


def test_a_file_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    ORDERS.to_csv(tmp_path / "table.csv", index=False, header=False)
    plan, _ = infer_dataset(tmp_path / "table.csv", "c5")
    assert list(plan.columns) == ["c1", "c2", "c3", "c4", "c5"] and plan.n_rows == N_ORDERS


REFUSED = {
    "empty": (b"", "is empty"),
    "header only": (b"a,b\n", "no row below"),
    "one column": (b"a\n" + b"1\n" * 50, "has one column"),
    "bytes": (bytes(range(256)) * 20, "is no table"),
    "ragged": (b"a,b,c\n" + b"1,2,3\n" * 40 + b"1,2,3,4,5\n" + b"1,2,3\n" * 40, "line 42"),
    "few rows": (b"a,b\n" + b"1,2\n" * 9, "has 9 rows"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_in_a_line_that_names_the_file(
    tmp_path: Path, name: str
) -> None:
    content, message = REFUSED[name]
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"(mine|table)\.csv") as error:
        infer_dataset(tmp_path / "table.csv", "b")
    assert message in str(error.value)


def test_a_wrong_encoding_is_refused_by_name(tmp_path: Path) -> None:
    ORDERS.to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(DataError, match="is not ascii"):
        detect_dialect(tmp_path / "table.csv", "preis", encoding="ascii")


def test_a_delimiter_that_is_named_is_not_detected(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a:b,c\n1:2,3\n4:5,6\n", encoding="utf-8")
    assert detect_dialect(tmp_path / "table.csv", "a").delimiter == ","
    assert detect_dialect(tmp_path / "table.csv", "a", delimiter=":").delimiter == ":"


def test_quotes_are_escaped_by_a_backslash_or_doubled() -> None:
    assert detect_quotes('a,"b \\" c"\n') == ('"', "\\")
    assert detect_quotes('a,"b "" c"\n') == ('"', None)


@pytest.mark.parametrize(
    ("first", "target", "expected"),
    [("a,b", "y", True), ("1,2", "y", False), ("1,2", "2", True), ("a,2", "y", True)],
)
def test_a_header_has_a_text_above_numbers_or_the_target(
    first: str, target: str, expected: bool
) -> None:
    rows = split_rows(f"{first}\n" + "3,4\n" * 9, ",", '"', None)
    assert has_header(rows, target) == expected


def test_options_say_what_differs_from_a_plain_csv() -> None:
    plain = read_csv_options(Dialect("utf-8", ","))
    odd = read_csv_options(Dialect("utf-8", ";", "'", "\\", 2, ["a"], has_spaces=True))
    assert set(odd) - set(plain) == {
        "quotechar", "escapechar", "skipinitialspace", "skiprows", "header", "names"
    }  # fmt: skip
