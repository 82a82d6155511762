"""Cleaned rows to features, in a folder each for train, valid and test."""

import sys
from pathlib import Path

import functions
import pandas as pd
import yaml

prepared, features = map(Path, sys.argv[1:])
params = yaml.safe_load(Path("params.yaml").read_text())
for path in sorted(prepared.glob("*.parquet")):
    folder = features / functions.side(path.stem, params["split"])
    folder.mkdir(parents=True, exist_ok=True)
    made = functions.featurize(pd.read_parquet(path), params["columns"])
    made.to_parquet(folder / path.name)
