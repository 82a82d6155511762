"""Extremely randomised trees (Geurts, Ernst and Wehenkel 2006): a forest whose thresholds are drawn."""

from lockstep.models.random_forest import RandomForest


class ExtraTrees(RandomForest):
    """A random forest whose trees draw their thresholds."""

    name = "extra_trees"
    estimators = ("ExtraTreesClassifier", "ExtraTreesRegressor")
