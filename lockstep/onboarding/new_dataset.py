"""Make a data set from a table: profile it, infer what it can, ask, and write what the pipeline needs.

SOURCE is a file (CSV of any dialect, Parquet, JSON Lines, Excel; packed too), a folder of such partitions,
or a URL; for a database leave it out and give --query. The command writes conf/dataset/NAME.yaml, its split,
gate and preset, and recipes/NAME.py, and copies the source to data/raw/NAME/ for DVC. With --default it also
fills in what README.md says of the data. It shows what it inferred and what it was not sure about, and proves
on the very file that it all works.

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
from lockstep.core.urls import check_url, check_urls_in, show_url
from lockstep.onboarding import build, proof
from lockstep.onboarding.data_block import data_block
from lockstep.onboarding.gather import fetched_format, gather_files
from lockstep.onboarding.generated_files import conf_choices, file_paths
from lockstep.onboarding.place_files import check_free, place_files
from lockstep.onboarding.plan import DatasetOptions, Plan
from lockstep.onboarding.source_files import describe_files
from lockstep.onboarding.summary import render_summary
from lockstep.registry.pointer import confirmed
from lockstep.report.readme import README, fill_block

MENU = "conf/config.yaml"
RESERVED = (
    "yes", "no", "on", "off", "y", "n", "true", "false", "null", "none", "schema", "default",
)  # fmt: skip
RESERVED_MODULES = ("pandas", "numpy", "recipes", "pipeline")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("name", metavar="NAME", help="letters, digits, underscores; a letter first")
    add("source", metavar="SOURCE", nargs="?", help="a file, a folder or a URL")
    add("--target", metavar="COLUMN", required=True, help="what is to be predicted")
    add("--task", metavar="TASK", help="binary, multiclass or regression")
    add("--key", metavar="A,B", default="", help="columns that name a row")
    add("--time", metavar="COLUMN", help="the time of a row")
    add(
        "--period",
        metavar="UNIT",
        help="year, quarter, month, week, day, or a column that orders rows",
    )
    add("--group", metavar="COLUMN", help="rows that a split keeps together")
    add("--drop", metavar="A,B", default="", help="columns that are no features")
    add("--encoding", metavar="NAME", help="of a text, where it is detected wrong")
    add("--delimiter", metavar="CHARACTER", help="of a CSV, where it is detected wrong")
    add("--query", metavar="SQL", help="rows of a database instead of SOURCE")
    add("--url-env", metavar="VARIABLE", help="that holds the database's URL")
    add("--default", action="store_true", help="choose it in conf/config.yaml: `dvc repro` runs it")
    add("--force", action="store_true", help="overwrite a data set of that name")
    add("--dry-run", action="store_true", help="show what would be written, write nothing")
    add("--yes", action="store_true", help="do not ask")
    return parser


def check_dataset_name(name: str) -> None:
    """Raise ConfigError for a name that no file, module or choice can have."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ConfigError(
            f"NAME is {name!r}; allowed: letters, digits and underscores, a letter first"
        )
    is_module = name in sys.stdlib_module_names or name in RESERVED_MODULES
    if keyword.iskeyword(name) or name.lower() in (*RESERVED, *SPLIT_KINDS) or is_module:
        raise ConfigError(
            f"NAME is {name!r}, a word of Python, YAML or conf/; take another, as my_{name.lower()}"
        )


def parse_source(arguments: argparse.Namespace) -> Source | None:
    """Return where the rows are fetched from; None for a file that is here.

    Raises ConfigError for options that do not go together, and for a URL with a credential.
    """
    if arguments.query:
        if arguments.source:
            raise ConfigError("give SOURCE or --query, not both")
        check_urls_in("--query", arguments.query)
        kind = "sql" if arguments.url_env else "duckdb"
        return Source(kind=kind, query=arguments.query, url_env=arguments.url_env)
    if not arguments.source:
        raise ConfigError("SOURCE is missing: a file, a folder, a URL, or --query with --url-env")
    if arguments.url_env:
        raise ConfigError("--url-env needs --query")
    if "://" not in arguments.source:
        return None
    check_url("SOURCE", arguments.source)
    return Source(kind="url", url=arguments.source)


