"""Measure the pipeline on the default data, in a clean clone of the last commit: ratios in one run.

Usage: python -m template.benchmarks.pipeline [--repeats 3] [--memory]

Prints a table of the figures in template/docs/performance.md. Each ratio compares two ways of one thing, run
in turn; the table gives the median of the repeats. --memory also runs the data stages on ten times the rows.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

DATA = ["ingest", "validate_data", "preprocess", "featurize", "split"]
MODEL = ["train", "evaluate", "validate_model", "register", "log_metadata", "report"]
IN_ONE = """
import importlib
for name in {stages!r}:
    importlib.import_module("stages." + name).main()
"""


def timed(folder: Path, *command: str) -> float:
    """Wall time of a command that must succeed, in seconds."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def median_pair(
    repeats: int, one: Callable[[], float], other: Callable[[], float]
) -> tuple[float, float, float]:
    """Medians of two timings taken in turn, and the median of their ratios."""
    pairs = [(one(), other()) for _ in range(repeats)]
    ones, others = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(ones), statistics.median(others), ratio


def bare(folder: Path, stages: int) -> Path:
    """A repository whose dvc.yaml has as many stages, each with one small dependency and output."""
    folder.mkdir()
    lines = ["stages:"]
    for number in range(stages):
        (folder / f"in{number}").write_text(str(number), encoding="utf-8")
        cmd = f"cp in{number} out{number}"
        lines += [f"  s{number}:", f"    cmd: {cmd}", f"    deps: [in{number}]"]
        lines += [f"    outs: [out{number}]"]
    (folder / "dvc.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for command in (["git", "init", "-q"], ["dvc", "init", "-q"], ["dvc", "repro", "-q"]):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def other_depth(clone: Path, repeat: int) -> float:
    """`dvc repro` after a change of one hyperparameter."""
    conf = clone / "conf/model/catboost.yaml"
    lines = conf.read_text(encoding="utf-8").splitlines()
    edited = [f"  l2_leaf_reg: {3 + repeat}" if "l2_leaf_reg" in line else line for line in lines]
    if edited == lines:
        edited.insert(
            lines.index("params:  # CatBoost's own names") + 1, f"  l2_leaf_reg: {repeat}"
        )
    conf.write_text("\n".join(edited) + "\n", encoding="utf-8")
    return timed(clone, "dvc", "repro")


def ten_years(clone: Path) -> None:
    """Replace the raw flights and weather by ten copies of them, a year apart each."""
    import pandas as pd

    raw = clone / "data/raw/flights"
    for path in sorted(raw.glob("*-2013-*.parquet")):
        month = pd.read_parquet(path)
        for year in range(2013, 2023):
            name = path.name.replace("2013", str(year))
            month.assign(year=year).to_parquet(raw / name, index=False)
    dataset = clone / "conf/dataset/flights.yaml"
    text = dataset.read_text(encoding="utf-8").replace("'^2013-", r"'^20\d\d-")
    dataset.write_text(text, encoding="utf-8")


def anew(clone: Path, *command: str) -> float:
    """Wall time of a command with no partition kept from an earlier run."""
    shutil.rmtree(clone / ".cache/partitions", ignore_errors=True)
    return timed(clone, *command)


def peaks(clone: Path) -> dict[str, float]:
    """Peak memory of each data stage as it last ran, in MB."""
    files = {name: clone / f".cache/costs/{name}.json" for name in DATA}
    return {
        n: json.loads(f.read_text(encoding="utf-8"))["peak_memory_mb"] for n, f in files.items()
    }


def main() -> None:
    """Clone, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="also ten times the rows")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(clone)], check=True)
    os.environ["DVC_SITE_CACHE_DIR"] = str(folder / "site")
    stages = ["compose", *DATA, *MODEL]
    rows = []
    force = ("dvc", "repro", "--force")
    one_process = (sys.executable, "-c", IN_ONE.format(stages=stages))
    whole = median_pair(
        given.repeats, lambda: anew(clone, *force), lambda: anew(clone, *one_process)
    )
    rows.append(("the whole pipeline / its functions in one process", *whole))
    subprocess.run(["dvc", "repro", "-q"], cwd=clone, check=True)
    twelve = bare(folder / "bare", len(stages))
    still = median_pair(
        given.repeats * 2,
        lambda: timed(clone, "dvc", "repro"),
        lambda: timed(twelve, "dvc", "repro"),
    )
    rows.append(("nothing changed / a bare dvc.yaml of as many stages", *still))
    counter = iter(range(given.repeats))
    own = [(sys.executable, "-m", f"stages.{name}") for name in MODEL]
    changed = median_pair(
        given.repeats,
        lambda: other_depth(clone, next(counter)),
        lambda: sum(timed(clone, *command) for command in own),
    )
    rows.append(("one hyperparameter changed / train and what follows by hand", *changed))
    print("| what | s | s | ratio |\n|---|---|---|---|")
    for name, one, other, ratio in rows:
        print(f"| {name} | {one:.1f} | {other:.1f} | {ratio:.2f} |")
    if given.memory:
        subprocess.run(["git", "reset", "-q", "--hard"], cwd=clone, check=True)
        anew(clone, *force, "--downstream", "ingest")
        once = peaks(clone)
        ten_years(clone)
        timed(clone, "dvc", "repro", "split")
        tenfold = peaks(clone)
        print("\n| stage | MB | MB at ten times the rows | ratio |\n|---|---|---|---|")
        for name in DATA:
            ratio = tenfold[name] / once[name]
            print(f"| {name} | {once[name]:.0f} | {tenfold[name]:.0f} | {ratio:.2f} |")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
