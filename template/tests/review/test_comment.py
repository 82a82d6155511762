"""A report is one note of a merge request: found again among many, never another's, and told apart."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lockstep.core.errors import LockstepError
from lockstep.review.comment import call_api
from template.tests.support.forges import TOKEN, Forge, gitlab
from template.tests.support.workspace import environment
from tests.closure import ROOT

MARK = "<!-- lockstep: report -->"
ME, ANOTHER = {"id": 5}, {"id": 9}


@pytest.fixture
def server() -> Iterator[tuple[Forge, dict[str, str]]]:
    """GitLab, with more notes than it gives at once."""
    with gitlab() as (forge, variables):
        chat = [{"id": n + 1, "author": ANOTHER, "body": "Nice"} for n in range(130)]
        forge.comments += chat
        yield forge, variables


def comment(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with the variables of a job."""
    inherited = {name: text for name, text in environment().items() if not name.startswith("CI")}
    command = [sys.executable, "-m", "lockstep", "comment", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def report(tmp_path: Path) -> str:
    """A report on the disk."""
    (tmp_path / "report.md").write_text("**better** | ä\n", encoding="utf-8")
    return str(tmp_path / "report.md")


def test_its_own_note_is_edited_wherever_it_stands(
    server: tuple[Forge, dict[str, str]], report: str
) -> None:
    forge, variables = server
    forge.comments[3] = {"id": 4, "author": ME, "body": f"{MARK}\nthe last"}
    forge.comments[7] = {"id": 8, "author": ANOTHER, "body": f"{MARK}\nanother's"}
    forge.comments[8] = {"id": 9, "author": ME, "body": f"about the mark {MARK}"}
    done = comment(variables, report)
    assert (done.returncode, done.stdout) == (0, "posted: note 4, edited\n"), done.stderr
    assert forge.comments[3]["body"] == f"{MARK}\n**better** | ä\n"
    assert len(forge.comments) == 130 and forge.comments[7]["body"].endswith("another's")


def test_a_dry_run_posts_nothing(server: tuple[Forge, dict[str, str]], report: str) -> None:
    forge, variables = server
    done = comment(variables, report, "--dry-run")
    assert done.returncode == 0 and "it would be a new note" in done.stdout
    assert {line.split()[0] for line in forge.asked} == {"GET"}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PUSH_TOKEN", "", "PUSH_TOKEN: not set"),
        ("PUSH_TOKEN", "another", "401"),
        ("CI_API_V4_URL", "file:///etc", "expected as in https://gitlab.com/api/v4"),
        ("CI_API_V4_URL", "http://127.0.0.1:9/api/v4", "refused"),
        ("CI_MERGE_REQUEST_IID", "7/../8", "must be numbers"),
    ],
)
def test_what_cannot_be_posted_is_told_in_a_line_without_the_token(
    server: tuple[Forge, dict[str, str]], report: str, name: str, value: str, message: str
) -> None:
    forge, variables = server
    done = comment({**variables, name: value}, report)
    assert done.returncode == 1 and message in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1 and TOKEN not in done.stderr
    assert len(forge.comments) == 130


def test_a_report_that_is_not_there_is_named(server: tuple[Forge, dict[str, str]]) -> None:
    done = comment(server[1], "no/report.md")
    assert done.returncode == 1 and "no/report.md is absent" in done.stderr


def test_the_token_follows_no_redirect() -> None:
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(LockstepError, match="302"):
            call_api("GET", f"http://127.0.0.1:{server.server_port}/api", TOKEN)
        server.shutdown()
    assert paths == ["/api"]
