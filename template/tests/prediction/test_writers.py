"""Rows are written in the format of the name's suffix, and read back the same bits."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from lockstep.prediction.writers import arrow_schema, open_writer

SCHEMA = arrow_schema({"id": "int", "score": "float", "label": "str"})
TABLES = [
    pa.table({"id": [1, 2], "score": [0.1 + 0.2, None], "label": ["a,b", None]}, schema=SCHEMA),
    pa.table({"id": [2**60], "score": [1e-300], "label": ["ü"]}, schema=SCHEMA),
]


@pytest.mark.parametrize("name", ["out.parquet", "out.csv", "out.csv.gz", "out.jsonl.gz"])
def test_tables_read_back_the_same(tmp_path: Path, name: str) -> None:
    part = tmp_path / (name + ".part")
    with open_writer(part, tmp_path / name, SCHEMA) as write:
        for table in TABLES:
            write(table)
    path = part.rename(tmp_path / name)
    if "jsonl" in name:
        rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
        assert rows == [row for table in TABLES for row in table.to_pylist()]
        return
    frame = pd.read_parquet(path) if "parquet" in name else pd.read_csv(path)
    assert frame["id"].tolist() == [1, 2, 2**60]
    assert frame["score"].tolist()[::2] == [0.1 + 0.2, 1e-300] and pd.isna(frame["score"][1])
    assert frame["label"].tolist()[::2] == ["a,b", "ü"]
