"""How the dates and times of a text column are written."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ISO, ZONED = "ISO", "ISO with a zone"
DAYS = [
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%Y/%m/%d", "%Y.%m.%d",
    "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
]  # fmt: skip
CLOCKS = ["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S"]
FORMATS = [day + clock for day in DAYS for clock in CLOCKS]
COMPACT = "%Y%m%d"
N_EXAMPLES = 20  # values that rule a format out
MAX_LENGTH = 40  # characters of a time


def parse_times(values: "pd.Series", time_format: str) -> "pd.Series":
    """Return the values as times without a zone; NaT where they are not of the format."""
    import pandas as pd

    if time_format == ISO:
        return parse_iso(values)
    if time_format == ZONED:
        aware = pd.to_datetime(values, format="ISO8601", utc=True, errors="coerce")
        return aware.dt.tz_localize(None)
    return pd.to_datetime(values, format=time_format, errors="coerce")


def parse_iso(values: "pd.Series") -> "pd.Series":
    """Return ISO 8601 texts as times; all NaT where Arrow does not read every one of them."""
    import pandas as pd
    import pyarrow as pa

    try:
        times = pa.array(values, pa.string(), from_pandas=True).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    return times.to_pandas().set_axis(values.index)


def candidate_formats(values: "pd.Series") -> list[str]:
    """Return the formats that read the first of these known values, the likeliest first."""
    examples = values.iloc[:N_EXAMPLES]
    has_digits = examples.str.contains(r"[0-9].*[0-9]").all()
    if not has_digits or examples.str.len().max() > MAX_LENGTH:
        return []
    if parse_times(examples, ISO).notna().all():
        return [ISO]
    looks_zoned = examples.str.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]").any()
    if looks_zoned and parse_times(examples, ZONED).notna().any():
        return [ZONED]
    return [
        time_format
        for time_format in FORMATS
        if parse_times(examples, time_format).notna().mean() > 0.5
    ]
