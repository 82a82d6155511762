"""Post a report as one note of a GitLab merge request; the next report takes the place of the last.

On GitHub `gh pr comment --edit-last --create-if-none` does this. Here the note is found by a mark in its
text, among those that the token's own user wrote. In a GitLab job all but the token is set by GitLab:
CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID; LOCKSTEP_TOKEN needs the scope `api`.

Examples:
  python -m lockstep comment reports/review/report.md
  python -m lockstep comment reports/review/report.md --dry-run
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from lockstep.core.errors import LockstepError
from lockstep.core.files import read_text

MARK = "<!-- lockstep: report -->"  # not shown
MOST = 1_000_000  # characters of a note
NAMES = ("CI_API_V4_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID", "LOCKSTEP_TOKEN")
PATIENCE = 60  # seconds
PAGE = 100  # GitLab gives no more at once


def settings(variables: dict[str, str]) -> tuple[str, str]:
    """The address of the merge request's notes, and the token. Raises LockstepError that names what lacks."""
    lacking = [name for name in NAMES if not variables.get(name)]
    if lacking:
        raise LockstepError(
            f"{', '.join(lacking)}: not set; a job of a merge request has all but LOCKSTEP_TOKEN, "
            "which docs/automation.md says how to make"
        )
    api, project, request, token = (variables[name] for name in NAMES)
    parts = urlsplit(api)
    if parts.scheme not in ("https", "http") or not parts.netloc:
        raise LockstepError(f"CI_API_V4_URL is {api!r}; expected as in https://gitlab.com/api/v4")
    if not (project.isdigit() and request.isdigit()):
        raise LockstepError("CI_PROJECT_ID and CI_MERGE_REQUEST_IID must be numbers")
    return f"{api}/projects/{project}/merge_requests/{request}/notes", token


def asked(method: str, address: str, token: str, body: str | None = None) -> Any:
    """GitLab's answer as JSON. Raises LockstepError with the status and what it says."""
    request = Request(
        address,
        method=method,
        data=None if body is None else json.dumps({"body": body}).encode(),
        headers={"PRIVATE-TOKEN": token, "Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        said = error.read().decode(errors="replace")[:200]
        hint = "; the token needs the scope api and the role Reporter or more"
        if error.code not in (401, 403):
            hint = ""
        raise LockstepError(f"{method} {address}: {error.code} {said}{hint}") from error
    except (URLError, TimeoutError, ValueError) as error:
        raise LockstepError(f"{method} {address}: {error}") from error


def ours(notes: str, token: str) -> int | None:
    """The number of the note that an earlier run posted; None where there is none."""
    me = asked("GET", f"{notes.split('/projects/', 1)[0]}/user", token)["id"]
    page = 1
    while True:
        query = urlencode({"per_page": PAGE, "page": page, "order_by": "created_at"})
        found = asked("GET", f"{notes}?{query}", token)
        for note in found:
            if note["author"]["id"] == me and note["body"].startswith(MARK):
                return int(note["id"])
        if len(found) < PAGE:
            return None
        page += 1


def main() -> None:
    """Find the note of the last run, then write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("report", metavar="FILE", type=Path, help="Markdown")
    parser.add_argument("--dry-run", action="store_true", help="look, post nothing")
    given = parser.parse_args()
    text = f"{MARK}\n{read_text(given.report, '`make review` writes it')}"
    if len(text) > MOST:
        raise LockstepError(f"{given.report} has {len(text):,} characters; GitLab takes {MOST:,}")
    notes, token = settings(dict(os.environ))
    number = ours(notes, token)
    what = "a new note" if number is None else f"note {number}, edited"
    if given.dry_run:
        print(f"nothing was posted (--dry-run); it would be {what}")
        return
    if number is None:
        number = asked("POST", notes, token, text)["id"]
    else:
        asked("PUT", f"{notes}/{number}", token, text)
    print(f"posted: {what}" + (f" ({number})" if what == "a new note" else ""))
