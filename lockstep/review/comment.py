"""Post a report as one note of a GitLab merge request; the next report replaces it.

On GitHub `gh pr comment --edit-last --create-if-none` does this. Here the command finds the note by a mark in
its text, among those that the token's own user wrote. In a GitLab job all but the token is set by GitLab:
CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID; PUSH_TOKEN needs the scope `api`.

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
from urllib.request import HTTPRedirectHandler, Request, build_opener

from lockstep.core.errors import LockstepError
from lockstep.core.files import read_text
from lockstep.core.urls import show_url

MARK = "<!-- lockstep: report -->"  # not shown
MAX_CHARACTERS = 1_000_000  # of a note
VARIABLES = ("CI_API_V4_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID", "PUSH_TOKEN")
TIMEOUT = 60  # seconds
PAGE_SIZE = 100  # GitLab gives no more at once


def read_settings(variables: dict[str, str]) -> tuple[str, str]:
    """Return the address of the merge request's notes, and the token.

    Raises LockstepError that names what is missing.
    """
    missing = [name for name in VARIABLES if not variables.get(name)]
    if missing:
        raise LockstepError(
            f"{', '.join(missing)}: not set; a job of a merge request has all but PUSH_TOKEN, "
            "an access token of the project with the scope `api`"
        )
    api, project, request, token = (variables[name] for name in VARIABLES)
    parts = urlsplit(api)
    if parts.scheme not in ("https", "http") or not parts.netloc:
        raise LockstepError(
            f"CI_API_V4_URL is {show_url(api)!r}; expected as in https://gitlab.com/api/v4"
        )
    if not (project.isdigit() and request.isdigit()):
        raise LockstepError("CI_PROJECT_ID and CI_MERGE_REQUEST_IID must be numbers")
    return f"{api}/projects/{project}/merge_requests/{request}/notes", token


class NoRedirect(HTTPRedirectHandler):
    """Follows no redirect: urllib would send the token there, whatever host it is."""

    def redirect_request(self, *_: Any) -> None:
        """Return no request, so that the redirect is an error."""


def call_api(method: str, address: str, token: str, body: str | None = None) -> Any:
    """Send a request to GitLab.

    Parameters
    ----------
    method, address : str
    token : str
    body : str, optional
        The text of a note.

    Returns
    -------
    Any
        The answer's JSON.

    Raises
    ------
    LockstepError
        With the status and the answer's start.
    """
    request = Request(
        address,
        method=method,
        data=None if body is None else json.dumps({"body": body}).encode(),
        headers={"PRIVATE-TOKEN": token, "Content-Type": "application/json"},
    )
    try:
        with build_opener(NoRedirect).open(request, timeout=TIMEOUT) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        reason = error.read().decode(errors="replace")[:200]
        hint = "; the token needs the scope api and the role Reporter or more"
        if error.code not in (401, 403):
            hint = ""
        raise LockstepError(f"{method} {address}: {error.code} {reason}{hint}") from error
    except (URLError, TimeoutError, ValueError) as error:
        raise LockstepError(f"{method} {address}: {error}") from error


def find_own_note(notes_url: str, token: str) -> int | None:
    """Return the number of the note that an earlier run posted; None where there is none."""
    user_id = call_api("GET", f"{notes_url.split('/projects/', 1)[0]}/user", token)["id"]
    page = 1
    while True:
        query = urlencode({"per_page": PAGE_SIZE, "page": page, "order_by": "created_at"})
        notes = call_api("GET", f"{notes_url}?{query}", token)
        for note in notes:
            if note["author"]["id"] == user_id and note["body"].startswith(MARK):
                return int(note["id"])
        if len(notes) < PAGE_SIZE:
            return None
        page += 1


def main() -> None:
    """Find the note of the last run, then write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("report", metavar="FILE", type=Path, help="Markdown")
    parser.add_argument("--dry-run", action="store_true", help="look, post nothing")
    options = parser.parse_args()
    text = f"{MARK}\n{read_text(options.report, '`make review` writes it')}"
    if len(text) > MAX_CHARACTERS:
        raise LockstepError(
            f"{options.report} has {len(text):,} characters; GitLab takes {MAX_CHARACTERS:,}"
        )
    notes_url, token = read_settings(dict(os.environ))
    note_id = find_own_note(notes_url, token)
    label = "a new note" if note_id is None else f"note {note_id}, edited"
    if options.dry_run:
        print(f"nothing was posted (--dry-run); it would be {label}")
        return
    if note_id is None:
        label += f" ({call_api('POST', notes_url, token, text)['id']})"
    else:
        call_api("PUT", f"{notes_url}/{note_id}", token, text)
    print(f"posted: {label}")
