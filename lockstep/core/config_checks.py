"""Checks of a configuration beyond its types: ranges, names, and values that contradict each other.

One function checks one dataclass of the schema; each raises ConfigError for the first value not allowed.
"""

import math
import re
from datetime import datetime
from typing import NoReturn

from lockstep.core.column_names import unfit_name
from lockstep.core.errors import ConfigError
from lockstep.core.metric_names import ALL_METRICS, metric_names
from lockstep.core.schema import (
    COLUMN_TYPES,
    SEVERITIES,
    SOURCE_KINDS,
    SPLIT_KINDS,
    TARGET_TRANSFORMS,
    TASKS,
    Checks,
    Column,
    Config,
    Dataset,
    Drift,
    Engine,
    Gate,
    Model,
    Source,
    Split,
)
from lockstep.core.urls import check_url, check_urls_in, hide_urls, show_url

ENGINES = ("inline", "processes", "dask")
CLASS_WEIGHTS = ("none", "balanced")
UNBOUNDED = ("log_loss", "rmse", "mae", "median_absolute_error")
CRITERIA = ("f1", "youden")
RAW = re.compile(r"data/raw(/[\w.-][\w .-]*)*/?")
LICENSE = re.compile(r"[a-z0-9][a-z0-9.+-]*")


def refuse(key: str, value: object, allowed: str) -> NoReturn:
    """Raise ConfigError: the key, the value and what is allowed, in one line.

    Parameters
    ----------
    key : str
        The parameter, with dots.
    value : object
        Its value.
    allowed : str
        What is allowed.
    """
    raise ConfigError(f"{key} is {value!r}; allowed: {allowed or 'nothing, so far'}")


