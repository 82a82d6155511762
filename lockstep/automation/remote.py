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

from lockstep.automation.remote_storage import (
    READ_ONLY,
    endpoint_error,
    try_remote,
    url_error,
)
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.files import read_text, write_text
from lockstep.core.urls import scheme, show_url
from lockstep.registry.pointer import confirmed
from lockstep.repository.dvc_internals import config_levels

NAME = "storage"
CONFIG = Path(".dvc/config")

Options = dict[str, Any]


def parse_config(text: str) -> Any:
    """Return .dvc/config as DVC parses it, with its comments. Raises ConfigError where it is damaged."""
    from configobj import ConfigObj, ConfigObjError

    try:
        return ConfigObj(text.splitlines())
    except ConfigObjError as error:
        raise ConfigError(f"{CONFIG} is damaged: {error}; `git diff {CONFIG}` shows how") from error


def remote_options(root: Path, url: str, endpoint: str | None) -> Options:
    """Return the options to set.

    Parameters
    ----------
    root : Path
        The project's root; a relative folder is counted from it.
    url : str
        A folder or a URL.
    endpoint : str or None
        Address of a server that speaks S3.

    Raises
    ------
    LockstepError
        For an address that may not stand in .dvc/config.
    """
    if error := url_error(url) or (endpoint is not None and endpoint_error(url, endpoint)):
        raise LockstepError(error)
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


def with_default_remote(text: str, new: Options, force: bool) -> str:
    """Return .dvc/config with the remote as default; options that the same remote has stay.

    Parameters
    ----------
    text : str
        The file so far.
    new : dict
        Options to set.
    force : bool
        Whether to replace another remote.

    Raises
    ------
    LockstepError
        Where another remote is the default and force is false.
    """
    config = parse_config(text)
    core = config.setdefault("core", {})
    name = core.get("remote", NAME)
    old: Options = dict(config.get(f'remote "{name}"', {}))
    if all(old.get(option) == value for option, value in new.items()):
        return text
    if old and not force:
        addresses = [old[option] for option in ("url", "endpointurl") if option in old]
        address = " at ".join(map(show_url, addresses))
        raise LockstepError(
            f"the remote {name} ({address}) is set already; --force puts the new one in its place"
        )
    same = old.get("url") == new["url"]
    core["remote"] = name = name if same else NAME
    config[f'remote "{name}"'] = {**old, **new} if same else new
    return "\n".join(config.write()) + "\n"


def merged_remote(root: Path, text: str) -> tuple[str | None, Options, Options]:
    """Return the default remote that DVC would use with this .dvc/config: its name and options, and core.

    The levels are merged as DVC merges them: the machine's and the user's configuration first,
    .dvc/config.local last.
    """
    repo = parse_config(text)
    system, user, local, core_of_all = config_levels(root)
    levels = [system, user, repo, local]
    cores = [level.get("core", {}) for level in levels[::-1]]
    name = next((core["remote"] for core in cores if "remote" in core), None)
    repo_options = dict(repo.get(f'remote "{name}"', {}))
    if "url" in repo_options and scheme(repo_options["url"]) is None:
        repo_options["url"] = os.path.normpath(
            root / ".dvc" / Path(repo_options["url"]).expanduser()
        )
    options = [level["remote"].get(name, {}) for level in (system, user, local)]
    return name, {**options[0], **options[1], **repo_options, **options[2]}, core_of_all


def parse_arguments() -> argparse.Namespace:
    """Return the parsed command line."""
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
    arguments = parser.parse_args()
    if arguments.url is None and (arguments.endpoint_url or arguments.force or arguments.no_check):
        parser.error("a URL is needed")
    return arguments


def main() -> None:
    """Show the change, ask, try the remote, write."""
    arguments, root = parse_arguments(), Path.cwd()
    old = read_text(root / CONFIG, f"`git checkout HEAD {CONFIG}`")
    new = {}
    if arguments.url is not None:
        new = remote_options(root, arguments.url, arguments.endpoint_url)
    text = with_default_remote(old, new, arguments.force) if new else old
    name, options, core = merged_remote(root, text)
    if "url" not in options:
        raise LockstepError(
            "no remote is set; give a URL, as in `python -m lockstep remote ../storage`"
        )
    if text != old:
        lines = old.splitlines(), text.splitlines()
        labels = f"{CONFIG} now", f"{CONFIG} then"
        print("\n".join(unified_diff(*lines, *labels, lineterm="")), flush=True)
        if not confirmed(arguments, f"Write this to {CONFIG}?"):
            return
    if not arguments.no_check:
        print(f"{name} ({show_url(options['url'])}): {try_remote(root, options, core)}")
    if text != old:
        write_text(root / CONFIG, text)
        push = "" if scheme(options["url"]) in READ_ONLY else ", then `dvc push`"
        print(f"written: {CONFIG}; next: commit it{push}")
    if new and name != parse_config(text)["core"]["remote"]:
        print(f"note: .dvc/config.local makes {name} the default here")
