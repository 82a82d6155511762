"""System metrics while a stage works, on request: processor, memory and GPU."""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.training.live_log import LiveLog

if TYPE_CHECKING:
    import psutil

FOLDER = Path("reports/system")  # no output of DVC: it differs at each run
SECONDS = 1.0  # between readings


def gpus() -> dict[str, float]:
    """Use in percent and memory in MB of each NVIDIA GPU; nothing where there is none."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return {}
    try:
        result = {}
        for number in range(pynvml.nvmlDeviceGetCount()):
            gpu = pynvml.nvmlDeviceGetHandleByIndex(number)
            result[f"gpu_{number}_percent"] = float(pynvml.nvmlDeviceGetUtilizationRates(gpu).gpu)
            result[f"gpu_{number}_memory_mb"] = pynvml.nvmlDeviceGetMemoryInfo(gpu).used / 1e6
        return result
    except pynvml.NVMLError:
        return {}
    finally:
        pynvml.nvmlShutdown()


def readings(process: "psutil.Process") -> dict[str, float]:
    """Return what the process and the machine use now: percent (of one core for the process), and MB."""
    import psutil

    return {
        "process_cpu_percent": process.cpu_percent(),
        "process_memory_mb": process.memory_info().rss / 1e6,
        "machine_cpu_percent": psutil.cpu_percent(),
        "machine_memory_percent": psutil.virtual_memory().percent,
        **gpus(),
    }


@contextlib.contextmanager
def monitored(asked: bool, folder: Path = FOLDER) -> Iterator[None]:
    """If asked, write a row a second to folder/plots/metrics/system/NAME.tsv."""
    if not asked:
        yield
        return
    import psutil

    live, process, over = LiveLog(folder), psutil.Process(), threading.Event()
    readings(process)  # the first tells a processor's use since never

    def watch() -> None:
        for step in itertools.count():
            is_last = over.wait(SECONDS)
            timestamp = int(time.time() * 1000)
            for name, value in readings(process).items():
                live.write(f"system/{name}", value, timestamp=timestamp, step=step)
            live.summarize(step)
            if is_last:
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        print(f"system metrics: {folder.as_posix()}")
