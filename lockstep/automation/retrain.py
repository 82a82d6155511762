"""Retrain on new data: refresh the source, stop if nothing is new, rebuild, gate, and act by conf/retrain/.

OVERRIDE is KEY=VALUE of conf/retrain/. On a temporal split the newest periods become test. The record is
written to reports/retrain/record.json and, a line a run, to history.jsonl beside it. After a kill at any
point the same command goes on. Exit status: 0 done, or nothing is new; 3 the gate did not pass; 75 another
run is at work; 1 anything else.

Examples:
  python -m lockstep retrain --dry-run
  python -m lockstep retrain policy=promote push=true
  python -m lockstep retrain policy=pull_request forge=gitlab
"""

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lockstep.automation import (
    resume,
    retrain_commit,
    retrain_record,
    retrain_steps,
    retrain_summary,
)
from lockstep.automation.heal import heal
from lockstep.automation.new_data import changed_files, digest
from lockstep.automation.policy import Retrain, load_settings
from lockstep.automation.pull import default_url
from lockstep.automation.rolling_split import boundaries, periods
from lockstep.composition.conf_files import set_in_force
from lockstep.core.config import load_config
from lockstep.core.errors import LockstepError
from lockstep.core.files import read_json
from lockstep.core.schema import Config
from lockstep.data.raw_files import manifest
from lockstep.registry import versions
from lockstep.registry.pointer import finish, move, next_version, push
from lockstep.registry.promote import challenger
from lockstep.repository import git
from lockstep.repository.paths import within
from lockstep.repository.programs import shell

LOCK = Path(".cache/retrain/lock")
REFUSED, BUSY = 3, 75  # 75 is EX_TEMPFAIL of sysexits.h: try again later
LINEAGE = Path("metrics/lineage.json")
Record = dict[str, Any]


@dataclass
class Retraining:
    """One retraining: where it runs, its settings, and its record so far."""

    root: Path
    settings: Retrain
    config: Config
    branch: str = ""  # for a pull request; named by the raw data
    record: Record = field(default_factory=dict)

    @property
    def raw(self) -> str:
        """The raw folder."""
        return self.config.dataset.raw


def refuse_foreign_changes(root: Path, raw: str, phase: str | None) -> None:
    """Raise LockstepError for a change that is not the retraining's own: it would be committed or undone.

    Parameters
    ----------
    root : Path
        The project's root.
    raw : str
        The raw folder, whose changes are the retraining's own.
    phase : str or None
        Where an earlier retraining stopped; its results then are the retraining's own too.
    """
    allowed = [raw, f"{raw}.dvc", f"{Path(raw).parent.as_posix()}/.gitignore"]
    allowed += retrain_steps.RESULTS if phase else ()
    for name in git.changed_files(root, with_new=True):
        if not any(within(name, place) for place in allowed):
            raise LockstepError(f"{name} differs from the last commit; commit or undo it first")


def roll_split(root: Path, config: Config, settings: Retrain) -> None:
    """Move the temporal split to the newest periods, in conf/; comments and order stay.

    Parameters
    ----------
    root : Path
        The project's root.
    config : Config
        The configuration in params.yaml.
    settings : Retrain
        How many periods valid and test get.
    """
    if config.split.kind != "temporal" or settings.test_periods is None:
        return
    assert config.dataset.period is not None
    known_periods = periods(config.dataset.period, root)
    edges = boundaries(known_periods, settings.valid_periods, settings.test_periods)
    set_in_force(root / "conf", {("split", name): period for name, period in edges.items()})


def promote_registered(root: Path, reason: str) -> str:
    """Make the registered bundle the champion, unless it is already; return the champion's version."""
    finish(root)
    old, new = versions.champion(root), challenger(root, next_version(root, "minor"), reason)
    if old and old["digest"] == new["digest"]:
        return str(old["version"])
    move(root, new, f"Promote {versions.ARTIFACT} {new['version']}", reason)
    return str(new["version"])


