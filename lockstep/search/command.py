"""Search for better parameters with Optuna: trains on data/splits/train, judges on valid, never reads test.

OVERRIDE is as for `dvc exp run -S` (model=linear, model.params.depth=8), or search=NAME for another
file of conf/search/ than the model's, or search.KEY=VALUE. A search that was stopped goes on where it
was; several may run at once. Writes reports/search/, which Git ignores.

Examples:
  python -m lockstep search --minutes 8 --keep 1
  python -m lockstep search model=linear --trials 20 --jobs 2
  python -m lockstep search search.sampler=random search.space.depth.high=6 --dry-run
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from lockstep.composition.compose import checked, compose, own_words
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.search import loop, objective, space, study, study_storage
from lockstep.search.results import write
from lockstep.search.settings import Search
from lockstep.search.splits_current import must_be_present
from lockstep.search.study import Plan

FOLDER = Path("reports/search")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("override", metavar="OVERRIDE", nargs="*")
    found.add_argument("--trials", type=int, metavar="N", help="trials that the study shall have")
    found.add_argument("--minutes", type=float, metavar="M", help="no trial begins after them")
    found.add_argument(
        "--jobs", type=int, metavar="J", help="trials at once; engine.workers if left out"
    )
    found.add_argument("--keep", type=int, metavar="K", default=0,
                       help="run the best K as DVC experiments")  # fmt: skip
    found.add_argument("--name", metavar="STUDY", help="of the study; made from its data and space")
    found.add_argument("--dry-run", action="store_true", help="show the space, run nothing")
    return found


def composed(overrides: list[str]) -> Any:
    """The configuration with overrides. Raises ConfigError in one line."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    try:
        return compose(overrides)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(own_words(error)) from error


def shown(plan: Plan, search: Search) -> str:
    """The space, what is fixed, and what would run."""
    lines = [f"study {plan.name} in {study_storage.shown(plan.url)}"]
    budget = "" if search.minutes is None else f", at most {search.minutes:g} minutes"
    lines.append(f"{loop.target(plan)} trials{budget}: {search.sampler}, pruner {search.pruner}")
    lines.append(f"{search.direction} {search.metric} of valid")
    start = space.first(plan.config, search.space)
    for name, one in search.space.items():
        said = (
            f"one of {one.choices}" if one.choices is not None else f"{one.low:g} to {one.high:g}"
        )
        said += " (log)" * one.log + (f" by {one.step:g}" if one.step else "")
        lines.append(f"  {name}: {said}; first {start.get(name, 'drawn')}")
    fixed = {k: v for k, v in plan.config.model.params.items() if k not in search.space}
    lines.append(
        f"fixed: seed {plan.config.seed}, " + ", ".join(f"{k} {v}" for k, v in fixed.items())
    )
    return "\n".join(lines)


def main() -> None:
    """Compose, search, write, keep."""
    from omegaconf import OmegaConf

    given = parser().parse_intermixed_args()
    own = [one for one in given.override if one.startswith("search")]
    others = [one for one in given.override if one not in own]
    if not all("=" in one for one in given.override):
        raise ConfigError(f"{given.override}: an override is KEY=VALUE, as for `dvc exp run -S`")
    raw = OmegaConf.to_container(composed(others))
    assert isinstance(raw, dict)
    whole: dict[str, Any] = {str(key): value for key, value in raw.items()}
    config = checked(whole)
    chosen = [one.removeprefix("search=") for one in own if one.startswith("search=")]
    keys = [one.removeprefix("search.") for one in own if one.startswith("search.")]
    keys += [f"{name}={value}" for name in ("trials", "minutes")
             if (value := getattr(given, name)) is not None]  # fmt: skip
    name = chosen[-1] if chosen else "default"
    search = space.settings(config, name, keys, Path())
    sets = " ".join(f"-S '{one}'" for one in others)
    mend = f"run `dvc exp run {sets} split`" if others else "run `dvc repro split`"
    must_be_present(whole, config, mend, Path())
    jobs = given.jobs or (config.engine.workers if config.engine.kind != "inline" else 1)
    if jobs < 1 or given.keep < 0:
        raise ConfigError(f"--jobs is {jobs}, --keep {given.keep}; allowed: 1 or more, 0 or more")
    config.engine.threads = max((os.cpu_count() or 1) // jobs, 1)  # changes no result
    parts = study.identity(config, search, objective.SPLITS)
    url = study_storage.url_of(search)
    plan = Plan(given.name or study.default_name(config, parts), url, config, search)
    if given.dry_run:
        print(shown(plan, search))
        return
    loop.interruptible()
    try:
        with study_storage.reached(search, url):
            found = loop.run(plan, jobs)
    except KeyboardInterrupt:
        print("search: stopped; what is done is kept, the same command goes on", file=sys.stderr)
        with study_storage.reached(search, url):
            write(study.study(plan), plan, FOLDER)
        sys.exit(130)
    best = write(found, plan, FOLDER)
    if best is None:
        raise LockstepError(f"no trial of {plan.name} came to its end; more --trials or --minutes")
    print(
        f"best {search.metric} of valid {best['value']:.6f}, trial {best['trial']}: {best['params']}"
    )
    print(f"{FOLDER}/search.html shows the search, trials.csv lists it")
    if given.keep:
        from lockstep.search.keep import keep

        print("\n".join(keep(found, plan, others, given.keep, Path.cwd())))
