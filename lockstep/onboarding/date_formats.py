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
FEW = 20  # values that rule a format out


def read(values: "pd.Series", form: str) -> "pd.Series":
    """The values as times without a zone; NaT where they are not written so."""
    import pandas as pd
    import pyarrow as pa

    if form == ISO:
        try:
            cast = pa.array(values, pa.string(), from_pandas=True).cast(pa.timestamp("us"))
        except pa.ArrowInvalid:
            found: pd.Series = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
            return found
        found = cast.to_pandas().set_axis(values.index)
        return found
    if form == ZONED:
        aware = pd.to_datetime(values, format="ISO8601", utc=True, errors="coerce")
        found = aware.dt.tz_localize(None)
        return found
    found = pd.to_datetime(values, format=form, errors="coerce")
    return found


def formats(values: "pd.Series") -> list[str]:
    """The formats that read a few of these values, none missing; the first one first."""
    few = values.iloc[:FEW]
    if not few.str.contains(r"[0-9].*[0-9]").all() or few.str.len().max() > 40:
        return []
    found = []
    if read(few, ISO).notna().all():
        found.append(ISO)
    elif few.str.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]").any() and read(few, ZONED).notna().any():
        found.append(ZONED)
    return found or [form for form in FORMATS if read(few, form).notna().mean() > 0.5]
