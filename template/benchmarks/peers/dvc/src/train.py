"""Features to a model, and its loss on valid."""

import json
import sys
from pathlib import Path

import functions
import yaml

features, model, metrics = map(Path, sys.argv[1:])
params = yaml.safe_load(Path("params.yaml").read_text())
train, valid = (
    functions.read(list((features / side).glob("*.parquet"))) for side in ("train", "valid")
)
found = functions.fit(train, valid, params["model"])
found.save_model(str(model))
metrics.parent.mkdir(exist_ok=True)
metrics.write_text(json.dumps(functions.evaluate(found, valid)))
