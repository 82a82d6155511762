"""Retrain on new data: refresh the source, stop if nothing is new, rebuild, gate, and act by conf/retrain/.

OVERRIDE is KEY=VALUE of conf/retrain/. On a temporal split the newest periods become test. What was done is
written to reports/retrain/record.json and, a line a run, to history.jsonl beside it. Killed at any point, the
same command goes on. Exit status: 0 done, or nothing is new; 3 the gate did not pass; 75 another run is at
work; 1 anything else.

Examples:
  python -m lockstep retrain --dry-run
  python -m lockstep retrain policy=promote push=true
  python -m lockstep retrain policy=pull_request forge=gitlab
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from lockstep.automation import (
    resume,
    retrain_commit,
    retrain_record,
    retrain_steps,
    retrain_summary,
)
from lockstep.automation.new_data import digest, news
from lockstep.automation.policy import Retrain, settings
from lockstep.automation.pull import destination
from lockstep.automation.rolling_split import boundaries, periods
from lockstep.composition.conf_files import set_in_force
from lockstep.core.config import load
from lockstep.core.errors import LockstepError
from lockstep.core.files import read_json
from lockstep.core.schema import Config
from lockstep.data.raw_files import manifest
from lockstep.registry import versions
from lockstep.registry.pointer import bumped, finish, move, push
from lockstep.registry.promote import challenger
from lockstep.repository.paths import within
from lockstep.repository.programs import shell

LOCK = Path(".cache/retrain/lock")
REFUSED, BUSY = 3, 75  # 75 is EX_TEMPFAIL of sysexits.h: try again later
LINEAGE = Path("metrics/lineage.json")
Record = dict[str, Any]


def own_changes_only(root: Path, raw: str, phase: str | None) -> None:
    """Raise LockstepError for a change that is not the retraining's own: it would be committed or undone."""
    allowed = [raw, f"{raw}.dvc", f"{Path(raw).parent.as_posix()}/.gitignore"]
    allowed += retrain_steps.RESULTS if phase else ()
    for name in retrain_steps.changed(root):
        if not any(within(name, place) for place in allowed):
            raise LockstepError(f"{name} differs from the last commit; commit or undo it first")


def roll(root: Path, config: Config, chosen: Retrain) -> None:
    """Let the temporal split follow the data, in conf/; comments and order are kept."""
    if config.split.kind != "temporal" or chosen.test_periods is None:
        return
    assert config.dataset.period is not None
    known = periods(config.dataset.period, root)
    edges = boundaries(known, chosen.valid_periods, chosen.test_periods)
    set_in_force(root / "conf", {("split", name): period for name, period in edges.items()})


def promoted(root: Path, reason: str) -> str:
    """Make the registered bundle the champion, unless it is; the champion's version."""
    finish(root)
    old, new = versions.champion(root), challenger(root, bumped(root, "minor"), reason)
    if old and old["digest"] == new["digest"]:
        return str(old["version"])
    move(root, new, f"Promote {versions.ARTIFACT} {new['version']}: {reason}")
    return str(new["version"])


def share(root: Path, remote: str) -> None:
    """Push the branch in force with its tags; data and models first, where DVC has a remote."""
    branch = shell(root, "git", "branch", "--show-current").strip()
    if not branch:
        raise LockstepError(
            "no branch is in force, so none can be pushed; `git switch` to one first"
        )
    if destination(root) is not None:
        shell(root, sys.executable, "-m", "lockstep", "push")
    push(root, remote, branch)


def move_on(root: Path, chosen: Retrain, told: Record) -> Record:
    """What follows the commit: the promotion, if the verdict is a pass, and the push."""
    done: Record = {"commit": told["commit"], "decision": "refused"}
    if told["verdict"] == "pass":
        reason = retrain_summary.title(told).removeprefix("Retrain: ")
        done |= {"decision": "promoted", "version": promoted(root, reason)}
    if chosen.push:
        share(root, chosen.remote)
    return done


