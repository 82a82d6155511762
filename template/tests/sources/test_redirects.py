"""A redirect never loses https and never leads to another host's private address."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from yarl import URL

from lockstep.core.errors import LockstepError
from lockstep.sources.filesystem import explain_errors, list_remote_files, open_filesystem
from lockstep.sources.redirects import check_redirect, is_public


@contextmanager
def redirecting(host: str) -> Iterator[str]:
    """A server whose /old.csv leads to /new.csv?sig=x at a host, with its own port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/old.csv":
                self.send_response(302)
                self.send_header(
                    "Location", f"http://{host}:{self.server.server_port}/new.csv?sig=x"
                )  # type: ignore[attr-defined]
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(b"x\n")

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/old.csv"
        server.shutdown()


@pytest.mark.parametrize("chain", ["", "simplecache::"])
def test_a_server_that_leads_to_another_private_host_is_refused(chain: str) -> None:
    with redirecting("localhost") as url, pytest.raises(LockstepError, match="private network"):  # noqa: SIM117
        with explain_errors(url):
            fs, path = open_filesystem(chain + url)
            fs.cat_file(path)
    with redirecting("localhost") as url, pytest.raises(LockstepError, match="private network"):  # noqa: SIM117
        with explain_errors(url):
            fs, path = open_filesystem(url)
            list_remote_files(fs, path, "http")


def test_the_final_url_is_what_is_recorded_without_its_query() -> None:
    with redirecting("127.0.0.1") as url:
        fs, path = open_filesystem(url)
        (file,) = list_remote_files(fs, path, "http").values()
        assert file.redirected_to == url.replace("old.csv", "new.csv")
        assert fs.cat_file(path) == b"x\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("https://1.1.1.1/a", "http://1.1.1.1/a", "not https"),
        ("https://1.1.1.1/a", "https://127.0.0.1/a", "private"),
        ("https://1.1.1.1/a", "https://169.254.169.254/latest/meta-data", "private"),
        ("http://1.1.1.1/a", "http://[::1]/a", "private"),
        ("http://1.1.1.1/a", "http://[::ffff:10.0.0.1]/a", "private"),
        ("https://1.1.1.1/a?sig=hunter2", "http://me:hunter2@1.1.1.1/?sig=hunter2", "not https"),
    ],
)
def test_a_step_that_loses_https_or_the_internet_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(LockstepError, match=words) as refusal:
        asyncio.run(check_redirect(URL(old), URL(new)))
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://1.1.1.1/a", "https://8.8.8.8/a"),
        ("http://10.0.0.1/a", "http://10.0.0.1/b"),
        ("https://1.1.1.1/a", "https://host.invalid/a"),
    ],
)
def test_other_steps_are_followed(old: str, new: str) -> None:
    asyncio.run(check_redirect(URL(old), URL(new)))


def test_addresses_of_the_internet_are_public() -> None:
    assert is_public("8.8.8.8") and not is_public("fe80::1%eth0") and not is_public("192.168.0.1")
