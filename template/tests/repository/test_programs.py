"""Git and DVC run as programs: what they print comes back, a failure is one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from lockstep.core.errors import LockstepError
from lockstep.repository.programs import environment, shell


def test_what_a_program_prints_comes_back_with_unix_line_ends(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.buffer.write(b'a\\r\\n' + sys.stdin.buffer.read())"
    assert shell(tmp_path, sys.executable, "-c", code, content="b\n") == "a\nb\n"


def test_a_failure_is_the_last_line_that_the_program_printed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    with pytest.raises(LockstepError, match=r"^`git checkout nothing` failed in .*: .*nothing.*$"):
        shell(tmp_path, "git", "checkout", "nothing")


def test_programs_beside_this_interpreter_come_first() -> None:
    assert environment(A="b")["PATH"].startswith(str(Path(sys.executable).parent))
    assert environment(A="b")["A"] == "b"


def test_a_failure_shows_no_password_of_a_url(tmp_path: Path) -> None:
    url = "http://me:hunter2@127.0.0.1:9/r.git"
    with pytest.raises(LockstepError, match=r"127\.0\.0\.1:9/r\.git") as failure:
        shell(tmp_path, "git", "ls-remote", url)
    assert "hunter2" not in str(failure.value)
