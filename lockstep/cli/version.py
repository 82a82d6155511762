"""Say which machinery this project holds: its version, the template's commit, and whether it was edited here.

Examples:
  python -m lockstep version
  python -m lockstep version --json
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

from lockstep.core.files import read_json, read_text

MACHINERY = Path("lockstep")
VERSION, ORIGIN = MACHINERY / "VERSION", MACHINERY / "ORIGIN.json"


def digest(folder: Path) -> str:
    """Return the hash of the machinery's files but its origin, line ends aside."""
    sums = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda path: path.as_posix()):
        if path.is_file() and path.name != ORIGIN.name and path.suffix != ".pyc":
            sums.update(path.relative_to(folder).as_posix().encode() + b"\0")
            sums.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return sums.hexdigest()


def version_facts(root: Path) -> dict[str, Any]:
    """Return the version of the machinery at the root, the template's commit, and whether it was edited.

    Returns
    -------
    dict
        version; commit, None where the template was an archive or had changes; is_edited, None in the
        template's own repository.
    """
    facts: dict[str, Any] = {"version": read_text(root / VERSION).strip()}
    if not (root / ORIGIN).exists():
        return {**facts, "commit": None, "is_edited": None}
    origin = read_json(root / ORIGIN, "commit", "sha256", remedy=f"`git checkout HEAD {ORIGIN}`")
    is_edited = digest(root / MACHINERY) != origin["sha256"]
    return {**facts, "commit": origin["commit"], "is_edited": is_edited}


def summary(facts: dict[str, Any]) -> str:
    """Return the facts as text for a person."""
    lines = [f"Lockstep {facts['version']}"]
    if facts["is_edited"] is None:
        return "\n".join([*lines, "this is the template's own repository"])
    commit = facts["commit"] or "not recorded (the template was an archive, or had changes)"
    lines.append(f"template commit: {commit}")
    edited = (
        "lockstep/ was edited here" if facts["is_edited"] else "lockstep/ is as it was rendered"
    )
    return "\n".join([*lines, edited])


def main() -> None:
    """Print the version."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    arguments = parser.parse_args()
    facts = version_facts(Path.cwd())
    print(json.dumps(facts, indent=2) if arguments.json else summary(facts))