def act(root: Path, chosen: Retrain, raw: str, branch: str, told: Record) -> Record:
    """Commit, promote or propose, as the policy says: what was done."""
    paths = [
        *retrain_steps.RESULTS,
        *retrain_steps.raw_paths(root, raw),
        f"{Path(raw).parent.as_posix()}/.gitignore",
    ]
    title = retrain_summary.title(told)
    if chosen.policy == "promote":
        retrain_commit.commit(root, paths, title)
        told |= {"commit": shell(root, "git", "rev-parse", "HEAD").strip()}
        resume.note(root, resume.COMMITTED, told)
        return move_on(root, chosen, told)
    if chosen.policy == "pull_request":
        commit = retrain_commit.beside(root, paths, branch, title)
        if commit is None:  # proposed before, and killed while the work tree was put back
            retrain_steps.put_back(root, None, raw)
            return {"decision": "nothing new"}
        report = ("--base", "HEAD", "--head", commit, "--output", retrain_summary.FOLDER.as_posix())
        retrain_steps.streamed(root, sys.executable, "-m", "lockstep", "review", *report)
        if destination(root) is not None:
            shell(root, "dvc", "push")
        url = retrain_commit.pull_request(
            root, chosen, branch, title, root / retrain_summary.FOLDER / "report.md"
        )
        retrain_steps.put_back(root, commit, raw)
        return {"decision": "proposed", "branch": branch, "commit": commit, "url": url}
    return {"decision": "told"}


def retrain(root: Path, chosen: Retrain, dry: bool) -> Record:
    """One retraining; its record."""
    (phase, earlier), config = resume.left(root), load(root / "params.yaml")
    dataset = config.dataset
    if not dry:
        finish(root)  # of a killed promotion: its file in the work tree is nobody's change
    own_changes_only(root, dataset.raw, phase)
    if phase == resume.COMMITTED and not dry and retrain_commit.holds(root, earlier["commit"]):
        told = earlier | move_on(root, chosen, earlier)
        resume.note(root, None)
        return told
    if not dry:
        retrain_steps.refresh(root, dataset.raw, dataset.source is not None)
    lineage = root / LINEAGE
    now = manifest(Path(dataset.raw))
    new = news(read_json(lineage)["raw"] if lineage.exists() else [], now)
    branch = f"retrain-{digest(now)}"
    told = {"base": shell(root, "git", "rev-parse", "HEAD").strip(), "dataset": dataset.name,
                    "policy": chosen.policy, "news": new}  # fmt: skip
    if not new and phase != resume.RUNNING:
        return told | {"decision": "nothing new"}
    if dry:
        return told | {"decision": "dry run"}
    waiting = chosen.policy == "pull_request" and phase != resume.RUNNING
    if waiting and retrain_commit.proposed(root, chosen, branch):
        return told | {"decision": "nothing new", "branch": branch}
    resume.note(root, resume.RUNNING)
    try:
        retrain_steps.streamed(root, "dvc", "repro", "featurize")
        roll(root, config, chosen)
        retrain_steps.streamed(root, "dvc", "repro")
    except LockstepError:
        retrain_steps.put_back(root, None, dataset.raw)
        resume.note(root, None)
        raise
    told |= {
        "split": vars(load(root / "params.yaml").split),
        "partitions": retrain_record.partitions(root),
    }
    told |= retrain_record.found(root, config.gate.baseline_metric[dataset.task])
    told |= act(root, chosen, dataset.raw, branch, told)
    resume.note(root, resume.TOLD if chosen.policy == "tell" else None)
    return told


def main() -> None:
    """Lock, retrain, record, say."""
    from filelock import FileLock, Timeout

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("override", metavar="OVERRIDE", nargs="*")
    parser.add_argument("--settings", default="default", metavar="NAME", help="of conf/retrain/")
    parser.add_argument("--dry-run", action="store_true", help="say what is new, change nothing")
    given, root, begun = parser.parse_args(), Path.cwd(), time.perf_counter()
    chosen = settings(given.settings, given.override, root)
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    told: Record = {"decision": "stopped"}
    try:
        with FileLock(LOCK, timeout=0):
            try:
                told = retrain(root, chosen, given.dry_run)
            except LockstepError as error:
                told = {"decision": "failed", "reason": str(error)}
                raise
            finally:
                if not given.dry_run:
                    retrain_summary.noted(told, time.perf_counter() - begun)
    except Timeout:
        print(
            f"retrain: another one is at work here ({LOCK} is locked); try again later",
            file=sys.stderr,
        )
        sys.exit(BUSY)
    print(retrain_summary.summary(told))
    sys.exit(REFUSED if told.get("verdict", "pass") != "pass" else 0)
