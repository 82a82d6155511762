"""Features to a model, and its loss on valid."""

import json
from pathlib import Path

import functions

train, valid = functions.read(snakemake.input.train), functions.read(snakemake.input.valid)
model = functions.fit(train, valid, snakemake.params.model)
model.save_model(snakemake.output.model)
Path(snakemake.output.metrics).write_text(json.dumps(functions.evaluate(model, valid)))
