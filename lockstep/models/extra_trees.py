"""Extremely randomised trees (Geurts, Ernst and Wehenkel 2006): a forest whose thresholds are drawn."""

from lockstep.models.random_forest import RandomForest
from lockstep.models.scikit import CATEGORY_CODES, IMPUTER, TREE_TYPES


class ExtraTrees(RandomForest):
    """A random forest whose trees draw their thresholds."""

    name = "extra_trees"
    estimators = ("ExtraTreesClassifier", "ExtraTreesRegressor")
    built_estimators = (
        "sklearn.ensemble._forest.ExtraTreesClassifier",
        "sklearn.ensemble._forest.ExtraTreesRegressor",
    )
    built_types = (
        IMPUTER,
        CATEGORY_CODES,
        "sklearn.tree._classes.ExtraTreeClassifier",
        "sklearn.tree._classes.ExtraTreeRegressor",
        *TREE_TYPES,
    )
