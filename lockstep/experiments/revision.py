"""What a revision says of its model: parameters, metrics, raw data and predictions, found in Git and DVC.

A revision is a Git revision, a DVC experiment's name, a registered version (v1.2.0), or `workspace`.
"""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError, LockstepError
from lockstep.registry.versions import ARTIFACT, VERSION
from lockstep.repository.dvc_internals import copy_folder
from lockstep.repository.dvc_lock import outputs
from lockstep.repository.programs import shell

if TYPE_CHECKING:
    import pandas as pd

WORKSPACE = "workspace"
Record = dict[str, Any]


def resolve(root: Path, name: str) -> str:
    """The commit of a revision; workspace stays what it is. Raises LockstepError where there is none."""
    if name == WORKSPACE:
        return name
    if VERSION.fullmatch(name):
        name = f"refs/tags/{ARTIFACT}@{name}"
    listed = shell(root, "git", "for-each-ref", "--format=%(refname)", "refs/exps").split()
    of_experiment = [ref for ref in listed if ref.rsplit("/", 1)[-1] == name]
    for one in [*of_experiment, name]:
        try:
            found = shell(root, "git", "rev-parse", "--verify", "--quiet", f"{one}^{{commit}}")
        except LockstepError:
            continue
        return found.strip()
    raise LockstepError(
        f"{name!r} is no Git revision, experiment or version; `dvc exp list` and `git tag` list them"
    )


def content(root: Path, commit: str, path: str) -> str:
    """A file as the revision has it. Raises DataError that names file and revision where it is absent."""
    try:
        if commit == WORKSPACE:
            return (root / path).read_text(encoding="utf-8")
        return shell(root, "git", "show", f"{commit}:{path}")
    except (FileNotFoundError, LockstepError) as error:
        where = commit if commit == WORKSPACE else commit[:12]
        raise DataError(f"{where} has no {path}; `dvc repro` there, and commit it") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} of {commit[:12]} is not UTF-8; `dvc repro` there") from error


def predictions(root: Path, commit: str) -> "pd.DataFrame":
    """The test predictions of a revision, from the working tree, DVC's cache or the remote."""
    import pandas as pd

    if commit == WORKSPACE:
        files = sorted((root / "data/predictions").glob("*.parquet"))
        if not files:
            raise DataError("data/predictions is not there; `dvc repro`, or `dvc checkout`")
        return pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    found = outputs(content(root, commit, "dvc.lock")).get("data/predictions")
    if found is None:
        raise DataError(f"{commit[:12]}: dvc.lock has no data/predictions; `dvc repro` there")
    with tempfile.TemporaryDirectory() as folder:
        if not copy_folder(root, found, Path(folder)):
            raise DataError(
                f"the predictions of {commit[:12]} are neither in DVC's cache nor on the remote; "
                "`dvc push` them from where they were made, or `dvc repro` there"
            )
        parts = [pd.read_parquet(file) for file in sorted(Path(folder).glob("*.parquet"))]
    return pd.concat(parts, ignore_index=True)


def described(root: Path, name: str) -> Record:
    """A revision's name, commit, parameters, metrics, verdict and raw files, and its predictions."""
    from ruamel.yaml import YAML

    commit = resolve(root, name)
    found: Record = {"name": name, "commit": commit}
    found["params"] = YAML(typ="safe").load(content(root, commit, "params.yaml"))
    for part in ("test", "train", "gate", "lineage"):
        try:
            found[part] = json.loads(content(root, commit, f"metrics/{part}.json"))
        except json.JSONDecodeError as error:
            raise DataError(
                f"metrics/{part}.json of {name} is not whole ({error}); `dvc repro` there"
            ) from error
    found["predictions"] = predictions(root, commit)
    return found
