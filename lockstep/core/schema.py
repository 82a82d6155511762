"""The typed schema of the configuration: one dataclass a group, and what types alone cannot say."""

from dataclasses import dataclass, field
from typing import Any

MISSING: Any = "???"  # OmegaConf's marker of a value that must be given

TASKS = ("binary", "multiclass", "regression")
SPLIT_KINDS = ("temporal", "random", "stratified", "grouped")
TARGET_TRANSFORMS = ("log1p",)
DEVICES = ("cpu", "gpu")
SEVERITIES = ("fail", "quarantine", "warn")
SOURCE_KINDS = ("url", "sql", "duckdb")
COLUMN_TYPES = ("int", "float", "str", "bool", "datetime")


@dataclass
class Column:
    """What one ingested column must hold; `severity` says what happens to rows that break it."""

    type: str = MISSING
    nullable: bool = False
    min: float | None = None
    max: float | None = None
    allowed: list[str] | None = None
    pattern: str | None = None
    max_missing: float | None = None
    severity: str = "quarantine"


@dataclass
class Checks:
    """Checks of the whole table; columns has one entry per ingested column.

    Each is a Column once lockstep.core.config has read it. Composed, it holds only what is given, so that
    params.yaml and dvc.lock do not list every default of every column.
    """

    columns: dict[str, Any] = field(default_factory=dict)
    unique_key: str = "fail"
    min_rows: int = 1
    max_rows: int | None = None
    freshness_column: str | None = None
    not_before: str | None = None


@dataclass
class Source:
    """Where `python -m lockstep fetch` takes the raw files from; a secret is named by its variable."""

    kind: str = MISSING
    url: str | None = (
        None  # of a file or folder, as fsspec reads it: https://, s3://, gs://, a path
    )
    url_env: str | None = None  # the environment variable that holds a database's URL
    query: str | None = None
    cursor: str | None = None  # a column that only grows: fetch what is beyond its highest value
    rows: int = 100_000  # of a raw partition


@dataclass
class Card:
    """What the model card says that no number tells; null leaves a general sentence."""

    license: str | None = None  # Hugging Face's word for it: mit, apache-2.0, cc0-1.0
    intended_use: str | None = None
    out_of_scope: str | None = None
    limits: str | None = None


@dataclass
class Dataset:
    """Where the rows come from and which columns play which role."""

    name: str = MISSING
    recipe: str = MISSING
    task: str = MISSING
    target: str = MISSING
    target_transform: str | None = None  # of a regression: the model is fitted on log(1 + target)
    key: list[str] = field(default_factory=list)
    time: str | None = None
    period: str | None = None
    group: str | None = None
    raw: str = MISSING
    source: Source | None = None  # none: the raw files are put there by hand
    partition_rows: int = 100_000
    numeric: list[str] = field(default_factory=list)
    categorical: list[str] = field(default_factory=list)
    slices: list[str] = field(default_factory=list)
    metrics: dict[str, Any] = field(default_factory=dict)  # of components/metrics/, with settings
    plots: dict[str, Any] = field(default_factory=dict)  # of components/plots/, with settings
    leakage_limit: float = 0.85
    checks: Checks = field(default_factory=Checks)
    card: Card = field(default_factory=Card)


@dataclass
class Split:
    """How rows are assigned to train, valid and test."""

    kind: str = MISSING
    train_until: str | None = None
    valid_until: str | None = None
    test_until: str | None = None
    valid_share: float = 0.15
    test_share: float = 0.2


@dataclass
class Model:
    """What is fitted; params go to the library named by kind, its own names kept."""

    kind: str = MISSING
    params: dict[str, Any] = field(default_factory=dict)
    device: str = "cpu"  # or gpu, whose result is not the CPU's bit for bit
    train_rows: int | None = None  # at most so many of train, drawn by a hash of the key; null: all
    workers: int = 0  # of the Dask cluster, training together; another number is another result
    early_stopping_rounds: int = 0
    class_weights: str = "none"
    threshold: str = "f1"


@dataclass
class Drift:
    """From when on new rows are said to differ from those that the model was trained on."""

    psi: float = 0.1  # population stability index above which a column has drifted, ...
    p_value: float = 0.05  # ... if its two-sample test is significant at this level too
    max_share: float = 0.3  # of the columns that may have drifted
    max_loss: float = 0.1  # by how much the metric may be worse, as a share of the dummy's


@dataclass
class Gate:
    """The thresholds that a model must meet to be registered; null switches a check off."""

    limits: dict[str, float] = field(default_factory=dict)
    baseline_metric: dict[str, str] = field(default_factory=dict)
    baseline_margin: float = 0.01
    champion_margin: float = 0.005
    worst_slice_drop: float | None = None
    max_train_test_gap: float | None = None
    max_quarantined_share: float = 0.05
    min_slice_rows: int = 200
    unknown_blocks: bool = False
    drift: Drift = field(default_factory=Drift)


@dataclass
class Engine:
    """How to compute; no stage depends on it, because it must not change a result."""

    kind: str = "inline"
    workers: int = 1
    address: str | None = None  # of a Dask scheduler; none: the variable DASK_SCHEDULER_ADDRESS
    store: str | None = None  # a URL of fsspec's, of Dask workers that do not share this folder
    monitor: bool = False  # system metrics of train into reports/system/
    threads: int = 2  # of scikit-learn's models; CatBoost's and XGBoost's are in model.params


@dataclass
class Config:
    """The composed configuration, as params.yaml holds it."""

    conf_digest: str = ""
    seed: int = 0
    dataset: Dataset = field(default_factory=Dataset)
    split: Split = field(default_factory=Split)
    model: Model = field(default_factory=Model)
    gate: Gate = field(default_factory=Gate)
    engine: Engine = field(default_factory=Engine)
    own: dict[str, Any] = field(default_factory=dict)  # parameters of the owner's own stages
