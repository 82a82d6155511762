"""Move the champion back to an earlier version: a commit of models/champion.yaml, and GTO's tag.

Without VERSION it is the champion before this one. The version's bundle must lie in DVC's cache or on the
remote. The challengers to come are judged against it.

Examples:
  python -m lockstep rollback --dry-run
  python -m lockstep rollback v1.0.0 --reason "v1.1.0 is slow" --yes
"""

from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.registry import versions
from lockstep.registry.pointer import clean, confirmed, finish, move, moves, now, options
from lockstep.registry.versions import ARTIFACT, summary


def before(root: Path, version: str) -> str:
    """The version that was the champion before this one."""
    earlier = [entry["version"] for _, entry in moves(root) if entry["version"] != version]
    if not earlier:
        raise LockstepError(f"there was no champion before {version}")
    return str(earlier[-1])


def main() -> None:
    """Check, show, ask, move."""
    parser = options(__doc__)
    parser.add_argument("version", nargs="?", metavar="VERSION", help="such as v1.0.0")
    chosen = parser.parse_args()
    root = Path.cwd()
    if not chosen.dry_run:
        finish(root)
    clean(root)
    old = versions.champion(root)
    if old is None:
        raise LockstepError("there is no champion yet, so nothing to go back from")
    version = chosen.version or before(root, old["version"])
    if version == old["version"]:
        raise LockstepError(f"{version} is the champion already")
    entry = versions.registered(version, root)
    versions.fetch(entry, root)
    reason = f"back from {old['version']}" + (f": {chosen.reason}" if chosen.reason else "")
    entry |= {"promoted": now(), "why": reason}
    for name, pointer_entry in (("champion", old), ("back to", entry)):
        print(f"{name}: {summary(pointer_entry)}")
    if confirmed(chosen, f"Make {version} the champion again?"):
        move(root, entry, f"Roll {ARTIFACT} back to {version}: {reason}")
        print(f"{version} is the champion again; `git push --follow-tags` shares it")
