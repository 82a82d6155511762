"""Better parameters, by Optuna."""
