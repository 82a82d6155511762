"""Versions of the locked libraries, as libraries.yaml holds them for the stages that compute with them."""

import re
from pathlib import Path

LOCK, LIBRARIES = Path("requirements.lock"), Path("libraries.yaml")
HEADER = "# Versions in requirements.lock, by library: the stage compose writes it, dvc.yaml refers to it.\n"


def locked_versions(lock: str) -> dict[str, str]:
    """Return the version of each library in the text of a lock, of those for this Python and platform.

    A stage that lists some of them under `params:` in dvc.yaml reruns when one of these changes, whatever
    else changes in the lock.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    versions: dict[str, str] = {}
    for line in lock.replace("\\\n", " ").splitlines():
        text = re.split(r"\s+--hash=|\s+#", line.strip())[0]
        if not text or text.startswith(("#", "-")):
            continue
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate():
            (specifier,) = requirement.specifier
            versions[canonicalize_name(requirement.name)] = specifier.version
    return dict(sorted(versions.items()))


def libraries_yaml(lock: str) -> str:
    """Return the text of libraries.yaml for the text of a lock."""
    import yaml

    return HEADER + yaml.safe_dump(locked_versions(lock), sort_keys=True)
