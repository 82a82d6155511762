"""Why dvc.lock is not what dvc.yaml, params.yaml and the code would give: two records of a stage compared.

Pure functions over the records that lockstep/repository/dvc_internals.py makes. `current` is the record of
the working tree, `locked` the one in dvc.lock.
"""

import json
from typing import Any

from lockstep.repository.dvc_internals import ABSENT, UNKNOWN, StageRecord

MAX_CHARACTERS = 60  # of a value in a line
MAX_PARAMETERS = 6  # named for a stage: another data set changes them all


def format_value(value: Any) -> str:
    """Return a parameter's value as it stands in YAML, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}..."


def compare_values(name: str, current: Any, locked: Any, file: str) -> list[str]:
    """Return a line for each parameter at or below a name that differs.

    Values are compared as DVC compares them: 1 and 1.0 are the same.

    Parameters
    ----------
    name : str
        The parameter, with dots.
    current, locked
        Its value in the file and in dvc.lock; a mapping is compared key by key.
    file : str
        The file of parameters, named in the lines.
    """
    if current == locked:
        return []
    if not (isinstance(current, dict) and isinstance(locked, dict)):
        values = f"{format_value(current)} in {file} and {format_value(locked)} in dvc.lock"
        return [f"param {name} is {values}"]
    lines = []
    for key in [*current, *(key for key in locked if key not in current)]:
        child = f"{name}.{key}"
        if key not in locked:
            value = format_value(current[key])
            lines.append(f"param {child} is {value} in {file} and not in dvc.lock")
        elif key not in current:
            value = format_value(locked[key])
            lines.append(f"param {child} is {value} in dvc.lock and not in {file}")
        else:
            lines += compare_values(child, current[key], locked[key], file)
    return lines


def compare_params(file: str, current: dict[str, Any], locked: dict[str, Any]) -> list[str]:
    """Return a line for each parameter of a file that differs from dvc.lock; many are only counted.

    Parameters
    ----------
    file : str
        The file of parameters.
    current, locked : dict
        Values by name: of the parameters that dvc.yaml lists, and of those in dvc.lock.
    """
    lines = []
    for name, value in current.items():
        if value is ABSENT:
            lines.append(f"param {name} is not in {file}")
        elif name not in locked:
            lines.append(f"param {name} is in dvc.yaml and not in dvc.lock")
        else:
            lines += compare_values(name, value, locked[name], file)
    n_unnamed = len(lines) - MAX_PARAMETERS
    if n_unnamed <= 1:
        return lines
    return [*lines[:MAX_PARAMETERS], f"{n_unnamed} more parameters differ"]


def compare_deps(current: StageRecord, locked: StageRecord, writers: dict[str, str]) -> list[str]:
    """Return a line for each dependency that changed.

    Parameters
    ----------
    current, locked : StageRecord
        The stage in the working tree and in dvc.lock.
    writers : dict
        By path, the stage whose recorded output it is.
    """
    lines = []
    for path, value in current["deps"].items():
        locked_value = locked["deps"].get(path)
        if path not in locked["deps"]:
            lines.append(f"dependency {path} is in dvc.yaml and not in dvc.lock")
        elif value is None:
            lines.append(f"dependency {path} is absent")
        elif value in (locked_value, UNKNOWN):
            continue
        elif path in writers:
            writer = writers[path]
            lines.append(f"dependency {path} is in dvc.lock otherwise than {writer} wrote it")
        else:
            lines.append(f"dependency {path} changed")
    return lines


def compare_outs(current: StageRecord, locked: StageRecord) -> list[str]:
    """Return a line for each output that is not as the stage wrote it."""
    lines = []
    for path, value in current["outs"].items():
        if path not in locked["outs"]:
            lines.append(f"output {path} is in dvc.yaml and not in dvc.lock")
        elif value is None:
            lines.append(f"output {path} is absent")
        elif value != locked["outs"][path]:
            lines.append(f"output {path} is not as the stage wrote it")
    return lines


def stale_reasons(
    current: StageRecord, locked: StageRecord | None, writers: dict[str, str]
) -> list[str]:
    """Return why `dvc repro` would run the stage, a line each; none if it would not.

    Parameters
    ----------
    current, locked : StageRecord
        The stage in the working tree and in dvc.lock; None if dvc.lock lacks it.
    writers : dict
        By path, the stage whose recorded output it is.
    """
    if locked is None:
        return ["it is not in dvc.lock"]
    lines = []
    if current["cmd"] != locked["cmd"]:
        command, locked_command = format_value(current["cmd"]), format_value(locked["cmd"])
        lines.append(f"the command is {command} in dvc.yaml and {locked_command} in dvc.lock")
    lines += compare_deps(current, locked, writers)
    for file, values in current["params"].items():
        lines += compare_params(file, values, locked["params"].get(file, {}))
    return lines + compare_outs(current, locked)


def leftovers(current: StageRecord, locked: StageRecord) -> list[str]:
    """Return a line for each entry of dvc.lock that dvc.yaml lacks.

    DVC leaves such an entry there as long as the stage is not run.
    """
    names = [f"dependency {path}" for path in locked["deps"] if path not in current["deps"]]
    names += [f"output {path}" for path in locked["outs"] if path not in current["outs"]]
    for file, values in locked["params"].items():
        listed = current["params"].get(file, {})
        names += [f"param {name}" for name in values if name not in listed]
    return [f"{name} is in dvc.lock and not in dvc.yaml" for name in names]
