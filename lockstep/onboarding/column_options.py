"""Options that name a column: it must be there."""

import difflib

from lockstep.core.errors import ConfigError


def closest(name: str, names: list[str]) -> str:
    """The names most like one that is not there, for a message."""
    low = {one.lower(): one for one in names}
    near = [low[one] for one in difflib.get_close_matches(name.lower(), list(low), 3, 0.5)]
    return f"did you mean {', '.join(near)}? " * bool(near)


def must_be_there(option: str, name: str, names: list[str]) -> None:
    """Raise ConfigError that names close columns for one that the source has not."""
    if name not in names:
        listed = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
        raise ConfigError(
            f"{option} {name!r} is no column; {closest(name, names)}there are {listed}"
        )
