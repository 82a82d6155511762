"""The script is bundled once, and read from its file then."""

from pathlib import Path

import pytest

from lockstep.report import vega


def test_a_bundled_script_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    script = vega.script()
    (path,) = vega.FOLDER.iterdir()
    assert "window.vegaEmbed" in script and path.read_text(encoding="utf-8") == script
    path.write_text("kept", encoding="utf-8")
    assert vega.script() == "kept"
