"""Set where `dvc push` goes: show the change to .dvc/config, ask, try the remote, write.

URL is a folder (counted from the project), s3://bucket/path, gs://bucket/path, azure://container/path,
ssh://host/path or, to read only, http(s)://. Without URL the remote that is set is tried. Credentials come
from .dvc/config.local or the environment (docs/remotes.md). A remote that cannot be used is not set.

Examples:
  python -m lockstep remote ../my-study-storage
  python -m lockstep remote s3://bucket/my-study --endpoint-url https://s3.example.org
  python -m lockstep remote
"""

import argparse
import os
from difflib import unified_diff
from pathlib import Path
from typing import Any

from lockstep.automation.remote_storage import READ_ONLY, attempt, refused, refused_endpoint, scheme
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.files import read_text, write_text
from lockstep.registry.pointer import confirmed
from lockstep.repository.dvc_internals import config_levels

NAME = "storage"
CONFIG = Path(".dvc/config")

Options = dict[str, Any]


def parsed(text: str) -> Any:
    """.dvc/config as DVC parses it, comments kept."""
    from configobj import ConfigObj, ConfigObjError

    try:
        return ConfigObj(text.splitlines())
    except ConfigObjError as error:
        raise ConfigError(f"{CONFIG} is damaged: {error}; `git diff {CONFIG}` shows how") from error


def wanted(root: Path, url: str, endpoint: str | None) -> Options:
    """The options to be set. Raises LockstepError for what may not stand in .dvc/config."""
    if wrong := refused(url) or (endpoint is not None and refused_endpoint(url, endpoint)):
        raise LockstepError(wrong)
    if scheme(url) is None:
        folder = Path(url).expanduser()
        place = Path(os.path.normpath(root / folder))
        if place == root or root in place.parents:
            raise LockstepError(
                f"{url} lies in the project, where Git would take its files in; choose a folder beside "
                f"it, such as ../{root.name}-storage"
            )
        if not folder.is_absolute():  # DVC counts from .dvc/, a person from the project
            folder = Path(os.path.relpath(place, root / ".dvc"))
        url = folder.as_posix()
    return {"url": url} | ({} if endpoint is None else {"endpointurl": endpoint})


def changed(text: str, new: Options, force: bool) -> str:
    """.dvc/config with the remote as default; options that the same remote has stay.

    Raises LockstepError where another remote is the default and force is not given.
    """
    config = parsed(text)
    core = config.setdefault("core", {})
    name = core.get("remote", NAME)
    old: Options = dict(config.get(f'remote "{name}"', {}))
    if all(old.get(one) == value for one, value in new.items()):
        return text
    if old and not force:
        there = " at ".join(old[one] for one in ("url", "endpointurl") if one in old)
        raise LockstepError(
            f"the remote {name} ({there}) is set already; --force puts the new one in its place"
        )
    same = old.get("url") == new["url"]
    core["remote"] = name = name if same else NAME
    config[f'remote "{name}"'] = {**old, **new} if same else new
    return "\n".join(config.write()) + "\n"


def merged(root: Path, text: str) -> tuple[str | None, Options, Options]:
    """The default remote that DVC would use with this .dvc/config: its name and options, and core.

    As DVC does it: the machine's and the user's configuration first, .dvc/config.local last.
    """
    repo = parsed(text)
    system, user, local, core_of_all = config_levels(root)
    named = [system, user, repo, local]
    cores = [one.get("core", {}) for one in named[::-1]]
    name = next((core["remote"] for core in cores if "remote" in core), None)
    ours = dict(repo.get(f'remote "{name}"', {}))
    if "url" in ours and scheme(ours["url"]) is None:
        ours["url"] = os.path.normpath(root / ".dvc" / Path(ours["url"]).expanduser())
    options = [level["remote"].get(name, {}) for level in (system, user, local)]
    return name, {**options[0], **options[1], **ours, **options[2]}, core_of_all


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url", metavar="URL", nargs="?")
    parser.add_argument("--endpoint-url", metavar="URL", help="of a server that speaks S3")
    parser.add_argument("--force", action="store_true", help="replace the remote that is set")
    parser.add_argument(
        "--no-check",
        action="store_true",
        help="do not try it: DVC takes credentials into .dvc/config.local once a remote is set",
    )
    parser.add_argument("--dry-run", action="store_true", help="show the change, write nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    given = parser.parse_args()
    if given.url is None and (given.endpoint_url or given.force or given.no_check):
        parser.error("a URL is needed")
    return given


def main() -> None:
    """Plan, show, ask, try, write."""
    given, root = arguments(), Path.cwd()
    old = read_text(root / CONFIG, f"`git checkout HEAD {CONFIG}`")
    new = {} if given.url is None else wanted(root, given.url, given.endpoint_url)
    text = changed(old, new, given.force) if new else old
    name, options, core = merged(root, text)
    if "url" not in options:
        raise LockstepError(
            "no remote is set; give a URL, as in `python -m lockstep remote ../storage`"
        )
    if text != old:
        lines = old.splitlines(), text.splitlines()
        name_it = f"{CONFIG} now", f"{CONFIG} then"
        print("\n".join(unified_diff(*lines, *name_it, lineterm="")), flush=True)
        if not confirmed(given, f"Write this to {CONFIG}?"):
            return
    if not given.no_check:
        print(f"{name} ({options['url']}): {attempt(root, options, core)}")
    if text != old:
        write_text(root / CONFIG, text)
        push = "" if scheme(options["url"]) in READ_ONLY else ", then `dvc push`"
        print(f"written: {CONFIG}; next: commit it{push}")
    if new and name != parsed(text)["core"]["remote"]:
        print(f"note: .dvc/config.local makes {name} the default here")
