"""What a branch does to the model, for a pull request."""
