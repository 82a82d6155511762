"""Make the rendered files a project: what was not chosen goes, Git begins, the next commands are told.

Runs in the new project's folder, also for an update, which compares two such folders and so hears nothing.
Each table below says what happens for a choice; a text or a file that an edit does not find stops it, so that
a table cannot fall behind the files.
"""

import hashlib
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
# Where the command was typed, in the shell's own word: the hook runs in the new folder.
TYPED_IN = Path(os.environ.get("PWD", Path.cwd().parent))
TEMPLATE = TYPED_IN / ANSWERS.get("_repo_dir", "")  # cruft does not tell

# Git would read these names within the template itself.
RENAMED = {
    "_gitignore": ".gitignore",
    "_gitattributes": ".gitattributes",
    ".dvc/_gitignore": ".dvc/.gitignore",
}
# What belongs to one example alone.
EXAMPLES = {
    "flights": [
        "conf/dataset/flights.yaml",
        "conf/split/temporal.yaml",
        "data/raw/flights",
        "recipes/flights.py",
    ],
    "penguins": ["conf/dataset/penguins.yaml", "data/raw/penguins", "recipes/penguins.py"],
    "own": [],
}
# What the template's own repository shows beyond the example that was chosen.
SHOWN_THERE = [
    "conf/dataset/flights_air_time.yaml",
    "conf/experiment/air_time.yaml",
    "conf/experiment/flights_forest.yaml",
    "conf/experiment/penguins_linear.yaml",
    "data/raw/rebuild.py",
    "recipes/flights_air_time.py",
]
CI_FILES = {"github": ".github", "gitlab": ".gitlab-ci.yml"}
# Files and jobs of a forge, and sections of its page in docs/, by what they are for.
CI_PARTS: dict[str, dict[str, list[str]]] = {
    "github": {
        "review": ["review", "comment"],
        "all": ["publish", ".github/workflows/retrain.yml", ".github/workflows/experiment.yml"],
    },
    "gitlab": {
        "review": ["review", "comment"],
        "all": [".pushes", "publish", "retrain", "experiment"],
    },
}
CI_SECTIONS = {
    "review": ["Review of a pull request", "Review of a merge request"],
    "all": ["Publish on main", "Retrain", "Experiments by hand"],
}
# Of .gitlab-ci.yml: the form for a run by hand.
GITLAB_FORM = """  OVERRIDES:
    value: ""
    description: "An experiment by hand: KEY=VALUE, with spaces between; commas make a sweep."
  RETRAIN:
    value: "no"
    options: ["no", pull_request, promote, tell]
    description: "Retraining by hand: what to do with the new model."
"""
CI_LEVELS = {"checks": [], "review": ["review"], "all": ["review", "all"]}

# (file, text, replacement)
Edit = tuple[str, str, str]
EDITS: list[Edit] = [
    (
        ".dvcignore",
        "# The template folder holds links to everything: DVC would find a second pipeline there.\n"
        "{" + "{*\n",
        "",
    ),
    ("pyproject.toml", 'extend-exclude = ["[{][{]*"]\n', ""),
    (
        "Makefile",
        "\n# What is typed in the template's own repository.\n-include template/template.mk\n",
        "",
    ),
]
# Names that `python -m lockstep new-dataset` refuses, or that are taken.
NO_NAMES = {
    "yes", "no", "on", "off", "y", "n", "true", "false", "null", "none", "schema", "default", "pandas",
    "numpy", "recipes", "components", "pipeline", "temporal", "random", "stratified", "grouped",
}  # fmt: skip
HUGGING_FACE = {  # its words for the licence of a model
    "MIT": "mit",
    "BSD-3-Clause": "bsd-3-clause",
    "Apache-2.0": "apache-2.0",
    "Proprietary": "other",
}


def read(path: Path) -> str:
    """Return a file's text, its line ends as they are."""
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


def links_as_text() -> list[Path]:
    """Return links that arrived as text: Git without symlinks, or an archive unzipped, writes the target."""
    paths = []
    for path in sorted(Path(".").rglob("*")):
        if path.is_file() and path.stat().st_size < 200:
            text = path.read_bytes()
            if re.fullmatch(rb"(\.\./)+[\w./-]+", text):
                paths.append(path)
    return paths


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


