"""Refresh a data set's raw files from where they come from: dataset.source in conf/dataset/.

The pipeline reads data/raw/ only, and needs neither network nor password; this command does. It makes a whole
new snapshot beside the old one, which then takes its place; if anything fails, the old one stays as it was.

Examples:
  python -m lockstep fetch
  python -m lockstep fetch --dataset my_table --dry-run
  python -m lockstep fetch --full
"""

import argparse
from pathlib import Path

from lockstep.composition.compose import error_message
from lockstep.composition.hydra_config import compose_unresolved
from lockstep.core.config import load_config, merge_onto
from lockstep.core.config_checks import check_source, refuse
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.schema import Dataset
from lockstep.repository.programs import shell
from lockstep.sources.refresh import FetchResult, fetch, preview

PARAMS = "params.yaml"


def compose_dataset(root: Path, name: str) -> Dataset:
    """Compose conf/dataset/NAME.yaml alone, whatever else is chosen.

    Raises ConfigError in one line if there is no such file, or it has no source.
    """
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    names = sorted(path.stem for path in (root / "conf/dataset").glob("*.yaml"))
    if name not in names:
        refuse("dataset", name, ", ".join(names))
    try:
        composed, _ = compose_unresolved(root / "conf", f"dataset/{name}")
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(error_message(error)) from error
    dataset: Dataset = merge_onto(Dataset, composed.dataset, "dataset.")
    if dataset.source is None:
        raise ConfigError(
            f"conf/dataset/{name}.yaml has no source: its raw files are put into {dataset.raw} by hand, or "
            "by `dvc import-url`; docs/sources.md says how a source is written"
        )
    check_source(dataset.source)
    return dataset


def find_dvc_file(root: Path, raw: Path, full: bool) -> Path | None:
    """Return the .dvc file that tracks the raw folder, if one does.

    Parameters
    ----------
    root : Path
        The project.
    raw : Path
        The raw folder, in the project.
    full : bool
        Whether everything is fetched again, so that the folder need not be here.

    Raises
    ------
    LockstepError
        If DVC itself imports the folder, or has not brought it here yet.
    """
    from ruamel.yaml import YAML

    file = root / f"{raw.as_posix()}.dvc"
    if not file.exists():
        return None
    if "deps" in YAML(typ="safe").load(file.read_text(encoding="utf-8")):
        raise LockstepError(
            f"DVC itself imports {raw}; `dvc update {file.relative_to(root).as_posix()}` refreshes it"
        )
    if not full and not (root / raw).exists():
        raise LockstepError(f"{raw} is not here; run `dvc pull {raw}` first, or give --full")
    return file


def summarize(raw: Path, result: FetchResult) -> str:
    """Return a line that says how much there is, and what of it is new."""
    rows = "" if result.n_rows is None else f"{result.n_rows:,} rows in "
    files = f"{result.n_files:,} file{'s' * (result.n_files != 1)}"
    changes = [
        f"{len(paths):,} {change}"
        for change, paths in (("new or changed", result.changed), ("gone", result.removed))
        if paths
    ]
    return f"{raw.as_posix()}: {rows}{files}; {', '.join(changes) or 'nothing new'}"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", metavar="NAME", help="of conf/dataset/; that of params.yaml")
    parser.add_argument(
        "--full", action="store_true", help="take the source whole, whatever was fetched before"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be fetched")
    return parser


def main() -> None:
    """Find the source, fetch, say what is new and what to type next."""
    arguments = build_parser().parse_args()
    root = Path.cwd()
    dataset = compose_dataset(root, arguments.dataset or load_config(root / PARAMS).dataset.name)
    assert dataset.source is not None
    raw = Path(dataset.raw)
    dvc_file = find_dvc_file(root, raw, arguments.full)
    if arguments.dry_run:
        print(f"{raw.as_posix()}: {preview(dataset.source, root / raw, arguments.full)}")
        print("nothing was changed (--dry-run)")
        return
    result = fetch(dataset.source, root / raw, arguments.full)
    print(summarize(raw, result), flush=True)
    if result.foreign:
        print(f"left alone, not from the source: {', '.join(result.foreign)}")
    if dvc_file:  # even with nothing new: an earlier fetch may have been killed before this
        shell(root, "dvc", "add", "--quiet", raw.as_posix())
    if not result.changed and not result.removed:
        return
    if dvc_file:
        print(f"next: `dvc repro`; then commit {dvc_file.relative_to(root).as_posix()}")
    else:
        print(f"next: `git add {raw.as_posix()}` (or `dvc add`, if it is large), then `dvc repro`")
