"""The commands of `python -m lockstep`, by name; a command's libraries load when it runs."""

import difflib
import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

from lockstep.core import errors, stage


@dataclass(frozen=True)
class Command:
    """One command: its module, whose main() runs it, and what it does in a line.

    `changes` is what only one command may change at a time; nothing for one that changes nothing of the
    project, or that has a lock of its own.
    """

    module: str
    summary: str
    changes: str = ""


GROUPS: dict[str, dict[str, Command]] = {
    "Data": {
        "new-dataset": Command(
            "onboarding.new_dataset", "make a data set from a table of yours", "conf"
        ),
        "fetch": Command("sources.fetch", "refresh data/raw/ from dataset.source", "raw-data"),
    },
    "Experiments": {
        "sweep": Command("experiments.sweep", "run experiments with overrides, and compare them"),
        "search": Command("search.command", "search for better parameters with Optuna"),
        "compare": Command("experiments.compare", "compare the models of two revisions"),
        "compare-models": Command("experiments.compare_models", "run and rank the kinds of model"),
        "save-params": Command(
            "experiments.save_params", "write an experiment's parameters to conf/", "conf"
        ),
    },
    "Model in use": {
        "promote": Command(
            "registry.promote", "make the registered model the champion", "champion"
        ),
        "rollback": Command(
            "registry.rollback", "go back to the champion before this one", "champion"
        ),
        "predict": Command("prediction.predict", "predict new rows"),
        "drift": Command("prediction.drift", "compare new rows with those of the training"),
        "retrain": Command("automation.retrain", "retrain on new data, by conf/retrain/"),
    },
    "Review and checks": {
        "review": Command("review.command", "report what a branch does to the model"),
        "check": Command("automation.check", "is dvc.lock current, and nothing in Git by mistake?"),
        "gate": Command("registry.gate_status", "exit with 1 if the verdict is not a pass"),
        "verify": Command(
            "automation.verify", "rebuild the last commit in a clean clone and compare"
        ),
    },
    "Sharing, and what CI runs": {
        "remote": Command("automation.remote", "set the DVC remote, or try the one that is set"),
        "pull": Command(
            "automation.pull", "bring what was built into place, as far as the remote has it"
        ),
        "push": Command("automation.push", "share what was built and every version"),
        "publish": Command("automation.publish", "share what main built, and version what passed"),
        "credentials": Command(
            "automation.credentials", "give DVC its remote's credentials from the environment"
        ),
    },
    "The machinery": {
        "heal": Command("automation.heal", "bring back what a kill or a full disk left broken"),
        "version": Command("cli.version", "which machinery this is, and was it edited here?"),
        "update": Command(
            "automation.update", "take over the template's newest version", "project"
        ),
    },
}
COMMANDS = {name: command for group in GROUPS.values() for name, command in group.items()}


def usage() -> str:
    """Return the commands in groups, a line each."""
    width = max(map(len, COMMANDS)) + 2
    lines = ["usage: python -m lockstep COMMAND [OPTION ...]"]
    for title, commands in GROUPS.items():
        lines += ["", f"{title}:"]
        lines += [f"  {name:{width}}{command.summary}" for name, command in commands.items()]
    return "\n".join([*lines, "", "`python -m lockstep COMMAND --help` shows a command's options."])


def unknown(name: str) -> str:
    """Return the line that refuses a command and names the nearest."""
    nearest = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else "`python -m lockstep --help` lists them"
    return f"lockstep: there is no command {name!r}; {hint}"


def main() -> None:
    """Run the command that sys.argv names. Exits with 2 where there is none of that name."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return
    name, *rest = arguments
    if name not in COMMANDS:
        print(unknown(name), file=sys.stderr)
        sys.exit(2)
    stage.limit_threads()
    sys.argv = [f"python -m lockstep {name}", *rest]
    errors.run(name, lambda: run_alone(COMMANDS[name], rest))


def run_alone(command: Command, arguments: list[str]) -> None:
    """Run a command; one that changes the project holds the lock of what it changes.

    What a killed command left unfinished there is undone first, with a line about it.
    """
    main = importlib.import_module(f"lockstep.{command.module}").main
    if not command.changes or {"-h", "--help", "--dry-run"} & {*arguments}:
        main()
        return
    from lockstep.core.exclusive import exclusive
    from lockstep.repository.placing import undo_unfinished

    with exclusive(Path.cwd(), command.changes):
        for line in undo_unfinished(Path.cwd()):
            print(line)
        main()
