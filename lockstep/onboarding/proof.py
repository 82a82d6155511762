"""Prove that what is about to be written works: it composes, and the rows pass ingest and the checks."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import merge_onto
from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import Column, Config, Dataset
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.row_scan import RowScan

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SAMPLE_CELLS = 4_000_000
MIN_SAMPLE_ROWS = 5_000


def compose_with(root: Path, work: Path, files: dict[str, str], overrides: list[str]) -> Config:
    """Compose conf/ with new files in it, in a copy.

    Parameters
    ----------
    root : Path
        The project.
    work : Path
        A folder in which the copy is made.
    files : dict of str
        Text of each new file, by its path in the project.
    overrides : list of str
        As Hydra has them.

    Raises
    ------
    ConfigError
        If what is composed is not allowed.
    """
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from lockstep.composition.compose import SCHEMA, compose, error_message, parse_and_check

    copy = work / "root"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root / "conf", copy / "conf")
    (copy / SCHEMA).parent.mkdir(parents=True)
    shutil.copy(root / SCHEMA, copy / SCHEMA)
    for name, text in files.items():
        if name.startswith("conf/"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_text(text, encoding="utf-8", newline="\n")
    try:
        params = OmegaConf.to_yaml(compose(overrides, root=copy))
        return parse_and_check(OmegaConf.create(params))  # read back, as stages read params.yaml
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(error_message(error)) from error


def parse_dataset(text: str) -> Dataset:
    """Return the typed data set of a generated file of conf/dataset/, without the rest of conf/.

    Raises ConfigError that names a key which is not allowed.
    """
    from omegaconf import OmegaConf

    dataset: Dataset = merge_onto(Dataset, OmegaConf.create(text), "dataset.")
    columns: dict[str, Any] = dataset.checks.columns
    dataset.checks.columns = {name: Column(**rules) for name, rules in columns.items()}
    return dataset


def import_recipe(path: Path) -> Any:
    """Import a recipe from its file."""
    spec = importlib.util.spec_from_file_location(f"proved_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    return recipe


def validate_partitions(
    recipe: Any, raw: Path, dataset: Dataset
) -> Iterator[tuple["pd.DataFrame", int]]:
    """Validate each partition as the stages do.

    Parameters
    ----------
    recipe : module
        Its load() reads the raw folder.
    raw : Path
        The raw folder.
    dataset : Dataset
        Has the declared columns and their checks.

    Yields
    ------
    valid : DataFrame
        The rows of a partition that pass, as validate_data leaves them.
    n_quarantined : int
        The number of its other rows.

    Raises
    ------
    DataError
        If a check of severity fail fails, or a key comes twice.
    """
    from lockstep.data.column_types import convert_columns
    from lockstep.data.distinct import hash_rows
    from lockstep.data.quality import check_table, find_broken, separate, summarize
    from lockstep.data.recipe import loaded

    summaries, key_hashes = [], []
    for name, loaded_frame in loaded(recipe, Path(recipe.__file__), raw):
        frame = convert_columns(loaded_frame, dataset.checks.columns, f"{raw.name}, {name}")
        summaries.append(summarize(frame, dataset))
        key_hashes.append(hash_rows(frame[dataset.key]))
        failures = find_broken(frame, dataset)
        for failure in failures:
            if failure.severity == "fail":
                raise DataError(
                    f"column {failure.column}, check '{failure.name}' fails: {failure.examples[:3]}"
                )
        valid, quarantined = separate(frame, failures)
        yield valid, len(quarantined)
    for failure in check_table(summaries, dataset):
        if failure.severity == "fail":
            raise DataError(f"check '{failure.name}' fails: {failure.examples[0][1]}")
    check_unique_key(key_hashes, dataset.key)


def check_unique_key(key_hashes: list["np.ndarray"], key: list[str]) -> None:
    """Raise DataError where two rows have the same key, by the hashes of each partition."""
    import numpy as np

    if len(np.unique(np.concatenate(key_hashes))) < sum(map(len, key_hashes)):
        raise DataError(f"key {', '.join(key)}: a value is there twice; give another as --key a,b")


def scan_rows(plan: Plan, recipe: Any, raw: Path, dataset: Dataset) -> RowScan:
    """Pass once over the source through recipe, types and checks, and sample every stride-th valid row.

    Parameters
    ----------
    plan : Plan
        Says whether rows are counted by period and class.
    recipe : module
        Its load() reads the raw folder.
    raw : Path
        The raw folder.
    dataset : Dataset
        Has the declared columns and their checks.

    Raises
    ------
    DataError
        If no row is valid, or the stages would refuse the rows.
    """
    import pandas as pd

    max_rows = max(MIN_SAMPLE_ROWS, SAMPLE_CELLS // max(len(dataset.checks.columns), 1))
    scan = RowScan(pd.DataFrame(), stride=1)
    sampled: list[pd.DataFrame] = []
    for frame, n_quarantined in validate_partitions(recipe, raw, dataset):
        in_sample = (scan.n_valid + pd.RangeIndex(len(frame))) % scan.stride == 0
        sampled.append(frame[in_sample])
        scan.n_valid += len(frame)
        scan.n_quarantined += n_quarantined
        while sum(map(len, sampled)) > max_rows:
            sampled = [pd.concat(sampled, ignore_index=True).iloc[::2]]
            scan.stride *= 2
        if plan.period:
            classes = "" if plan.task == "regression" else frame[plan.target].astype(str)
            pairs = pd.DataFrame({"period": frame[plan.period].astype(str), "class": classes})
            for pair, n_rows in pairs.value_counts().items():
                scan.period_class_counts[pair] += int(n_rows)
    if not scan.n_valid:
        raise DataError(f"{raw.name}: no row would be valid")
    scan.sample = pd.concat(sampled, ignore_index=True)
    return scan


def compute_features(recipe: Any, dataset: Dataset, sample: "pd.DataFrame") -> "pd.DataFrame":
    """Apply clean() and featurize() to a sample.

    Parameters
    ----------
    recipe : module
        The recipe.
    dataset : Dataset
        Has the roles of columns.
    sample : DataFrame, shape (n_rows, n_declared)
        Valid rows.

    Returns
    -------
    DataFrame, shape (n_rows, n_columns)
        The columns with a role.
    """
    from lockstep.data.recipe import applied
    from lockstep.data.roles import keep_roles

    file = Path(recipe.__file__)
    cleaned = applied(recipe, file, "clean", sample, "sample")
    return keep_roles(applied(recipe, file, "featurize", cleaned, "sample"), dataset)
