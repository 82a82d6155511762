"""How a text table is written: compression, encoding, delimiter, quotes, and where its header stands."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pipeline.stage.errors import DataError

HEAD = 1 << 18  # characters that the dialect is told by
BLOCK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
MAGIC = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"PK\x03\x04": ".zip"}
MAGIC |= {b"\x28\xb5\x2f\xfd": ".zst"}
NUMERIC = re.compile(r"\s*[+-]?[0-9][0-9.,']*([eE][+-]?[0-9]+)?\s*|\s*\d{4}-\d\d-\d\d.*")
SIGNS = "€£°§«»·±²³µ¿¡½¼ªº\u00a0\u00b4\u00d7\u2013\u2014\u2018\u2019\u201c\u201d\u2026"  # of western texts
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


def compression(path: Path) -> str:
    """The suffix of how a file is packed, by its first bytes; empty for one that is not."""
    with path.open("rb") as stream:
        head = stream.read(6)
    return next((suffix for magic, suffix in MAGIC.items() if head.startswith(magic)), "")


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked. Raises DataError for an archive of several files."""
    import bz2
    import gzip
    import lzma
    import zipfile

    packed = compression(path)
    if packed == ".zip":
        archive = zipfile.ZipFile(path)
        inside = [name for name in archive.namelist() if not name.endswith("/")]
        if len(inside) != 1:
            raise DataError(
                f"{path} holds {len(inside)} files, expected one; unpack it to a folder"
            )
        return archive.open(inside[0])
    if packed == ".zst":
        import pyarrow as pa

        found: IO[bytes] = pa.input_stream(str(path), compression="zstd")
        return found
    unpack: Any = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}.get(packed, open)
    return unpack(path, "rb")  # type: ignore[no-any-return]


def is_utf8(path: Path) -> bool:
    """Whether the whole text is UTF-8, read a block at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with opened(path) as stream:
            while block := stream.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def strange(path: Path) -> bytes:
    """The lines with a byte beyond ASCII, 64 kB of them at most."""
    found, size = [], 0
    with opened(path) as stream:
        for line in stream:
            if not line.isascii():
                found.append(line)
                size += len(line)
            if size > 1 << 16:
                break
    return b"".join(found)


def western(text: str) -> bool:
    """Whether the characters beyond ASCII are letters and signs of western languages."""
    odd = [one for one in text if not one.isascii()]
    known = [one for one in odd if one.isalpha() or one in SIGNS]
    return len(known) >= 0.98 * len(odd)


def encoding(path: Path) -> tuple[str, list[str]]:
    """The text's encoding, and a note where it is a guess. Raises DataError for what is no text."""
    with opened(path) as stream:
        head = stream.read(1 << 12)
    if not head:
        raise DataError(f"{path} is empty")
    for mark, name in BOMS.items():
        if head.startswith(mark):
            return name, []
    if b"\0" in head:
        for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if head[first::2].count(0) > 0.8 * len(head[first::2]) and not head[
                1 - first :: 2
            ].count(0):
                return name, []
        raise DataError(f"{path} is no table: it holds bytes that no text has")
    if is_utf8(path):
        return "utf-8", []
    from charset_normalizer import from_bytes

    few = strange(path)
    try:
        if western(few.decode("cp1252")):
            return "cp1252", ["the encoding is not UTF-8; taken for cp1252 (western Windows)"]
    except UnicodeDecodeError:
        pass
    best = from_bytes(few).best()
    if best is None:
        raise DataError(
            f"{path} is in no encoding that could be told; give it as --encoding, "
            "or save it as UTF-8"
        )
    return best.encoding, [f"the encoding is not UTF-8; taken for {best.encoding}"]


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