def share(root: Path, remote: str) -> None:
    """Push the current branch with its tags; data and models first, where DVC has a remote."""
    branch = shell(root, "git", "branch", "--show-current").strip()
    if not branch:
        raise LockstepError(
            "no branch is in force, so none can be pushed; `git switch` to one first"
        )
    if default_url(root) is not None:
        shell(root, sys.executable, "-m", "lockstep", "push")
    push(root, remote, branch)


def promote_and_share(root: Path, settings: Retrain, record: Record) -> Record:
    """Do what follows the commit: the promotion, if the verdict is a pass, and the push.

    Parameters
    ----------
    root : Path
        The project's root.
    settings : Retrain
        Whether to push, and where.
    record : dict
        The retraining's, with commit and verdict.

    Returns
    -------
    dict
        The commit, the decision and the version.
    """
    outcome: Record = {"commit": record["commit"], "decision": "refused"}
    if record["verdict"] == "pass":
        reason = retrain_summary.title(record).removeprefix("Retrain: ")
        outcome |= {"decision": "promoted", "version": promote_registered(root, reason)}
    if settings.push:
        share(root, settings.remote)
    return outcome


def result_paths(retraining: Retraining) -> list[str]:
    """Return the paths that a retraining commits."""
    return [
        *retrain_steps.RESULTS,
        *retrain_steps.raw_paths(retraining.root, retraining.raw),
        f"{Path(retraining.raw).parent.as_posix()}/.gitignore",
    ]


def commit_and_promote(retraining: Retraining) -> Record:
    """Commit the results on the current branch, then promote and push; return the outcome."""
    root, record = retraining.root, retraining.record
    retrain_commit.commit(root, result_paths(retraining), retrain_summary.message(record))
    record["commit"] = shell(root, "git", "rev-parse", "HEAD").strip()
    resume.save_state(root, resume.COMMITTED, record)
    return promote_and_share(root, retraining.settings, record)


def propose(retraining: Retraining) -> Record:
    """Open a pull request with the results, restore the work tree; return the outcome."""
    root, branch = retraining.root, retraining.branch
    title, message = (
        make(retraining.record) for make in (retrain_summary.title, retrain_summary.message)
    )
    commit = retrain_commit.commit_beside(root, result_paths(retraining), branch, message)
    if commit is None:  # proposed before, and killed while the work tree was restored
        retrain_steps.restore(root, None, retraining.raw)
        return {"decision": "nothing new"}
    folder = retrain_summary.FOLDER
    review = ("--base", "HEAD", "--head", commit, "--output", folder.as_posix())
    retrain_steps.stream(root, sys.executable, "-m", "lockstep", "review", *review)
    if default_url(root) is not None:
        shell(root, "dvc", "push")
    body = root / folder / "report.md"
    url = retrain_commit.open_pull_request(root, retraining.settings, branch, title, body)
    retrain_steps.restore(root, commit, retraining.raw)
    return {"decision": "proposed", "branch": branch, "commit": commit, "url": url}


def apply_policy(retraining: Retraining) -> Record:
    """Commit, propose or leave the results, as the policy says; return the outcome."""
    if retraining.settings.policy == "promote":
        return commit_and_promote(retraining)
    if retraining.settings.policy == "pull_request":
        return propose(retraining)
    return {"decision": "told"}


def rebuild(retraining: Retraining) -> None:
    """Run the pipeline on the new data; if it fails, restore the work tree and raise."""
    root = retraining.root
    resume.save_state(root, resume.RUNNING)
    try:
        retrain_steps.stream(root, "dvc", "repro", "featurize")
        roll_split(root, retraining.config, retraining.settings)
        retrain_steps.stream(root, "dvc", "repro")
    except LockstepError:
        retrain_steps.restore(root, None, retraining.raw)
        resume.save_state(root, None)
        raise


def begin_record(retraining: Retraining) -> None:
    """Begin the record with the changes of the raw data, by which the branch is named too."""
    root, lineage = retraining.root, retraining.root / LINEAGE
    files = manifest(Path(retraining.raw))
    changes = changed_files(read_json(lineage)["raw"] if lineage.exists() else [], files)
    retraining.branch = f"retrain-{digest(files)}"
    retraining.record = {
        "base": shell(root, "git", "rev-parse", "HEAD").strip(),
        "dataset": retraining.config.dataset.name,
        "policy": retraining.settings.policy,
        "news": changes,
    }


