"""Retrain on new data: refresh the source, stop if nothing is new, rebuild, gate, and act by conf/retrain/.

OVERRIDE is KEY=VALUE of conf/retrain/. On a temporal split the newest periods become test. What was done is
written to reports/retrain/record.json and, a line a run, to history.jsonl beside it. Killed at any point, the
same command goes on. Exit status: 0 done, or nothing is new; 3 the gate did not pass; 75 another run is at
work; 1 anything else.

Examples:
  python -m commands.retrain --dry-run
  python -m commands.retrain policy=promote push=true
  python -m commands.retrain policy=pull_request forge=gitlab
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from commands.conf_files import adopted, composed, write
from commands.pointer import bumped, finish, move, push
from commands.promote import challenger
from commands.pull import destination
from pipeline import registry
from pipeline.config import load
from pipeline.config.schema import Config
from pipeline.raw import manifest
from pipeline.retrain import publish, record, state, tell, work
from pipeline.retrain.news import digest, news
from pipeline.retrain.rolling import boundaries, periods
from pipeline.retrain.schema import Retrain, settings
from pipeline.shell import shell
from pipeline.stage.errors import LockstepError, run
from pipeline.stage.files import read_json
from pipeline.within import within

LOCK = Path(".cache/retrain/lock")
REFUSED, BUSY = 3, 75  # 75 is EX_TEMPFAIL of sysexits.h: try again later
LINEAGE = Path("metrics/lineage.json")
Record = dict[str, Any]


def own_changes_only(root: Path, raw: str, phase: str | None) -> None:
    """Raise LockstepError for a change that is not the retraining's own: it would be committed or undone."""
    allowed = [raw, f"{raw}.dvc", f"{Path(raw).parent.as_posix()}/.gitignore"]
    allowed += work.RESULTS if phase else ()
    for name in work.changed(root):
        if not any(within(name, place) for place in allowed):
            raise LockstepError(f"{name} differs from the last commit; commit or undo it first")


def roll(root: Path, config: Config, chosen: Retrain) -> None:
    """Let the temporal split follow the data, in conf/; comments and order are kept."""
    if config.split.kind != "temporal" or chosen.test_periods is None:
        return
    assert config.dataset.period is not None
    known = periods(config.dataset.period, root)
    values, _ = composed(root / "conf")
    values["split"] |= boundaries(known, chosen.valid_periods, chosen.test_periods)
    write(root / "conf", adopted(root / "conf", values))


def promoted(root: Path, reason: str) -> str:
    """Make the registered bundle the champion, unless it is; the champion's version."""
    finish(root)
    old, new = registry.champion(root), challenger(root, bumped(root, "minor"), reason)
    if old and old["digest"] == new["digest"]:
        return str(old["version"])
    move(root, new, f"Promote {registry.ARTIFACT} {new['version']}: {reason}")
    return str(new["version"])


def share(root: Path, remote: str) -> None:
    """Push the branch in force with its tags; data and models first, where DVC has a remote."""
    branch = shell(root, "git", "branch", "--show-current").strip()
    if not branch:
        raise LockstepError(
            "no branch is in force, so none can be pushed; `git switch` to one first"
        )
    if destination(root) is not None:
        shell(root, sys.executable, "-m", "commands.push")
    push(root, remote, branch)


def move_on(root: Path, chosen: Retrain, told: Record) -> Record:
    """What follows the commit: the promotion, if the verdict is a pass, and the push."""
    done: Record = {"commit": told["commit"], "decision": "refused"}
    if told["verdict"] == "pass":
        reason = tell.title(told).removeprefix("Retrain: ")
        done |= {"decision": "promoted", "version": promoted(root, reason)}
    if chosen.push:
        share(root, chosen.remote)
    return done


def act(root: Path, chosen: Retrain, raw: str, branch: str, told: Record) -> Record:
    """Commit, promote or propose, as the policy says: what was done."""
    paths = [*work.RESULTS, *work.raw_paths(root, raw), f"{Path(raw).parent.as_posix()}/.gitignore"]
    title = tell.title(told)
    if chosen.policy == "promote":
        publish.commit(root, paths, title)
        told |= {"commit": shell(root, "git", "rev-parse", "HEAD").strip()}
        state.note(root, state.COMMITTED, told)
        return move_on(root, chosen, told)
    if chosen.policy == "pull_request":
        commit = publish.beside(root, paths, branch, title)
        if commit is None:  # proposed before, and killed while the work tree was put back
            work.put_back(root, None, raw)
            return {"decision": "nothing new"}
        work.streamed(root, sys.executable, "-m", "commands.pr_report", "--base", "HEAD", "--head", commit,
                      "--output", tell.FOLDER.as_posix())  # fmt: skip
        if destination(root) is not None:
            shell(root, "dvc", "push")
        url = publish.pull_request(root, chosen, branch, title, root / tell.FOLDER / "report.md")
        work.put_back(root, commit, raw)
        return {"decision": "proposed", "branch": branch, "commit": commit, "url": url}
    return {"decision": "told"}


def retrain(root: Path, chosen: Retrain, dry: bool) -> Record:
    """One retraining; its record."""
    (phase, earlier), config = state.left(root), load(root / "params.yaml")
    dataset = config.dataset
    if not dry:
        finish(root)  # of a killed promotion: its file in the work tree is nobody's change
    own_changes_only(root, dataset.raw, phase)
    if phase == state.COMMITTED and not dry and publish.holds(root, earlier["commit"]):
        told = earlier | move_on(root, chosen, earlier)
        state.note(root, None)
        return told
    if not dry:
        work.refresh(root, dataset.raw, dataset.source is not None)
    lineage = root / LINEAGE
    now = manifest(Path(dataset.raw))
    new = news(read_json(lineage)["raw"] if lineage.exists() else [], now)
    branch = f"retrain-{digest(now)}"
    told = {"base": shell(root, "git", "rev-parse", "HEAD").strip(), "dataset": dataset.name,
                    "policy": chosen.policy, "news": new}  # fmt: skip
    if not new and phase != state.RUNNING:
        return told | {"decision": "nothing new"}
    if dry:
        return told | {"decision": "dry run"}
    waiting = chosen.policy == "pull_request" and phase != state.RUNNING
    if waiting and publish.proposed(root, chosen, branch):
        return told | {"decision": "nothing new", "branch": branch}
    state.note(root, state.RUNNING)
    try:
        work.streamed(root, "dvc", "repro", "featurize")
        roll(root, config, chosen)
        work.streamed(root, "dvc", "repro")
    except LockstepError:
        work.put_back(root, None, dataset.raw)
        state.note(root, None)
        raise
    told |= {"split": vars(load(root / "params.yaml").split), "partitions": record.partitions(root)}
    told |= record.found(root, config.gate.baseline_metric[dataset.task])
    told |= act(root, chosen, dataset.raw, branch, told)
    state.note(root, state.TOLD if chosen.policy == "tell" else None)
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
                    tell.noted(told, time.perf_counter() - begun)
    except Timeout:
        print(
            f"retrain: another one is at work here ({LOCK} is locked); try again later",
            file=sys.stderr,
        )
        sys.exit(BUSY)
    print(tell.summary(told))
    sys.exit(REFUSED if told.get("verdict", "pass") != "pass" else 0)


if __name__ == "__main__":
    run("retrain", main)
