"""One line for a person: what is wrong, where, and what to do; no traceback unless LOCKSTEP_DEBUG=1."""

import os
import sys
from collections.abc import Callable


class LockstepError(Exception):
    """Anything a person can mend; its text is the one line that is printed."""


class ConfigError(LockstepError):
    """A value in conf/, in an override or in params.yaml is not allowed."""


class DataError(LockstepError):
    """Data is missing, unreadable or not what the configuration says."""


def run(name: str, main: Callable[[], None]) -> None:
    """Call main; print a LockstepError as one line `name: text` and exit with status 1."""
    try:
        main()
    except (LockstepError, OSError) as error:
        if os.environ.get("LOCKSTEP_DEBUG") == "1":
            raise
        print(f"{name}: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(1)
