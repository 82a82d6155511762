"""Make the rendered files a project: what was not chosen goes, Git begins, the next commands are told.

Runs in the new project's folder. Each table below says what happens for a choice; a text that an edit does
not find stops it, so that a table cannot fall behind the files.
"""

import json
import keyword
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")
TEMPLATE = Path(ANSWERS.get("_repo_dir", ""))  # cruft does not tell

# Where the command was typed, in the shell's own word: the hook runs in the new folder.
TYPED_IN = Path(os.environ.get("PWD", Path.cwd().parent))

# Git would read these names within the template itself.
RENAMED = {
    "_gitignore": ".gitignore",
    "_gitattributes": ".gitattributes",
    ".dvc/_gitignore": ".dvc/.gitignore",
}
CI = {
    "github": [".gitlab-ci.yml"],
    "gitlab": [".github"],
    "none": [".github", ".gitlab-ci.yml"],
}
# What is made from the flights and asks for their raw tables. The penguins stay beside them.
FLIGHTS = [
    "conf/dataset/flights.yaml",
    "conf/dataset/flights_air_time.yaml",
    "conf/experiment/air_time.yaml",
    "conf/experiment/flights_forest.yaml",
    "data/raw/flights",
    "recipes/flights.py",
    "recipes/flights_air_time.py",
    "tests/recipes/test_flights.py",
    "tests/recipes/test_flights_drift.py",
]
# What the pipeline made of the template's configuration: true of the same configuration alone.
RESULTS = ["dvc.lock", "metrics", "params.yaml", "reports/model_card.md"]

# (file, text, replacement)
Edit = tuple[str, str, str]
PEERS_EXCLUDED = (
    'exclude = "^template/benchmarks/peers/(dvc|kedro|metaflow|plain|snakemake)/"'
    "  # what other tools run\n"
)
SNAKEMAKE = (
    "[tool.ruff.lint.per-file-ignores]\n"
    '"template/benchmarks/peers/snakemake/scripts/*" = ["F821"]'
    "  # Snakemake puts `snakemake` before a script\n\n"
)
TEMPLATE_FOLDERS = (
    "    template/ hooks/ cookiecutter.json   "
    "the template itself; a rendered project does not contain them\n"
)
NO_TEMPLATE: list[Edit] = [
    (
        ".dvcignore",
        "# The template folder holds links to everything: DVC would find a second pipeline there.\n"
        "{" + "{*\n",
        "",
    ),
    ("pyproject.toml", 'extend-exclude = ["[{][{]*"]\n', ""),
    ("pyproject.toml", '    "cookiecutter>=2.7",\n', ""),
    ("pyproject.toml", ', "template/benchmarks", "hooks"', ""),
    ("pyproject.toml", ', "template/tests"', ""),
    ("pyproject.toml", PEERS_EXCLUDED, ""),
    ("pyproject.toml", SNAKEMAKE, ""),
    ("README.md", TEMPLATE_FOLDERS, ""),
]
NO_FLIGHTS: list[Edit] = [
    (
        "README.md",
        "another data set:\n  `dvc exp run -S dataset=penguins -S split=stratified`; a preset: "
        "`dvc exp run -S experiment=air_time`",
        "a preset:\n  `dvc exp run -S experiment=penguins_linear`",
    ),
]
# Names that `python -m lockstep new-dataset` refuses, or that are taken.
NO_NAMES = {
    "yes", "no", "on", "off", "y", "n", "true", "false", "null", "none", "schema", "default", "pandas",
    "numpy", "recipes", "pipeline", "penguins", "temporal", "stratified", "grouped",
}  # fmt: skip
HUGGING_FACE = {  # its words for the licence of a model
    "MIT": "mit",
    "BSD-3-Clause": "bsd-3-clause",
    "Apache-2.0": "apache-2.0",
    "Proprietary": "other",
}


def read(path: Path) -> str:
    """A file's text, its line ends as they are."""
    return path.read_bytes().decode("utf-8")


def write(path: Path, text: str) -> None:
    """Write a text, its line ends as they are."""
    path.write_bytes(text.encode("utf-8"))


def remove(name: str) -> None:
    """Remove a file or folder, which must be there, and the folders that this leaves empty."""
    path = Path(name)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    while (path := path.parent) != Path(".") and not any(path.iterdir()):
        path.rmdir()


def edit(name: str, old: str, new: str) -> None:
    """Replace a text that a file must hold once."""
    path = Path(name)
    text = read(path)
    if text.count(old) != 1:
        sys.exit(f"template: {name} should hold {old!r} once; hooks/post_gen_project.py is behind")
    write(path, text.replace(old, new))


def unlinked() -> list[Path]:
    """Links that arrived as text: Git without symlinks, or an unzipped archive, writes their target."""
    found = []
    for path in sorted(Path(".").rglob("*")):
        if path.is_file() and path.stat().st_size < 200:
            text = path.read_bytes()
            if re.fullmatch(rb"(\.\./)+[\w./-]+", text):
                found.append(path)
    return found


def follow(links: list[Path]) -> None:
    """Put what each link means in its place, from the template's root.

    A link's target, seen from the template's own folder, is a path from its root: ../ leads there.
    """
    for path in links:
        target = TEMPLATE / re.sub(r"^(\.\./)+", "", path.read_text(encoding="utf-8"))
        if not ANSWERS.get("_repo_dir") or not target.exists():
            sys.exit(
                "the template's symbolic links arrived as text files. Use `cookiecutter` with a folder "
                "or an archive, which needs no links; or, for cruft, let Git make them: "
                "`git config --global core.symlinks true`, on Windows with developer mode on"
            )
        path.unlink()
        if target.is_dir():
            shutil.copytree(target, path)
        else:
            shutil.copy(target, path)


