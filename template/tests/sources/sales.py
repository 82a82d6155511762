"""The sales that the tests of sources fetch, and what is left in the raw folder."""

from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from lockstep.core.schema import Source

QUERY = "SELECT id, amount, note, paid FROM sales"


def sales(**options: object) -> Source:
    """Return the sales of the database that DB_URL names, three rows a partition."""
    return Source("sql", url_env="DB_URL", **{"query": QUERY, "rows": 3, **options})  # type: ignore[arg-type]


def contents(raw: Path) -> dict[str, bytes]:
    """Return the bytes of every file of the raw folder, hidden and half-written ones too."""
    return {
        path.name: path.read_bytes() for path in sorted(raw.parent.rglob("*")) if path.is_file()
    }


def read_rows(raw: Path) -> pd.DataFrame:
    """Return the rows of all partitions."""
    return pd.concat(map(pd.read_parquet, sorted(raw.glob("*.parquet"))), ignore_index=True)


def insert(engine: sa.Engine, *numbers: int) -> None:
    """Add sales of these numbers."""
    with engine.begin() as connection:
        for number in numbers:
            connection.execute(sa.text(f"INSERT INTO sales VALUES ({number}, 2.25, NULL, 1)"))
