"""System metrics are written when asked for, and not otherwise."""

import time
from pathlib import Path

import pytest

from lockstep.core.files import read_json
from lockstep.training import monitor


def test_a_row_a_second_tells_what_the_process_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "SECONDS", 0.1)
    with monitor.monitored(True, tmp_path / "system"):
        until = time.process_time() + 0.5
        held = b"x" * 50_000_000
        while time.process_time() < until:
            pass
        assert len(held) == 50_000_000
    plots = tmp_path / "system/plots/metrics/system"
    rows = (plots / "process_cpu_percent.tsv").read_text(encoding="utf-8").splitlines()
    assert rows[0].split("\t") == ["timestamp", "step", "process_cpu_percent"]
    assert max(float(row.split("\t")[2]) for row in rows[1:]) > 5
    last = read_json(tmp_path / "system/metrics.json")["system"]
    assert last["process_memory_mb"] > 50
    assert 0 <= last["machine_memory_percent"] <= 100


def test_an_error_of_what_is_watched_is_not_lost(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), monitor.monitored(True, tmp_path / "system"):
        _ = 1 / 0
    assert (tmp_path / "system/metrics.json").exists()


def test_nothing_is_written_unless_asked(tmp_path: Path) -> None:
    with monitor.monitored(False, tmp_path / "system"):
        pass
    assert list(tmp_path.iterdir()) == []
