"""Which encoding a text is in."""

import codecs
from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.onboarding.compression import opened

BLOCK = 1 << 20
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SIGNS = "€£°§«»·±²³µ¿¡½¼ªº\u00a0\u00b4\u00d7\u2013\u2014\u2018\u2019\u201c\u201d\u2026"  # of western texts


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