def assemble() -> None:
    """Append to README.md and pyproject.toml what the template's own say after their heads."""
    readme, project = Path("_README.md"), Path("_pyproject.toml")
    body = read(readme)
    body = body[body.index("## Two commands") :]
    own = re.compile(r"## Start your own project\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    edit("README.md", "# The rest of _README.md\n", own.sub("", body))
    body = read(project)
    edit(
        "pyproject.toml",
        "# The rest of _pyproject.toml\n",
        body[body.index("requires-python") :],
    )
    remove(readme.name)
    remove(project.name)


def choose() -> None:
    """Remove what was not chosen, and what is no longer true."""
    for name in CI[ANSWERS["ci"]]:
        remove(name)
    for change in NO_TEMPLATE:
        edit(*change)
    if ANSWERS["dataset"] != "flights":
        for name in FLIGHTS:
            remove(name)
        for change in NO_FLIGHTS:
            edit(*change)
        provenance = read(Path("data/raw/PROVENANCE.yaml"))
        write(Path("data/raw/PROVENANCE.yaml"), provenance[provenance.index("penguins:") :])
    if ANSWERS["license"] != "MIT":  # the card of a model says the licence too
        for path in sorted(Path("conf/dataset").glob("*.yaml")):
            edit(str(path), "license: mit", f"license: {HUGGING_FACE[ANSWERS['license']]}")
    if ANSWERS["dataset"] != "flights" or ANSWERS["license"] != "MIT":
        for name in RESULTS:
            remove(name)


def set_remote(kind: str, url: str) -> None:
    """Make the remote DVC's default, as `dvc remote add --default` would; DVC may not be here yet."""
    if kind == "none":
        return
    if kind == "local" and not Path(url).expanduser().is_absolute():
        url = f"../{url}"  # DVC counts from .dvc/, the answer from the project
    elif kind == "local":
        url = str(Path(url).expanduser())
    config = Path(".dvc/config")
    edit(str(config), "[core]\n", "[core]\n    remote = storage\n")
    write(config, read(config) + f"['remote \"storage\"']\n    url = {url}\n")


def depend_on(kind: str) -> None:
    """Make DVC's package for the remote a dependency, as the extra of that name has it."""
    extras = tomllib.loads(read(Path("pyproject.toml")))["project"]["optional-dependencies"]
    for requirement in extras.get(kind, []):
        edit("pyproject.toml", '    "dvclive', f'    "{requirement}",\n    "dvclive')


def git(*words: str) -> bool:
    """Run Git quietly; whether it succeeded."""
    command = ["git", *words]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def begin() -> str:
    """Start the repository; a note on its first commit."""
    if not git("init", "--quiet", "--initial-branch=main"):
        sys.exit("`git init` failed; Git 2.28 or newer is needed")
    git("clean", "-fdX", "--quiet")  # caches that lay in a local template's folders
    git("add", "--all")
    if not git("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"):
        return "Nothing is committed yet: Git does not know your name (git config user.name, user.email)."
    if not git("commit", "--quiet", "--message", f"Start {ANSWERS['project_slug']}"):
        return "Nothing is committed yet: `git commit` says why."
    if "_commit" in ANSWERS:  # cruft writes its file after this
        return "Committed, all but cruft's own file: `git add .cruft.json` and commit it."
    return "Committed."


def named(path: str) -> str:
    """What the data set of a file or folder is called."""
    name = re.sub(r"[^a-z0-9]+", "_", Path(path).name.lower().split(".")[0]).strip("_") or "table"
    if not name[0].isalpha():
        return f"data_{name}"
    taken = name in NO_NAMES or keyword.iskeyword(name) or name in sys.stdlib_module_names
    return f"my_{name}" if taken else name


def make_dataset(path: str, target: str) -> str:
    """What makes the data set of an own table, in the shell's and make's words."""
    table = os.path.abspath(TYPED_IN / Path(path).expanduser())
    said = [f"--target={target}"] if target.startswith("-") else ["--target", target]
    words = shlex.join([named(table), table, *said, "--default"]).replace("$", "$$")
    quoted = shlex.quote(words) if re.search('["$`!\\\\]', words) else f'"{words}"'
    return f"make dataset ARGS={quoted}"


def next_commands() -> list[str]:
    """The three commands to type."""
    folder = shlex.quote(os.path.relpath(Path.cwd(), TYPED_IN))
    if ANSWERS["dataset"] == "own":
        own = make_dataset(ANSWERS["data_path"], ANSWERS["target"])
        return [f"cd {folder}", own, "make repro"]
    return [f"cd {folder}", "make repro", "make test"]


def main() -> None:
    """Everything in turn, then what to type."""
    follow(unlinked())
    for old, new in RENAMED.items():
        Path(old).rename(new)
    assemble()
    choose()
    set_remote(ANSWERS["remote"], ANSWERS["remote_url"])
    depend_on(ANSWERS["remote"])
    note = begin()
    print(f"\n{ANSWERS['project_slug']} is ready. {note}")
    if ANSWERS["remote"] in ("s3", "gcs", "azure", "ssh"):
        print("The remote needs a package more: `make lock` first, which needs uv.")
    if ANSWERS["remote"] != "none":
        print(
            "`python -m lockstep remote` tries the remote; docs/remotes.md says where its credentials go."
        )
    print("Next:\n" + "\n".join(f"    {line}" for line in next_commands()))


if __name__ == "__main__":
    main()
