"""A program's output is shown and its last word is the error; the work tree is restored to the commit."""

import sys
from pathlib import Path

import pytest

from lockstep.automation.retrain_steps import raw_paths, stream
from lockstep.core.errors import LockstepError

FAILING = "import sys; print('start'); print('train: no rows'); print('more'); sys.exit(1)"


def test_output_is_shown_as_it_comes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stream(tmp_path, sys.executable, "-c", "print('one'); print('two')")
    assert capsys.readouterr().err == "one\ntwo\n"


def test_a_stages_own_message_is_the_error(tmp_path: Path) -> None:
    with pytest.raises(LockstepError, match=r"failed: train: no rows$"):
        stream(tmp_path, sys.executable, "-c", FAILING)
    with pytest.raises(LockstepError, match=r"failed: no message$"):
        stream(tmp_path, sys.executable, "-c", "raise SystemExit(2)")


def test_raw_data_is_a_folder_or_dvcs_pointer(tmp_path: Path) -> None:
    assert raw_paths(tmp_path, "data/raw/x") == ["data/raw/x"]
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "data/raw/x.dvc").touch()
    assert raw_paths(tmp_path, "data/raw/x") == ["data/raw/x.dvc"]
