"""`python -m lockstep COMMAND`."""
