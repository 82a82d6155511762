"""A revision's model: parameters, metrics, raw data and predictions, read from Git and DVC.

A revision is a Git revision, a DVC experiment's name, a registered version (v1.2.0), or `workspace`.
"""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.safe_paths import relative_path
from lockstep.registry.versions import ARTIFACT, VERSION
from lockstep.repository.dvc_internals import copy_folder
from lockstep.repository.dvc_lock import outputs
from lockstep.repository.git import file_at
from lockstep.repository.programs import shell

if TYPE_CHECKING:
    import pandas as pd

WORKSPACE = "workspace"
GROUPS = ("dataset", "split", "model", "gate", "seed")  # of params.yaml
METRICS = ("test", "train", "gate", "lineage")


def experiment_refs(root: Path) -> dict[str, str]:
    """Return the Git reference of each finished experiment by its name; of two of a name the newest."""
    output = shell(
        root, "git", "for-each-ref", "--sort=creatordate", "--format=%(refname)", "refs/exps/*/*/*"
    )
    return {ref.rsplit("/", 1)[-1]: ref for ref in output.split()}


def experiment_names(root: Path) -> set[str]:
    """Return the names of the finished experiments."""
    return set(experiment_refs(root))


def resolve(root: Path, name: str) -> str:
    """Return the commit of a revision; workspace stays what it is. Raises LockstepError if there is none."""
    if name == WORKSPACE:
        return name
    if VERSION.fullmatch(name):
        name = f"refs/tags/{ARTIFACT}@{name}"
    refs = experiment_refs(root)
    for revision in filter(None, (refs.get(name), name)):
        try:
            commit = shell(
                root, "git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"
            )
        except LockstepError:
            continue
        return commit.strip()
    raise LockstepError(
        f"{name!r} is no Git revision, experiment or version; `dvc exp list` and `git tag` list them"
    )


def content(root: Path, commit: str, path: str) -> str:
    """Return a file of a revision.

    Parameters
    ----------
    root : Path
    commit : str
        A commit, or workspace.
    path : str
        From the root.

    Returns
    -------
    str

    Raises
    ------
    DataError
        That names file and revision where it is absent, or where the path leads out of the project.
    """
    relative_path(path, f"a path in {commit[:12]}")
    try:
        if commit == WORKSPACE:
            return (root / path).read_text(encoding="utf-8")
        return file_at(root, commit, path)
    except (FileNotFoundError, LockstepError) as error:
        label = commit if commit == WORKSPACE else commit[:12]
        raise DataError(f"{label} has no {path}; `dvc repro` there, and commit it") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} of {commit[:12]} is not UTF-8; `dvc repro` there") from error


def read_partitions(folder: Path) -> "pd.DataFrame":
    """Return the rows of a folder of Parquet partitions."""
    import pandas as pd

    frames = [pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))]
    return pd.concat(frames, ignore_index=True)


def predictions(root: Path, commit: str) -> "pd.DataFrame":
    """Return the test predictions of a revision, from the working tree, DVC's cache or the remote."""
    if commit == WORKSPACE:
        folder = root / "data/predictions"
        if not list(folder.glob("*.parquet")):
            raise DataError("data/predictions is absent; `dvc repro`, or `dvc checkout`")
        return read_partitions(folder)
    folder_hash = outputs(content(root, commit, "dvc.lock")).get("data/predictions")
    if folder_hash is None:
        raise DataError(f"{commit[:12]}: dvc.lock has no data/predictions; `dvc repro` there")
    with tempfile.TemporaryDirectory() as copy:
        if not copy_folder(root, folder_hash, Path(copy)):
            raise DataError(
                f"the predictions of {commit[:12]} are neither in DVC's cache nor on the remote; "
                "`dvc push` them from where they were made, or `dvc repro` there"
            )
        return read_partitions(Path(copy))


def read_file(root: Path, commit: str, path: str, *keys: str, label: str | None = None) -> Any:
    """Return the value of a JSON or YAML file of a revision.

    Parameters
    ----------
    root : Path
    commit : str
        A commit, or workspace.
    path : str
        From the root; a name that ends with .json is JSON, else YAML.
    *keys : str
        What the file must have.
    label : str, optional
        What the revision is called in a message; the start of the commit if left out.

    Returns
    -------
    dict

    Raises
    ------
    DataError
        That names file and revision where the file is absent, broken or lacks a key.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text, name = content(root, commit, path), label or commit[:12]
    try:
        value = json.loads(text) if path.endswith(".json") else YAML(typ="safe").load(text)
    except (json.JSONDecodeError, YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path} of {name} is not whole ({reason}); `dvc repro` there") from error
    missing = [key for key in keys if not isinstance(value, dict) or key not in value]
    if missing:
        raise DataError(f"{path} of {name} has no {missing[0]!r}; `dvc repro` there, and commit it")
    return value


def described(root: Path, name: str) -> dict[str, Any]:
    """Return a revision as evaluation.comparison.compare takes it.

    It has the revision's name and commit, its parameters, the metrics files in METRICS, and the predictions.
    Raises DataError where one is absent or broken.
    """
    commit = resolve(root, name)
    revision: dict[str, Any] = {"name": name, "commit": commit}
    revision["params"] = read_file(root, commit, "params.yaml", *GROUPS, label=name)
    for part in METRICS:
        revision[part] = read_file(root, commit, f"metrics/{part}.json", label=name)
    revision["predictions"] = predictions(root, commit)
    return revision
