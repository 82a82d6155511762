"""The model's loss on test."""

import json
from pathlib import Path

import functions

model = functions.load(Path(snakemake.input.model))
found = functions.evaluate(model, functions.read(snakemake.input.test))
Path(snakemake.output[0]).write_text(json.dumps(found))
