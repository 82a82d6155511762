"""Whether the locks hold what pyproject.toml asks for."""

import tomllib
from pathlib import Path

from lockstep.composition.libraries import locked_versions

RUN_LOCK, TEST_LOCK = "requirements.lock", "requirements-dev.lock"


def findings(root: Path) -> list[str]:
    """Return a line for each requirement of pyproject.toml that its lock does not meet.

    The dependencies and the group `own` are locked in requirements.lock, the extra `dev` in
    requirements-dev.lock beyond it.
    """
    document = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = document["project"], document.get("dependency-groups", {})
    locks = {
        name: locked_versions((root / name).read_text(encoding="utf-8"))
        for name in (RUN_LOCK, TEST_LOCK)
        if (root / name).exists()
    }
    run_versions = locks.get(RUN_LOCK, {})
    run_requirements = project.get("dependencies", []) + groups.get("own", [])
    lines = unmet(run_requirements, run_versions, RUN_LOCK)
    if TEST_LOCK in locks:
        test_requirements = project.get("optional-dependencies", {}).get("dev", [])
        lines += unmet(test_requirements, run_versions | locks[TEST_LOCK], TEST_LOCK)
    return lines


def unmet(requirements: list[str], versions: dict[str, str], lock: str) -> list[str]:
    """Return a line for each requirement that none of the locked versions meets.

    Parameters
    ----------
    requirements : list of str
        As pyproject.toml writes them.
    versions : dict
        Locked version by package.
    lock : str
        Name of the lock, for the lines.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = []
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        version = versions.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            locked = f"has {version}" if version else "lacks it"
            asked = f"{requirement.name}{requirement.specifier}"
            lines.append(f"pyproject.toml asks for {asked} and {lock} {locked}; `make lock`")
    return lines
