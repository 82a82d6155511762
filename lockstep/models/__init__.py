"""The kinds of model, behind one class."""
