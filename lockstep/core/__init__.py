"""What every stage uses: the configuration's schema, errors, files, partitions, executors."""
