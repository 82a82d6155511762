"""Raw tables to cleaned rows, a file a month."""

import sys
from pathlib import Path

import functions

raw, prepared = map(Path, sys.argv[1:])
prepared.mkdir(parents=True, exist_ok=True)
for month, files in functions.parts(raw).items():
    functions.prepare(files).to_parquet(prepared / f"{month}.parquet")
