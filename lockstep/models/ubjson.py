"""UBJSON as XGBoost writes it, no more of the format: read in time and memory that the file's size bounds."""

import struct
from typing import Any

from lockstep.models.file_checks import require

NUMBERS = {"i": ">b", "U": ">B", "I": ">h", "l": ">i", "L": ">q", "d": ">f", "D": ">d"}
CONSTANTS = {"T": True, "F": False, "Z": None}
MAX_DEPTH = 32


class Reader:
    """A position in the bytes of a file; every read is checked against their end."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, size: int) -> bytes:
        """Return the next bytes. Raises ValueError where there are fewer."""
        require(0 <= size <= len(self.content) - self.at, "it is cut off")
        self.at += size
        return self.content[self.at - size : self.at]

    def marker(self) -> str:
        """Return the next byte as a character."""
        return self.take(1).decode("latin-1")

    def number(self, marker: str) -> Any:
        """Return a number of the type of a marker."""
        require(marker in NUMBERS, f"{marker!r} is no type of a number")
        return struct.unpack(NUMBERS[marker], self.take(struct.calcsize(NUMBERS[marker])))[0]

    def length(self) -> int:
        """Return a length, which is written in eight bytes."""
        require(self.marker() == "L", "a length is no length")
        return int(self.number("L"))

    def text(self) -> str:
        """Return a text, which follows its length."""
        return self.take(self.length()).decode("utf-8")

    def value(self, depth: int = 0) -> Any:
        """Return the next value; an array of numbers of one type as a NumPy array."""
        require(depth < MAX_DEPTH, "it is nested too deeply")
        marker = self.marker()
        if marker == "{":
            return self.mapping(depth)
        if marker == "[":
            return self.array(depth)
        if marker == "S":
            return self.text()
        return CONSTANTS[marker] if marker in CONSTANTS else self.number(marker)

    def mapping(self, depth: int) -> dict[str, Any]:
        """Return a mapping. Raises ValueError where a key comes twice: readers differ in which one counts."""
        result: dict[str, Any] = {}
        while self.content[self.at : self.at + 1] != b"}":
            key = self.text()
            require(key not in result, f"{key[:40]!r} comes twice")
            result[key] = self.value(depth + 1)
        self.at += 1
        return result

    def array(self, depth: int) -> Any:
        """Return an array, which says its length and, where all items are of one type, the type."""
        import numpy as np

        marker, item = self.marker(), ""
        if marker == "$":
            item, marker = self.marker(), self.marker()
            require(item in NUMBERS, f"{item!r} is no type of an array's numbers")
        require(marker == "#", "an array has no length")
        size = self.length()
        if item:
            content = self.take(size * struct.calcsize(NUMBERS[item]))
            return np.frombuffer(
                content, np.dtype(NUMBERS[item].replace("b", "i1").replace("B", "u1"))
            )
        require(0 <= size <= len(self.content) - self.at, "it is cut off")
        return [self.value(depth + 1) for _ in range(size)]


def parse(content: bytes) -> Any:
    """Return the value in a file. Raises ValueError where it is not whole, or holds anything after it."""
    reader = Reader(content)
    result = reader.value()
    require(reader.at == len(content), "it goes on after its end")
    return result
