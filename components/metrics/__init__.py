"""Metrics of this project: NAME.py holds a function NAME, and the constants TASKS and LOWER_IS_BETTER."""
