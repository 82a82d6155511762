"""Continuous training: what is new, which split follows from it, and what is done with the outcome."""
