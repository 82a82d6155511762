"""Every choice renders exactly the root's files less what was not chosen, and what is rendered works."""

import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lockstep.automation.remote import remote_options
from lockstep.core.errors import LockstepError
from lockstep.onboarding.gather import KINDS
from lockstep.onboarding.gather import PACKED as UNPACKED
from lockstep.onboarding.new_dataset import build_parser, check_dataset_name
from template.tests.support.workspace import environment, replace, shell, started
from tests.closure import ROOT

FLIGHTS = re.compile(
    r"conf/dataset/flights\w*\.yaml|conf/experiment/(air_time|flights_forest)\.yaml"
    r"|data/raw/flights/.*|recipes/flights\w*\.py|tests/recipes/test_flights\w*\.py"
)
RESULTS = re.compile(r"dvc\.lock|params\.yaml|metrics/.*|reports/model_card\.md")
TEMPLATES_OWN = re.compile(r"\{\{.*|hooks/.*|cookiecutter\.json|template/.*|\.ci/.*")
CI = {"github": r"\.github/.*", "gitlab": r"\.gitlab-ci\.yml", "none": "(?!)"}
EVERY_CI = re.compile(r"\.github/.*|\.gitlab-ci\.yml")
IDENTITY = {"README.md", "pyproject.toml", "LICENSE", ".dvcignore"}
REMOTES = {
    "local": "../elsewhere",
    "s3": "s3://bucket/path",
    "gcs": "gs://bucket/path",
    "azure": "azure://container/path",
    "ssh": "ssh://user@host/path",
}
VARIANTS = {
    "defaults": {},
    "penguins": {"dataset": "penguins", "ci": "gitlab", "license": "BSD-3-Clause"},
    "penguins-proprietary": {"dataset": "penguins", "ci": "none", "license": "Proprietary"},
    "flights-apache": {"license": "Apache-2.0", "ci": "none"},
    "own": {"dataset": "own", "data_path": "Visits 2023.csv", "target": "came back", "ci": "none"},
}


