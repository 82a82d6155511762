"""From raw files to splits: types, recipe, quality, partition cache, the proof of no overlap."""
