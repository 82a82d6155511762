"""The work that every peer does, from raw tables to the loss on test: the same calls, whoever makes them.

Each peer's folder holds a copy of this file, of recipes/flights.py and of lockstep/training/metrics.py, and a
params.yaml with what conf/ says: split, columns, model.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.training.metrics import score
from recipes import flights

if TYPE_CHECKING:
    import pandas as pd
    from catboost import CatBoost

RAW = Path("data/raw/flights")
KEY, TARGET = "flight_id", "late"
FASTEST = (
    150  # miles an hour: a wind beyond it is a mistake, conf/dataset/flights.yaml quarantines it
)
SIDES = ("train", "valid", "test")

parts = flights.parts  # the raw files of each month


def prepare(files: list[Path]) -> "pd.DataFrame":
    """The cleaned rows of one month, from the raw files that parts() names for it."""
    rows = flights.part(files)
    return flights.clean(rows[~(rows["wind_speed"] > FASTEST)])


def featurize(rows: "pd.DataFrame", columns: dict[str, list[str]]) -> "pd.DataFrame":
    """Key, target and features of prepared rows: numeric ones float64, categorical ones text."""
    import pandas as pd

    made = flights.featurize(rows)
    numbers = made[columns["numeric"]].astype("float64")
    texts = made[columns["categorical"]].astype("str").fillna("missing").astype("str")
    return pd.concat([made[[KEY, TARGET]], numbers, texts], axis="columns")


def side(month: str, split: dict[str, str]) -> str:
    """Which of train, valid and test a month such as 2013-08 belongs to."""
    if month <= split["train_until"]:
        return "train"
    return "valid" if month <= split["valid_until"] else "test"


def together(months: dict[str, "pd.DataFrame"], split: dict[str, str], name: str) -> "pd.DataFrame":
    """The features of the months of train, valid or test, in order of time."""
    import pandas as pd

    chosen = [month for month in sorted(months) if side(month, split) == name]
    return pd.concat([months[month] for month in chosen], ignore_index=True)


def read(files: list[Path]) -> "pd.DataFrame":
    """Features of several months, from Parquet files in order of their names."""
    import pandas as pd

    return pd.concat([pd.read_parquet(file) for file in sorted(files)], ignore_index=True)


def features(rows: "pd.DataFrame") -> "pd.DataFrame":
    """What the model sees."""
    return rows.drop(columns=[KEY, TARGET])


def fit(train: "pd.DataFrame", valid: "pd.DataFrame", model: dict[str, Any]) -> "CatBoost":
    """CatBoost, fitted on train while it watches valid; `model` has its own parameters."""
    import catboost

    texts = [name for name in features(train) if not is_number(train[name])]
    pool, watched = (
        catboost.Pool(features(rows), rows[TARGET], cat_features=texts) for rows in (train, valid)
    )
    found = catboost.CatBoost(
        {
            "loss_function": "Logloss",
            **model,
            "use_best_model": False,
            "allow_writing_files": False,
            "logging_level": "Silent",
        }
    )
    found.fit(pool, eval_set=watched)
    return found


def is_number(column: "pd.Series") -> bool:
    """Whether a column is of numbers."""
    return str(column.dtype) == "float64"


def evaluate(model: "CatBoost", rows: "pd.DataFrame") -> dict[str, float]:
    """Log loss and area under the ROC curve on these rows."""
    p = model.predict(features(rows), prediction_type="Probability")[:, 1]
    found = score("binary", rows[TARGET].to_numpy(), p)
    return {name: found[name] for name in ("log_loss", "roc_auc")}


def load(path: Path) -> "CatBoost":
    """A model from its file."""
    import catboost

    return catboost.CatBoost().load_model(str(path))
