"""DVC experiments by their names: which there are, and one that is run where it is absent."""

from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.experiments.revision import resolve
from lockstep.repository.programs import shell


def set_options(overrides: list[str]) -> list[str]:
    """Return overrides as options of `dvc exp run`."""
    return [word for override in overrides for word in ("-S", override)]


def experiment_exists(root: Path, name: str) -> bool:
    """Return whether an experiment or revision of this name is there."""
    try:
        resolve(root, name)
    except LockstepError:
        return False
    return True


def run_experiment(root: Path, name: str, overrides: list[str]) -> str:
    """Return the commit of an experiment, which is run outside the workspace unless it is there.

    Parameters
    ----------
    root : Path
    name : str
        Of the experiment.
    overrides : list of str
        As for `dvc exp run -S`.

    Returns
    -------
    str
    """
    if not experiment_exists(root, name):
        sets = set_options(overrides)
        shell(root, "dvc", "exp", "run", "--temp", "--name", name, *sets)
    return resolve(root, name)
