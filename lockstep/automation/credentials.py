"""Give DVC the credentials of its remote from the environment, where CI puts secrets.

DVC_CONFIG_LOCAL is the text of .dvc/config.local (docs/remotes.md describes it). DVC_KEY is the text of a key
file, for remotes that need a file: Google's service account (gs://) or an ssh key. Both are written to files
that Git ignores and only their owner reads. Where neither is set nothing is done: S3 and Azure read theirs
from the environment. An existing .dvc/config.local with other content is left alone.

Examples:
  python -m lockstep credentials --dry-run
  DVC_KEY="$(cat key.json)" python -m lockstep credentials
"""

import argparse
import os
from pathlib import Path

from lockstep.automation.remote import CONFIG, merged_remote, parse_config
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.files import read_text
from lockstep.core.urls import scheme, show_url

LOCAL, KEY = Path(".dvc/config.local"), Path(".cache/dvc-key")
OPTIONS = {"gs": "credentialpath", "ssh": "keyfile"}


def with_key(text: str, name: str | None, url: str) -> str:
    """Return .dvc/config.local with the key file for the remote.

    Parameters
    ----------
    text : str
        The text of .dvc/config.local so far.
    name, url : str
        The remote.

    Raises
    ------
    LockstepError
        Where the remote takes no key file.
    """
    option = OPTIONS.get(scheme(url) or "")
    if option is None:
        raise LockstepError(
            f"DVC_KEY is set, but the remote {name} ({show_url(url)}) takes no key file; gs:// and ssh:// do"
        )
    config = parse_config(text)
    config.setdefault(f'remote "{name}"', {})[option] = f"../{KEY.as_posix()}"
    return "\n".join(config.write()) + "\n"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text.rstrip("\n") + "\n")


def main() -> None:
    """Check the secrets, then write them to files that only their owner reads."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dry-run", action="store_true", help="check, write nothing")
    arguments, root = parser.parse_args(), Path.cwd()
    text, key = (os.environ.get(name, "") for name in ("DVC_CONFIG_LOCAL", "DVC_KEY"))
    if not text and not key:
        print("DVC_CONFIG_LOCAL and DVC_KEY are not set: nothing to do")
        return
    try:
        parse_config(text)
    except ConfigError as error:
        raise ConfigError("DVC_CONFIG_LOCAL is no configuration as DVC writes it") from error
    if key:
        name, options, _ = merged_remote(
            root, read_text(root / CONFIG, f"`git checkout HEAD {CONFIG}`")
        )
        text = with_key(text, name, str(options.get("url", "")))
    text = text.rstrip("\n") + "\n"
    if (root / LOCAL).exists() and read_text(root / LOCAL) != text:
        raise LockstepError(f"{LOCAL} is there and says something else; remove it first")
    if arguments.dry_run:
        print(f"nothing was written (--dry-run); it would be {LOCAL}" + (f" and {KEY}" * bool(key)))
        return
    if key:
        write_private(root / KEY, key)
    write_private(root / LOCAL, text)
    print(f"written: {LOCAL}" + (f" and {KEY}" * bool(key)))
