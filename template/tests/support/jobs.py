"""The jobs of the workflow files, and their commands run as GitHub and GitLab run them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from template.tests.support.workspace import environment
from tests.closure import ROOT

WORKFLOWS, GITLAB = ROOT / ".github/workflows", ROOT / ".gitlab-ci.yml"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
NAME = re.compile(r"[a-z_]+(?:\.[A-Za-z_]+)+")
SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]  # as GitHub's `shell: bash`

Values = dict[str, str]
Step = dict[str, Any]


def loaded(path: Path) -> dict[str, Any]:
    """A workflow file; GitLab's !reference and the like are not used."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def value(text: str, values: Values) -> Any:
    """An expression of GitHub's. Fails for a name that the test did not give, unless it is a secret."""

    def known(match: re.Match[str]) -> str:
        if match[0].startswith(("secrets.", "vars.")):
            return repr(values.get(match[0], ""))
        return repr(values[match[0]])

    quoted = re.split(r"('[^']*')", text)  # what stands in quotes is no name
    words = "".join(w if w.startswith("'") else NAME.sub(known, w) for w in quoted)
    python = words.replace("!cancelled()", "True").replace("&&", " and ").replace("||", " or ")
    return eval(" ".join(python.split()), {"__builtins__": {}})


def filled(text: Any, values: Values) -> str:
    """A text with its expressions put in."""
    return EXPRESSION.sub(lambda match: str(value(match[1], values)), str(text))


def wanted(one: Step, values: Values) -> bool:
    """Whether a job or step is to run: its `if`, which is true where there is none."""
    condition = EXPRESSION.sub(r"\1", str(one.get("if", "true")))
    return bool(value(condition.replace("true", "True"), values))


def rule(one: Step, variables: Values) -> dict[str, Any] | None:
    """The first of GitLab's rules that holds, `never` aside; None where the job is not made."""
    for candidate in one["rules"]:
        named = re.sub(r"\$(\w+)", lambda m: repr(variables.get(m[1])), candidate["if"])
        python = named.replace("&&", " and ").replace("||", " or ").replace("null", "None")
        if eval(python, {"__builtins__": {}}):
            return None if candidate.get("when") == "never" else candidate
    return None


def prepared(folder: Path) -> Path:
    """A checkout whose .venv is this interpreter's, so that `make setup` has nothing to install."""
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    (folder / ".venv/.stamp").touch()
    return folder


def line(folder: Path, text: str, variables: Values) -> subprocess.CompletedProcess[str]:
    """A command of a job, in a home of its own, with no variable but the job's, Git's identity aside."""
    mine = {
        name: text for name, text in environment().items() if not name.startswith(("GH_", "CI"))
    }
    home = {"HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run([*SHELL, text], cwd=folder, env={**mine, **home, **variables},
                          capture_output=True, text=True, check=False)  # fmt: skip


def github_job(
    folder: Path, job: Step, values: Values, more: Values
) -> tuple[str, list[str], Values]:
    """Run a job's commands in order as GitHub does: after a failure those alone that ask for no cancelling.

    What they said, the commands that ran ("!" before one that failed), and the outcomes by id.
    """
    said, ran, outcomes = "", [], {}
    common = {name: filled(text, values) for name, text in job.get("env", {}).items()}
    for step in job["steps"]:
        failed = any(text.startswith("!") for text in ran) and "cancelled()" not in step.get(
            "if", ""
        )
        if "run" not in step or failed or not wanted(step, values):
            continue
        assert "${{" not in step["run"], f"an expression in a command: {step['run']}"
        own = {name: filled(text, values) for name, text in step.get("env", {}).items()}
        done = line(folder, step["run"], {**common, **own, **more})
        said += done.stdout + done.stderr
        ran.append("!" * bool(done.returncode) + step["run"])
        outcomes[step.get("id", "")] = "failure" if done.returncode else "success"
    return said, ran, outcomes


def gitlab_job(folder: Path, job: Step, variables: Values) -> tuple[str, list[str]]:
    """Run a job's commands in order until one fails, as GitLab does; as for GitHub."""
    said, ran = "", []
    for text in [*job.get("before_script", []), *job["script"]]:
        done = line(folder, text, variables)
        said += done.stdout + done.stderr
        ran.append("!" * bool(done.returncode) + text)
        if done.returncode:
            break
    return said, ran
