"""Plots of this project: NAME.py holds a function NAME that returns records or a Vega-Lite plot."""
