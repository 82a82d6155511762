"""The workflow files are safe and valid, and their commands do what they say, run as the platforms run them.

A built repository of penguins with a bare Git remote and a DVC remote; GitHub and GitLab are servers here
that keep what is posted, `gh` is the real one.
"""

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from template.tests.support.forges import TOKEN, Forge, github, gitlab
from template.tests.support.jobs import (
    GITLAB,
    ROOT,
    WORKFLOWS,
    Values,
    filled,
    github_job,
    gitlab_job,
    loaded,
    prepared,
    rule,
    value,
    wanted,
)
from template.tests.support.workspace import (
    DVC,
    attempt,
    build,
    built_copy,
    replace,
    shell,
    started,
)

ON_GITHUB = pytest.mark.skipif(
    not WORKFLOWS.is_dir(), reason="this project has no GitHub workflows"
)
ON_GITLAB = pytest.mark.skipif(not GITLAB.is_file(), reason="this project has no GitLab pipeline")
FILES = sorted(WORKFLOWS.glob("*.yml"))
PULL_REQUEST = {
    "github.event_name": "pull_request",
    "github.repository": "someone/study",
    "github.event.pull_request.head.repo.full_name": "someone/study",
    "github.event.pull_request.number": "7",
    "github.run_id": "11",
    "github.token": TOKEN,
    "needs.review.outputs.report": "success",
}
FORK = {**PULL_REQUEST, "github.event.pull_request.head.repo.full_name": "another/study"}
PUSH = {**PULL_REQUEST, "github.event_name": "push"}


def jobs(name: str) -> dict[str, Any]:
    """The jobs of a GitHub workflow."""
    found: dict[str, Any] = loaded(WORKFLOWS / f"{name}.yml")["jobs"]
    return found


