"""System metrics while a stage works, on request: processor, memory and GPU, written through DVCLive.

DVCLive's own monitor needs a GPU's driver to be there and tells of the whole machine alone.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
    from dvclive import Live

    from lockstep.core.files import fresh

    live = Live(dir=str(fresh(folder)), dvcyaml=None, report=None, save_dvc_exp=False)
    process, over = psutil.Process(), threading.Event()
    readings(process)  # the first tells a processor's use since never

    def watch() -> None:
        while True:
            last = over.wait(SECONDS)
            for name, value in readings(process).items():
                live.log_metric(f"system/{name}", value, timestamp=True)
            live.next_step()
            if last:
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        live.end()
        print(f"system metrics: {folder.as_posix()}")
