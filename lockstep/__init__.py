"""The machinery of a Lockstep project: rooms in the order in which data flows (README.md here)."""
