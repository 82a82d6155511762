"""Detect the encoding of a text file."""

import codecs
from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.onboarding.compression import open_decompressed

BLOCK = 1 << 20
HEAD = 1 << 12  # bytes that show UTF-16
MAX_SAMPLE = 1 << 16  # bytes of the lines beyond ASCII that are looked at
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SIGNS = "€£°§«»·±²³µ¿¡½¼ªº\u00a0\u00b4\u00d7\u2013\u2014\u2018\u2019\u201c\u201d\u2026"  # of western texts


def detect_encoding(path: Path) -> tuple[str, list[str]]:
    """Detect the encoding of a text.

    Returns
    -------
    encoding : str
        The name that Python knows it by.
    assumptions : list of str
        A note where the encoding is a guess.

    Raises
    ------
    DataError
        If the file is empty, is no text, or its encoding cannot be detected.
    """
    with open_decompressed(path) as stream:
        head = stream.read(HEAD)
    if not head:
        raise DataError(f"{path} is empty")
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            return encoding, []
    if b"\0" in head:
        unmarked = detect_utf16(head)
        if unmarked is None:
            raise DataError(f"{path} is no table: it holds bytes that no text has")
        return unmarked, []
    if is_utf8(path):
        return "utf-8", []
    legacy = detect_legacy(read_beyond_ascii(path))
    if legacy is None:
        raise DataError(
            f"the encoding of {path} cannot be detected; name it with --encoding, or save it as UTF-8"
        )
    name = "cp1252 (western Windows)" if legacy == "cp1252" else legacy
    return legacy, [f"the encoding is not UTF-8; taken for {name}"]


def detect_utf16(head: bytes) -> str | None:
    """Return the UTF-16 encoding whose zero bytes fall on every second place; None where there is none."""
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = head[first::2], head[1 - first :: 2]
        if high.count(0) > 0.8 * len(high) and not low.count(0):
            return encoding
    return None


def is_utf8(path: Path) -> bool:
    """Return whether the whole text is UTF-8, reading a block at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with open_decompressed(path) as stream:
            while block := stream.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def read_beyond_ascii(path: Path) -> bytes:
    """Return the first lines with a byte beyond ASCII, about MAX_SAMPLE bytes of them."""
    lines, size = [], 0
    with open_decompressed(path) as stream:
        for line in stream:
            if not line.isascii():
                lines.append(line)
                size += len(line)
            if size > MAX_SAMPLE:
                break
    return b"".join(lines)


def detect_legacy(sample: bytes) -> str | None:
    """Return the likeliest encoding of one byte a character; None where none is likely."""
    from charset_normalizer import from_bytes

    try:
        if is_western(sample.decode("cp1252")):
            return "cp1252"
    except UnicodeDecodeError:
        pass
    match = from_bytes(sample).best()
    return match.encoding if match else None


def is_western(text: str) -> bool:
    """Return whether the characters beyond ASCII are letters and signs of western languages."""
    beyond_ascii = [character for character in text if not character.isascii()]
    expected = [
        character for character in beyond_ascii if character.isalpha() or character in SIGNS
    ]
    return len(expected) >= 0.98 * len(beyond_ascii)
