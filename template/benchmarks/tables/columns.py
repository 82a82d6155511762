"""Columns and ranges of the flights' features, for programs that do the data phase without the project.

A test holds that conf/dataset/flights.yaml says the same.
"""

from typing import Any

WEATHER = ["temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib"]
STATE = [
    f"{group}_{what}"
    for group in ("origin", "carrier", "city")
    for what in ("delay_3h", "departures_3h", "waiting")
]
AIRCRAFT = ["aircraft_delay", "aircraft_since"]
ROLES = ["flight_id", "late", "sched_dep", "month", "tailnum"]
CALENDAR = ["hour", "minute_of_day", "weekday", "distance", "plane_age", "seats"]
NUMERIC = [*CALENDAR, *WEATHER, *STATE, *AIRCRAFT]
CATEGORICAL = ["carrier", "origin", "dest", "route", "manufacturer", "engine"]
# A row outside them is in quarantine; the limits of counts grow with the table and are left out.
RANGES = {
    "distance": (1, 6000),
    "plane_year": (1930, 2014),
    "seats": (1, 600),
    "temp": (-40, 130),
    "dewp": (-60, 110),
    "humid": (0, 100),
    "wind_speed": (0, 150),
    "wind_gust": (0, 200),
    "precip": (0, 10),
    "pressure": (900, 1100),
    "visib": (0, 20),
    "city_delay_3h": (-120, 2880),
    "origin_delay_3h": (-120, 2880),
    "carrier_delay_3h": (-120, 2880),
    "aircraft_delay": (-120, 2880),
    "aircraft_since": (0, 1440),
}


def by_split(month: Any, train_until: str, valid_until: str) -> dict[str, Any]:
    """Of a column of months, a library's own, which rows go to train, valid and test."""
    return {
        "train": month <= train_until,
        "valid": (month > train_until) & (month <= valid_until),
        "test": month > valid_until,
    }
