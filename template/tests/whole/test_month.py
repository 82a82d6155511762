"""A period that is added costs its own partition, and the result is the full run's to the byte: real DVC."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.files import read_json
from lockstep.data.partition_cache import STORE
from template.tests.support.workspace import attempt, copy, replace, shell

PARTS = '''

def parts(raw: Path) -> dict[str, list[Path]]:
    """A partition a file."""
    return {path.stem: [path] for path in sorted(raw.glob("*.csv"))}


def part(files: list[Path]) -> "pd.DataFrame":
    """The rows of one file."""
    import pandas as pd

    return pd.read_csv(files[0])
'''
STAGES = ["featurize", "ingest", "preprocess", "validate_data"]
MADE = ("data/ingested", "data/validated", "data/quarantine", "data/preprocessed", "data/features")


def contents(root: Path) -> dict[str, bytes]:
    """What the data phase made."""
    files = [path for name in MADE for path in sorted((root / name).iterdir())]
    files.append(root / "metrics/data.json")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def counts(root: Path) -> dict[str, tuple[int, int]]:
    """Partitions made and taken from the run before, by stage."""
    found = {path.stem: read_json(path) for path in sorted((root / STORE).glob("*.json"))}
    return {stage: (one["made"], one["reused"]) for stage, one in found.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Penguins in a file a year: the first two have passed the data phase, and hold one key twice."""
    root = copy(tmp_path_factory.mktemp("month") / "root")
    recipe = root / "recipes/penguins.py"
    recipe.write_text(recipe.read_text(encoding="utf-8") + PARTS, encoding="utf-8", newline="\n")
    replace(root / "conf/dataset/penguins.yaml", "unique_key: fail", "unique_key: quarantine")
    raw = root / "data/raw/penguins"
    table = pd.read_csv(raw / "penguins.csv")
    (raw / "penguins.csv").unlink()
    for year, rows in table.groupby("year"):
        if year == 2008:  # a row that is in 2007 already
            rows = pd.concat([rows, table[:1]])
        rows.to_csv(raw / f"{year}.csv", index=False)
    (raw / "2009.csv").rename(root.parent / "2009.csv")
    shell(root, "dvc", "repro", "featurize")
    return root


def test_an_added_period_is_made_and_the_rest_taken_and_the_bytes_are_a_full_runs(
    root: Path,
) -> None:
    assert counts(root) == dict.fromkeys(STAGES, (2, 0))
    shutil.copy(root.parent / "2009.csv", root / "data/raw/penguins/2009.csv")
    said = shell(root, "dvc", "repro", "featurize")
    assert counts(root) == dict.fromkeys(STAGES, (1, 2))
    assert said.count("2 of 3 partitions are as before") == len(STAGES)
    added = contents(root)
    assert read_json(root / "metrics/data.json")["quarantined"] == 1
    shutil.rmtree(root / STORE)
    shell(root, "dvc", "repro", "--force", "featurize")
    assert counts(root) == dict.fromkeys(STAGES, (3, 0))
    assert contents(root) == added


def test_a_part_that_fails_is_named_with_its_file_and_line(root: Path) -> None:
    recipe = root / "recipes/penguins.py"
    replace(recipe, "return pd.read_csv(files[0])", 'return pd.read_csv(files[0])["absent"]')
    done = attempt(root, "dvc", "repro", "featurize")
    assert done.returncode != 0
    [line] = [line for line in done.stderr.splitlines() if line.startswith("ingest: ")]
    assert "2007: KeyError: 'absent' (recipes/penguins.py, part(), line" in line
