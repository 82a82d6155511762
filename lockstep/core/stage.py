"""How a stage runs: errors as one line, and what it cost noted where no result depends on it."""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lockstep.core import errors
from lockstep.core.files import write_json

COSTS = Path(".cache/costs")


def limit_threads() -> None:
    """Set one BLAS thread, and threads that do not spin, for libraries that are imported after this.

    The order of summation, and so the last bit, must not depend on the machine's cores. Threads that spin
    while they wait make boosting take ten times as long on a machine that does other work too.
    """
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


limit_threads()  # a stage imports this module before any library


def peak_memory() -> float | None:
    """Most memory that this process or one of its children held, in MB; None where it is not told."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1024**2 if sys.platform == "darwin" else 1024
    processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(max(resource.getrusage(process).ru_maxrss for process in processes) / unit, 1)


def run(name: str, main: Callable[[], None]) -> None:
    """Call main as errors.run does, and note its duration and memory for reports/run.json."""
    start = time.perf_counter()
    errors.run(name, main)
    cost = {"seconds": round(time.perf_counter() - start, 2), "peak_memory_mb": peak_memory()}
    with contextlib.suppress(OSError):  # the stage is done: a full disk must not undo it
        write_json(COSTS / f"{name}.json", cost)
