"""Raw tables of one month to its features."""

from pathlib import Path

import functions

rows = functions.prepare([Path(file) for file in snakemake.input])
functions.featurize(rows, snakemake.params.columns).to_parquet(snakemake.output[0])
