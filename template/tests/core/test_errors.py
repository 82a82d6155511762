"""One line for every error, and a full disk is told from what only looks like it."""

import errno
import shutil
from typing import NamedTuple

import pyarrow as pa
import pytest

from lockstep.core import errors
from lockstep.core.errors import DataError, is_full, line


class Disk(NamedTuple):
    """What shutil.disk_usage gives."""

    total: int
    used: int
    free: int


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """No space is left anywhere."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(10, 10, 0))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_a_full_disk_is_told_by_its_number(number: int) -> None:
    assert line(OSError(number, "no")).startswith("the disk is full: ")


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("error", [pa.ArrowException("write failed"), OSError("write failed")])
def test_an_error_without_a_number_is_a_full_disk_when_there_is_no_space(error: Exception) -> None:
    assert is_full(error)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    "error",
    [PermissionError(errno.EACCES, "no"), FileNotFoundError(errno.ENOENT, "no"), ValueError("no")],
)
def test_another_error_on_a_full_disk_stays_what_it_is(error: Exception) -> None:
    assert not is_full(error)


def test_a_line_is_one_line() -> None:
    assert line(DataError("first\n  second")) == "first second"


def test_a_mistake_in_the_code_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        raise KeyError("colour")

    with pytest.raises(SystemExit) as stopped:
        errors.run("train", main)
    output = capsys.readouterr().err
    assert stopped.value.code == 1
    assert output.startswith("train: KeyError in ") and "test_errors.py, line " in output
    assert output.endswith("LOCKSTEP_DEBUG=1 shows the way there\n") and output.count("\n") == 1
