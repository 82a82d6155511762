"""Why dvc.lock is not what dvc.yaml, params.yaml and the code would give: two records of a stage compared.

Pure functions over the records that lockstep/repository/dvc_internals.py makes.
"""

import json
from typing import Any

from lockstep.repository.dvc_internals import ABSENT, UNKNOWN
from lockstep.repository.dvc_internals import StageRecord as Record

SHOWN = 60  # characters of a value
MOST = 6  # parameters named for a stage: another data set changes them all


def shown(value: Any) -> str:
    """A parameter's value as it stands in YAML, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def leaves(name: str, now: Any, then: Any, file: str) -> list[str]:
    """The parameters below a name that differ, as DVC compares them: 1 and 1.0 are the same."""
    if now == then:
        return []
    if not (isinstance(now, dict) and isinstance(then, dict)):
        return [f"param {name} is {shown(now)} in {file} and {shown(then)} in dvc.lock"]
    found = []
    for key in [*now, *(key for key in then if key not in now)]:
        below = f"{name}.{key}"
        if key not in then:
            found.append(f"param {below} is {shown(now[key])} in {file} and not in dvc.lock")
        elif key not in now:
            found.append(f"param {below} is {shown(then[key])} in dvc.lock and not in {file}")
        else:
            found += leaves(below, now[key], then[key], file)
    return found


def params(file: str, now: dict[str, Any], then: dict[str, Any]) -> list[str]:
    """The parameters of a file that dvc.yaml lists and dvc.lock has otherwise."""
    found = []
    for name, value in now.items():
        if value is ABSENT:
            found.append(f"param {name} is not in {file}")
        elif name not in then:
            found.append(f"param {name} is in dvc.yaml and not in dvc.lock")
        else:
            found += leaves(name, value, then[name], file)
    more = len(found) - MOST
    return found if more <= 1 else [*found[:MOST], f"{more} more parameters differ"]


def deps(now: Record, then: Record, writers: dict[str, str]) -> list[str]:
    """The dependencies that changed; writers names the stage whose recorded output a path is."""
    found = []
    for path, value in now["deps"].items():
        old = then["deps"].get(path)
        if path not in then["deps"]:
            found.append(f"dependency {path} is in dvc.yaml and not in dvc.lock")
        elif value is None:
            found.append(f"dependency {path} is absent")
        elif value not in (old, UNKNOWN) and path in writers:
            found.append(
                f"dependency {path} is in dvc.lock otherwise than {writers[path]} wrote it"
            )
        elif value not in (old, UNKNOWN):
            found.append(f"dependency {path} changed")
    return found


def outs(now: Record, then: Record) -> list[str]:
    """The outputs that are not as the stage wrote them."""
    found = []
    for path, value in now["outs"].items():
        if path not in then["outs"]:
            found.append(f"output {path} is in dvc.yaml and not in dvc.lock")
        elif value is None:
            found.append(f"output {path} is absent")
        elif value != then["outs"][path]:
            found.append(f"output {path} is not as the stage wrote it")
    return found


def reasons(now: Record, then: Record | None, writers: dict[str, str]) -> list[str]:
    """Why `dvc repro` would run the stage, a line each; none if it would not."""
    if then is None:
        return ["it is not in dvc.lock"]
    found = []
    if now["cmd"] != then["cmd"]:
        found.append(
            f"the command is {shown(now['cmd'])} in dvc.yaml and {shown(then['cmd'])} in dvc.lock"
        )
    found += deps(now, then, writers)
    for file, values in now["params"].items():
        found += params(file, values, then["params"].get(file, {}))
    return found + outs(now, then)


def leftovers(now: Record, then: Record) -> list[str]:
    """What dvc.lock has of the stage beyond dvc.yaml. DVC leaves it there as long as the stage is not run."""
    found = []
    for kind, ours, theirs in (
        ("dependency", now["deps"], then["deps"]),
        ("output", now["outs"], then["outs"]),
    ):
        found += [f"{kind} {path}" for path in theirs if path not in ours]
    for file, values in then["params"].items():
        known = now["params"].get(file)
        found += [f"param {name}" for name in values if known is None or name not in known]
    return [f"{one} is in dvc.lock and not in dvc.yaml" for one in found]
