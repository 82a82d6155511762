"""How a stage runs: errors as one line, and what it cost noted where no result depends on it."""

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipeline import errors
from pipeline.partitions import write_json

COSTS = Path(".cache/costs")


def peak_memory() -> float | None:
    """Most memory that this process or one of its children held, in MB; None where it is not told."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1024**2 if sys.platform == "darwin" else 1024
    people = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(max(resource.getrusage(who).ru_maxrss for who in people) / unit, 1)


def run(name: str, main: Callable[[], None]) -> None:
    """Call main as errors.run does, and note its duration and memory for reports/run.json."""
    start = time.perf_counter()
    errors.run(name, main)
    cost = {"seconds": round(time.perf_counter() - start, 2), "peak_memory_mb": peak_memory()}
    with contextlib.suppress(OSError):  # the stage is done: a full disk must not undo it
        write_json(COSTS / f"{name}.json", cost)
