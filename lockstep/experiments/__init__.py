"""Sweeps, comparisons, and keeping an experiment's parameters."""
