"""What this project adds: models, metrics and plots, one file each; see README.md."""
