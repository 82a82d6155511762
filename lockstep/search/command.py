"""Search for better parameters with Optuna: trains on data/splits/train, scores valid, never reads test.

OVERRIDE is as for `dvc exp run -S` (model=linear, model.params.depth=8), or search=NAME for another
file of conf/search/ than the default, or search.KEY=VALUE. A search that was stopped goes on where it
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

from lockstep.composition.compose import compose, error_message, parse_and_check
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.schema import Config
from lockstep.search import loop, objective, space, study, study_storage
from lockstep.search.results import write_results
from lockstep.search.settings import Dimension, Search
from lockstep.search.splits_current import check_splits
from lockstep.search.study import Plan

FOLDER = Path("reports/search")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("override", metavar="OVERRIDE", nargs="*")
    parser.add_argument("--trials", type=int, metavar="N", help="trials that the study shall have")
    parser.add_argument("--minutes", type=float, metavar="M", help="no trial begins after them")
    parser.add_argument(
        "--jobs", type=int, metavar="J", help="trials at once; engine.workers if left out"
    )
    parser.add_argument("--keep", type=int, metavar="K", default=0,
                       help="run the best K as DVC experiments")  # fmt: skip
    parser.add_argument(
        "--name", metavar="STUDY", help="of the study; made from its data and space"
    )
    parser.add_argument("--dry-run", action="store_true", help="show the space, run nothing")
    return parser


def compose_config(overrides: list[str]) -> dict[str, Any]:
    """Return the composed configuration. Raises ConfigError in one line."""
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        composed = compose(overrides)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(error_message(error)) from error
    values = OmegaConf.to_container(composed)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}


def dimension_line(name: str, dimension: Dimension, first: Any) -> str:
    """Return the values of one parameter, and the first trial's.

    Parameters
    ----------
    name : str
        Of the parameter.
    dimension : Dimension
    first : Any
        The first trial's value.

    Returns
    -------
    str
    """
    if dimension.choices is not None:
        values = f"one of {dimension.choices}"
    else:
        values = f"{dimension.low:g} to {dimension.high:g}"
    values += " (log)" * dimension.log + (f" by {dimension.step:g}" if dimension.step else "")
    return f"  {name}: {values}; first {first}"


def plan_summary(plan: Plan) -> str:
    """Return the space, what is fixed, and what would run."""
    search = plan.search
    budget = "" if search.minutes is None else f", at most {search.minutes:g} minutes"
    n_trials = loop.target_trials(plan)
    start = space.first_params(plan.config, search.space)
    fixed = {k: v for k, v in plan.config.model.params.items() if k not in search.space}
    return "\n".join(
        [
            f"study {plan.name} in {study_storage.without_password(plan.url)}",
            f"{n_trials} trials{budget}: {search.sampler}, pruner {search.pruner}",
            f"{search.direction} {search.metric} of valid",
            *(
                dimension_line(name, dimension, start.get(name, "drawn"))
                for name, dimension in search.space.items()
            ),
            f"fixed: seed {plan.config.seed}, " + ", ".join(f"{k} {v}" for k, v in fixed.items()),
        ]
    )


def split_overrides(options: argparse.Namespace) -> tuple[list[str], str, list[str]]:
    """Separate the overrides of the configuration from those of the search.

    Returns
    -------
    tuple
        Overrides of the configuration, the file of conf/search/, and the search's own as KEY=VALUE.

    Raises
    ------
    ConfigError
        For one that is not KEY=VALUE.
    """
    if not all("=" in override for override in options.override):
        raise ConfigError(f"{options.override}: an override is KEY=VALUE, as for `dvc exp run -S`")
    own = [override for override in options.override if override.startswith("search")]
    overrides = [override for override in options.override if override not in own]
    names = [text.removeprefix("search=") for text in own if text.startswith("search=")]
    values = [text.removeprefix("search.") for text in own if text.startswith("search.")]
    for key in ("trials", "minutes"):
        if (value := getattr(options, key)) is not None:
            values.append(f"{key}={value}")
    return overrides, names[-1] if names else "default", values


def choose_jobs(options: argparse.Namespace, config: Config) -> int:
    """Return how many trials run at once. Raises ConfigError for a number that is not allowed."""
    default = config.engine.workers if config.engine.kind != "inline" else 1
    jobs: int = default if options.jobs is None else options.jobs
    if jobs < 1 or options.keep < 0:
        raise ConfigError(f"--jobs is {jobs}, --keep {options.keep}; allowed: 1 or more, 0 or more")
    return jobs


def make_plan(options: argparse.Namespace, config: Config, search: Search) -> Plan:
    """Return the plan; the study's name is made of what makes its trials comparable if none is given.

    Parameters
    ----------
    options : Namespace
        Of the command line.
    config : Config
    search : Search
        The settings.

    Returns
    -------
    Plan
    """
    parts = study.identity(config, search, objective.SPLITS)
    url = study_storage.storage_url(search)
    return Plan(options.name or study.default_name(config, parts), url, config, search)


def main() -> None:
    """Compose the configuration, search, write the results, keep the best."""
    options = make_parser().parse_intermixed_args()
    overrides, settings_name, search_overrides = split_overrides(options)
    composed = compose_config(overrides)
    config = parse_and_check(composed)
    search = space.load_settings(config, settings_name, search_overrides, Path())
    sets = " ".join(f"-S '{override}'" for override in overrides)
    remedy = f"run `dvc exp run {sets} split`" if overrides else "run `dvc repro split`"
    check_splits(composed, config, remedy, Path())
    jobs = choose_jobs(options, config)
    config.engine.threads = max((os.cpu_count() or 1) // jobs, 1)  # changes no result
    plan = make_plan(options, config, search)
    if options.dry_run:
        print(plan_summary(plan))
        return
    search_and_report(plan, jobs, overrides, options.keep)


def search_and_report(plan: Plan, jobs: int, overrides: list[str], n_keep: int) -> None:
    """Run the search, write its results, and run its best trials as experiments.

    Parameters
    ----------
    plan : Plan
    jobs : int
        How many trials run at once.
    overrides : list of str
        Those of the configuration.
    n_keep : int
        How many of the best trials become experiments.

    Raises
    ------
    LockstepError
        Where no trial is complete.
    """
    loop.handle_signals()
    try:
        with study_storage.storage_errors(plan.search, plan.url):
            finished = loop.run_search(plan, jobs)
    except KeyboardInterrupt:
        print("search: stopped; what is done is kept, the same command goes on", file=sys.stderr)
        with study_storage.storage_errors(plan.search, plan.url):
            write_results(study.open_study(plan), plan, FOLDER)
        sys.exit(130)
    best = write_results(finished, plan, FOLDER)
    if best is None:
        raise LockstepError(f"no trial of {plan.name} came to its end; more --trials or --minutes")
    print(
        f"best {plan.search.metric} of valid {best.value:.6f}, trial {best.number}: {best.params}"
    )
    print(f"{FOLDER}/search.html shows the search, trials.csv lists it")
    if n_keep:
        from lockstep.search.keep import keep_best

        print("\n".join(keep_best(finished, plan, overrides, n_keep, Path.cwd())))
