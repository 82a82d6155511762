"""What a commit holds that a review compares: configuration, lock, metrics and plots, read from Git."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.experiments.revision import content
from lockstep.repository.dvc_internals import read_cached
from lockstep.repository.dvc_lock import recorded
from lockstep.repository.paths import within

Record = dict[str, Any]
KEYS = {  # what is read of each file in metrics/
    "data": ("ingested", "validated", "quarantined", "checks"),
    "split": ("sizes",),
    "train": ("train", "valid"),
    "test": ("metrics", "slices"),
    "drift": ("columns", "share"),
    "gate": ("verdict", "checks"),
    "lineage": ("raw",),
}
PLOTS = ("roc", "pr", "calibration", "confusion", "residuals", "importance")
CURVE = "metrics/live/plots/metrics/{}/loss.tsv"
INGESTED = "data/ingested/manifest.json"


def parsed(root: Path, at: str, path: str, *keys: str) -> Any:
    """A JSON or YAML file of a commit, an object with these keys. Raises DataError that names both."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = content(root, at, path)
    try:
        found = json.loads(text) if path.endswith(".json") else YAML(typ="safe").load(text)
    except (json.JSONDecodeError, YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            f"{path} of {at[:12]} is not whole ({reason}); `dvc repro` there"
        ) from error
    lacking = [key for key in keys if not isinstance(found, dict) or key not in found]
    if lacking:
        raise DataError(
            f"{path} of {at[:12]} has no {lacking[0]!r}; `dvc repro` there, and commit it"
        )
    return found


def losses(root: Path, at: str) -> list[Record]:
    """Loss per step on train and valid. Raises DataError where a file is absent or broken."""
    found = []
    for side in ("train", "valid"):
        path = CURVE.format(side)
        try:
            for row in csv.DictReader(io.StringIO(content(root, at, path)), delimiter="\t"):
                found.append({"step": int(row["step"]), "loss": float(row["loss"]), "rows": side})
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path} of {at[:12]} is not whole; `dvc repro` there") from error
    return found


def declared(stages: Record, *kinds: str) -> list[str]:
    """Paths that dvc.yaml's stages name as deps, outs, metrics or plots, each once, in order."""
    entries = [one for stage in stages.values() for kind in kinds for one in stage.get(kind, [])]
    return list(
        dict.fromkeys(p for one in entries for p in ([one] if isinstance(one, str) else one))
    )


def stages(root: Path, at: str) -> Record:
    """The stages of dvc.yaml by name; none where the commit has no such file."""
    with suppress(DataError):
        return dict(parsed(root, at, "dvc.yaml", "stages")["stages"])
    return {}


def stale(root: Path, at: str, lock: Record) -> list[str]:
    """Files of metrics/, and params.yaml, that are not what the same commit's dvc.lock records."""
    known = recorded(lock)
    paths = ["params.yaml", *(f"metrics/{name}.json" for name in KEYS)]
    found = []
    for path in [path for path in paths if path in known]:
        with suppress(DataError):
            digest = hashlib.md5(content(root, at, path).encode(), usedforsecurity=False)
            if digest.hexdigest() != known[path]:
                found.append(path)
    return found


def tested(root: Path, at: str) -> Record:
    """metrics/test.json. Raises DataError for a metric that is no number; null stands for not-a-number."""
    found: Record = parsed(root, at, "metrics/test.json", *KEYS["test"])
    for name, value in found["metrics"].items():
        if isinstance(value, bool) or not isinstance(value, int | float | None):
            raise DataError(
                f"metrics/test.json of {at[:12]}: {name} is {value!r}, expected a number; `dvc repro` there"
            )
    return found


def described(root: Path, at: str, whole: bool) -> Record:
    """Everything of a commit. What is absent or broken raises DataError if the commit must be whole.

    Else it is None, and `lacking` says why, a sentence each.
    """
    lacking: list[str] = []

    def tried(read: Callable[..., Any], *given: Any) -> Any:
        try:
            return read(root, at, *given)
        except DataError as error:
            if whole:
                raise
            lacking.append(str(error))
            return None

    known = (tried(parsed, "dvc.yaml", "stages") or {}).get("stages", {})
    found: Record = {"commit": at, "stages": known, "lacking": lacking}
    found["params"] = tried(parsed, "params.yaml", "dataset", "gate", "seed")
    found["lock"] = (tried(parsed, "dvc.lock", "stages") or {}).get("stages")
    for name, keys in KEYS.items():
        found[name] = tried(parsed, f"metrics/{name}.json", *keys)
    found["test"] = found["test"] and tried(tested)
    others = set(declared(known, "metrics")) - {f"metrics/{name}.json" for name in KEYS}
    found["others"] = {path: tried(parsed, path) for path in sorted(others)}
    drawn = declared(known, "plots", "outs")
    paths = {name: f"metrics/plots/{name}.json" for name in PLOTS}
    found["plots"] = {
        name: tried(parsed, path)
        for name, path in paths.items()
        if any(within(path, place) for place in drawn)
    }
    if "metrics/live" in drawn:
        found["plots"]["learning_curve"] = tried(losses)
    found["stale"] = stale(root, at, found["lock"] or {})
    found["packages"] = ""
    with suppress(DataError):
        found["packages"] = content(root, at, "requirements.lock")
    return found


def periods(root: Path, side: Record) -> dict[str, int] | None:
    """Rows of each ingested partition, from DVC's cache or the remote; None where neither has them."""
    wanted = recorded(side["lock"] or {}, "deps").get(INGESTED)
    if wanted is None:
        return None
    manifest = read_cached(root, wanted)
    if manifest is None:
        return None
    rows: dict[str, int] = json.loads(manifest)["rows"]
    return rows
