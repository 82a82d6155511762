"""Refuse answers that would make a broken project, before anything is written."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")
ONE_LINE = ("project_name", "description", "author", "data_path", "target", "remote_url")
# What lockstep.onboarding.new_dataset reads; its suffix may follow.
READ = (
    ".csv", ".tsv", ".tab", ".txt", ".dat", ".psv", ".parquet", ".pq", ".jsonl", ".ndjson", ".json",
    ".xlsx", ".xlsm",
)  # fmt: skip
PACKED = (".gz", ".bz2", ".xz", ".zip", ".zst")
SCHEMES = {"s3": "s3", "gcs": "gs", "azure": "azure", "ssh": "ssh"}


def refused(answers: dict[str, str]) -> str | None:
    """Return what is wrong with the answers, in a line; None where nothing is."""
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
    table = refused_table(answers["dataset"], answers["data_path"], answers["target"])
    return table or refused_remote(answers["remote"], answers["remote_url"])


def refused_table(kind: str, path: str, target: str) -> str | None:
    """Return what is wrong with the path or the target of an own table.

    A path counts from where it was typed. Without one the table comes later, by `make dataset`.
    """
    if kind != "own":
        answer = f"data_path {path!r}" if path else f"target {target!r}"
        return f"{answer}: no table of your own was chosen (dataset)" if path or target else None
    if not path:
        return f"target {target!r}: of which table? data_path is empty" if target else None
    if "://" in path:
        return (
            "data_path is a URL; a file or a folder here is read. For a URL or a query leave data_path and "
            "target empty, then `make dataset` in the project"
        )
    if not target:
        return f"target is empty: which column of {path} is to be predicted?"
    return refused_file(Path(os.environ.get("PWD", Path.cwd().parent)), path)


def refused_file(folder: Path, path: str) -> str | None:
    """Return what is wrong with the file, or with the files of the folder."""
    table = folder / Path(path).expanduser()
    if "_commit" in ANSWERS and folder.resolve() != Path.cwd().parent.resolve():
        return None  # `cruft update` renders beside the project; the table may be gone by then
    if not table.exists():
        return f"data_path {path!r} is not there (seen from {folder})"
    parts = [table]
    if table.is_dir():
        parts = sorted(p for p in table.iterdir() if p.is_file() and p.name[0] not in "._")
        if not parts:
            return f"data_path {path!r} holds no file"
    for one in parts:
        name = one.name.lower()
        for packed in PACKED:
            name = name.removesuffix(packed)
        suffix = Path(name).suffix
        if suffix[1:].isalpha() and suffix not in READ:
            return f"data_path {path!r}: {suffix} is not read; {', '.join(READ)} are, packed too"
        if one.stat().st_size == 0:
            return f"data_path {path!r}: {one.name} is empty"
    return None


def refused_remote(kind: str, url: str) -> str | None:
    """Return what is wrong with the URL of the DVC remote."""
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
