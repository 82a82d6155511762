"""Move the champion back to an earlier version: a commit of models/champion.yaml, and GTO's tag.

Without VERSION it is the champion before this one. The version's bundle must lie in DVC's cache or on the
remote. Later challengers are compared with it.

Examples:
  python -m lockstep rollback --dry-run
  python -m lockstep rollback v1.0.0 --reason "v1.1.0 is slow" --yes
"""

from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.registry import versions
from lockstep.registry.pointer import (
    champion_moves,
    command_parser,
    confirmed,
    finish,
    move,
    require_clean,
    utc_now,
)
from lockstep.registry.versions import ARTIFACT, summary


def previous_champion(root: Path, version: str) -> str:
    """Return the version that was the champion before this one. Raises LockstepError if there is none."""
    earlier = [entry["version"] for _, entry in champion_moves(root) if entry["version"] != version]
    if not earlier:
        raise LockstepError(f"there was no champion before {version}")
    return str(earlier[-1])


def main() -> None:
    """Check the version, show it, ask, move the pointer."""
    parser = command_parser(__doc__)
    parser.add_argument("version", nargs="?", metavar="VERSION", help="such as v1.0.0")
    arguments = parser.parse_args()
    root = Path.cwd()
    if not arguments.dry_run:
        finish(root)
    require_clean(root)
    old = versions.champion(root)
    if old is None:
        raise LockstepError("there is no champion yet, so nothing to go back from")
    version = arguments.version or previous_champion(root, old["version"])
    if version == old["version"]:
        raise LockstepError(f"{version} is the champion already")
    entry = versions.registered(version, root)
    versions.fetch(entry, root)
    reason = f"back from {old['version']}" + (f": {arguments.reason}" if arguments.reason else "")
    entry |= {"promoted": utc_now(), "why": reason}
    for name, pointer_entry in (("champion", old), ("back to", entry)):
        print(f"{name}: {summary(pointer_entry)}")
    if confirmed(arguments, f"Make {version} the champion again?"):
        move(root, entry, f"Roll {ARTIFACT} back to {version}", reason)
        print(f"{version} is the champion again; `git push --follow-tags` shares it")
