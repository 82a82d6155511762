"""The table of Lockstep's own kinds of model."""

from lockstep.models.base import ModelKind
from lockstep.models.catboost import CatBoost
from lockstep.models.dummy import Dummy
from lockstep.models.extra_trees import ExtraTrees
from lockstep.models.hist_gradient_boosting import HistGradientBoosting
from lockstep.models.lightgbm import LightGBM
from lockstep.models.linear import Linear
from lockstep.models.random_forest import RandomForest
from lockstep.models.xgboost import XGBoost

KINDS: dict[str, ModelKind] = {
    kind.name: kind
    for kind in (
        CatBoost(),
        HistGradientBoosting(),
        RandomForest(),
        ExtraTrees(),
        Linear(),
        Dummy(),
        XGBoost(),
        LightGBM(),
    )
}
