"""The model's loss on test."""

import json
import sys
from pathlib import Path

import functions

model, features, metrics = map(Path, sys.argv[1:])
test = functions.read(list((features / "test").glob("*.parquet")))
metrics.parent.mkdir(exist_ok=True)
metrics.write_text(json.dumps(functions.evaluate(functions.load(model), test)))