def split_names(text: str) -> list[str]:
    """Return the names between commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def parse_options(arguments: argparse.Namespace) -> DatasetOptions:
    """Return what the person said of the data set."""
    return DatasetOptions(
        name=arguments.name,
        target=arguments.target,
        task=arguments.task,
        key=split_names(arguments.key),
        time=arguments.time,
        period=arguments.period,
        group=arguments.group,
        drop=split_names(arguments.drop),
    )


def bring_raw_files(
    arguments: argparse.Namespace, source: Source | None, raw: Path
) -> tuple[str, str, str]:
    """Copy or fetch the raw files into a new folder.

    Parameters
    ----------
    arguments : Namespace
        Has the data set's name, and the path of a source that is here.
    source : Source or None
        Where the files are fetched from; None for files that are here.
    raw : Path
        The folder to make.

    Returns
    -------
    kind, suffix, origin : str
        The files' kind and suffix, and what the source is called in a message.
    """
    if source is None:
        path = Path(arguments.source).expanduser()
        return (*gather_files(path, raw, arguments.name), path.name)
    from lockstep.sources.refresh import fetch

    fetch(source, raw)
    return (*fetched_format(raw), show_url(source.url) if source.url else "a query")


def build_dataset(
    arguments: argparse.Namespace, source: Source | None, raw: Path, work: Path
) -> tuple[Plan, dict[str, str]]:
    """Bring the raw files, and return the plan and the text of each file to write, proven on them.

    Parameters
    ----------
    arguments : Namespace
        The command line.
    source : Source or None
        Where the files are fetched from; None for files that are here.
    raw, work : Path
        The raw folder to make, and a folder for drafts.
    """
    root = Path.cwd()
    kind, suffix, origin = bring_raw_files(arguments, source, raw)
    files = describe_files(
        raw, kind, suffix, arguments.target, arguments.encoding, arguments.delimiter
    )
    plan = build.build_plan(files, parse_options(arguments), source, origin)
    texts = build.complete_plan(plan, raw, root, work)
    if arguments.default:
        texts[MENU] = choose_dataset((root / MENU).read_text(encoding="utf-8"), plan)
        texts |= readme_text(root, plan)
        proof.compose_with(root, work, texts, [])
    return plan, texts


def choose_dataset(text: str, plan: Plan) -> str:
    """Return conf/config.yaml with the data set's choices, and no preset: it would win over them."""
    choices: dict[str, str | None] = {**conf_choices(plan)}
    if "experiment" in menu_groups(text):
        choices["experiment"] = None
    for group, option in choices.items():
        text = set_choice(text, group, option)
    return text


def readme_text(root: Path, plan: Plan) -> dict[str, str]:
    """Return README.md with what is known of the data set; nothing where it has no place for it."""
    path = root / README
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    filled = fill_block(text, "data", data_block(plan))
    return {} if filled == text else {README.as_posix(): filled}


def next_steps(plan: Plan, paths: list[str]) -> str:
    """Return what was written and what to type next."""
    name = plan.name
    is_default = MENU in paths
    run = "dvc repro" if is_default else f"dvc exp run -S experiment={name}"
    has_inactive_venv = "VIRTUAL_ENV" not in os.environ and (Path.cwd() / ".venv").is_dir()
    lines = [
        f"written: {', '.join(paths)}, data/raw/{name}/ (tracked by DVC, staged in Git)",
        "next:",
        *["  . .venv/bin/activate"] * has_inactive_venv,
        f"  {run:<40} # everything, to reports/report.html",
        f"  {'make test':<40} # whether the recipe keeps the rules",
        f"  git add --all && git commit -m 'Data set {name}'",
    ]
    if not is_default:
        options = " ".join(f"-S {group}={option}" for group, option in conf_choices(plan).items())
        lines.append(f"without the preset: dvc exp run {options}")
        lines.append(f"for `dvc repro` to run it, choose the same in {MENU} (--default does)")
    return "\n".join(lines)


def main() -> None:
    """Infer the data set from its rows, show it, ask, and write it."""
    arguments = build_parser().parse_args()
    check_dataset_name(arguments.name)
    source = parse_source(arguments)
    root = Path.cwd()
    check_free(root, arguments.name, list(file_paths(arguments.name).values()), arguments.force)
    cache = root / ".cache"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="new_dataset-") as folder:
        work = Path(folder)
        raw = work / "raw" / arguments.name
        raw.parent.mkdir()
        plan, texts = build_dataset(arguments, source, raw, work)
        print(render_summary(plan), flush=True)
        if arguments.dry_run:
            for path, text in texts.items():
                print(f"\n--- {path}\n{text}", end="")
        print(
            f"\nproven: it composes, and {plan.n_rows:,} rows pass ingest and the checks",
            flush=True,
        )
        if confirmed(arguments, "Write this?"):
            place_files(root, work, arguments.name, texts, raw)
            print(next_steps(plan, list(texts)))