def remove_caches() -> None:
    """Remove compiled code, which lies in a local template's folders."""
    for path in list(Path(".").rglob("__pycache__")):
        shutil.rmtree(path)


def assemble() -> None:
    """Append to pyproject.toml what the template's own says after its head."""
    project = Path("_pyproject.toml")
    body = read(project)
    rest = body[body.index("requires-python") :]
    edit("pyproject.toml", "# The rest of _pyproject.toml\n", rest)
    remove(project.name)


def choose_data(dataset: str) -> None:
    """Keep the files of the chosen example alone, and give a data set of another kind the general model."""
    for name in SHOWN_THERE:
        remove(name)
    for example, names in EXAMPLES.items():
        if example != dataset:
            for name in names:
                remove(name)
    if dataset != "flights":
        Path("conf/model/catboost_own.yaml").replace("conf/model/catboost.yaml")
    provenance = Path("data/raw/PROVENANCE.yaml")
    if dataset == "own":
        remove(str(provenance))
        return
    sections = re.split(r"(?m)^(?=\w)", read(provenance))
    write(provenance, next(text for text in sections if text.startswith(f"{dataset}:")))


def drop_jobs(name: str, jobs: list[str]) -> None:
    """Drop jobs of a CI file, each with the comment above it; blank lines part the jobs."""
    blocks = read(Path(name)).rstrip("\n").split("\n\n")
    for job in jobs:
        key = re.compile(rf"(?m)\A(?:\s*#.*\n)*\s*{re.escape(job)}:$")
        kept = [block for block in blocks if not key.search(block)]
        if len(kept) != len(blocks) - 1:
            sys.exit(f"template: {name} should hold a job {job!r} once; the hook is behind")
        blocks = kept
    write(Path(name), "\n\n".join(blocks) + "\n")


def drop_rows(name: str, jobs: list[str]) -> None:
    """Drop the rows of a page's tables that begin with one of the jobs."""
    rows = tuple(f"| {job} |" for job in jobs)
    lines = read(Path(name)).splitlines(keepends=True)
    write(Path(name), "".join(line for line in lines if not line.startswith(rows)))


def drop_sections(name: str, titles: list[str]) -> None:
    """Drop sections of a page by their titles, as far as the page has them."""
    sections = re.split(r"(?m)^(?=## )", read(Path(name)))
    kept = [text for text in sections if text.split("\n")[0].removeprefix("## ") not in titles]
    write(Path(name), "".join(kept).rstrip("\n") + "\n")


def choose_ci(level: str, forge: str) -> None:
    """Keep one forge's files, jobs and page, as far as they were chosen."""
    for name, path in CI_FILES.items():
        if level == "none" or name != forge:
            remove(path)
            remove(f"docs/ci-{name}.md")
            index = Path("docs/README.md")
            lines = read(index).splitlines(keepends=True)
            write(index, "".join(line for line in lines if f"(ci-{name}.md)" not in line))
    if level == "none":
        return
    file = ".gitlab-ci.yml" if forge == "gitlab" else ".github/workflows/ci.yml"
    for part in CI_SECTIONS:
        if part in CI_LEVELS[level]:
            continue
        parts = CI_PARTS[forge][part]
        drop_jobs(file, [name for name in parts if "/" not in name])
        for name in parts:
            if "/" in name:
                remove(name)
        drop_sections(f"docs/ci-{forge}.md", CI_SECTIONS[part])
        drop_rows(f"docs/ci-{forge}.md", parts)
    if forge == "gitlab":
        edit("conf/retrain/default.yaml", "forge: github ", "forge: gitlab ")
        if level != "all":
            edit(file, GITLAB_FORM, "")


def set_license(license: str) -> None:
    """Give the card of a model the chosen licence."""
    for path in sorted(Path("conf/dataset").glob("*.yaml")):
        if license != "MIT":
            edit(str(path), "license: mit", f"license: {HUGGING_FACE[license]}")


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
        edit("pyproject.toml", '    "filelock', f'    "{requirement}",\n    "filelock')


def digest(folder: Path) -> str:
    """Return the hash of the machinery's files, as `python -m lockstep version` computes it."""
    sums = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda path: path.as_posix()):
        if path.is_file() and path.name != "ORIGIN.json" and path.suffix != ".pyc":
            sums.update(path.relative_to(folder).as_posix().encode() + b"\0")
            sums.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return sums.hexdigest()