def git_hash(root: Path, name: str) -> str:
    """The commit that a name stands for."""
    return shell(root, "git", "rev-parse", name).strip()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a bare origin.git, whose main is a built repository, and storage, DVC's remote.

    The branch change has two commits more: another C, and a gate that nothing passes.
    """
    with pytest.MonkeyPatch.context() as patch:
        root = built_copy(tmp_path_factory, "workflows")
        patch.setitem(DVC, "DVC_SITE_CACHE_DIR", str(root.parent / "site"))
        home = root.parent
        shell(home, "git", "init", "-q", "--bare", "--initial-branch=main", "origin.git")
        shell(root, "git", "branch", "-qM", "main")
        shell(root, "git", "remote", "add", "origin", str(home / "origin.git"))
        url = str(home / "storage")
        shell(root, "dvc", "remote", "add", "--force", "--default", "storage", url)
        shell(root, "git", "commit", "-qam", "Set the remote")
        shell(root, "dvc", "push")
        shell(root, "git", "push", "-q", "origin", "main")
        shell(root, "git", "switch", "-qc", "change")
        replace(root / "conf/model/linear.yaml", "C: 1.0", "C: 2.0")
        build(root)
        shell(root, "dvc", "push")
        replace(root / "conf/gate/default.yaml", "baseline_margin: 0.01", "baseline_margin: 0.99")
        build(root)
        shell(root, "dvc", "push")
        shell(root, "git", "push", "-q", "origin", "change")
        yield home


def checked_out(home: Path, place: Path, revision: str) -> Path:
    """What actions/checkout leaves: a clone with a revision in force, on a branch only if it is one."""
    shell(home, "git", "clone", "-q", str(home / "origin.git"), str(place))
    shell(place, "git", "checkout", "-q", revision)
    return prepared(place)


@ON_GITHUB
def test_zizmor_finds_nothing() -> None:
    done = attempt(
        ROOT, "zizmor", "--offline", "--no-progress", "--strict-collection", str(WORKFLOWS)
    )
    assert done.returncode == 0 and "No findings" in done.stdout + done.stderr, done.stdout


@ON_GITHUB
def test_the_workflows_keep_to_githubs_schema() -> None:
    schema = ("check-jsonschema", "--builtin-schema", "vendor.github-workflows")
    shell(ROOT, *schema, *map(str, FILES))


@ON_GITLAB
def test_the_pipeline_keeps_to_gitlabs_schema() -> None:
    schema = ("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci")
    shell(ROOT, *schema, "--data-transform", "gitlab-ci", str(GITLAB))


@ON_GITHUB
def test_an_action_has_one_commit_and_its_version_everywhere() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    uses = re.findall(r"uses: (\S+)@(\S+)(?:  # (v[\d.]+))?\n", text)
    assert len(uses) == text.count("uses: ")
    assert all(re.fullmatch("[0-9a-f]{40}", commit) and version for _, commit, version in uses)
    assert len(set(uses)) == len({action for action, _, _ in uses})


@ON_GITHUB
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_job_may_no_more_than_it_says_and_ends(path: Path) -> None:
    workflow = loaded(path)
    assert workflow["permissions"] == {} and "concurrency" in workflow
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 350 and "permissions" in job, name
        writes = "write" in job["permissions"].values()
        checkouts = [
            step["with"]
            for step in job["steps"]
            if step.get("uses", "").startswith("actions/checkout")
        ]
        assert all(one["persist-credentials"] is False for one in checkouts), name
        if writes and checkouts and "pull_request" in workflow[True]:
            assert not wanted(job, PULL_REQUEST), f"{name} would run a pull request's code"
    assert "pull_request_target" not in workflow[True]  # YAML 1.1 reads `on` so


@ON_GITHUB
@ON_GITLAB
def test_both_platforms_take_the_same_steps() -> None:
    theirs, ours = loaded(GITLAB), jobs("ci")
    for name in ("test", "review", "publish"):
        there = "\n".join(theirs[name]["script"])
        here = "\n".join(step.get("run", "") for step in ours[name]["steps"])
        targets = re.compile(r"\b(?:make|-m lockstep) ([a-z-]+)")
        assert targets.findall(there) == targets.findall(here), name


@ON_GITHUB
def test_a_forks_pull_request_is_given_no_secret_and_no_comment() -> None:
    review, comment = jobs("ci")["review"], jobs("ci")["comment"]
    assert wanted(review, FORK) and not wanted(comment, FORK) and wanted(comment, PULL_REQUEST)
    pull = next(
        step for step in review["steps"] if step.get("run") == ".venv/bin/python -m lockstep pull"
    )
    assert not wanted(pull, FORK) and wanted(pull, PULL_REQUEST)
    assert "secrets." not in json.dumps([jobs("ci")["test"], comment])
    assert wanted(jobs("ci")["publish"], PUSH) and not wanted(jobs("ci")["publish"], PULL_REQUEST)


HERE = {"CI_PROJECT_ID": "3", "CI_DEFAULT_BRANCH": "main", "OVERRIDES": "", "RETRAIN": "no"}
MAIN = {**HERE, "CI_COMMIT_BRANCH": "main"}
MERGE = {
    **HERE,
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_PROJECT_ID": "3",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "3",
}
IN_THE_FORK = {"CI_PROJECT_ID": "4", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "4"}


@ON_GITLAB
@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (MERGE, ["test", "review", "comment"]),
        ({**MERGE, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "4"}, []),
        ({**MERGE, **IN_THE_FORK}, ["test", "review"]),
        ({**MAIN, "CI_PIPELINE_SOURCE": "push"}, ["test", "publish"]),
        ({**HERE, "CI_COMMIT_BRANCH": "a-branch", "CI_PIPELINE_SOURCE": "push"}, []),
        ({**MAIN, "CI_PIPELINE_SOURCE": "schedule"}, ["retrain"]),
        ({**MAIN, "CI_PIPELINE_SOURCE": "trigger", "RETRAIN": "tell"}, ["retrain"]),
        ({**MAIN, "CI_PIPELINE_SOURCE": "web"}, []),
        ({**MAIN, "CI_PIPELINE_SOURCE": "web", "RETRAIN": "promote"}, ["retrain"]),
        ({**MAIN, "CI_PIPELINE_SOURCE": "web", "OVERRIDES": "seed=1"}, ["experiment"]),
    ],
)
def test_gitlab_makes_the_jobs_of_the_occasion(variables: Values, expected: list[str]) -> None:
    pipeline = loaded(GITLAB)
    there = [name for name, one in pipeline.items() if isinstance(one, dict) and "script" in one]
    made = rule(pipeline["workflow"], variables)
    assert [name for name in there if made and rule(pipeline[name], variables)] == expected


@ON_GITLAB
def test_gitlab_retrains_by_the_given_policy_else_by_a_pull_request() -> None:
    job = loaded(GITLAB)["retrain"]
    schedule = {**MAIN, "CI_PIPELINE_SOURCE": "schedule"}
    assert (rule(job, schedule) or {})["variables"] == {"RETRAIN": "pull_request"}
    assert "variables" not in (rule(job, {**schedule, "RETRAIN": "tell"}) or {})


@ON_GITHUB
def test_a_pull_request_is_reported_in_one_comment_that_the_next_run_edits(
    home: Path, tmp_path: Path
) -> None:
    with github(tmp_path) as (forge, variables):
        runner = checked_out(home, tmp_path / "first", "origin/change~1")
        ran = reviewed(runner, forge, variables)
        assert ran[-1] == "make gate"
        assert [one["body"] for one in forge.comments] == [report(runner)]
        runner = checked_out(home, tmp_path / "second", "origin/change")
        ran = reviewed(runner, forge, variables)
        assert ran[-1] == "!make gate", "a refused model is reported, then fails the job"
        assert [one["body"] for one in forge.comments] == [report(runner)]


def report(root: Path) -> str:
    """The report of a checkout."""
    return (root / "reports/review/report.md").read_text(encoding="utf-8")


def reviewed(root: Path, forge: Forge, variables: Values) -> list[str]:
    """Run the jobs of a pull request in a checkout of its last commit; the commands that ran."""
    values = {**PULL_REQUEST, "github.event.pull_request.base.sha": git_hash(root, "origin/main")}
    job = jobs("ci")["review"]
    more = {"GITHUB_STEP_SUMMARY": str(root.parent / "summary.md")}
    said, ran, outcomes = github_job(root, job, values, more)
    assert started(said) == [], "everything was pulled"
    summary = Path(more["GITHUB_STEP_SUMMARY"])
    assert summary.read_text(encoding="utf-8") == report(root), said
    summary.unlink()
    uploads = {s["with"]["name"]: s["with"]["path"].split() for s in job["steps"]
               if s.get("uses", "").startswith("actions/upload-artifact")}  # fmt: skip
    assert all((root / path).exists() for paths in uploads.values() for path in paths)
    forge.artifacts["review"] = root / uploads["review"][0]
    values["needs.review.outputs.report"] = outcomes["report"]
    comment = jobs("ci")["comment"]
    assert wanted(comment, values)
    empty = root.parent / f"{root.name}-comment"  # this job checks nothing out
    empty.mkdir()
    said, commented, _ = github_job(empty, comment, values, variables)
    assert len(commented) == 2 and not commented[-1].startswith("!"), said
    return ran


@ON_GITLAB
@pytest.mark.slow
def test_a_merge_request_is_reported_in_one_note_that_the_next_run_edits(
    home: Path, tmp_path: Path
) -> None:
    pipeline = loaded(GITLAB)
    with gitlab() as (forge, variables):
        forge.comments += [{"id": n + 1, "author": {"id": 9}, "body": "Nice"} for n in range(120)]
        for place, revision in (("first", "origin/change~1"), ("second", "origin/change")):
            runner = checked_out(home, tmp_path / place, revision)
            base = git_hash(runner, "origin/main")
            own = {**variables, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
            del own["NOTE_TOKEN"]
            said, ran = gitlab_job(runner, pipeline["review"], own)
            assert ran[-1].endswith("make gate") and started(said) == [], said
            assert all(
                (runner / path).exists() for path in pipeline["review"]["artifacts"]["paths"]
            )
            empty = tmp_path / f"{place}-comment"  # this job checks nothing out
            shutil.copytree(runner / "reports/review", empty / "reports/review")
            said, ran = gitlab_job(empty, pipeline["comment"], variables)
            assert not ran[-1].startswith("!"), said
            posted = [one["body"] for one in forge.comments if one["author"]["id"] != 9]
            assert [text.split("\n", 1)[1] for text in posted] == [report(runner)]


ME, ANOTHER = {"id": 5}, {"id": 9}
MARK = "<!-- lockstep: report -->"


def noted(
    folder: Path, variables: Values, text: str | None = "**better** | ä $(id) `id`\n"
) -> tuple[str, list[str]]:
    """Run GitLab's job comment where the artifact alone is, with a report of this text."""
    (folder / "reports/review").mkdir(parents=True, exist_ok=True)
    if text is not None:
        (folder / "reports/review/report.md").write_text(text, encoding="utf-8")
    return gitlab_job(folder, loaded(GITLAB)["comment"], variables)


