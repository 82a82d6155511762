"""What a model is worth: intervals, slices, importance, plots, drift, comparison of two models."""
