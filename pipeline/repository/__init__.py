"""What Git has of the project: is dvc.lock current, and does nothing lie there that should not."""
