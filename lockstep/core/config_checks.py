"""What types cannot say of a configuration: ranges, names, and parts that do not go together."""

import math
import re
from datetime import datetime
from typing import NoReturn
from urllib.parse import urlsplit

from lockstep.core.column_names import unfit
from lockstep.core.errors import ConfigError
from lockstep.core.metric_names import METRICS
from lockstep.core.schema import (
    COLUMN_TYPES,
    SEVERITIES,
    SOURCE_KINDS,
    SPLIT_KINDS,
    TARGET_TRANSFORMS,
    TASKS,
    Checks,
    Config,
    Dataset,
    Drift,
    Engine,
    Gate,
    Source,
)

ENGINES = ("inline", "processes", "dask")
CLASS_WEIGHTS = ("none", "balanced")
UNBOUNDED = ("log_loss", "rmse", "mae", "median_absolute_error")
CRITERIA = ("f1", "youden")
LICENSE = re.compile(r"[a-z0-9][a-z0-9.+-]*")


def refuse(key: str, value: object, allowed: str) -> NoReturn:
    """Raise the one line that every refusal has: the key, the value and what is allowed."""
    raise ConfigError(f"{key} is {value!r}; allowed: {allowed}")


def one_of(key: str, value: object, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is not in the list."""
    if value not in allowed:
        refuse(key, value, ", ".join(allowed))


def between(key: str, value: float, low: float, high: float) -> None:
    """Refuse a value outside low to high, the bounds allowed; not-a-number is outside."""
    if not low <= value <= high:
        refuse(key, value, f"{low:g} to {high:g}")


def once(key: str, names: list[str]) -> None:
    """Refuse a list that names something twice."""
    for number, name in enumerate(names):
        if name in names[:number]:
            refuse(key, name, "each name once")


def check_freshness(checks: Checks) -> None:
    """Refuse a freshness that could not be told: no column, no time, or a date that is none."""
    name, not_before = checks.freshness_column, checks.not_before
    if name is None:
        if not_before is not None:
            refuse("dataset.checks.freshness_column", name, "a column, because not_before is given")
        return
    one_of("dataset.checks.freshness_column", name, tuple(checks.columns))
    kind = checks.columns[name].type
    if kind not in ("datetime", "str"):
        refuse(
            "dataset.checks.freshness_column", name, f"a column of type datetime or str, not {kind}"
        )
    if not_before is not None and kind == "datetime":
        try:
            zone = datetime.fromisoformat(not_before).tzinfo
        except ValueError:
            refuse("dataset.checks.not_before", not_before, "a time such as 2013-12-01")
        if zone is not None:
            refuse("dataset.checks.not_before", not_before, "a time without a zone")


def check_columns(dataset: Dataset) -> None:
    """Refuse a schema of columns that contradicts itself or leaves out a column with a role."""
    checks = dataset.checks
    for name, column in checks.columns.items():
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
    for name in dataset.key:
        one_of("dataset.key", name, tuple(checks.columns))
    one_of("dataset.target", dataset.target, tuple(checks.columns))
    if checks.columns[dataset.target].nullable:
        refuse(f"dataset.checks.columns.{dataset.target}.nullable", True, "false: it is the target")
    check_freshness(checks)
    between("dataset.checks.min_rows", checks.min_rows, 0, 10**12)
    one_of("dataset.checks.unique_key", checks.unique_key, SEVERITIES)
    if checks.max_rows is not None:
        between("dataset.checks.max_rows", checks.max_rows, max(checks.min_rows, 1), 10**12)


def check_source(source: Source) -> None:
    """Refuse a source that lacks what its kind needs, or has what its kind has no use for."""
    one_of("dataset.source.kind", source.kind, SOURCE_KINDS)
    needs = {"url": ("url",), "sql": ("url_env", "query"), "duckdb": ("query",)}[source.kind]
    for name in ("url", "url_env", "query"):
        value = getattr(source, name)
        if (name in needs) != (value is not None):
            expected = "given" if name in needs else "null"
            refuse(f"dataset.source.{name}", value, f"{expected}, because kind is {source.kind}")
    if source.cursor is not None and source.query is None:
        refuse("dataset.source.cursor", source.cursor, "null, because there is no query")
    between("dataset.source.rows", source.rows, 1, 10**9)


def check_limits(gate: Gate) -> None:
    """Refuse a limit that no metric has, or that its metric cannot reach."""
    names = tuple(dict.fromkeys(name for task in METRICS.values() for name in task))
    for name, limit in gate.limits.items():
        one_of("gate.limits", name, names)
        low = -1e12 if name == "r2" else 0.0
        between(f"gate.limits.{name}", limit, low, 1e12 if name in UNBOUNDED else 1.0)
    for name in ("worst_slice_drop", "max_train_test_gap"):
        share = getattr(gate, name)  # of the dummy's metric
        if share is not None:
            between(f"gate.{name}", share, 0.0, 100.0)
    for name in gate.baseline_metric:
        one_of("gate.baseline_metric", name, TASKS)
    for task in TASKS:
        one_of(f"gate.baseline_metric.{task}", gate.baseline_metric.get(task), METRICS[task])


def check_drift(drift: Drift) -> None:
    """Refuse a limit of drift outside its range."""
    for name, highest in (
        ("psi", 100.0),
        ("p_value", 1.0),
        ("max_share", 1.0),
        ("max_loss", 100.0),
    ):
        between(f"gate.drift.{name}", getattr(drift, name), 0.0, highest)


def check_engine(engine: Engine) -> None:
    """Refuse a way to compute that is unknown, or a store that has no use or names a secret."""
    one_of("engine.kind", engine.kind, ENGINES)
    between("engine.workers", engine.workers, 1, 1024)
    between("engine.threads", engine.threads, 1, 1024)
    if engine.store is None:
        return
    if engine.kind != "dask":
        refuse("engine.store", engine.store, f"null, because engine.kind is {engine.kind}")
    if "://" not in engine.store:
        refuse("engine.store", engine.store, "a URL such as s3://bucket/prefix")
    if "@" in urlsplit(engine.store).netloc:
        refuse("engine.store", "(hidden)", "a URL without credentials, which the environment holds")


def check(config: Config) -> None:
    """Raise ConfigError for the first value that types allow and the pipeline does not.

    What depends on the kind of model is checked by models.kinds.check_model.
    """
    dataset, split, model, gate = config.dataset, config.split, config.model, config.gate
    between("seed", config.seed, 0, 2**31 - 1)
    one_of("dataset.task", dataset.task, TASKS)
    if dataset.target_transform is not None:
        one_of("dataset.target_transform", dataset.target_transform, TARGET_TRANSFORMS)
        if dataset.task != "regression":
            reason = f"null, because dataset.task is {dataset.task}"
            refuse("dataset.target_transform", dataset.target_transform, reason)
    between("dataset.partition_rows", dataset.partition_rows, 1, 10**9)
    if not dataset.key:
        refuse("dataset.key", dataset.key, "at least one column that names a row")
    problem = unfit(dataset)
    if problem:
        refuse(*problem)
    check_columns(dataset)
    if dataset.source is not None:
        check_source(dataset.source)
    for name in ("key", "slices", "numeric", "categorical"):
        once(f"dataset.{name}", getattr(dataset, name))
    both = [name for name in dataset.categorical if name in dataset.numeric]
    if both:
        refuse("dataset.categorical", both[0], "a feature that is not in dataset.numeric as well")
    if dataset.target in dataset.key:
        refuse("dataset.key", dataset.target, "columns other than the target")
    if dataset.target in dataset.numeric + dataset.categorical:
        refuse("dataset.target", dataset.target, "a column that is not a feature as well")
    roles = [*dataset.key, dataset.target, dataset.time, dataset.period, dataset.group]
    columns = [name for name in roles if name] + dataset.numeric + dataset.categorical
    for name in dataset.slices:
        one_of("dataset.slices", name, tuple(columns))
    if dataset.card.license is not None and not LICENSE.fullmatch(dataset.card.license):
        allowed = "an identifier as Hugging Face writes it, such as mit or cc0-1.0"
        refuse("dataset.card.license", dataset.card.license, allowed)
    if not dataset.numeric + dataset.categorical:
        refuse("dataset.numeric", dataset.numeric, "at least one feature, here or categorical")

    one_of("split.kind", split.kind, SPLIT_KINDS)
    between("split.valid_share", split.valid_share, 0.01, 0.9)
    between("split.test_share", split.test_share, 0.01, 0.98 - split.valid_share)
    needs = {"temporal": dataset.period, "grouped": dataset.group}
    if split.kind in needs and needs[split.kind] is None:
        role = "period" if split.kind == "temporal" else "group"
        others = [kind for kind in SPLIT_KINDS if kind not in needs]
        refuse(
            "split.kind",
            split.kind,
            f"{', '.join(others)} (dataset {dataset.name} has no {role} column)",
        )
    if split.kind == "temporal":
        if not split.train_until or not split.valid_until:
            refuse("split.train_until", split.train_until, "a period such as 2013-08")
        if split.valid_until <= split.train_until:
            refuse("split.valid_until", split.valid_until, f"after {split.train_until}")
        if split.test_until is not None and split.test_until <= split.valid_until:
            refuse("split.test_until", split.test_until, f"after {split.valid_until}, or null")
    if split.kind == "stratified" and dataset.task == "regression":
        refuse("split.kind", split.kind, "temporal, random, grouped (regression has no classes)")

    one_of("model.class_weights", model.class_weights, CLASS_WEIGHTS)
    one_of("model.threshold", model.threshold, CRITERIA)
    if model.train_rows is not None:
        between("model.train_rows", model.train_rows, 1, 10**12)
    between("model.early_stopping_rounds", model.early_stopping_rounds, 0, 10**6)
    between("dataset.leakage_limit", dataset.leakage_limit, 0.5, 1.0)
    between("gate.max_quarantined_share", gate.max_quarantined_share, 0.0, 1.0)
    between("gate.baseline_margin", gate.baseline_margin, 0.0, 1.0)
    between("gate.champion_margin", gate.champion_margin, 0.0, 1.0)
    between("gate.min_slice_rows", gate.min_slice_rows, 1, 10**9)
    check_drift(gate.drift)
    check_limits(gate)
    check_engine(config.engine)
