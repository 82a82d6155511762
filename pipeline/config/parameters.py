"""What may stand under model.params: each kind's parameters by the library's own names, with ranges.

A value outside is refused while the configuration is composed, so a sweep with a bad value is never
queued. To use another of the library's parameters, add its line here.
"""

from typing import NamedTuple


class Number(NamedTuple):
    """A number from low to high, the bounds allowed; whole where it counts things."""

    low: float
    high: float
    whole: bool = False
    none: bool = False  # whether null, for no limit, is allowed


class Choice(NamedTuple):
    """One of these values."""

    values: tuple[str | bool, ...]


def count(low: int, high: int, none: bool = False) -> Number:
    """A whole number."""
    return Number(low, high, whole=True, none=none)


PARAMETERS: dict[str, dict[str, Number | Choice]] = {
    "catboost": {
        "iterations": count(1, 100_000),
        "learning_rate": Number(1e-6, 1),
        "thread_count": count(1, 1024),
        "depth": count(1, 16),
        "l2_leaf_reg": Number(0, 1e6),
        "random_strength": Number(0, 1e6),
        "bagging_temperature": Number(0, 1e6),
        "subsample": Number(0.001, 1),
        "rsm": Number(0.001, 1),
        "border_count": count(1, 65_535),
        "one_hot_max_size": count(0, 65_535),
        "max_ctr_complexity": count(0, 16),
        "min_data_in_leaf": count(1, 1_000_000_000),
        "max_leaves": count(2, 64),
        "leaf_estimation_iterations": count(1, 1000),
        "model_size_reg": Number(0, 1e6),
        "has_time": Choice((True, False)),
        "grow_policy": Choice(("SymmetricTree", "Depthwise", "Lossguide")),
        "bootstrap_type": Choice(("Bayesian", "Bernoulli", "MVS", "Poisson", "No")),
        "boosting_type": Choice(("Ordered", "Plain")),
        "leaf_estimation_method": Choice(("Newton", "Gradient", "Exact")),
        "score_function": Choice(("Cosine", "L2", "NewtonCosine", "NewtonL2")),
    },
    "hist_gradient_boosting": {
        "max_iter": count(1, 100_000),
        "learning_rate": Number(1e-6, 1),
        "max_leaf_nodes": count(2, 1_000_000, none=True),
        "max_depth": count(1, 1000, none=True),
        "min_samples_leaf": count(1, 1_000_000_000),
        "l2_regularization": Number(0, 1e9),
        "max_features": Number(0.001, 1),
        "max_bins": count(2, 255),
    },
    "random_forest": {
        "n_estimators": count(1, 100_000),
        "max_depth": count(1, 1000, none=True),
        "min_samples_split": count(2, 1_000_000_000),
        "min_samples_leaf": count(1, 1_000_000_000),
        "max_leaf_nodes": count(2, 1_000_000_000, none=True),
        "max_features": Number(0.001, 1),
        "max_samples": Number(0.001, 1, none=True),
        "min_impurity_decrease": Number(0, 1e9),
        "ccp_alpha": Number(0, 1e9),
        "bootstrap": Choice((True, False)),
    },
    "linear": {
        "C": Number(1e-9, 1e9),  # inverse strength of the penalty; of a ridge, 1 / alpha
        "max_iter": count(1, 1_000_000),
        "tol": Number(1e-12, 1),
        "fit_intercept": Choice((True, False)),
    },
    "dummy": {},
    "xgboost": {
        "num_boost_round": count(1, 100_000),
        "learning_rate": Number(1e-6, 1),
        "nthread": count(1, 1024),
        "max_depth": count(0, 1000),  # 0: no limit
        "max_leaves": count(0, 1_000_000),  # 0: no limit
        "grow_policy": Choice(("depthwise", "lossguide")),
        "min_child_weight": Number(0, 1e9),
        "gamma": Number(0, 1e9),
        "reg_lambda": Number(0, 1e9),
        "reg_alpha": Number(0, 1e9),
        "max_delta_step": Number(0, 1e9),
        "subsample": Number(0.001, 1),
        "colsample_bytree": Number(0.001, 1),
        "colsample_bylevel": Number(0.001, 1),
        "colsample_bynode": Number(0.001, 1),
        "max_bin": count(2, 65_535),
        "max_cat_to_onehot": count(1, 1_000_000),
        "max_cat_threshold": count(1, 1_000_000),
    },
}
# CatBoost's automatic learning rate depends on the number of iterations, its result on the threads.
# XGBoost takes as many threads as there are where none are given, and adds in the order of its threads.
REQUIRED = {"catboost": ("learning_rate", "thread_count"), "xgboost": ("nthread",)}


def allowed(rule: Number | Choice) -> str:
    """The rule in words."""
    if isinstance(rule, Choice):
        return ", ".join(str(value).lower() if value in (True, False) else str(value)
                         for value in rule.values)  # fmt: skip
    kind = "a whole number from " if rule.whole else ""
    return f"{kind}{rule.low:.12g} to {rule.high:.12g}{', null' if rule.none else ''}"


def holds(rule: Number | Choice, value: object) -> bool:
    """Whether the value obeys the rule; true is not a number."""
    if isinstance(rule, Choice):
        return any(value is one or (isinstance(one, str) and value == one) for one in rule.values)
    if value is None:
        return rule.none
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return rule.low <= value <= rule.high and (not rule.whole or float(value).is_integer())


def wrong(kind: str, params: dict[str, object]) -> tuple[str, object, str] | None:
    """The first parameter that is not allowed: its key, its value and what is allowed."""
    rules = PARAMETERS[kind]
    for name, value in params.items():
        if name not in rules:
            return f"model.params.{name}", value, f"for {kind}, {', '.join(rules) or 'no key'}"
        if not holds(rules[name], value):
            return f"model.params.{name}", value, allowed(rules[name])
    for name in REQUIRED.get(kind, ()):
        if name not in params:
            return f"model.params.{name}", None, f"{allowed(rules[name])}; it must be given"
    return None
