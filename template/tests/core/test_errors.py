"""One line for every error, and a full disk is told from what only looks like it."""

import errno
import shutil
import sys
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


CONTROLS = "a\x1b]0;title\x07b\x9b2J\u202ec\u2028d\re"


def test_neither_an_error_nor_a_print_controls_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def main() -> None:
        print(f"column {CONTROLS}\n\tend")
        raise DataError(f"column {CONTROLS}")

    before = sys.stdout
    with pytest.raises(SystemExit):
        errors.run("ingest", main)
    output = capsys.readouterr()
    assert sys.stdout is before
    spelled = r"a\x1b]0;title\x07b\x9b2J\u202ec\u2028d\re"
    assert output.out == f"column {spelled}\n\tend\n"
    assert output.err == f"ingest: column {line(DataError(CONTROLS))}\n"
    assert output.err.rstrip("\n").isprintable()


def test_output_of_any_kind_passes(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        sys.stdout.writelines(["名前 é\n", "b\n"])
        sys.stdout.flush()
        assert sys.stdout.encoding and not sys.stdout.isatty()

    errors.run("ingest", main)
    assert capsys.readouterr().out == "名前 é\nb\n"
