"""The benchmark of growth reads its own figures right, and starts nothing that the disk cannot hold."""

from pathlib import Path

import pytest

from template.benchmarks.growth import YEAR, enough, exponent, table, years


def test_the_exponent_is_flat_or_in_proportion() -> None:
    rows = [3e5, 3e6, 3e7]
    assert exponent([(n, 250.0) for n in rows]) == pytest.approx(0)
    assert exponent([(n, 5e-5 * n) for n in rows]) == pytest.approx(1)
    assert exponent([(3e5, 2.0)]) is None and exponent([]) is None


def test_a_table_has_a_line_a_stage_and_a_column_a_size() -> None:
    found = [
        {"stage": stage, "rows": rows, "memory_mb": 100.0}
        for rows in (20, 10)
        for stage in ("ingest", "split")
    ]
    assert table(found, "memory_mb") == [
        "| MB at | 10 | 20 | exponent |",
        "| --- | --- | --- | --- |",
        "| ingest | 100 | 100 | 0.00 |",
        "| split | 100 | 100 | 0.00 |",
    ]


def test_years_are_whole_and_one_at_least() -> None:
    assert years(1) == [2013]
    assert years(3 * YEAR) == [2013, 2014, 2015]


def test_too_small_a_disk_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="too little room; set TMPDIR"):
        enough(10**15, tmp_path)
