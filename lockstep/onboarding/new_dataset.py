"""Make a data set from a table: profiles it, infers what it can, asks, and writes what the pipeline needs.

SOURCE is a file (CSV of any dialect, Parquet, JSON Lines, Excel; packed too), a folder of such partitions,
or a URL; for a database leave it out and give --query. Writes conf/dataset/NAME.yaml, its split, gate and
preset, recipes/NAME.py and tests/recipes/test_NAME.py, and copies the source to data/raw/NAME/ for DVC.
It shows what it found and what it was not sure about, and proves on the very file that all this works.

Examples:
  python -m lockstep new-dataset sales ~/sales.csv --target revenue --default && dvc repro
  python -m lockstep new-dataset survey answers.parquet --target satisfaction --task regression --dry-run
  python -m lockstep new-dataset churn --query "SELECT * FROM customers" --url-env DATABASE_URL --target left
"""

import argparse
import keyword
import os
import re
import sys
import tempfile
from pathlib import Path

from lockstep.composition.conf_files import menu_groups, set_choice
from lockstep.core.errors import ConfigError
from lockstep.core.schema import SPLIT_KINDS, Source
from lockstep.onboarding import build, proof
from lockstep.onboarding.gather import gather, held
from lockstep.onboarding.place_files import must_be_free, place
from lockstep.onboarding.plan import Plan, Wanted
from lockstep.onboarding.presets import choices
from lockstep.onboarding.source_files import described
from lockstep.onboarding.summary import told
from lockstep.registry.pointer import confirmed

