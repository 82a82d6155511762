"""What the checks of model files share: a file of strangers is read by no library before it passed them.

A library follows the numbers in a file unchecked: a child or a column outside of the model reads foreign
memory, a child that points back never ends. The checks raise ValueError, or whatever parsing raises, and
model_file makes one line of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError, LockstepError

if TYPE_CHECKING:
    import numpy as np

POINTS_OUTSIDE = "a tree points outside itself"


@contextmanager
def model_file(path: Path, noun: str) -> Iterator[None]:
    """Raise as DataError, in one line, what reading or checking a model's file raises within.

    Parameters
    ----------
    path : Path
        Of the file.
    noun : str
        What it should be, such as XGBoost model.
    """
    try:
        yield
    except LockstepError:
        raise
    except Exception as error:  # of whatever parser
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the file is not there, or the disk is full
        raise DataError(f"{path}: not a whole {noun} ({brief(error)})") from error


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
