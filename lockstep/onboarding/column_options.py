"""Options that name a column: the source must have it."""

import difflib

from lockstep.core.errors import ConfigError

MAX_LISTED = 20  # columns in a message


def suggest_columns(name: str, columns: list[str]) -> str:
    """Return a question that names the columns most like an unknown one; empty where none is like it."""
    by_lower_case = {column.lower(): column for column in columns}
    matches = difflib.get_close_matches(name.lower(), list(by_lower_case), 3, 0.5)
    suggestions = ", ".join(by_lower_case[match] for match in matches)
    return f"did you mean {suggestions}? " if suggestions else ""


def check_column_option(option: str, name: str, columns: list[str]) -> None:
    """Check that an option names a column of the source.

    Parameters
    ----------
    option : str
        As the person types it: --target.
    name : str
        What it names.
    columns : list of str
        The source's columns.

    Raises
    ------
    ConfigError
        With the columns that are like the name, if it is none of them.
    """
    if name in columns:
        return
    listed = ", ".join(columns[:MAX_LISTED])
    if len(columns) > MAX_LISTED:
        listed += f" and {len(columns) - MAX_LISTED} more"
    raise ConfigError(
        f"{option} {name!r} is no column; {suggest_columns(name, columns)}there are {listed}"
    )
