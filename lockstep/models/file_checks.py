"""What the checks of model files share: a file of strangers is read by no library before it passed them.

A library follows the numbers in a file unchecked: a child or a column outside of the model reads foreign memory,
a child that points back never ends. The checks raise ValueError (or what parsing raises: BROKEN); each kind's
load() makes one line of it.
"""

import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

# What parsing or checking a broken file raises, a library's own errors aside.
BROKEN = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, AssertionError),
    *(RecursionError, MemoryError, EOFError, NotImplementedError),
    *(struct.error, zipfile.BadZipFile, zlib.error),
)


POINTS_OUTSIDE = "a tree points outside itself"


def require(condition: Any, problem: str) -> None:
    """Raise ValueError with the problem where the condition does not hold."""
    if not condition:
        raise ValueError(problem)


def integer(text: object) -> int:
    """Return a number without a sign from its decimal digits. Raises ValueError for anything else."""
    is_number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10
    require(is_number, f"{ascii(text)[:40]} is no number")
    return int(str(text))


def is_within(values: "np.ndarray", low: int, high: int) -> bool:
    """Return whether all values, if any, are at least low and less than high."""
    return not len(values) or bool((values >= low).all() and (values < high).all())


def brief(error: BaseException) -> str:
    """Return an error's text in one short line of printable characters."""
    text = "".join(c if c.isprintable() else " " for c in str(error))
    return " ".join(text.split())[:200] or type(error).__name__
