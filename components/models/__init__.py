"""Kinds of model of this project: NAME.py holds one subclass of ModelKind named NAME."""
