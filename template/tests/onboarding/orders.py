"""A table that is written in many ways, and the check that the same columns come out of it."""

import numpy as np
import pandas as pd

from lockstep.onboarding.plan import Plan

N_ORDERS = 120
RNG = np.random.default_rng(1)
ORDERS = pd.DataFrame(
    {
        "größe": RNG.normal(1500, 400, N_ORDERS).round(2),
        "stück": RNG.integers(0, 90, N_ORDERS),
        "ort": RNG.choice(["Köln", "Ulm, Mitte", 'Bad "Ems"', "Łódź"], N_ORDERS),
        "tag": pd.date_range("2021-01-01", periods=N_ORDERS, freq="3D"),
        "preis": RNG.normal(50, 9, N_ORDERS).round(1),
    }
)
TYPES = {"größe": "float", "stück": "int", "ort": "str", "tag": "datetime", "preis": "float"}


def check_orders(plan: Plan) -> None:
    """Assert that a plan has the columns of ORDERS, with their types and ranges."""
    assert plan.n_rows == N_ORDERS
    types = {name: column.type for name, column in plan.columns.items() if name != "row_name"}
    assert types == TYPES
    for name in ("größe", "preis"):
        column = plan.columns[name]
        assert (column.low, column.high) == (ORDERS[name].min(), ORDERS[name].max())
    assert plan.columns["tag"].low == ORDERS["tag"].min()
    assert plan.columns["ort"].n_distinct == 4
