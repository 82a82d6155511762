"""How a text table is written: encoding, delimiter, quotes, and where its header stands."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.onboarding.compression import opened
from lockstep.onboarding.encoding import encoding

HEAD = 1 << 18  # characters that the dialect is told by
DELIMITERS = (",", ";", "\t", "|")
NUMERIC = re.compile(r"\s*[+-]?[0-9][0-9.,']*([eE][+-]?[0-9]+)?\s*|\s*\d{4}-\d\d-\d\d.*")
PREAMBLE = 20  # lines above the header at most


@dataclass(frozen=True)
class Dialect:
    """What pandas must be told to read the text; names only where the text has no whole header."""

    encoding: str
    delimiter: str
    quote: str = '"'
    escape: str | None = None
    skip: int = 0
    names: list[str] | None = None
    spaced: bool = False
    notes: list[str] = field(default_factory=list)


def split(text: str, delimiter: str, quote: str, escape: str | None) -> list[list[str]]:
    """The first rows of a text, cut at a delimiter; blank lines stand as empty rows."""
    kind: dict[str, Any] = {"delimiter": delimiter, "quotechar": quote, "escapechar": escape}
    try:
        return list(csv.reader(io.StringIO(text, newline=""), **kind))[:2000]
    except csv.Error:
        return []


def shape(rows: list[list[str]]) -> tuple[float, int, int]:
    """Share of rows with the commonest number of fields, that number, and lines above the first of them."""
    counts = Counter(len(row) for row in rows if row)
    if not counts:
        return 0.0, 0, 0
    fields, agree = max(counts.items(), key=lambda one: (one[1], one[0]))
    # One less: the header of R has none for the rows' names.
    header = (fields, fields - 1) if fields > 2 else (fields,)
    skip = next(n for n, row in enumerate(rows) if len(row) in header)
    return agree / sum(counts.values()), fields, skip


def headless(rows: list[list[str]], target: str) -> bool:
    """Whether the first row is a row of values: numbers where the column has numbers."""
    first, body = rows[0], rows[1:200]
    if target in [name.strip() for name in first] or not body:
        return False
    numeric = [
        number
        for number, cell in enumerate(first)
        if sum(len(row) > number and bool(NUMERIC.fullmatch(row[number])) for row in body)
        > 0.8 * len(body)
    ]
    return bool(numeric) and all(NUMERIC.fullmatch(first[number]) for number in numeric)


def sniff(
    path: Path, target: str, given: str | None = None, delimiter: str | None = None
) -> Dialect:
    """The dialect of a text table; the target's name tells whether its first row is a header.

    Raises DataError for a file that is empty, no text, or has one column alone.
    """
    name, notes = (given, []) if given else encoding(path)
    try:
        with opened(path) as stream, io.TextIOWrapper(stream, encoding=name, newline="") as reader:
            text = reader.read(HEAD)
            whole = not reader.read(1)
    except (UnicodeDecodeError, LookupError) as error:
        raise DataError(
            f"{path} is not {name}: {error}; give its encoding as --encoding"
        ) from error
    if not text.strip():
        raise DataError(f"{path} is empty")
    text = text if whole or "\n" not in text else text[: text.rindex("\n") + 1]
    quote = "'" if len(re.findall(r"(?<![^,;\t|\n])'[^'\n]*'(?![^,;\t|\r\n])", text)) > 20 else '"'
    escape = "\\" if '\\"' in text and '""' not in text.replace('\\"', "") else None
    ranks = []
    for mark in (delimiter,) if delimiter else DELIMITERS:
        rows = split(text, mark, quote, escape)
        share, fields, skip = shape(rows)
        if fields > 1 and skip <= PREAMBLE:
            ranks.append((skip == 0, round(share, 2), fields, skip, mark, rows))
    if not ranks:
        raise DataError(
            f"{path} has one column: no comma, semicolon, tab or bar parts its lines alike; "
            "is it a table? give another delimiter as --delimiter"
        )
    _, _, fields, skip, mark, rows = max(ranks, key=lambda one: one[:3])
    rows = [row for row in rows[skip:] if row]
    names: list[str] | None = None
    if skip:
        notes = [*notes, f"{skip} lines above the header are left out"]
    if len(rows[0]) == fields - 1:
        names = ["row_name", *rows[0]]
        notes = [*notes, "the header has no name for the first column (R's row names): row_name"]
        skip += 1
    elif headless(rows, target):
        names = [f"c{number}" for number in range(1, fields + 1)]
        notes = [*notes, f"the first row holds values: the columns are called c1 to c{fields}"]
    cells = [cell for row in rows[1:200] for cell in row[1:] if cell]
    spaced = bool(cells) and sum(cell.startswith(" ") for cell in cells) > 0.5 * len(cells)
    return Dialect(name, mark, quote, escape, skip, names, spaced, notes)


def options(dialect: Dialect) -> dict[str, Any]:
    """What pandas.read_csv is told: every field as text, and missing only where it is empty."""
    found: dict[str, Any] = {"sep": dialect.delimiter, "encoding": dialect.encoding}
    if dialect.quote != '"':
        found["quotechar"] = dialect.quote
    if dialect.escape:
        found["escapechar"] = dialect.escape
    if dialect.spaced:
        found["skipinitialspace"] = True
    if dialect.skip:
        found["skiprows"] = dialect.skip
    if dialect.names:
        found |= {"header": None, "names": dialect.names}
    return found | {"index_col": False, "dtype": "str", "keep_default_na": False}
