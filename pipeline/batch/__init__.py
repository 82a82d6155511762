"""Batch prediction: rows come in from files, are typed and judged as in training, and go out again."""
