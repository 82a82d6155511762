"""lockstep.sources.fetch with real DVC: from a database to a model, and again only where something is new."""

import json
import shutil
import sqlite3
import sys
from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.errors import ConfigError
from lockstep.sources.fetch import compose_dataset, summarize
from lockstep.sources.refresh import FetchResult
from template.tests.support.workspace import attempt, built_copy, replace, restore, shell, started
from tests.closure import ROOT

FETCH = (sys.executable, "-m", "lockstep", "fetch")
SOURCE = """raw: data/raw/birds
source:
  kind: sql
  url_env: BIRDS_URL
  query: SELECT * FROM penguins
  cursor: row_id
"""
LOAD = '''    """The partitions that were fetched."""
    import pandas as pd

    for path in sorted(raw.glob("*.parquet")):
        yield path.stem, pd.read_parquet(path)
'''


def fetch_from_database(root: Path) -> None:
    """Make penguins come from a database."""
    replace(root / "conf/dataset/penguins.yaml", "raw: data/raw/penguins\n", SOURCE)
    recipe = root / "recipes/penguins.py"
    text = recipe.read_text(encoding="utf-8")
    start, end = text.index('    """The one file'), text.index("\n\ndef clean")
    recipe.write_text(text[:start] + LOAD + text[end:], encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Penguins as a table of SQLite, and the repository that is pointed at it."""
    root = built_copy(tmp_path_factory, "fetch", model="dummy")
    frame = pd.read_csv(root / "data/raw/penguins/penguins.csv")
    with sqlite3.connect(root.parent / "birds.db") as connection:
        frame.to_sql("penguins", connection, index=False)
    fetch_from_database(root)
    shell(root, "git", "commit", "-qam", "Birds come from a database")
    return root


@pytest.fixture
def root(built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As committed, nothing fetched."""
    monkeypatch.setenv("BIRDS_URL", f"sqlite:///{built.parent}/birds.db")
    restore(built)
    return built


def test_a_table_is_fetched_trained_on_and_a_new_row_is_a_new_partition(root: Path) -> None:
    shell(root, sys.executable, "-m", "stages.compose")
    output = shell(root, *FETCH)
    assert output.startswith("data/raw/birds: 344 rows in 1 file; 1 new or changed")
    assert "git add data/raw/birds" in output
    ran = started(shell(root, "dvc", "repro"))
    assert ran[:2] == ["compose", "ingest"] and "register" in ran
    assert "nothing new" in shell(root, *FETCH)
    assert started(shell(root, "dvc", "repro")) == []
    with sqlite3.connect(root.parent / "birds.db") as connection:
        connection.execute(
            "INSERT INTO penguins SELECT 900, species, island, bill_length_mm, bill_depth_mm,"
            " flipper_length_mm, body_mass_g, sex, year FROM penguins LIMIT 1"
        )
    output = shell(root, *FETCH)
    assert output.startswith("data/raw/birds: 345 rows in 2 files; 1 new or changed")
    assert started(shell(root, "dvc", "repro"))[0] == "ingest"


def test_what_dvc_tracks_is_tracked_anew(root: Path) -> None:
    shell(root, sys.executable, "-m", "stages.compose")
    shell(root, *FETCH)
    shell(root, "dvc", "add", "-q", "data/raw/birds")
    tracked = (root / "data/raw/birds.dvc").read_bytes()
    with sqlite3.connect(root.parent / "birds.db") as connection:
        connection.execute("UPDATE penguins SET year = 2009 WHERE row_id = 3")
    output = shell(root, *FETCH, "--full")
    assert "commit data/raw/birds.dvc" in output
    assert (root / "data/raw/birds.dvc").read_bytes() != tracked
    assert "Data and pipelines are up to date" in shell(root, "dvc", "status", "data/raw/birds.dvc")


def test_a_dry_run_changes_nothing(root: Path) -> None:
    output = shell(root, *FETCH, "--dataset", "penguins", "--dry-run")
    assert "rows of row_id, species" in output and "nothing was changed" in output
    assert not (root / "data/raw/birds").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--dataset", "nope"), "dataset is 'nope'; allowed: "),
        (("--dataset", "penguins"), "the environment variable BIRDS_URL"),
    ],
)
def test_what_cannot_be_fetched_is_one_line(
    root: Path, options: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIRDS_URL")
    process = attempt(root, *FETCH, *options)
    assert process.returncode == 1 and len(process.stderr.splitlines()) == 1
    assert process.stderr.startswith("fetch: ") and message in process.stderr


@pytest.mark.parametrize("way", ["import-url", "import-db"])
def test_a_file_that_dvc_imports_is_updated_by_dvc(root: Path, way: str, tmp_path: Path) -> None:
    shell(root, "git", "checkout", "-q", "HEAD~1", "--", "conf", "recipes")
    raw = root / "data/raw/penguins/penguins.csv"
    source, database = tmp_path / "penguins.csv", tmp_path / "imported.db"
    shutil.copy(raw, source)
    with sqlite3.connect(database) as connection:
        pd.read_csv(raw).to_sql("penguins", connection, index=False)
    shell(root, "git", "rm", "-rq", "--cached", "data/raw/penguins")
    raw.unlink()
    if way == "import-url":
        shell(root, "dvc", "import-url", "-q", str(source), str(raw))
    else:
        shell(root, "dvc", "config", "--local", "db.birds.url", f"sqlite:///{database}")
        query = "SELECT * FROM penguins ORDER BY row_id"
        shell(root, "dvc", "import-db", "-q", "--conn", "birds", "--sql", query, "-o", str(raw))
    assert len(pd.read_csv(raw)) == 344
    text = source.read_text(encoding="utf-8").splitlines()
    source.write_text("\n".join(text[:-1]) + "\n", encoding="utf-8")
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM penguins WHERE row_id = 343")
    shell(root, "dvc", "update", "-q", "data/raw/penguins/penguins.csv.dvc")
    assert len(pd.read_csv(raw)) == 343
    assert "ingest" in started(shell(root, "dvc", "repro", "ingest"))
    data = json.loads((root / "data/ingested/manifest.json").read_text(encoding="utf-8"))
    assert sum(data["rows"].values()) == 343


def test_a_data_set_without_a_source_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"penguins\.yaml has no source: .*data/raw/penguins"):
        compose_dataset(ROOT, "penguins")


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (FetchResult(1, 1344), "data/raw/x: 1,344 rows in 1 file; nothing new"),
        (FetchResult(2, None, ["a"], ["b", "c"]), "data/raw/x: 2 files; 1 new or changed, 2 gone"),
    ],
)
def test_the_summary_is_a_line(result: FetchResult, line: str) -> None:
    assert summarize(Path("data/raw/x"), result) == line
