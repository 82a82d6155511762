"""Retraining, publishing, checks, the DVC remote."""