@ON_GITLAB
def test_its_own_note_is_edited_wherever_it_stands(tmp_path: Path) -> None:
    with gitlab() as (forge, variables):
        forge.comments += [{"id": n + 1, "author": ANOTHER, "body": "Nice"} for n in range(130)]
        forge.comments[3] = {"id": 4, "author": ME, "body": f"{MARK}\nthe last"}
        forge.comments[7] = {"id": 8, "author": ANOTHER, "body": f"{MARK}\nanother's"}
        forge.comments[8] = {"id": 9, "author": ME, "body": f"about the mark {MARK}"}
        said, ran = noted(tmp_path, variables)
        assert said == "edited note 4\n" and not ran[-1].startswith("!")
        assert forge.comments[3]["body"] == f"{MARK}\n**better** | ä $(id) `id`\n"
        assert len(forge.comments) == 130 and forge.comments[7]["body"].endswith("another's")
        forge.comments[3]["author"] = ANOTHER
        assert noted(tmp_path, variables)[0] == "posted note 131\n"


@ON_GITLAB
def test_a_report_that_is_a_link_is_not_posted(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret of the job", encoding="utf-8")
    with gitlab() as (forge, variables):
        said, ran = noted(tmp_path, variables, None)
        assert ran[-1].startswith("!") and "is absent or a link" in said
        (tmp_path / "reports/review/report.md").symlink_to(tmp_path / "secret")
        said, ran = noted(tmp_path, variables, None)
        assert ran[-1].startswith("!") and "is absent or a link" in said
        assert forge.comments == forge.asked == []


@ON_GITLAB
def test_a_note_runs_no_code_that_the_artifact_brings(tmp_path: Path) -> None:
    for name in ("json.py", "urllib/__init__.py", "sitecustomize.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit('ran')", encoding="utf-8")
    with gitlab() as (_, variables):
        assert noted(tmp_path, variables)[0] == "posted note 1\n"


@ON_GITLAB
@pytest.mark.parametrize(("token", "words"), [("", "NOTE_TOKEN is not set"), ("another", "401")])
def test_without_its_token_nothing_is_posted_and_a_line_says_so(
    tmp_path: Path, token: str, words: str
) -> None:
    with gitlab() as (forge, variables):
        said, ran = noted(tmp_path, {**variables, "NOTE_TOKEN": token})
        assert words in said and len(said.splitlines()) == 1 and forge.comments == []
        assert ran[-1].startswith("!") == bool(token)


@ON_GITLAB
def test_no_job_that_runs_a_merge_requests_code_has_a_token_that_writes() -> None:
    """GitLab gives a variable of an environment to its jobs alone; a protected one to protected branches."""
    pipeline = loaded(GITLAB)
    jobs_by_name = {name: job for name, job in pipeline.items() if isinstance(job, dict)}
    noting = {n for n, job in jobs_by_name.items() if "NOTE_TOKEN" in json.dumps(job)}
    assert noting == {"comment"}
    comment = pipeline["comment"]
    assert comment["environment"] == {"name": "notes", "action": "access"}
    assert comment["variables"]["GIT_STRATEGY"] == "none" and comment["cache"] == []
    assert "lockstep " not in json.dumps(comment["script"]).replace("<!-- lockstep", "")
    pushing = {n for n, job in jobs_by_name.items() if "PUSH_TOKEN" in json.dumps(job)}
    pushing |= {n for n, job in jobs_by_name.items() if job.get("extends") in pushing}
    assert not [n for n in pushing & set(jobs_by_name) if n[0] != "." and rule(pipeline[n], MERGE)]
    page = (ROOT / "docs/ci-gitlab.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert (
        "role Reporter" in rows["NOTE_TOKEN"] and "environment scope `notes`" in rows["NOTE_TOKEN"]
    )
    assert "The variable: protected" in rows["PUSH_TOKEN"]


def published(home: Path) -> list[str]:
    """The tags of origin, sorted."""
    return shell(home / "origin.git", "git", "tag", "--list").split()


def on_main(home: Path, place: Path) -> Path:
    """A checkout of main, once the first commit of the branch was merged."""
    shell(home / "origin.git", "git", "update-ref", "refs/heads/main", "change~1")
    for tag in published(home):
        shell(home / "origin.git", "git", "tag", "-d", tag)
    return checked_out(home, place, "main")


def holds_a_version(home: Path, place: Path) -> None:
    """Main names the champion, has its tags, and its lock is current; the bundle can be had elsewhere."""
    assert published(home) == ["model#prod#1", "model@v1.0.0"]
    clone = checked_out(home, place, "main")
    assert '"version": "v1.0.0"' in (clone / "models/champion.yaml").read_text(encoding="utf-8")
    shell(clone, "dvc", "pull")
    assert started(shell(clone, "dvc", "repro")) == []
    predict = ("-m", "lockstep", "predict", "data/raw/penguins", "out.csv", "--raw", "--champion")
    assert "predicted 344 rows" in shell(clone, sys.executable, *predict)


@ON_GITHUB
def test_on_main_what_passed_becomes_a_version_once(home: Path, tmp_path: Path) -> None:
    job = jobs("ci")["publish"]
    runner = on_main(home, tmp_path / "main")
    with github(tmp_path) as (_, variables):
        said, ran, _ = github_job(runner, job, PUSH, variables)
        assert ran[-1] == "make gate", said
        holds_a_version(home, tmp_path / "clone")
        before = git_hash(home / "origin.git", "main")
        said, ran, _ = github_job(runner, {**job, "steps": job["steps"][-2:]}, PUSH, variables)
    assert ran[-1] == "make gate" and "the champion already, as v1.0.0" in said, said
    assert git_hash(home / "origin.git", "main") == before


@ON_GITLAB
@pytest.mark.slow
def test_on_main_gitlab_pushes_from_a_detached_head(home: Path, tmp_path: Path) -> None:
    pipeline = loaded(GITLAB)
    job = {**pipeline[".pushes"], **pipeline["publish"]}
    runner = on_main(home, tmp_path / "main")
    shell(runner, "git", "checkout", "-q", "--detach")
    shell(runner, "git", "branch", "-qD", "main")
    variables = {"CI_COMMIT_BRANCH": "main", "CI_PROJECT_URL": str(home / "origin")}
    said, ran = gitlab_job(runner, job, variables)
    assert ran[-1] == "make gate", said
    holds_a_version(home, tmp_path / "clone")


@ON_GITHUB
def test_overrides_of_a_manual_run_are_words_and_never_commands(home: Path, tmp_path: Path) -> None:
    job = jobs("experiment")["experiment"]
    sweep = next(step for step in job["steps"] if "lockstep sweep" in step.get("run", ""))
    runner = checked_out(home, tmp_path / "runner", "main")
    shell(runner, "dvc", "pull")
    for text in (
        "no.such.key=1 ; touch pwned",
        "no.such.key=$(touch${IFS}pwned)",
        "nokey=`id` *",
        "",
    ):
        values = {"inputs.overrides": text, "inputs.jobs": "1"}
        said, ran, _ = github_job(runner, {"steps": [sweep]}, values, {})
        assert ran[0].startswith("!") and not (runner / "pwned").exists(), said
    assert shell(runner, "git", "for-each-ref", "refs/exps") == ""


@ON_GITHUB
@pytest.mark.slow
def test_a_manual_run_is_a_sweep_whose_table_is_the_summary(home: Path, tmp_path: Path) -> None:
    runner = checked_out(home, tmp_path / "runner", "main")
    text = "gate.baseline_margin=0.999,0.02 seed=42"
    values = {"inputs.overrides": text, "inputs.jobs": "1"}
    summary = tmp_path / "summary.md"
    said, ran, _ = github_job(runner, jobs("experiment")["experiment"], values,
                              {"GITHUB_STEP_SUMMARY": str(summary)})  # fmt: skip
    assert not ran[-1].startswith("!"), said
    rows = summary.read_text(encoding="utf-8").splitlines()[4:]
    assert [row.split(" | ")[-1] for row in rows] == ["`fail` |", "`pass` |"], rows
    assert "gate.baseline_margin=0.999" in rows[0] and "not distinguishable" in rows[1]
    assert shell(runner, "git", "status", "--porcelain", "--untracked-files=no") == ""
    laptop = checked_out(home, tmp_path / "laptop", "main")
    replace(laptop / "conf/gate/default.yaml", "baseline_margin: 0.01", "baseline_margin: 0.02")
    always = ["compose", "log_metadata"]  # the rest comes from the runs that the job pushed
    assert started(shell(laptop, "dvc", "repro", "--pull")) == always


@ON_GITHUB
def test_a_scheduled_retraining_without_new_data_does_nothing(home: Path, tmp_path: Path) -> None:
    runner = checked_out(home, tmp_path / "runner", "main")
    values = {**PUSH, "github.event_name": "schedule", "inputs.policy": ""}
    with github(tmp_path) as (forge, variables):
        said, ran, _ = github_job(runner, jobs("retrain")["retrain"], values, variables)
    assert not ran[-1].startswith("!") and "lockstep retrain" in ran[-1], said
    record = json.loads((runner / "reports/retrain/record.json").read_text(encoding="utf-8"))
    assert record["decision"] == "nothing new" and forge.asked == []


@ON_GITHUB
@pytest.mark.slow
def test_a_failed_experiment_says_why_in_the_summary(home: Path, tmp_path: Path) -> None:
    runner = checked_out(home, tmp_path / "runner", "main")
    values = {"inputs.overrides": "dataset.checks.min_rows=100000", "inputs.jobs": "1"}
    summary = tmp_path / "summary.md"
    _, ran, _ = github_job(runner, jobs("experiment")["experiment"], values,
                           {"GITHUB_STEP_SUMMARY": str(summary)})  # fmt: skip
    assert "lockstep sweep" in ran[-2] and ran[-2].startswith("!")
    shown = summary.read_text(encoding="utf-8")
    assert "failed: validate_data: data/raw/penguins: check 'at least 100000 rows'" in shown


@ON_GITLAB
def test_a_scheduled_retraining_on_gitlab_is_on_a_branch(home: Path, tmp_path: Path) -> None:
    pipeline = loaded(GITLAB)
    runner = checked_out(home, tmp_path / "runner", "origin/main")
    variables = {**MAIN, "CI_PROJECT_URL": str(home / "origin"), "RETRAIN": "pull_request"}
    said, ran = gitlab_job(runner, {**pipeline[".pushes"], **pipeline["retrain"]}, variables)
    assert not ran[-1].startswith("!") and "nothing new" in said, said
    assert shell(runner, "git", "branch", "--show-current").strip() == "main"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_units_of_the_docs(tmp_path: Path) -> None:
    text = (ROOT / "docs/automation.md").read_text(encoding="utf-8")
    units = re.findall(r"(retrain\.(?:service|timer)):\n\n((?:    .*\n|\n)+)", text)
    assert len(units) == 2
    for name, unit in units:
        here = textwrap.dedent(unit).replace("%h/my-study/.venv/bin/python", sys.executable)
        (tmp_path / name).write_text(here, encoding="utf-8")
    names = [str(tmp_path / name) for name, _ in units]
    words = ["env", f"XDG_RUNTIME_DIR={tmp_path}", "systemd-analyze", "--user", "verify", *names]
    done = attempt(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert not any(name in done.stderr for name in names), done.stderr


@ON_GITHUB
def test_the_policy_of_a_retraining_is_the_forms_then_the_variables_then_a_pull_request() -> None:
    step = next(s for s in jobs("retrain")["retrain"]["steps"] if "retrain" in s.get("run", ""))
    policy = step["env"]["POLICY"]
    assert filled(policy, {"inputs.policy": "tell"}) == "tell"
    assert filled(policy, {"inputs.policy": "", "vars.RETRAIN_POLICY": "promote"}) == "promote"
    assert filled(policy, {"inputs.policy": ""}) == "pull_request"


@ON_GITHUB
def test_an_expression_with_an_unknown_name_is_no_truth() -> None:
    with pytest.raises(KeyError):
        value("github.event.no_such_thing == 'x'", PUSH)
