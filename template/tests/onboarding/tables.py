"""Small tables whose columns show one thing each, and what is inferred from them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from lockstep.onboarding.plan import Plan
from template.tests.onboarding.inference import infer_dataset

N_ROWS = 400
DAYS = pd.Series(pd.date_range("2020-01-01", periods=N_ROWS, freq="D"))


def normal(seed: int = 7, n_rows: int = N_ROWS) -> np.ndarray:
    """Return standard normal numbers of four digits."""
    return np.random.default_rng(seed).normal(size=n_rows).round(4)


def integers(low: int, high: int, seed: int = 11, n_rows: int = N_ROWS) -> np.ndarray:
    """Return whole numbers from low to below high."""
    return np.random.default_rng(seed).integers(low, high, n_rows)


def repeat(*values: Any) -> list[Any]:
    """Return a column in which each of the values comes again and again."""
    return list(np.resize(np.array(values, dtype=object), N_ROWS))


def classification_table(**columns: Any) -> pd.DataFrame:
    """Return columns beside a feature x and a binary target y that it predicts a little."""
    x = normal(seed=1)
    y = (x + 2 * normal(seed=2) > 0).astype(int)
    return pd.DataFrame({"x": x, "y": y, **columns})


def infer_plan(folder: Path, frame: pd.DataFrame, **options: Any) -> Plan:
    """Return the plan for a table whose target is y."""
    frame.to_csv(folder / "t.csv", index=False)
    return infer_dataset(folder / "t.csv", "y", **options)[0]


def infer_one_column(folder: Path, values: Any, name: str = "x") -> tuple[Plan, dict[str, Any]]:
    """Return the plan and conf/dataset/ for a column beside a feature z and a regression target y."""
    frame = pd.DataFrame({name: values, "z": normal(seed=3), "y": normal(seed=4)})
    frame.to_csv(folder / "t.csv", index=False)
    plan, texts = infer_dataset(folder / "t.csv", "y")
    return plan, yaml.safe_load(texts["conf/dataset/mine.yaml"])
