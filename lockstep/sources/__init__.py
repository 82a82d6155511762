"""Raw files fetched from files, URLs and databases."""
