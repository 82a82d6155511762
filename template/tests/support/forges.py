"""What GitHub and GitLab answer to the requests of our jobs, on this machine; what was posted is kept.

GitHub listens on a Unix socket: its client `gh` sends everything there if its configuration says so, in plain
HTTP. GitLab is asked through CI_API_V4_URL, which is ours to set.
"""

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "the-token-of-the-tests"


@dataclass
class Forge:
    """The comments of the one request, oldest first, its artifacts by name, and what was asked.

    Requests that were opened are kept as they were asked for.
    """

    comments: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[str, Path] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    opened: list[dict[str, Any]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers JSON, or the bytes of an archive; tells nobody."""

    forge: Forge

    def address_string(self) -> str:
        """A Unix socket has no address."""
        return "here"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def answer(self) -> None:
        """Any method."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.forge.asked.append(f"{self.command} {urlsplit(self.path).path}")
        status, found = self.found(json.loads(body or "{}"))
        content = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status)
        kind = "application/zip" if isinstance(found, bytes) else "application/json"
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = answer  # as http.server calls them

    def found(self, body: dict[str, Any]) -> tuple[int, Any]:
        """The status, and JSON or bytes."""
        raise NotImplementedError


class GitHub(Handler):
    """Comments by GraphQL, artifacts by REST, as `gh` asks for them."""

    def found(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Refuses another token, as GitHub does."""
        if self.headers.get("authorization") != f"token {TOKEN}":
            return 401, {"message": "Bad credentials"}
        path = urlsplit(self.path).path
        if path == "/graphql":
            return 200, {"data": self.graphql(body["query"], body["variables"])}
        if path.endswith("/artifacts"):
            base = "https://api.github.com/repos/someone/study/actions/artifacts"
            listed = [{"id": n, "name": name, "size_in_bytes": 1, "expired": False,
                       "archive_download_url": f"{base}/{name}/zip"}
                      for n, name in enumerate(self.forge.artifacts)]  # fmt: skip
            return 200, {"total_count": len(listed), "artifacts": listed}
        return 200, zipped(self.forge.artifacts[path.split("/")[-2]])

    def graphql(self, query: str, given: dict[str, Any]) -> dict[str, Any]:
        """The pull request with its comments; a new one; another text for one."""
        url = "https://github.com/someone/study/pull/7"
        if "addComment" in query:
            one = {"id": f"C{len(self.forge.comments)}", "body": given["input"]["body"],
                   "url": f"{url}#issuecomment-1", "viewerDidAuthor": True, "isMinimized": False,
                   "author": {"login": "bot"}, "createdAt": "2026-01-01T00:00:00Z"}  # fmt: skip
            self.forge.comments.append(one)
            return {"addComment": {"commentEdge": {"node": {"url": one["url"]}}}}
        if "updateIssueComment" in query:
            one = next(c for c in self.forge.comments if c["id"] == given["input"]["id"])
            one["body"] = given["input"]["body"]
            return {"updateIssueComment": {"issueComment": {"url": one["url"]}}}
        if "createPullRequest" in query:
            self.forge.opened.append(given["input"])
            made = {"id": "P8", "url": "https://github.com/someone/study/pull/8"}
            return {"createPullRequest": {"pullRequest": made}}
        if "pr_number" not in given:
            return self.repository()
        page = {"nodes": self.forge.comments, "pageInfo": {"hasNextPage": False, "endCursor": ""},
                "totalCount": len(self.forge.comments)}  # fmt: skip
        number = given["pr_number"]
        return {
            "repository": {
                "pullRequest": {"id": "P", "number": number, "url": url, "comments": page}
            }
        }

    def repository(self) -> dict[str, Any]:
        """The repository, which has no request open."""
        none = {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": ""}}
        one = {"id": "R", "name": "study", "owner": {"login": "someone"}, "hasIssuesEnabled": True,
               "viewerPermission": "WRITE", "defaultBranchRef": {"name": "main"}, "parent": None,
               "isPrivate": False, "pullRequests": none}  # fmt: skip
        return {"viewer": {"login": "someone"}, "repository": one, "repo_000": one}


class GitLab(Handler):
    """Notes by REST, a page at a time, newest first; only their author may edit them."""

    me = 5

    def found(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Refuses another token, as GitLab does."""
        if self.headers.get("private-token") != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        parts = urlsplit(self.path)
        if parts.path.endswith("/user"):
            return 200, {"id": self.me}
        if self.command == "POST":
            one = {"id": len(self.forge.comments) + 1, "author": {"id": self.me}, **body}
            self.forge.comments.append(one)
            return 201, one
        if self.command == "PUT":
            one = self.forge.comments[int(parts.path.rsplit("/", 1)[-1]) - 1]
            if one["author"]["id"] != self.me:
                return 403, {"message": "403 Forbidden"}
            one.update(body)
            return 200, one
        query = parse_qs(parts.query)
        size, page = int(query["per_page"][0]), int(query["page"][0])
        return 200, self.forge.comments[::-1][(page - 1) * size : page * size]


def zipped(folder: Path) -> bytes:
    """A folder as an archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()


class OnSocket(ThreadingUnixStreamServer):
    """A server whose clients have no address."""

    def get_request(self) -> tuple[Any, Any]:
        """As http.server wants it: an address of two parts."""
        return super().get_request()[0], ("here", 0)


@contextmanager
def github(folder: Path) -> Iterator[tuple[Forge, dict[str, str]]]:
    """GitHub while the context is open, and the variables that bring `gh` to it."""
    forge, socket = Forge(), folder / "github.sock"
    handler = type("Ours", (GitHub,), {"forge": forge})
    (folder / "gh").mkdir()
    (folder / "gh/config.yml").write_text(f"http_unix_socket: {socket}\n", encoding="utf-8")
    with OnSocket(str(socket), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield forge, {"GH_CONFIG_DIR": str(folder / "gh")}
        server.shutdown()


@contextmanager
def gitlab() -> Iterator[tuple[Forge, dict[str, str]]]:
    """GitLab while the context is open, and the variables that it gives a job of a merge request."""
    forge = Forge()
    handler = type("Ours", (GitLab,), {"forge": forge})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield (
            forge,
            {
                "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
                "CI_PROJECT_ID": "3",
                "CI_MERGE_REQUEST_IID": "7",
                "NOTE_TOKEN": TOKEN,
            },
        )
        server.shutdown()