MENU = "conf/config.yaml"
RESERVED = {
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "true",
    "false",
    "null",
    "none",
    "schema",
    "default",
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("name", metavar="NAME", help="letters, digits, underscores; a letter first")
    found.add_argument("source", metavar="SOURCE", nargs="?", help="a file, a folder or a URL")
    found.add_argument("--target", metavar="COLUMN", required=True, help="what is to be predicted")
    found.add_argument("--task", metavar="TASK", help="binary, multiclass or regression")
    found.add_argument("--key", metavar="A,B", default="", help="columns that name a row")
    found.add_argument("--time", metavar="COLUMN", help="when a row was")
    found.add_argument(
        "--period",
        metavar="UNIT",
        help="year, quarter, month, week, day, or a column that orders rows",
    )
    found.add_argument("--group", metavar="COLUMN", help="rows that a split keeps together")
    found.add_argument("--drop", metavar="A,B", default="", help="columns that are no features")
    found.add_argument("--encoding", metavar="NAME", help="of a text, where it is told wrong")
    found.add_argument("--delimiter", metavar="CHARACTER", help="of a CSV, where it is told wrong")
    found.add_argument("--query", metavar="SQL", help="rows of a database instead of SOURCE")
    found.add_argument("--url-env", metavar="VARIABLE", help="that holds the database's URL")
    found.add_argument(
        "--default", action="store_true", help="choose it in conf/config.yaml: `dvc repro` runs it"
    )
    found.add_argument("--force", action="store_true", help="overwrite a data set of that name")
    found.add_argument(
        "--dry-run", action="store_true", help="show what would be written, write nothing"
    )
    found.add_argument("--yes", action="store_true", help="do not ask")
    return found


def must_be_a_name(name: str) -> None:
    """Raise ConfigError for a name that no file, module or choice can have."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ConfigError(
            f"NAME is {name!r}; allowed: letters, digits and underscores, a letter first"
        )
    library = name in sys.stdlib_module_names or name in ("pandas", "numpy", "recipes", "pipeline")
    if keyword.iskeyword(name) or name.lower() in (*RESERVED, *SPLIT_KINDS) or library:
        raise ConfigError(
            f"NAME is {name!r}, a word of Python, YAML or conf/; take another, as my_{name.lower()}"
        )


def source(given: argparse.Namespace) -> Source | None:
    """Where the rows are fetched from; None for a file here."""
    if given.query:
        if given.source:
            raise ConfigError("give SOURCE or --query, not both")
        return Source(
            kind="sql" if given.url_env else "duckdb", query=given.query, url_env=given.url_env
        )
    if not given.source:
        raise ConfigError("SOURCE is missing: a file, a folder, a URL, or --query with --url-env")
    if given.url_env:
        raise ConfigError("--url-env needs --query")
    if "://" not in given.source:
        return None
    if "@" in given.source.split("://", 1)[1].split("/")[0]:
        raise ConfigError(
            "SOURCE holds a user or password, which conf/ may not; set them in the environment"
        )
    return Source(kind="url", url=given.source)


def listed(text: str) -> list[str]:
    """Names between commas."""
    return [one.strip() for one in text.split(",") if one.strip()]


def masked(url: str) -> str:
    """A URL without the user and password that it may hold, nor what follows a question mark."""
    scheme, rest = url.split("://", 1)
    place, slash, path = rest.partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path.split('?')[0]}"


def gathered(given: argparse.Namespace, where: Source | None, raw: Path) -> tuple[str, str, str]:
    """Bring the raw files into an empty folder; kind, suffix, and what they are called in a message."""
    if where is None:
        path = Path(given.source).expanduser()
        return (*gather(path, raw, given.name), path.name)
    from lockstep.sources.refresh import fetch

    fetch(where, raw)
    return (*held(raw), masked(where.url) if where.url else "a query")


def chosen(text: str, plan: Plan) -> str:
    """conf/config.yaml with the data set's choices in force; a preset would win over them, so none is."""
    off: dict[str, str | None] = {"experiment": None} if "experiment" in menu_groups(text) else {}
    for group, name in {**choices(plan), **off}.items():
        text = set_choice(text, group, name)
    return text


def next_steps(plan: Plan, files: list[str]) -> str:
    """What to type now."""
    name = plan.name
    run_all = "dvc repro" if MENU in files else f"dvc exp run -S experiment={name}"
    activate = "VIRTUAL_ENV" not in os.environ and (Path.cwd() / ".venv").is_dir()
    lines = [
        "written: " + ", ".join(files) + f", data/raw/{name}/ (tracked by DVC, told to Git)",
        "next:",
        *["  . .venv/bin/activate"] * activate,
        f"  {run_all:<40} # everything, to reports/report.html",
        f"  {f'pytest tests/recipes/test_{name}.py':<40} # whether the recipe keeps the rules",
        f"  git add --all && git commit -m 'Data set {name}'",
    ]
    if MENU not in files:
        words = " ".join(f"-S {group}={option}" for group, option in choices(plan).items())
        lines.append(f"without the preset: dvc exp run {words}")
        lines.append(f"for `dvc repro` to run it, choose the same in {MENU} (--default does)")
    return "\n".join(lines)


def main() -> None:
    """Profile, infer, prove, show, ask, write."""
    given = parser().parse_args()
    must_be_a_name(given.name)
    where = source(given)
    must_be_free(Path.cwd(), given.name, list(build.paths(given.name).values()), given.force)
    wanted = Wanted(
        name=given.name, target=given.target, task=given.task, key=listed(given.key),
        time=given.time, period=given.period, group=given.group, drop=listed(given.drop),
    )  # fmt: skip
    cache = Path.cwd() / ".cache"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="new_dataset-") as folder:
        work = Path(folder)
        raw = work / "raw" / given.name
        raw.parent.mkdir()
        kind, suffix, origin = gathered(given, where, raw)
        files = described(raw, kind, suffix, given.target, given.encoding, given.delimiter)
        plan = build.planned(files, wanted, where, origin)
        texts = build.proven(plan, wanted, raw, Path.cwd(), work)
        if given.default:
            texts[MENU] = chosen((Path.cwd() / MENU).read_text(encoding="utf-8"), plan)
            proof.composed(Path.cwd(), work, texts, [])
        print(told(plan), flush=True)
        if given.dry_run:
            for name, text in texts.items():
                print(f"\n--- {name}\n{text}", end="")
        print(
            f"\nproven: it composes, and {plan.rows:,} rows pass ingest and the checks", flush=True
        )
        if confirmed(given, "Write this?"):
            place(Path.cwd(), work, given.name, texts, raw)
            print(next_steps(plan, list(texts)))
