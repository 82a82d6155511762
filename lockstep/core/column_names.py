"""Columns' names that the pipeline cannot hold; all others pass, whatever language or sign is in them."""

import re

from lockstep.core.schema import Dataset

# What YAML, CSV or OmegaConf would not give back as it was: most control characters, line separators,
# halves of characters, interpolations.
UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|\$\{|^$")
RENAME = "rename the column in the recipe's load()"
# Columns that stand beside the key where predictions are written.
PREDICTED = {
    "binary": re.compile("y|score|predicted"),
    "multiclass": re.compile("y|predicted|p_.*", re.DOTALL),
    "regression": re.compile("y|prediction"),
}


def unfit(dataset: Dataset) -> tuple[str, object, str] | None:
    """The first name that cannot be held: its key, the name and what is allowed."""
    single = {name: getattr(dataset, name) for name in ("target", "time", "period", "group")}
    lists = {"checks.columns": list(dataset.checks.columns)}
    lists |= {name: getattr(dataset, name) for name in ("key", "numeric", "categorical", "slices")}
    lists |= {name: [value] for name, value in single.items() if value is not None}
    for key, names in lists.items():
        for name in names:
            if UNFIT.search(name):
                allowed = "a name of at least one character, without ${ and control characters"
                return f"dataset.{key}", name, f"{allowed}; {RENAME}"
    if "broken_checks" in dataset.checks.columns:
        reason = "rows in quarantine have their reasons in a column of this name"
        return "dataset.checks.columns", "broken_checks", f"another name: {reason}; {RENAME}"
    for name in dataset.key:
        if PREDICTED[dataset.task].fullmatch(name):
            reason = "predictions have a column of this name beside the key"
            return "dataset.key", name, f"another name: {reason}; {RENAME}"
    return None
