"""Flights of September have drifted from those before in their weather, a random half in nothing."""

from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.schema import Drift
from lockstep.evaluation.drift import summary
from lockstep.training import feature_profile

RAW = Path("data/raw/flights")


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    """What the weather was at some flights of January to September: month and six columns."""
    weather = pd.concat(
        [pd.read_parquet(RAW / f"weather-2013-{m:02}.parquet") for m in range(1, 10)]
    )
    rows = []
    for month in range(1, 10):
        some_flights = pd.read_parquet(RAW / f"flights-2013-{month:02}.parquet").sample(
            500, random_state=1
        )
        rows.append(some_flights.merge(weather, on=["origin", "month", "day", "hour"]))
    return pd.concat(rows, ignore_index=True)


NUMERIC, CATEGORICAL = ["temp", "dewp", "pressure", "distance"], ["carrier", "dest"]


def drifted_columns(train: pd.DataFrame, new: pd.DataFrame) -> dict[str, bool]:
    """Return whether each column drifted."""
    scores = {"score": train["distance"].to_numpy(dtype=float)}
    max_bins = feature_profile.bins_per_column(len(NUMERIC + CATEGORICAL) + 1)
    columns = {
        n: feature_profile.profile_column(train[n], n in NUMERIC, max_bins)
        for n in NUMERIC + CATEGORICAL
    }
    profile = feature_profile.make_profile(columns, scores, {})
    outputs = feature_profile.count_columns(
        profile.outputs, {"score": new["distance"].to_numpy(dtype=float)}
    )
    drift = summary(profile, feature_profile.count_columns(profile.columns, new), outputs, Drift())
    assert drift["share"] == sum(column["drifted"] for column in drift["columns"]) / 6
    assert drift["prediction"]["psi"] == drift["outputs"][0]["psi"]
    return {column["column"]: column["drifted"] for column in drift["columns"]}


def test_september_drifted_from_january_to_august_in_its_weather(flights: pd.DataFrame) -> None:
    september = flights["month"] == 9
    is_drifted = drifted_columns(flights[~september], flights[september])
    assert [name for name, drifted in is_drifted.items() if drifted] == ["temp", "dewp", "pressure"]


@pytest.mark.parametrize("seed", range(5))
def test_a_random_half_of_training_has_not_drifted_from_the_whole(
    flights: pd.DataFrame, seed: int
) -> None:
    assert not any(drifted_columns(flights, flights.sample(frac=0.5, random_state=seed)).values())
