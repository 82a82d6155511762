"""The data phase from raw tables to splits: seconds and memory against pandas, Polars and DuckDB.

Usage: python -m template.benchmarks.tables [--years 1 10 30 90] [--ways pandas polars ...] [--memory 18]
           [--output FILE]

Each size is so many years of flights, 327,346 rows each, the same partitions a year. All ways give
the same rows: this is compared, column by column, and a difference ends the benchmark. Polars and DuckDB
run in environments of their own under .cache/benchmarks/. A way that takes more memory than --memory
is stopped, and the table says so.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from template.benchmarks.about import about, said
from template.benchmarks.growth import YEAR, configure, enough, exponent, multiply
from template.benchmarks.measure import Cost, Stopped, environment, measured
from template.benchmarks.tables.compare import must_be_equal

HERE = Path(__file__).parent
STAGES = ("ingest", "validate_data", "preprocess", "featurize", "split")
WAYS = {
    "inline": "Lockstep, one process",
    "processes": "Lockstep, two processes",
    "repro": "Lockstep, `dvc repro`, two processes",
    "folders": "of which reading and writing alone",
    "pandas": "pandas",
    "polars": "Polars",
    "duckdb": "DuckDB",
}


def by_stages(folder: Path, limit: float, engine: str, repro: bool) -> Cost:
    """The five stages in a clone, by hand or by DVC, with nothing kept from an earlier run."""
    shutil.rmtree(folder / ".cache/partitions", ignore_errors=True)
    shutil.rmtree(folder / "data/splits", ignore_errors=True)
    conf = folder / "conf/config.yaml"
    text = conf.read_text(encoding="utf-8")
    for name in ("inline", "processes"):
        text = text.replace(f"engine: {name}", f"engine: {engine}")
    conf.write_text(text, encoding="utf-8")
    python = sys.executable
    subprocess.run([python, "-m", "stages.compose"], cwd=folder, check=True, stdout=sys.stderr)
    if repro:
        return measured(["dvc", "repro", "-q", "-f", "split"], folder, limit)
    costs = [measured([python, "-m", f"stages.{name}"], folder, limit) for name in STAGES]
    return Cost(
        sum(cost.wall for cost in costs),
        sum(cost.cpu for cost in costs),
        max(cost.peak for cost in costs),
    )


def made(folder: Path, count: int) -> None:
    """A clean clone of the last commit with so many years of flights."""
    enough(count * YEAR, folder.parent)
    subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(folder)], check=True)
    years = list(range(2013, 2013 + count))
    multiply(folder / "data/raw/flights", years)
    configure(folder, years)


def until(folder: Path) -> list[str]:
    """The last months of train and of valid, as the clone's conf/ has them."""
    from omegaconf import OmegaConf

    split = OmegaConf.load(folder / "conf/split/temporal.yaml")
    return [str(split.train_until), str(split.valid_until)]


def by_library(name: str, folder: Path, limit: float, target: Path) -> Cost:
    """One of the programs beside this file, on the raw tables of the clone or what its stages made."""
    own = sys.executable
    if name == "folders":
        program = [
            own,
            "-m",
            "template.benchmarks.tables.folders",
            str(folder.resolve()),
            str(target),
        ]
        return measured(program, Path.cwd(), limit)
    python = own if name == "pandas" else environment(name, HERE / f"{name}.txt")
    raw = (folder / "data/raw/flights").resolve()
    program = [str(python), "-m", f"template.benchmarks.tables.in_{name}", str(raw), str(target)]
    program += until(folder)
    return measured(program, Path.cwd(), limit)


def run(way: str, folder: Path, limit: float) -> Cost | None:
    """What a way costs, its rows equal to Lockstep's; None where it was stopped for its memory."""
    try:
        if way in ("inline", "processes", "repro"):
            engine = "inline" if way == "inline" else "processes"
            return by_stages(folder, limit, engine, way == "repro")
        with tempfile.TemporaryDirectory(dir=folder.parent) as target:
            cost = by_library(way, folder, limit, Path(target))
            if way != "folders":
                must_be_equal(folder / "data/splits", Path(target), way)
            return cost
    except Stopped:
        return None


def table(found: dict[int, dict[str, Cost | None]], limit: float) -> str:
    """Markdown: a row a way, seconds and GB at each size, and how both grow."""
    sizes = sorted(found)
    head = " | ".join(f"{count * YEAR / 1e6:.1f} M rows" for count in sizes)
    lines = [
        f"| seconds (GB) | {head} | seconds grow as rows to the | memory |",
        "|---|" + "---|" * (len(sizes) + 2),
    ]
    for way, title in WAYS.items():
        costs = [found[count].get(way) for count in sizes]
        if all(way not in found[count] for count in sizes):
            continue
        cells = [
            f"{one.wall:.1f} ({one.peak:.2f})" if one else f"over {limit:g} GB" for one in costs
        ]
        there = [(count * YEAR, one) for count, one in zip(sizes, costs, strict=True) if one]
        growth = [
            exponent([(float(rows), getattr(one, what)) for rows, one in there])
            for what in ("wall", "peak")
        ]
        told = [f"{one:.2f}" if one is not None else "" for one in growth]
        lines.append(f"| {title} | {' | '.join(cells)} | {' | '.join(told)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Make each size in a clone, run every way on it, compare, write JSON and print Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--years", type=int, nargs="+", default=[1, 10, 30, 90])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--memory", type=float, default=18, help="GB that a way may take")
    parser.add_argument("--output", type=Path, help="JSON of every run")
    given = parser.parse_args()
    found: dict[int, dict[str, Cost | None]] = {}
    made_rows = {"inline", "processes", "repro"} & set(
        given.ways
    )  # which the others are compared with
    ways = given.ways if made_rows else ["inline", *given.ways]
    with tempfile.TemporaryDirectory() as place:
        os.environ["DVC_SITE_CACHE_DIR"] = str(Path(place, "site"))
        for count in given.years:
            folder = Path(place, str(count))
            made(folder, count)
            found[count] = {}
            for way in ways:
                cost = found[count][way] = run(way, folder, given.memory)
                told = (
                    f"{cost.wall:.1f} s, {cost.peak:.2f} GB" if cost else "stopped for its memory"
                )
                print(f"{count * YEAR:,} rows, {WAYS[way]}: {told}", file=sys.stderr, flush=True)
            shutil.rmtree(folder)
    runs = [
        {"rows": count * YEAR, "way": way, **(asdict(cost) if cost else {"stopped": True})}
        for count, costs in found.items()
        for way, cost in costs.items()
    ]
    facts = about()
    if given.output:
        told = json.dumps({**facts, "runs": runs}, indent=1)
        given.output.write_text(told + "\n", encoding="utf-8")
    print(f"{said(facts)}\n")
    print(table(found, given.memory))


if __name__ == "__main__":
    main()
