"""A retraining's state is read back; a file that is damaged or absent means that none was stopped."""

from pathlib import Path

import pytest

from lockstep.automation.resume import COMMITTED, STATE, load_state, save_state


def test_a_state_is_read_back_and_removed(tmp_path: Path) -> None:
    assert load_state(tmp_path) == (None, {})
    save_state(tmp_path, COMMITTED, {"commit": "abc"})
    assert load_state(tmp_path) == (COMMITTED, {"commit": "abc"})
    save_state(tmp_path, None)
    save_state(tmp_path, None)
    assert load_state(tmp_path) == (None, {}) and not (tmp_path / STATE).exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"phase": "running"}', '{"phase": 1, "record": 2}']
)
def test_a_damaged_state_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE).parent.mkdir(parents=True)
    (tmp_path / STATE).write_text(text, encoding="utf-8")
    assert load_state(tmp_path) == (None, {})