def git(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Git quietly."""
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)


def template_commit() -> str | None:
    """Return the commit of the template; None for an archive, or a folder with changes."""
    if ANSWERS.get("_commit"):
        return str(ANSWERS["_commit"])
    if not ANSWERS.get("_repo_dir"):
        return None
    top = git("rev-parse", "--show-toplevel", folder=TEMPLATE).stdout.strip()
    if not top or Path(top).resolve() != TEMPLATE.resolve():
        return None  # an archive unpacked within another repository
    if git("status", "--porcelain", "--untracked-files=no", folder=TEMPLATE).stdout.strip():
        return None
    return git("rev-parse", "HEAD", folder=TEMPLATE).stdout.strip() or None


def write_origin() -> None:
    """Record which machinery the project got, for `python -m lockstep version`."""
    folder = Path("lockstep")
    origin = {"commit": template_commit(), "sha256": digest(folder)}
    write(folder / "ORIGIN.json", json.dumps(origin, indent=2) + "\n")


def begin() -> str:
    """Start the repository; a note on its first commit."""
    if git("init", "--quiet", "--initial-branch=main").returncode:
        sys.exit("`git init` failed; Git 2.28 or newer is needed")
    git("add", "--all")
    if git("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT").returncode:
        return (
            "Nothing is committed yet, because Git does not know your name. Everything runs all the same; "
            "for experiments type\n"
            '    git config user.name "YOUR NAME"; git config user.email YOU@EXAMPLE.ORG\n'
            f"    git commit --quiet --message 'Start {ANSWERS['project_slug']}'"
        )
    if git("commit", "--quiet", "--message", f"Start {ANSWERS['project_slug']}").returncode:
        return "Nothing is committed yet: `git commit` says why."
    if "_commit" in ANSWERS:  # cruft writes its file after this
        return "Committed, all but cruft's own file: `git add .cruft.json` and commit it."
    return "Committed."


def dataset_name(path: str) -> str:
    """Return what the data set of a file or folder is called."""
    name = re.sub(r"[^a-z0-9]+", "_", Path(path).name.lower().split(".")[0]).strip("_") or "table"
    if not name[0].isalpha():
        return f"data_{name}"
    taken = name in NO_NAMES or keyword.iskeyword(name) or name in sys.stdlib_module_names
    return f"my_{name}" if taken else name


def make_dataset(path: str, target: str) -> str:
    """Return what makes the data set of an own table, in the shell's and make's words."""
    if not path:
        return 'make dataset ARGS="NAME TABLE --target COLUMN --default"'
    table = os.path.abspath(TYPED_IN / Path(path).expanduser())
    options = [f"--target={target}"] if target.startswith("-") else ["--target", target]
    words = shlex.join([dataset_name(table), table, *options, "--default"]).replace("$", "$$")
    quoted = shlex.quote(words) if re.search('["$`!\\\\]', words) else f'"{words}"'
    return f"make dataset ARGS={quoted}"


def next_commands() -> list[str]:
    """Return the commands to type."""
    folder = shlex.quote(os.path.relpath(Path.cwd(), TYPED_IN))
    if ANSWERS["dataset"] == "own":
        own = make_dataset(ANSWERS["data_path"], ANSWERS["target"])
        return [f"cd {folder}", own, "make repro"]
    return [f"cd {folder}", "make repro", "make test"]


def is_update() -> bool:
    """Return whether cruft renders the template to compare it: not beside the folder of the command."""
    return "_commit" in ANSWERS and TYPED_IN.resolve() != Path.cwd().parent.resolve()


def render() -> None:
    """Everything but Git."""
    follow(links_as_text())
    remove_caches()
    for old, new in RENAMED.items():
        Path(old).rename(new)
    assemble()
    for change in EDITS:
        edit(*change)
    choose_data(ANSWERS["dataset"])
    choose_ci(ANSWERS["ci"], ANSWERS["forge"])
    set_license(ANSWERS["license"])
    set_remote(ANSWERS["remote"], ANSWERS["remote_url"])
    depend_on(ANSWERS["remote"])
    write_origin()


def main() -> None:
    """Render, begin the repository, and say what to type next; an update does the first alone."""
    render()
    if is_update():
        return
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
