"""The proof that what is about to be written works: it composes, and the file passes ingest and checks."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import Config, Dataset
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.row_pass import Rows

if TYPE_CHECKING:
    import pandas as pd

CELLS = 4_000_000  # of the sample that is looked at closely


def composed(root: Path, work: Path, files: dict[str, str], overrides: list[str]) -> Config:
    """What conf/ with these files composes to. Raises ConfigError in one line."""
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from lockstep.composition.compose import SCHEMA, checked, compose, own_words

    copy = work / "root"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root / "conf", copy / "conf")
    (copy / SCHEMA).parent.mkdir(parents=True)
    shutil.copy(root / SCHEMA, copy / SCHEMA)
    for name, text in files.items():
        if name.startswith("conf/"):
            (copy / name).write_text(text, encoding="utf-8", newline="\n")
    try:
        found = compose(overrides, root=copy)
        written = OmegaConf.to_yaml(found)  # params.yaml: what stages read is read back from it
        return checked(OmegaConf.create(written))
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(own_words(error)) from error


def module(path: Path) -> Any:
    """The recipe that was written, imported from its file."""
    spec = importlib.util.spec_from_file_location(f"proved_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def valid_parts(
    code: Any, file: Path, raw: Path, dataset: Dataset
) -> Iterator[tuple["pd.DataFrame", int]]:
    """Each partition as validate_data leaves it, and how many of its rows go to quarantine.

    Raises DataError for a check of severity fail, as the stages do.
    """
    import numpy as np

    from lockstep.data.column_types import typed
    from lockstep.data.distinct import hashed
    from lockstep.data.quality import broken, of_table, separate, summarize
    from lockstep.data.recipe import loaded

    summaries, keys = [], []
    for name, frame in loaded(code, file, raw):
        whole = typed(frame, dataset.checks.columns, f"{raw.name}, {name}")
        summaries.append(summarize(whole, dataset))
        keys.append(hashed(whole[dataset.key]))
        found = broken(whole, dataset)
        for check in found:
            if check.severity == "fail":
                raise DataError(
                    f"column {check.column}, check '{check.name}' fails: {check.examples[:3]}"
                )
        valid, bad = separate(whole, found)
        yield valid, len(bad)
    failed = [one for one in of_table(summaries, dataset) if one.severity == "fail"]
    if failed:
        raise DataError(f"check '{failed[0].name}' fails: {failed[0].examples[0][1]}")
    if len(np.unique(np.concatenate(keys))) < sum(map(len, keys)):
        raise DataError(
            f"key {', '.join(dataset.key)}: a value is there twice; give another as --key a,b"
        )


def rows(plan: Plan, code: Any, file: Path, raw: Path, dataset: Dataset) -> Rows:
    """One pass over the source through recipe, types and checks; every step-th valid row is kept."""
    import pandas as pd

    most = max(5_000, CELLS // max(len(dataset.checks.columns), 1))
    found = Rows(pd.DataFrame(), 1)
    kept: list[pd.DataFrame] = []
    for frame, bad in valid_parts(code, file, raw, dataset):
        position = (found.total + pd.RangeIndex(len(frame))) % found.step == 0
        kept.append(frame[position])
        found.total += len(frame)
        found.quarantined += bad
        while sum(map(len, kept)) > most:
            kept = [pd.concat(kept, ignore_index=True).iloc[::2]]
            found.step *= 2
        if plan.period:
            classes = "" if plan.task == "regression" else frame[plan.target].astype(str)
            pairs = pd.DataFrame({"period": frame[plan.period].astype(str), "class": classes})
            for (period, value), count in pairs.value_counts().items():
                found.cells[(period, value)] += int(count)
    if not found.total:
        raise DataError(f"{raw.name}: no row would be valid")
    found.sample = pd.concat(kept, ignore_index=True)
    return found


def features(code: Any, file: Path, dataset: Dataset, sample: "pd.DataFrame") -> "pd.DataFrame":
    """clean() and featurize() of the sample: the columns with a role."""
    from lockstep.data.recipe import applied
    from lockstep.data.roles import keep_roles

    cleaned = applied(code, file, "clean", sample, "sample")
    return keep_roles(applied(code, file, "featurize", cleaned, "sample"), dataset)
