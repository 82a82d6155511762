"""One value that is not allowed is refused by its key; the configuration that comes with the data passes."""

import dataclasses
import re
from typing import Any

import pytest

from lockstep.core.config import load_config
from lockstep.core.config_checks import between, check, one_of, unique
from lockstep.core.errors import ConfigError
from lockstep.core.schema import Config, Source
from tests.closure import ROOT


@pytest.fixture
def config() -> Config:
    """The flights' configuration: binary, temporal."""
    return load_config(ROOT / "params.yaml")


def set_value(config: Config, key: str, value: Any) -> None:
    """Set a dotted key."""
    *parents, name = key.split(".")
    record: Any = config
    for parent in parents:
        record = record[parent] if isinstance(record, dict) else getattr(record, parent)
    if isinstance(record, dict):
        record[name] = value
    else:
        setattr(record, name, value)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("seed", -1, "seed is -1; allowed: 0 to 2147483647"),
        ("dataset.task", "ranking", "dataset.task is 'ranking'; allowed: binary"),
        ("dataset.target_transform", "log1p", "dataset.target_transform is 'log1p'; allowed: null"),
        ("dataset.leakage_limit", 0.4, "dataset.leakage_limit is 0.4; allowed: 0.5 to 1"),
        ("dataset.key", [], "dataset.key is []; allowed: at least one column"),
        ("dataset.slices", ["nowhere"], "dataset.slices is 'nowhere'; allowed: "),
        ("dataset.target", "nowhere", "dataset.target is 'nowhere'; allowed: "),
        ("dataset.checks.min_rows", -1, "dataset.checks.min_rows is -1"),
        ("dataset.card.license", "MIT!", "dataset.card.license is 'MIT!'"),
        ("dataset.source", Source(kind="ftp"), "dataset.source.kind is 'ftp'"),
        (
            "dataset.source",
            Source("url", "https://h/a?api_key=x"),
            "dataset.source.url is '(hidden)'",
        ),
        (
            "dataset.source",
            Source("url", "zip::http://u:p@h/a"),
            "dataset.source.url is '(hidden)'",
        ),
        (
            "dataset.source",
            Source("duckdb", query="FROM 'https://TOKEN@h/a.csv'"),
            "dataset.source.query is '(hidden)'",
        ),
        ("engine.address", "tls://me:pw@host:8786", "engine.address is '(hidden)'"),
        ("dataset.period", None, "split.kind is 'temporal'; allowed: random, stratified (dataset"),
        ("split.valid_share", float("nan"), "split.valid_share is nan"),
        ("split.valid_until", "2013-01", "split.valid_until is '2013-01'; allowed: after 2013-08"),
        ("model.class_weights", "heavy", "model.class_weights is 'heavy'; allowed: none, balanced"),
        ("model.early_stopping_rounds", -1, "model.early_stopping_rounds is -1"),
        ("gate.champion_margin", 2.0, "gate.champion_margin is 2.0; allowed: 0 to 1"),
        ("gate.drift.psi", -0.1, "gate.drift.psi is -0.1"),
        ("gate.limits", {"speed": 1.0}, "gate.limits is 'speed'"),
        ("engine.kind", "cloud", "engine.kind is 'cloud'; allowed: inline, processes, dask"),
        ("engine.store", "s3://bucket", "engine.store is 's3://bucket'; allowed: null, because"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_its_key(
    config: Config, key: str, value: Any, message: str
) -> None:
    set_value(config, key, value)
    with pytest.raises(ConfigError, match=re.escape(message)):
        check(config)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": "text"}, "type is 'text'"),
        ({"severity": "stop"}, "severity is 'stop'"),
        ({"type": "str", "min": 0.0}, "type is 'str'; allowed: int or float"),
        ({"type": "int", "min": 2.0, "max": 1.0}, "min is 2.0; allowed: at most its max, 1"),
        ({"type": "int", "max": float("inf")}, "max is inf; allowed: a finite number"),
        ({"type": "str", "min": None, "max": None, "pattern": "("}, "allowed: a regular expression"),
    ],
)  # fmt: skip
def test_a_column_that_contradicts_itself_is_refused(
    config: Config, changes: dict[str, Any], message: str
) -> None:
    columns = config.dataset.checks.columns
    columns["extra"] = dataclasses.replace(columns[config.dataset.target], **changes)
    with pytest.raises(
        ConfigError, match=rf"dataset\.checks\.columns\.extra\..*{re.escape(message)}"
    ):
        check(config)


def test_the_bounds_are_allowed_and_a_name_may_come_once() -> None:
    between("x", 0.0, 0.0, 1.0)
    one_of("x", "a", ("a", "b"))
    unique("x", ["a", "b"])
    with pytest.raises(ConfigError, match="x is 'a'; allowed: each name once"):
        unique("x", ["a", "b", "a"])


def test_the_committed_configuration_passes(config: Config) -> None:
    check(config)