def one_of(key: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise ConfigError for a value that is not in the list.

    Parameters
    ----------
    key : str
        The parameter, with dots.
    value : object
        Its value.
    allowed : tuple of str
        The list.
    """
    if value not in allowed:
        refuse(key, value, ", ".join(allowed))


def between(key: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError for a value outside low to high, bounds included; NaN is outside.

    Parameters
    ----------
    key : str
        The parameter, with dots.
    value : float
        Its value.
    low, high : float
        The bounds.
    """
    if not low <= value <= high:
        refuse(key, value, f"{low:.12g} to {high:.12g}")


def unique(key: str, names: list[str]) -> None:
    """Raise ConfigError for a list that has a name twice."""
    for number, name in enumerate(names):
        if name in names[:number]:
            refuse(key, name, "each name once")


def check_column(name: str, column: Column) -> None:
    """Check the schema of one column."""
    key = f"dataset.checks.columns.{name}"
    one_of(f"{key}.type", column.type, COLUMN_TYPES)
    one_of(f"{key}.severity", column.severity, SEVERITIES)
    if column.type not in ("int", "float") and (column.min, column.max) != (None, None):
        refuse(f"{key}.type", column.type, "int or float, because it has min or max")
    if column.type != "str" and (column.allowed, column.pattern) != (None, None):
        refuse(f"{key}.type", column.type, "str, because it has allowed or pattern")
    for side, bound in (("min", column.min), ("max", column.max)):
        if bound is not None and not math.isfinite(bound):
            refuse(f"{key}.{side}", bound, "a finite number, or null")
    if column.allowed is not None and not column.allowed:
        refuse(f"{key}.allowed", column.allowed, "at least one value, or null")
    if column.min is not None and column.max is not None and column.min > column.max:
        refuse(f"{key}.min", column.min, f"at most its max, {column.max:g}")
    if column.max_missing is not None:
        between(f"{key}.max_missing", column.max_missing, 0.0, 1.0)
    if column.pattern is not None:
        try:
            re.compile(column.pattern)
        except re.error as error:
            refuse(f"{key}.pattern", column.pattern, f"a regular expression ({error})")


def check_freshness(checks: Checks) -> None:
    """Check freshness_column and not_before: a column that has times, and a date without a zone."""
    name, not_before = checks.freshness_column, checks.not_before
    if name is None:
        if not_before is not None:
            refuse("dataset.checks.freshness_column", name, "a column, because not_before is given")
        return
    one_of("dataset.checks.freshness_column", name, tuple(checks.columns))
    kind = checks.columns[name].type
    if kind not in ("datetime", "str"):
        allowed = f"a column of type datetime or str, not {kind}"
        refuse("dataset.checks.freshness_column", name, allowed)
    if not_before is not None and kind == "datetime":
        try:
            zone = datetime.fromisoformat(not_before).tzinfo
        except ValueError:
            refuse("dataset.checks.not_before", not_before, "a time such as 2013-12-01")
        if zone is not None:
            refuse("dataset.checks.not_before", not_before, "a time without a zone")


def check_checks(checks: Checks) -> None:
    """Check freshness, the number of rows, and the severity of a repeated key."""
    check_freshness(checks)
    between("dataset.checks.min_rows", checks.min_rows, 0, 10**12)
    one_of("dataset.checks.unique_key", checks.unique_key, SEVERITIES)
    if checks.max_rows is not None:
        between("dataset.checks.max_rows", checks.max_rows, max(checks.min_rows, 1), 10**12)


def check_source(source: Source) -> None:
    """Check that a source has what its kind needs, and nothing that its kind has no use for."""
    one_of("dataset.source.kind", source.kind, SOURCE_KINDS)
    needs = {"url": ("url",), "sql": ("url_env", "query"), "duckdb": ("query",)}[source.kind]
    for name in ("url", "url_env", "query"):
        value = getattr(source, name)
        if (name in needs) != (value is not None):
            expected = "given" if name in needs else "null"
            shown = value and hide_urls(value)
            refuse(f"dataset.source.{name}", shown, f"{expected}, because kind is {source.kind}")
    if source.cursor is not None and source.query is None:
        refuse("dataset.source.cursor", source.cursor, "null, because there is no query")
    if source.url is not None:
        check_url("dataset.source.url", source.url)
    if source.query is not None:
        check_urls_in("dataset.source.query", source.query)
    between("dataset.source.rows", source.rows, 1, 10**9)


def check_task(dataset: Dataset) -> None:
    """Check the task, and that its target can be transformed."""
    one_of("dataset.task", dataset.task, TASKS)
    if dataset.target_transform is not None:
        one_of("dataset.target_transform", dataset.target_transform, TARGET_TRANSFORMS)
        if dataset.task != "regression":
            reason = f"null, because dataset.task is {dataset.task}"
            refuse("dataset.target_transform", dataset.target_transform, reason)


def check_schema(dataset: Dataset) -> None:
    """Check the schema of the columns: each column, and that key and target are among them."""
    columns = dataset.checks.columns
    for name, column in columns.items():
        check_column(name, column)
    for name in dataset.key:
        one_of("dataset.key", name, tuple(columns))
    one_of("dataset.target", dataset.target, tuple(columns))
    if columns[dataset.target].nullable:
        refuse(f"dataset.checks.columns.{dataset.target}.nullable", True, "false: it is the target")
    check_checks(dataset.checks)


def check_roles(dataset: Dataset) -> None:
    """Check that roles do not contradict each other, and that there is a feature."""
    for name in ("key", "slices", "numeric", "categorical"):
        unique(f"dataset.{name}", getattr(dataset, name))
    features = dataset.numeric + dataset.categorical
    if not features:
        refuse("dataset.numeric", dataset.numeric, "at least one feature, here or categorical")
    for name in dataset.key:
        if name in features:
            refuse("dataset.key", name, "columns that are no features: a key names a row")
    for name in dataset.categorical:
        if name in dataset.numeric:
            refuse("dataset.categorical", name, "a feature that is not in dataset.numeric as well")
    if dataset.target in dataset.key:
        refuse("dataset.key", dataset.target, "columns other than the target")
    if dataset.target in features:
        refuse("dataset.target", dataset.target, "a column that is not a feature as well")
    roles = [*dataset.key, dataset.target, dataset.time, dataset.period, dataset.group]
    columns = [name for name in roles if name] + features
    for name in dataset.slices:
        one_of("dataset.slices", name, tuple(columns))


def check_dataset(dataset: Dataset) -> None:
    """Check the data set: its task, columns, source and roles."""
    check_task(dataset)
    between("dataset.partition_rows", dataset.partition_rows, 1, 10**9)
    between("dataset.leakage_limit", dataset.leakage_limit, 0.5, 1.0)
    if not RAW.fullmatch(dataset.raw) or ".." in dataset.raw:
        refuse("dataset.raw", dataset.raw, "a folder in data/raw/, whose files DVC watches")
    if not dataset.key:
        refuse("dataset.key", dataset.key, "at least one column that names a row")
    problem = unfit_name(dataset)
    if problem:
        refuse(*problem)
    check_schema(dataset)
    if dataset.source is not None:
        check_source(dataset.source)
    check_roles(dataset)
    if dataset.card.license is not None and not LICENSE.fullmatch(dataset.card.license):
        allowed = "an identifier as Hugging Face writes it, such as mit or cc0-1.0"
        refuse("dataset.card.license", dataset.card.license, allowed)


def check_temporal(split: Split) -> None:
    """Check that the boundaries of a temporal split ascend."""
    if not split.train_until or not split.valid_until:
        refuse("split.train_until", split.train_until, "a period such as 2013-08")
    if split.valid_until <= split.train_until:
        refuse("split.valid_until", split.valid_until, f"after {split.train_until}")
    if split.test_until is not None and split.test_until <= split.valid_until:
        refuse("split.test_until", split.test_until, f"after {split.valid_until}, or null")


def check_split(split: Split, dataset: Dataset) -> None:
    """Check the split, and that the data set has the column that it needs."""
    one_of("split.kind", split.kind, SPLIT_KINDS)
    between("split.valid_share", split.valid_share, 0.01, 0.9)
    between("split.test_share", split.test_share, 0.01, 0.98 - split.valid_share)
    needs = {"temporal": dataset.period, "grouped": dataset.group}
    if split.kind in needs and needs[split.kind] is None:
        role = "period" if split.kind == "temporal" else "group"
        kinds = ", ".join(kind for kind in SPLIT_KINDS if kind not in needs)
        refuse("split.kind", split.kind, f"{kinds} (dataset {dataset.name} has no {role} column)")
    if split.kind == "temporal":
        check_temporal(split)
    if split.kind == "stratified" and dataset.task == "regression":
        refuse("split.kind", split.kind, "temporal, random, grouped (regression has no classes)")


def check_model(model: Model, dataset: Dataset) -> None:
    """Check the parameters that every kind of model has; models.kinds.check_model checks the kind's."""
    one_of("model.class_weights", model.class_weights, CLASS_WEIGHTS)
    own = tuple(dataset.metrics) if dataset.task == "binary" else ()
    one_of("model.threshold", model.threshold, (*CRITERIA, *own))
    if model.train_rows is not None:
        between("model.train_rows", model.train_rows, 1, 10**12)
    between("model.early_stopping_rounds", model.early_stopping_rounds, 0, 10**6)


def check_drift(drift: Drift) -> None:
    """Check that the limits of drift are in their ranges."""
    for name, highest in (
        ("psi", 100.0),
        ("p_value", 1.0),
        ("max_share", 1.0),
        ("max_loss", 100.0),
    ):
        between(f"gate.drift.{name}", getattr(drift, name), 0.0, highest)


def check_limits(gate: Gate, dataset: Dataset) -> None:
    """Check that each limit is of a metric, and that the metric can reach it."""
    names = dict.fromkeys(name for task in TASKS for name in metric_names(task))
    for name, limit in gate.limits.items():
        one_of("gate.limits", name, (*names, *dataset.metrics))
        is_own = name not in ALL_METRICS
        low = -1e12 if name == "r2" or is_own else 0.0
        high = 1e12 if name in UNBOUNDED or is_own else 1.0
        between(f"gate.limits.{name}", limit, low, high)
    for name in ("worst_slice_drop", "max_train_test_gap"):
        share = getattr(gate, name)  # of the dummy's metric
        if share is not None:
            between(f"gate.{name}", share, 0.0, 100.0)
    for name in gate.baseline_metric:
        one_of("gate.baseline_metric", name, TASKS)
    for task in TASKS:
        own = dataset.metrics if task == dataset.task else ()
        allowed = metric_names(task, own)
        one_of(f"gate.baseline_metric.{task}", gate.baseline_metric.get(task), allowed)


def check_gate(gate: Gate, dataset: Dataset) -> None:
    """Check the gate: its shares, its limits and those of drift."""
    between("gate.max_quarantined_share", gate.max_quarantined_share, 0.0, 1.0)
    between("gate.baseline_margin", gate.baseline_margin, 0.0, 1.0)
    between("gate.champion_margin", gate.champion_margin, 0.0, 1.0)
    between("gate.min_slice_rows", gate.min_slice_rows, 1, 10**9)
    check_drift(gate.drift)
    check_limits(gate, dataset)


def check_engine(engine: Engine) -> None:
    """Check how to compute: a known kind, and a store that has a use and no secret in its URL."""
    one_of("engine.kind", engine.kind, ENGINES)
    between("engine.workers", engine.workers, 1, 1024)
    between("engine.threads", engine.threads, 1, 1024)
    if engine.address is not None:
        check_url("engine.address", engine.address)
    if engine.store is None:
        return
    if engine.kind != "dask":
        refuse(
            "engine.store", show_url(engine.store), f"null, because engine.kind is {engine.kind}"
        )
    if "://" not in engine.store:
        refuse("engine.store", engine.store, "a URL such as s3://bucket/prefix")
    check_url("engine.store", engine.store)


def check(config: Config) -> None:
    """Raise ConfigError for the first value that types allow and the pipeline does not.

    What depends on the kind of model is checked by models.kinds.check_model, and what depends on the owner's
    components by own_metrics.check_metrics and own_plots.check_plots: a stage that uses none reads none.
    """
    between("seed", config.seed, 0, 2**31 - 1)
    check_dataset(config.dataset)
    check_split(config.split, config.dataset)
    check_model(config.model, config.dataset)
    check_gate(config.gate, config.dataset)
    check_engine(config.engine)
