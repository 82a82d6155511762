"""Refresh a data set's raw files from where they come from: dataset.source in conf/dataset/.

The pipeline reads data/raw/ alone and needs neither network nor password; this command is what does. A whole
new snapshot is made beside the old one and takes its place; if anything fails, the old one is as it was.

Examples:
  python -m lockstep fetch
  python -m lockstep fetch --dataset penguins --dry-run
  python -m lockstep fetch --full
"""

import argparse
from pathlib import Path

from lockstep.composition.compose import own_words
from lockstep.core.config import load, merged
from lockstep.core.config_checks import check_source, refuse
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.schema import Dataset
from lockstep.repository.programs import shell
from lockstep.sources import refresh

PARAMS = "params.yaml"


def dataset(root: Path, name: str) -> Dataset:
    """conf/dataset/NAME.yaml alone, whatever else is chosen. Raises ConfigError in one line."""
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    names = sorted(path.stem for path in (root / "conf/dataset").glob("*.yaml"))
    if name not in names:
        refuse("dataset", name, ", ".join(names))
    try:
        with hydra.initialize_config_dir(str(root / "conf"), version_base=None):
            composed = hydra.compose(f"dataset/{name}")
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(own_words(error)) from error
    found: Dataset = merged(Dataset, composed.dataset, "dataset.")
    if found.source is None:
        raise ConfigError(
            f"conf/dataset/{name}.yaml has no source: its raw files are put into {found.raw} by hand, or "
            "by `dvc import-url`; docs/sources.md says how a source is written"
        )
    check_source(found.source)
    return found


def pointer(root: Path, raw: Path, full: bool) -> Path | None:
    """The .dvc file that tracks the raw folder, if one does.

    Raises LockstepError where DVC itself imports the folder, or has not brought it here yet.
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


def summary(raw: Path, found: refresh.Fetched) -> str:
    """One line: how much there is, and what of it is new."""
    rows = "" if found.rows is None else f"{found.rows:,} rows in "
    told = [f"{len(names):,} {word}" for word, names in
            (("new or changed", found.new), ("gone", found.gone)) if names]  # fmt: skip
    files = f"{found.files:,} file{'s' * (found.files != 1)}"
    return f"{raw.as_posix()}: {rows}{files}; {', '.join(told) or 'nothing new'}"


def main() -> None:
    """Find the source, fetch, say what is new and what to type next."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", metavar="NAME", help="of conf/dataset/; that of params.yaml")
    parser.add_argument(
        "--full", action="store_true", help="take the source whole, whatever was fetched before"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what it would take")
    given = parser.parse_args()
    name = given.dataset or load(Path.cwd() / PARAMS).dataset.name
    chosen = dataset(Path.cwd(), name)
    assert chosen.source is not None
    raw = Path(chosen.raw)
    tracked = pointer(Path.cwd(), raw, given.full)
    if given.dry_run:
        print(f"{raw.as_posix()}: {refresh.preview(chosen.source, Path.cwd() / raw, given.full)}")
        print("nothing was changed (--dry-run)")
        return
    found = refresh.fetch(chosen.source, Path.cwd() / raw, given.full)
    print(summary(raw, found), flush=True)
    if found.kept:
        print(f"left alone, not from the source: {', '.join(found.kept)}")
    if tracked:  # even with nothing new: the last time may have ended before this
        shell(Path.cwd(), "dvc", "add", "--quiet", raw.as_posix())
    if not found.new and not found.gone:
        return
    if tracked:
        print(f"next: `dvc repro`; then commit {tracked.relative_to(Path.cwd()).as_posix()}")
    else:
        print(f"next: `git add {raw.as_posix()}` (or `dvc add`, if it is large), then `dvc repro`")
