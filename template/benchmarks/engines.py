"""The data stages on every engine, in one run: seconds, the processor's too, and whether bytes are the same.

Usage: python -m template.benchmarks.engines [--times 1] [--repeats 3]

Works in a clean clone of the last commit, on the flights with each row so many times. ingest to split run one
after another, as `dvc repro` starts them and without what was kept of the run before: in one process, in two,
on two workers of a Dask cluster on this machine, and on two that have the code and no data, through a store
in a folder. Prints the table in template/docs/performance.md, medians of the repeats. Exits 1 if one byte
differs.
"""

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep.core.files import sha256
from template.benchmarks.month import multiply

STAGES = ("ingest", "validate_data", "preprocess", "featurize", "split")
COMPOSE = (
    "import sys; from omegaconf import OmegaConf; from lockstep.composition.compose import compose;"
    "OmegaConf.save(compose(sys.argv[1:]), 'params.yaml')"
)


def clone(folder: Path, times: int) -> tuple[Path, int]:
    """A clean clone whose flights stand there so many times; how many they are."""
    place = folder / "clone"
    subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(place)], check=True)
    conf = place / "conf/dataset/flights.yaml"
    counted = r"(_(?:departures_3h|waiting): .*max: )(\d+)"  # of so many times the flights
    text = conf.read_text(encoding="utf-8")
    text = re.sub(counted, lambda found: f"{found[1]}{int(found[2]) * times}", text)
    conf.write_text(text, encoding="utf-8")
    return place, multiply(place / "data/raw/flights", times)


@contextmanager
def cluster(code: Path, folder: Path) -> Iterator[str]:
    """The address of a scheduler with two workers of one thread in the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    programs = Path(sys.executable).parent
    commands = [["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    commands += [["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]] * 2
    variables = {**os.environ, "PYTHONPATH": str(code)}
    started = [
        subprocess.Popen([programs / "dask", *command], cwd=folder, env=variables,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]  # fmt: skip
    try:
        from distributed import Client

        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()


def processor() -> float:
    """Seconds of processor time that this process's children had, those that run and those that ended."""
    import psutil

    mine = psutil.Process()
    ended = mine.cpu_times()
    running = [child.cpu_times() for child in mine.children()]
    alive = sum(one.user + one.system for one in running)
    return float(ended.children_user + ended.children_system + alive)


def timed(place: Path, overrides: tuple[str, ...]) -> tuple[float, float]:
    """Seconds that the stages take with these overrides, from nothing, and those of the processor."""
    subprocess.run([sys.executable, "-c", COMPOSE, *overrides], cwd=place, check=True)
    shutil.rmtree(place / ".cache", ignore_errors=True)
    start, before = time.perf_counter(), processor()
    for stage in STAGES:
        command = [sys.executable, "-m", f"stages.{stage}"]
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, processor() - before


def contents(place: Path) -> dict[str, str]:
    """Hashes of what the stages made."""
    made = [path for path in sorted((place / "data").rglob("*")) if path.is_file()]
    made += [place / "metrics/data.json", place / "metrics/split.json"]
    return {str(path.relative_to(place)): sha256(path) for path in made}


def main() -> None:
    """Clone, start both clusters, run each engine in turn, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=1, help="rows for each row")
    parser.add_argument("--repeats", type=int, default=3, help="of which the median is told")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place, rows = clone(Path(folder), given.times)
        far = Path(folder) / "far"
        far.mkdir()
        taken: dict[str, list[tuple[float, float]]] = {}
        with cluster(place, place) as near, cluster(place, far) as other:
            there = ("engine=dask", f"engine.address={other}")
            engines = {
                "inline": ("engine=inline",),
                "processes, 2": ("engine=processes",),
                "dask, 2 workers": ("engine=dask", f"engine.address={near}"),
                "dask, 2 workers, a store": (*there, f"engine.store=file://{folder}/store"),
            }
            first: dict[str, str] = {}
            for _ in range(given.repeats):
                for name, overrides in engines.items():
                    shutil.rmtree(Path(folder) / "store", ignore_errors=True)
                    taken.setdefault(name, []).append(timed(place, overrides))
                    first = first or contents(place)
                    if contents(place) != first:
                        sys.exit(f"{name} made other bytes")
    middle = {
        name: list(map(statistics.median, zip(*all_of, strict=True)))
        for name, all_of in taken.items()
    }
    alone = middle["inline"][0]
    print(f"| {rows:,} rows | s | ratio | processor, s |\n|---|---|---|---|")
    for name, (wall, processor_time) in middle.items():
        print(f"| {name} | {wall:.1f} | {wall / alone:.2f} | {processor_time:.1f} |")


if __name__ == "__main__":
    main()