def reason_to_stop(retraining: Retraining, is_running: bool, is_dry_run: bool) -> Record | None:
    """Return the outcome of a retraining that need not rebuild; None where it must.

    Parameters
    ----------
    retraining : Retraining
        With its record begun.
    is_running : bool
        Whether an earlier retraining stopped before its commit.
    is_dry_run : bool
        Whether nothing is to be changed.
    """
    settings, branch = retraining.settings, retraining.branch
    if not retraining.record["news"] and not is_running:
        return {"decision": "nothing new"}
    if is_dry_run:
        return {"decision": "dry run"}
    may_be_proposed = settings.policy == "pull_request" and not is_running
    if may_be_proposed and retrain_commit.is_proposed(retraining.root, settings, branch):
        return {"decision": "nothing new", "branch": branch}
    return None


def retrain(root: Path, settings: Retrain, is_dry_run: bool) -> Record:
    """Retrain once, or go on with a retraining that was stopped.

    Parameters
    ----------
    root : Path
        The project's root.
    settings : Retrain
        What to do with the model.
    is_dry_run : bool
        Whether to return what is new and change nothing.

    Returns
    -------
    dict
        The record.
    """
    (phase, earlier), config = resume.load_state(root), load_config(root / "params.yaml")
    retraining = Retraining(root, settings, config)
    if not is_dry_run:
        finish(root)  # of a killed promotion: its file in the work tree is nobody's change
    refuse_foreign_changes(root, retraining.raw, phase)
    is_committed = phase == resume.COMMITTED and not is_dry_run
    if is_committed and retrain_commit.is_on_branch(root, earlier["commit"]):
        record = earlier | promote_and_share(root, settings, earlier)
        resume.save_state(root, None)
        return record
    if not is_dry_run:
        retrain_steps.refresh(root, retraining.raw, config.dataset.source is not None)
    begin_record(retraining)
    outcome = reason_to_stop(retraining, phase == resume.RUNNING, is_dry_run)
    if outcome is not None:
        return retraining.record | outcome
    rebuild(retraining)
    retraining.record |= {
        "split": vars(load_config(root / "params.yaml").split),
        "partitions": retrain_record.partitions(root),
        **retrain_record.results(root, config.gate.baseline_metric[config.dataset.task]),
    }
    retraining.record |= apply_policy(retraining)
    resume.save_state(root, resume.TOLD if settings.policy == "tell" else None)
    return retraining.record


def retrain_and_record(root: Path, settings: Retrain, is_dry_run: bool) -> Record:
    """Retrain, and write the record whatever happens; a dry run writes none.

    Parameters
    ----------
    root : Path
        The project's root.
    settings : Retrain
        What to do with the model.
    is_dry_run : bool
        Whether to change nothing.
    """
    started = time.perf_counter()
    record: Record = {"decision": "stopped"}
    try:
        record = retrain(root, settings, is_dry_run)
    except LockstepError as error:
        record = {"decision": "failed", "reason": str(error)}
        raise
    finally:
        if not is_dry_run:
            retrain_summary.write_record(record, time.perf_counter() - started)
    return record


def main() -> None:
    """Retrain under a lock, print the summary."""
    from filelock import FileLock, Timeout

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("override", metavar="OVERRIDE", nargs="*")
    parser.add_argument("--settings", default="default", metavar="NAME", help="of conf/retrain/")
    parser.add_argument("--dry-run", action="store_true", help="say what is new, change nothing")
    arguments, root = parser.parse_args(), Path.cwd()
    settings = load_settings(arguments.settings, arguments.override, root)
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(LOCK, timeout=0):
            for line in heal(root):
                print(f"heal: {line}", file=sys.stderr)
            record = retrain_and_record(root, settings, arguments.dry_run)
    except Timeout:
        print(
            f"retrain: another one is at work here ({LOCK} is locked); try again later",
            file=sys.stderr,
        )
        sys.exit(BUSY)
    print(retrain_summary.summary(record))
    sys.exit(REFUSED if record.get("verdict", "pass") != "pass" else 0)
