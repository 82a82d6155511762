"""The hooks refuse a bad answer, and their tables agree with the commands that they speak of."""

import json
import os
import runpy
import shlex
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from lockstep.automation.remote import remote_options
from lockstep.cli.version import digest
from lockstep.core.errors import LockstepError
from lockstep.onboarding.gather import KINDS, PACKED
from lockstep.onboarding.new_dataset import build_parser, check_dataset_name
from template.tests.support.rendering import attempt_at_home, committed_files, render
from template.tests.support.workspace import shell
from tests.closure import ROOT

REMOTES = {
    "local": "../elsewhere",
    "s3": "s3://bucket/path",
    "gcs": "gs://bucket/path",
    "azure": "azure://container/path",
    "ssh": "ssh://user@host/path",
}


def run_hook(source: Path, folder: Path, name: str, **answers: str) -> dict[str, Any]:
    """Return what a hook's file defines."""
    text = (source / f"hooks/{name}.py").read_text(encoding="utf-8")
    file = folder / f"{name}.py"
    file.write_text(text.replace("{{ cookiecutter | tojson }}", json.dumps(answers)), "utf-8")
    return runpy.run_path(str(file))


def test_the_hook_knows_what_the_command_reads(source: Path, tmp_path: Path) -> None:
    pre = run_hook(source, tmp_path, "pre_gen_project")
    assert set(pre["READ"]) == set(KINDS) - {""} and set(pre["PACKED"]) == set(PACKED)


@pytest.mark.parametrize(
    "path",
    ["Visits 2023.csv", "2023.csv.gz", "json.parquet", "class", "é.csv", "a/b c/", ".x.csv", "y.csv",
     "grouped.csv", "penguins.csv", "numpy.jsonl"],
)  # fmt: skip
def test_the_command_takes_the_name_and_the_words_that_the_hook_prints(
    source: Path, tmp_path: Path, path: str
) -> None:
    post = run_hook(source, tmp_path, "post_gen_project")
    name = post["dataset_name"](path)
    check_dataset_name(name)
    (tmp_path / "Makefile").write_text(
        "dataset:\n\t@python -c 'import json, sys; print(json.dumps(sys.argv[1:]))' $(ARGS)\n"
    )
    for target in ("came back", "price in $", "it's", "-x", "a `b`", "été"):
        words = shlex.split(post["make_dataset"](path, target))
        options = build_parser().parse_args(json.loads(shell(tmp_path, *words)))
        assert (options.name, options.target, options.default) == (name, target, True)
        assert Path(options.source).is_absolute() and Path(options.source).name == Path(path).name


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
    ours = run_hook(source, tmp_path, "pre_gen_project")["refused_remote"](kind, url)
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
    "no path": ({"dataset": "own", "target": "y"}, "data_path is empty"),
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
    options = [f"{key}={value}" for key, value in answers.items()]
    done = attempt_at_home(tmp_path / "work", "cookiecutter", "--no-input", str(ROOT), *options)
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
    project, expected = tmp_path / "my-study", rendered["defaults"]
    assert committed_files(project) == committed_files(expected)
    differing = [
        name
        for name in committed_files(project)
        if (project / name).read_bytes() != (expected / name).read_bytes()
    ]
    assert differing == (["lockstep/ORIGIN.json"] if form == "zip" else [])


def test_without_links_cruft_says_what_to_do(source: Path, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[core]\n    symlinks = false\n", encoding="utf-8")
    done = attempt_at_home(tmp_path, "cruft", "create", "--no-input", str(source))
    assert done.returncode != 0 and "core.symlinks true" in done.stderr


def test_the_hook_and_the_command_compute_the_same_hash_of_the_machinery(
    source: Path, tmp_path: Path
) -> None:
    post = run_hook(source, tmp_path, "post_gen_project")
    assert post["digest"](source / "lockstep") == digest(source / "lockstep")


def test_version_tells_the_commit_and_whether_the_machinery_was_edited(
    rendered: dict[str, Path], source: Path
) -> None:
    root = rendered["own-later"]
    version = (sys.executable, "-m", "lockstep", "version")
    commit = shell(source, "git", "rev-parse", "HEAD").strip()
    number = (source / "lockstep/VERSION").read_text(encoding="utf-8").strip()
    lines = [f"Lockstep {number}", f"template commit: {commit}"]
    assert shell(root, *version).splitlines() == [*lines, "lockstep/ is as it was rendered"]
    (root / "lockstep/core/errors.py").open("a", encoding="utf-8").write("# mine\n")
    try:
        assert shell(root, *version).splitlines()[-1] == "lockstep/ was edited here"
    finally:
        shell(root, "git", "checkout", "-q", "lockstep")
    facts = json.loads(shell(root, *version, "--json"))
    assert facts == {"version": number, "commit": commit, "is_edited": False}


def test_the_template_itself_says_so_and_its_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == (ROOT / "lockstep/VERSION").read_text(encoding="utf-8").strip()
    assert "own repository" in shell(ROOT, sys.executable, "-m", "lockstep", "version")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {project['version']}" in changes


@pytest.mark.parametrize(
    "variant", ["own", "own-later", "defaults", "flights-all-gitlab", "penguins"]
)
def test_ci_has_the_chosen_jobs_alone(rendered: dict[str, Path], variant: str) -> None:
    jobs = {
        "own": {"test"},
        "own-later": {"test"},
        "defaults": {"test", "review", "comment"},
        "flights-all-gitlab": {"test", "review", "comment", "publish", "retrain", "experiment"},
        "penguins": {"test", "review", "comment", "publish"},
    }
    root = rendered[variant]
    if (root / ".gitlab-ci.yml").exists():
        conf = yaml.safe_load((root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
        assert {name for name, job in conf.items() if "script" in job} == jobs[variant]
        assert ("OVERRIDES" in conf["variables"]) == ("experiment" in jobs[variant])
        return
    conf = yaml.safe_load((root / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    assert set(conf["jobs"]) == jobs[variant]
    page = (root / "docs/ci-github.md").read_text(encoding="utf-8")
    assert ("## Retrain" in page) == ("publish" in jobs[variant])
    assert ("| review |" in page) == ("review" in jobs[variant])


def test_a_table_of_the_hook_that_is_behind_the_files_stops_it(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = run_hook(source, tmp_path, "post_gen_project")
    (tmp_path / "ci.yml").write_text("jobs:\n  test:\n    steps: []\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="should hold a job 'publish' once"):
        post["drop_jobs"]("ci.yml", ["publish"])
    with pytest.raises(SystemExit, match="should hold 'steps: x' once"):
        post["edit"]("ci.yml", "steps: x", "")
