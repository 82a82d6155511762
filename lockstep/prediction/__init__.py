"""Batch prediction, and drift of new rows."""
