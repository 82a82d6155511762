"""Make the registered bundle the champion: a version, a commit that moves models/champion.yaml, GTO's tags.

The last commit must hold what `dvc repro` built (dvc.lock, metrics/), its verdict must be a pass, and the
bundle must lie in DVC's cache or on the remote. Afterwards `git push --follow-tags` and
`python -m lockstep push` share it.

Examples:
  python -m lockstep promote --dry-run
  python -m lockstep promote --reason "aircraft features" --yes
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from lockstep.core.errors import LockstepError
from lockstep.registry import versions
from lockstep.registry.pointer import (
    command_parser,
    confirmed,
    finish,
    move,
    next_version,
    require_clean,
    utc_now,
)
from lockstep.registry.versions import ARTIFACT, Entry, summary
from lockstep.repository.dvc_internals import copy_folder
from lockstep.repository.dvc_lock import outputs
from lockstep.repository.git import file_at
from lockstep.repository.programs import shell
from lockstep.training import bundle

HEADLINES = ("log_loss", "roc_auc", "macro_f1", "rmse", "r2")  # those that the task has


def challenger(root: Path, version: str, reason: str | None) -> Entry:
    """Return the pointer that promotion would write.

    Parameters
    ----------
    root : Path
        The project's root.
    version : str
        The version that the bundle would get.
    reason : str or None
        Why it is promoted.

    Raises
    ------
    LockstepError
        Where it may not be promoted.
    """
    gate: Any = json.loads(file_at(root, "HEAD", "metrics/gate.json"))
    if gate["verdict"] != "pass":
        reasons = [check["reason"] for check in gate["checks"] if not check["passed"]]
        raise LockstepError(f"the verdict is {gate['verdict']}, not pass: {'; '.join(reasons)}")
    folder_hash = outputs(file_at(root, "HEAD", "dvc.lock")).get("models/registered")
    if folder_hash is None:
        raise LockstepError(
            "dvc.lock has no models/registered; `dvc repro`, then commit what it wrote"
        )
    with tempfile.TemporaryDirectory() as folder:
        bundle_folder = Path(folder)
        if not copy_folder(root, folder_hash, bundle_folder):
            raise LockstepError(
                f"models/registered ({folder_hash}) is neither in DVC's cache nor on the remote; "
                "`dvc repro`, or `dvc pull`"
            )
        bundle.verify(bundle_folder)
        lineage = json.loads((bundle_folder / "lineage.json").read_text(encoding="utf-8"))
        digest = bundle.digest(bundle_folder)
    return {
        "version": version,
        "commit": shell(root, "git", "rev-parse", "HEAD").strip(),
        "bundle": folder_hash,
        "digest": digest,
        "dataset": lineage["dataset"],
        "model": lineage["model"],
        "metrics": {n: round(v, 6) for n, v in lineage["metrics"].items() if n in HEADLINES},
        "promoted": utc_now(),
        "why": reason or "the verdict is a pass",
    }


def main() -> None:
    """Check the challenger, show it, ask, move the pointer."""
    parser = command_parser(__doc__)
    parser.add_argument(
        "--bump", choices=("major", "minor", "patch"), default="minor", help="which number to raise"
    )
    arguments = parser.parse_args()
    root = Path.cwd()
    if not arguments.dry_run:
        finish(root)
    require_clean(root)
    old = versions.champion(root)
    entry = challenger(root, next_version(root, arguments.bump), arguments.reason)
    if old and old["digest"] == entry["digest"]:
        raise LockstepError(f"the registered bundle is the champion already, as {old['version']}")
    for name, pointer_entry in (("champion", old), ("challenger", entry)):
        print(f"{name}: {summary(pointer_entry) if pointer_entry else 'none yet'}")
    if confirmed(arguments, f"Make {entry['version']} the champion?"):
        move(root, entry, f"Promote {ARTIFACT} {entry['version']}", entry["why"])
        print(
            f"{entry['version']} is the champion; `git push --follow-tags` and "
            "`python -m lockstep push` share it"
        )
