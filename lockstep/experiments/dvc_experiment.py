"""A DVC experiment by its name, run where it is not there yet."""

from collections.abc import Callable
from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.experiments.revision import resolve
from lockstep.repository.programs import shell


def experiment(
    root: Path, name: str, overrides: list[str], tell: Callable[[bool], None] = lambda there: None
) -> str:
    """The commit of an experiment, run outside the workspace unless it is there; tell(whether it is)."""
    try:
        found = resolve(root, name)
    except LockstepError:
        tell(False)
        sets = [word for one in overrides for word in ("-S", one)]
        shell(root, "dvc", "exp", "run", "--temp", "--name", name, *sets)
        return resolve(root, name)
    tell(True)
    return found
