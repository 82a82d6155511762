"""Detect how a text table is written: encoding, delimiter, quotes, and where its header stands."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lockstep.core.errors import DataError
from lockstep.onboarding.compression import open_decompressed
from lockstep.onboarding.encoding import detect_encoding

HEAD = 1 << 18  # characters from which the dialect is detected
MAX_ROWS = 2000  # of the head
BODY_ROWS = 200  # below the header, whose values are looked at
DELIMITERS = (",", ";", "\t", "|")
NUMERIC = re.compile(r"\s*[+-]?[0-9][0-9.,']*([eE][+-]?[0-9]+)?\s*|\s*\d{4}-\d\d-\d\d.*")
SINGLE_QUOTED = re.compile(r"(?<![^,;\t|\n])'[^'\n]*'(?![^,;\t|\r\n])")
MIN_SINGLE_QUOTED = 20  # fields in single quotes beyond which these are the quotes
MAX_PREAMBLE = 20  # lines above the header


@dataclass(frozen=True)
class Dialect:
    """How a text table is written; names only where it has no complete header."""

    encoding: str
    delimiter: str
    quote: str = '"'
    escape: str | None = None
    skip: int = 0  # lines above the header
    names: list[str] | None = None
    has_spaces: bool = False  # after delimiters
    assumptions: list[str] = field(default_factory=list)


class Layout(NamedTuple):
    """The rows that a delimiter makes of the head, and how regular they are."""

    delimiter: str
    rows: list[list[str]]
    share: float  # of rows with the commonest number of fields
    n_fields: int
    skip: int  # rows above the first that may be the header

    @property
    def score(self) -> tuple[bool, float, int]:
        """A sort key: regular from the first row on, then regular, then many fields."""
        return self.skip == 0, round(self.share, 2), self.n_fields


def detect_dialect(
    path: Path, target: str, encoding: str | None = None, delimiter: str | None = None
) -> Dialect:
    """Detect the dialect of a text table.

    Parameters
    ----------
    path : Path
        The table, compressed or not.
    target : str
        Name of the target: a first row that has it is a header.
    encoding, delimiter : str, optional
        What the person said of the file, instead of detecting it.

    Raises
    ------
    DataError
        If the file is empty, is no text, or has one column only.
    """
    encoding, assumptions = (encoding, []) if encoding else detect_encoding(path)
    text = read_head(path, encoding)
    quote, escape = detect_quotes(text)
    layout = choose_layout(text, (delimiter,) if delimiter else DELIMITERS, quote, escape)
    if layout is None:
        raise DataError(
            f"{path} has one column: no comma, semicolon, tab or bar parts its lines alike; "
            "is it a table? give another delimiter as --delimiter"
        )
    skip = layout.skip
    if skip:
        assumptions = [*assumptions, f"{skip} lines above the header are left out"]
    rows = [row for row in layout.rows[skip:] if row]
    names: list[str] | None = None
    if len(rows[0]) == layout.n_fields - 1:
        names = ["row_name", *rows[0]]
        skip += 1
        note = "the header has no name for the first column (R's row names): row_name"
        assumptions = [*assumptions, note]
    elif not has_header(rows, target):
        names = [f"c{number}" for number in range(1, layout.n_fields + 1)]
        note = f"the first row holds values: the columns are called c1 to c{layout.n_fields}"
        assumptions = [*assumptions, note]
    return Dialect(
        encoding, layout.delimiter, quote, escape, skip, names, has_spaces(rows), assumptions
    )


def read_head(path: Path, encoding: str) -> str:
    """Return the first whole lines of a text.

    Raises DataError that names the file if it is empty or not in the encoding.
    """
    try:
        with (
            open_decompressed(path) as stream,
            io.TextIOWrapper(stream, encoding=encoding, newline="") as reader,
        ):
            text = reader.read(HEAD)
            is_whole = not reader.read(1)
    except (UnicodeDecodeError, LookupError) as error:
        raise DataError(
            f"{path} is not {encoding}: {error}; give its encoding as --encoding"
        ) from error
    if not text.strip():
        raise DataError(f"{path} is empty")
    return text if is_whole or "\n" not in text else text[: text.rindex("\n") + 1]


def detect_quotes(text: str) -> tuple[str, str | None]:
    """Return the quote character, and the character that escapes it; None where it is doubled."""
    quote = "'" if len(SINGLE_QUOTED.findall(text)) > MIN_SINGLE_QUOTED else '"'
    is_escaped = '\\"' in text and '""' not in text.replace('\\"', "")
    return quote, "\\" if is_escaped else None


def choose_layout(
    text: str, delimiters: tuple[str, ...], quote: str, escape: str | None
) -> Layout | None:
    """Return the most regular layout of two or more fields; None where no delimiter makes one."""
    layouts = [
        measure_layout(split_rows(text, delimiter, quote, escape), delimiter)
        for delimiter in delimiters
    ]
    tables = [layout for layout in layouts if layout.n_fields > 1 and layout.skip <= MAX_PREAMBLE]
    return max(tables, key=lambda layout: layout.score, default=None)


def split_rows(text: str, delimiter: str, quote: str, escape: str | None) -> list[list[str]]:
    """Return the first rows of a text, split at a delimiter; blank lines are empty rows."""
    options: dict[str, Any] = {"delimiter": delimiter, "quotechar": quote, "escapechar": escape}
    try:
        return list(csv.reader(io.StringIO(text, newline=""), **options))[:MAX_ROWS]
    except csv.Error:
        return []


def measure_layout(rows: list[list[str]], delimiter: str) -> Layout:
    """Return the rows with their commonest number of fields, and the rows above the first of these."""
    row_counts = Counter(len(row) for row in rows if row)
    if not row_counts:
        return Layout(delimiter, rows, 0.0, 0, 0)
    n_fields, n_regular = max(row_counts.items(), key=lambda item: (item[1], item[0]))
    # R's header has a field less: none for the rows' names.
    header_lengths = (n_fields, n_fields - 1) if n_fields > 2 else (n_fields,)
    skip = next(number for number, row in enumerate(rows) if len(row) in header_lengths)
    return Layout(delimiter, rows, n_regular / row_counts.total(), n_fields, skip)


def has_header(rows: list[list[str]], target: str) -> bool:
    """Return whether the first row has names: some text where the column below has numbers."""
    first, body = rows[0], rows[1:BODY_ROWS]
    if target in [name.strip() for name in first] or not body:
        return True
    numeric_fields = [
        field
        for field in range(len(first))
        if sum(len(row) > field and bool(NUMERIC.fullmatch(row[field])) for row in body)
        > 0.8 * len(body)
    ]
    return not numeric_fields or any(
        not NUMERIC.fullmatch(first[field]) for field in numeric_fields
    )


def has_spaces(rows: list[list[str]]) -> bool:
    """Return whether most fields after a delimiter begin with a space."""
    fields = [field for row in rows[1:BODY_ROWS] for field in row[1:] if field]
    return bool(fields) and sum(field.startswith(" ") for field in fields) > 0.5 * len(fields)


def read_csv_options(dialect: Dialect) -> dict[str, Any]:
    """Return the options of pandas.read_csv: every field as text, and missing only where it is empty."""
    options: dict[str, Any] = {"sep": dialect.delimiter, "encoding": dialect.encoding}
    if dialect.quote != '"':
        options["quotechar"] = dialect.quote
    if dialect.escape:
        options["escapechar"] = dialect.escape
    if dialect.has_spaces:
        options["skipinitialspace"] = True
    if dialect.skip:
        options["skiprows"] = dialect.skip
    if dialect.names:
        options |= {"header": None, "names": dialect.names}
    return options | {"index_col": False, "dtype": "str", "keep_default_na": False}