def ran(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command typed in a folder, with a home of its own for what cookiecutter keeps."""
    variables = {**environment(), "PWD": str(folder), "HOME": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def visits(folder: Path) -> None:
    """A table of one's own: times, categories, gaps, and a target that its features tell a little."""
    draw = np.random.default_rng(5)
    n = 900
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(np.sort(draw.integers(0, 330, n)), "D")
    stay = draw.gamma(2.0, 20.0, n).round(1)
    ward = draw.choice(["north", "south", "children's"], n)
    back = draw.random(n) < 1 / (1 + np.exp(2.5 - stay / 25 - (ward == "north")))
    frame = pd.DataFrame(
        {
            "visit id": [f"V{number:04}" for number in range(n)],
            "admitted": days.strftime("%Y-%m-%d"),
            "ward": ward,
            "stay": pd.Series(stay).mask(draw.random(n) < 0.08),
            "came back": np.where(back, "yes", "no"),
        }
    )
    frame.to_csv(folder / "Visits 2023.csv", index=False)


def render(folder: Path, source: str, answers: dict[str, str]) -> str:
    """What rendering from a source prints."""
    if answers.get("dataset") == "own":
        visits(folder)
    words = [f"{name}={value}" for name, value in answers.items()]
    done = ran(folder, "cookiecutter", "--no-input", source, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def names(folder: Path) -> set[str]:
    """The files that Git would commit."""
    listed = shell(folder, "git", "ls-files", "-co", "--exclude-standard", "-z").split("\0")
    return {name for name in listed if name and (folder / name).is_file()}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree as a Git repository of one commit, its links kept."""
    folder = tmp_path_factory.mktemp("source") / "lockstep"
    for name in shell(ROOT, "git", "ls-files", "-co", "--exclude-standard", "-z").split("\0"):
        if name and ((ROOT / name).is_symlink() or (ROOT / name).is_file()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    shell(folder, "git", "init", "-q", "--initial-branch=main")
    shell(folder, "git", "add", "-A")
    shell(folder, "git", "commit", "-qm", "Template")
    return folder


@pytest.fixture(scope="module")
def rendered(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each variant, rendered once."""
    found = {}
    for name, answers in VARIANTS.items():
        folder = tmp_path_factory.mktemp(name)
        render(folder, str(source), answers)
        found[name] = folder / "my-study"
    return found


def expected(source: Path, answers: dict[str, str]) -> set[str]:
    """The root's files less the template's machinery and what was not chosen."""
    flights = answers.get("dataset", "flights") == "flights"
    chosen = re.compile(CI[answers.get("ci", "github")])
    return {
        name
        for name in names(source)
        if not TEMPLATES_OWN.fullmatch(name)
        and not (EVERY_CI.fullmatch(name) and not chosen.fullmatch(name))
        and (flights or not FLIGHTS.fullmatch(name))
        and ((flights and "license" not in answers) or not RESULTS.fullmatch(name))
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_tree_is_the_roots_less_what_was_not_chosen(
    rendered: dict[str, Path], source: Path, variant: str
) -> None:
    root = rendered[variant]
    assert names(root) == expected(source, VARIANTS[variant])
    assert not [path for path in root.rglob("*") if path.is_symlink()]
    folders = [path for path in root.rglob("*") if path.is_dir() and ".git" not in path.parts]
    assert [path for path in folders if not any(path.iterdir())] == []
    assert shell(root, "git", "status", "--porcelain") == ""


def test_the_defaults_are_the_roots_files_byte_for_byte(
    rendered: dict[str, Path], source: Path
) -> None:
    root = rendered["defaults"]
    differ = {n for n in names(root) if (root / n).read_bytes() != (source / n).read_bytes()}
    assert differ == IDENTITY


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_of_the_template_is_left(rendered: dict[str, Path], variant: str) -> None:
    root = rendered[variant]
    for name in names(root) - {"requirements.lock", "requirements-dev.lock"}:
        text = (root / name).read_bytes()
        assert b"cookiecutter" not in text, name
        assert name.endswith(".jinja") or b"{" + b"% " not in text, name
    for name in IDENTITY | {"conf/config.yaml"}:
        assert "{{" not in (root / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_lints_and_type_checks(rendered: dict[str, Path], variant: str) -> None:
    root = rendered[variant]
    shell(root, "ruff", "check", "--no-cache", ".")
    shell(root, "ruff", "format", "--no-cache", "--check", ".")
    shell(root, "mypy", "--cache-dir", str(ROOT / ".cache/mypy-template"))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_identity_is_in_its_files(rendered: dict[str, Path], variant: str) -> None:
    root, answers = rendered[variant], VARIANTS[variant]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    license = answers.get("license", "MIT")
    spdx = "LicenseRef-Proprietary" if license == "Proprietary" else license
    assert (project["name"], project["license"]) == ("my-study", spdx)
    words = {"MIT": "MIT License", "BSD-3-Clause": "BSD 3-Clause", "Apache-2.0": "Apache License"}
    text = (root / "LICENSE").read_text(encoding="utf-8")
    assert words.get(license, "All rights reserved") in text
    assert license == "Apache-2.0" or "The My study authors" in text
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# My study\n") and "## A day's work" in readme
    assert "Start your own project" not in readme


def test_penguins_build_and_their_tests_pass(rendered: dict[str, Path]) -> None:
    root = rendered["penguins"]
    assert started(shell(root, "dvc", "repro"))[-1] == "report"
    shell(root, sys.executable, "-m", "pytest", "-n", "0")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Built")


def typed_next(said: str) -> list[list[str]]:
    """The commands that the hook says to type next, in the shell's words."""
    return [shlex.split(line) for line in said.split("Next:\n")[1].splitlines() if line.strip()]


def with_this_environment(root: Path) -> None:
    """Links to this interpreter's environment as the project's .venv: make finds nothing to install."""
    (root / ".venv").mkdir()
    for one in Path(sys.prefix).iterdir():
        (root / ".venv" / one.name).symlink_to(one)
    (root / ".venv/.stamp").unlink(missing_ok=True)
    (root / ".venv/.stamp").touch()


def typed(folder: Path, words: list[str]) -> str:
    """What one of the commands prints; make runs it without questions."""
    words = [word.replace("--default", "--default --yes") for word in words]
    return shell(folder, *words)


@pytest.mark.slow
def test_an_own_table_becomes_a_report_by_the_commands_that_are_printed(
    source: Path, tmp_path: Path
) -> None:
    cd, dataset, repro = typed_next(render(tmp_path, str(source), VARIANTS["own"]))
    assert (cd, repro) == (["cd", "my-study"], ["make", "repro"])
    root = tmp_path / cd[1]
    with_this_environment(root)
    typed(root, dataset)
    assert started(typed(root, repro))[-1] == "report"
    assert json.loads((root / "metrics/gate.json").read_text(encoding="utf-8"))["verdict"] == "pass"
    assert "came back" in (root / "reports/report.html").read_text(encoding="utf-8")
    shell(root, "ruff", "check", "--no-cache", ".")
    shell(root, "ruff", "format", "--no-cache", "--check", ".")
    shell(root, sys.executable, "-m", "pytest", "-n", "0")


def hook(source: Path, folder: Path, name: str, **answers: str) -> dict[str, Any]:
    """What a hook's file defines."""
    text = (source / f"hooks/{name}.py").read_text(encoding="utf-8")
    file = folder / f"{name}.py"
    file.write_text(text.replace("{{ cookiecutter | tojson }}", json.dumps(answers)), "utf-8")
    return runpy.run_path(str(file))


def test_the_hook_knows_what_the_command_reads(source: Path, tmp_path: Path) -> None:
    pre = hook(source, tmp_path, "pre_gen_project")
    assert set(pre["READ"]) == set(KINDS) - {""} and set(pre["PACKED"]) == set(UNPACKED)


@pytest.mark.parametrize(
    "path",
    ["Visits 2023.csv", "2023.csv.gz", "json.parquet", "class", "é.csv", "a/b c/", ".x.csv", "y.csv",
     "grouped.csv", "penguins.csv", "numpy.jsonl"],
)  # fmt: skip
def test_the_command_takes_the_name_and_the_words_that_the_hook_prints(
    source: Path, tmp_path: Path, path: str
) -> None:
    post = hook(source, tmp_path, "post_gen_project")
    name = post["named"](path)
    check_dataset_name(name)
    assert name != "penguins"
    (tmp_path / "Makefile").write_text(
        "dataset:\n\t@python -c 'import json, sys; print(json.dumps(sys.argv[1:]))' $(ARGS)\n"
    )
    for target in ("came back", "price in $", "it's", "-x", "a `b`", "été"):
        words = shlex.split(post["make_dataset"](path, target))
        ours = json.loads(shell(tmp_path, *words))
        told = build_parser().parse_args(ours)
        assert (told.name, told.target, told.default) == (name, target, True)
        assert Path(told.source).is_absolute() and Path(told.source).name == Path(path).name


@pytest.mark.parametrize("kind", REMOTES)
def test_dvc_knows_the_remote(source: Path, tmp_path: Path, kind: str) -> None:
    url = REMOTES[kind]
    (tmp_path / ".dvc").mkdir()
    shutil.copy(source / ".dvc/config", tmp_path / ".dvc/config")
    shutil.copy(source / "pyproject.toml", tmp_path)
    code = (
        "import runpy, sys; hook = runpy.run_path(sys.argv[1]); hook['set_remote'](*sys.argv[2:]); "
    )
    code += "hook['depend_on'](sys.argv[2])"
    hook = tmp_path / "hook.py"
    text = (source / "hooks/post_gen_project.py").read_text(encoding="utf-8")
    hook.write_text(text.replace("{{ cookiecutter | tojson }}", "{}"), encoding="utf-8")
    shell(tmp_path, sys.executable, "-c", code, str(hook), kind, url)
    shell(tmp_path, "git", "init", "-q")
    wanted = str((tmp_path / url).resolve()) if kind == "local" else url
    listed = shell(tmp_path, "env", "COLUMNS=500", "dvc", "remote", "list").split()
    assert (listed[0], os.path.normpath(listed[1]) if kind == "local" else listed[1]) == (
        "storage",
        wanted,
    )
    assert "(default)" in listed
    text = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    assert set(project["optional-dependencies"].get(kind, [])) <= set(project["dependencies"])


@pytest.mark.parametrize(
    "url",
    [*REMOTES.values(), "inside", "../a,b", "../a#b", "s3://", "s3://b?k=v", "ssh://a:b/c@host/x"],
)
def test_a_url_is_judged_as_by_the_command(source: Path, tmp_path: Path, url: str) -> None:
    kind = next((name for name, one in REMOTES.items() if url.startswith(one[:4])), "local")
    ours = hook(source, tmp_path, "pre_gen_project")["refused_remote"](kind, url)
    try:
        remote_options(tmp_path, url, None)
    except LockstepError:
        assert ours
    else:
        assert ours is None


REFUSED = {
    "empty author": ({"author": ""}, "author is empty"),
    "empty name": ({"project_name": "", "project_slug": "x"}, "project_name is empty"),
    "slug": ({"project_slug": "My_Study"}, "project_slug 'My_Study'"),
    "braces": ({"description": "a {b}"}, "without quotes, backslashes and braces"),
    "scheme": ({"remote": "s3", "remote_url": "gs://bucket"}, "must begin with s3://"),
    "inside": ({"remote": "local", "remote_url": "data"}, "lies in the project"),
    "no url": ({"remote": "ssh"}, "remote_url is empty"),
    "no kind": ({"remote_url": "s3://bucket"}, "no kind of remote"),
    "no path": ({"dataset": "own"}, "data_path is empty"),
    "no table": ({"dataset": "own", "data_path": "x.csv", "target": "y"}, "'x.csv' is not there"),
    "no target": ({"dataset": "own", "data_path": "."}, "target is empty"),
    "a URL": ({"dataset": "own", "data_path": "s3://b/x", "target": "y"}, "`make dataset` in the"),
    "not read": (
        {"dataset": "own", "data_path": str(ROOT / "hooks"), "target": "y"},
        ".py is not read; .csv",
    ),
    "no own": ({"data_path": "x.csv"}, "no table of your own was chosen"),
    "secret": ({"remote": "ssh", "remote_url": "ssh://me:secret@host/x"}, ".dvc/config.local"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_answer_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    answers, words = REFUSED[name]
    (tmp_path / "work").mkdir()
    given = [f"{key}={value}" for key, value in answers.items()]
    done = ran(tmp_path / "work", "cookiecutter", "--no-input", str(ROOT), *given)
    assert done.returncode != 0 and words in done.stderr
    left = [p.name for p in (tmp_path / "work").iterdir() if not p.name.startswith(".cookiecutter")]
    assert left == []


@pytest.mark.parametrize("form", ["git", "zip"])
def test_a_git_url_and_an_archive_render_the_same(
    rendered: dict[str, Path], source: Path, tmp_path: Path, form: str
) -> None:
    place = tmp_path / f"lockstep.{form}"
    if form == "git":
        shell(source, "git", "clone", "-q", "--bare", str(source), str(place))
        render(tmp_path, f"file://{place}", {})
    else:  # cookiecutter unzips links as text files
        shell(source, "git", "archive", "--prefix=lockstep-1/", "-o", str(place), "HEAD")
        render(tmp_path, str(place), {})
    ours, theirs = tmp_path / "my-study", rendered["defaults"]
    assert names(ours) == names(theirs)
    assert [n for n in names(ours) if (ours / n).read_bytes() != (theirs / n).read_bytes()] == []


def test_without_links_cruft_says_what_to_do(source: Path, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[core]\n    symlinks = false\n", encoding="utf-8")
    done = ran(tmp_path, "cruft", "create", "--no-input", str(source))
    assert done.returncode != 0 and "core.symlinks true" in done.stderr


def test_an_update_of_the_template_merges_with_a_users_edits(source: Path, tmp_path: Path) -> None:
    template = tmp_path / "template"
    shell(tmp_path, "git", "clone", "-q", str(source), str(template))
    done = ran(tmp_path, "cruft", "create", "--no-input", str(template), "--extra-context",
               '{"dataset": "penguins"}')  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    root = tmp_path / "my-study"
    replace(root / "conf/dataset/penguins.yaml", "min_rows: 100", "min_rows: 200")
    (root / "recipes/penguins.py").open("a", encoding="utf-8").write("\n# the user's\n")
    (root / "recipes/mine.py").write_text("# the user's own\n", encoding="utf-8")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Mine")
    replace(template / "conf/dataset/penguins.yaml", "name: penguins", "# Newer\nname: penguins")
    first = (template / "recipes/penguins.py").read_text(encoding="utf-8")
    (template / "recipes/penguins.py").write_text("# Newer\n" + first, encoding="utf-8")
    replace(template / "README.md", "## A day's work", "## A day of work")
    (template / "metrics/test.json").write_text("{}\n", encoding="utf-8")
    shell(template, "git", "commit", "-qam", "Newer")
    done = ran(root, "cruft", "update", "--skip-apply-ask")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(root.rglob("*.rej")) and "<<<<<<<" not in shell(root, "git", "diff", "HEAD")
    conf = (root / "conf/dataset/penguins.yaml").read_text(encoding="utf-8")
    assert "# Newer\n" in conf and "min_rows: 200" in conf
    recipe = (root / "recipes/penguins.py").read_text(encoding="utf-8")
    assert recipe.startswith("# Newer\n") and recipe.endswith("# the user's\n")
    assert "## A day of work" in (root / "README.md").read_text(encoding="utf-8")
    assert (root / "recipes/mine.py").exists() and not (root / "metrics").exists()


def test_an_update_does_not_ask_for_the_table_again(source: Path, tmp_path: Path) -> None:
    template = tmp_path / "template"
    shell(tmp_path, "git", "clone", "-q", str(source), str(template))
    visits(tmp_path)
    answers = json.dumps(VARIANTS["own"])
    create = ("cruft", "create", "--no-input", str(template), "--extra-context")
    wrong = ran(tmp_path, *create, answers.replace("Visits", "Nowhere"))
    assert wrong.returncode != 0 and "Nowhere 2023.csv' is not there" in wrong.stderr
    done = ran(tmp_path, *create, answers)
    assert done.returncode == 0, done.stdout + done.stderr
    root = tmp_path / "my-study"
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Of cruft")
    (tmp_path / "Visits 2023.csv").unlink()
    replace(template / "README.md", "## A day's work", "## A day of work")
    shell(template, "git", "commit", "-qam", "Newer")
    done = ran(root, "cruft", "update", "--skip-apply-ask")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "## A day of work" in (root / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_penguins_make_repro_and_make_test_in_a_new_environment(
    source: Path, tmp_path: Path
) -> None:
    render(tmp_path, str(source), {"dataset": "penguins"})
    shell(tmp_path / "my-study", "make", f"PYTHON={sys.executable}", "repro", "test")


@pytest.mark.slow
def test_a_project_with_a_table_of_its_own_passes_its_tests(source: Path, tmp_path: Path) -> None:
    cd, dataset, repro = typed_next(render(tmp_path, str(source), VARIANTS["own"]))
    root = tmp_path / cd[1]
    with_this_environment(root)
    typed(root, dataset)
    typed(root, repro)
    shell(root, "make", "test")
