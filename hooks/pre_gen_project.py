"""Refuse answers that would make a broken project, before anything is written."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")
ONE_LINE = ("project_name", "description", "author", "remote_url")
SCHEMES = {"s3": "s3", "gcs": "gs", "azure": "azure", "ssh": "ssh"}


def refused(answers: dict[str, str]) -> str | None:
    """What is wrong with the answers, in a line; None where nothing is."""
    for name in ONE_LINE:
        if any(mark in answers[name] for mark in '"\\{}') or not answers[name].isprintable():
            return f"{name} {answers[name]!r}: one line without quotes, backslashes and braces"
        if answers[name] != answers[name].strip():
            return f"{name} {answers[name]!r}: without spaces at its ends"
    for name in ("project_name", "description", "author"):
        if not answers[name]:
            return f"{name} is empty: it goes into README.md, pyproject.toml and LICENSE"
    slug = answers["project_slug"]
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug):
        return (
            f"project_slug {slug!r}: lower case letters a to z, digits and single hyphens, a letter "
            "first, as in my-study"
        )
    return refused_remote(answers["remote"], answers["remote_url"])


def refused_remote(kind: str, url: str) -> str | None:
    """What is wrong with the URL of the DVC remote."""
    if kind == "none":
        return f"remote_url {url!r}: no kind of remote was chosen (remote)" if url else None
    if not url:
        return f"remote_url is empty: where is the remote of kind {kind}?"
    rest = url.split("://", 1)[-1]
    if "://" in url and (":" in rest.rpartition("@")[0] or "?" in rest):
        return (
            "remote_url holds a password or a key: these go into .dvc/config.local, never into Git"
        )
    if any(mark in url for mark in "',#"):
        return f"remote_url {url!r}: without quotes, commas and #"
    if kind == "local":
        if "://" in url:
            return f"remote_url {url!r}: a folder, not a URL"
        folder = Path(url).expanduser()
        if not folder.is_absolute() and os.path.normpath(folder).split(os.sep)[0] != "..":
            return f"remote_url {url!r} lies in the project, where Git would take its files in"
        return None
    if not re.fullmatch(rf"{SCHEMES[kind]}://[^/\s]+\S*", url):
        return f"remote_url {url!r}: must begin with {SCHEMES[kind]}:// and a name, without spaces"
    return None


def main() -> None:
    """Check the programs and the answers; the folder of the new project is the working one."""
    found = None
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs it may have an older one
        found = f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}"
    elif shutil.which("git") is None:
        found = "git is needed and was not found"
    elif any(Path.cwd().iterdir()):
        found = f"{Path.cwd()} is not empty; to update a project use `cruft update`"
    else:
        found = refused(ANSWERS)
    if found:
        sys.exit(found)


if __name__ == "__main__":
    main()
