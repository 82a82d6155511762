"""A data set from a table: what its columns are, which plays which role, and the files that say so."""
