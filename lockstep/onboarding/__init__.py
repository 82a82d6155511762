"""A table becomes a data set."""
