"""Servers for tests, on free ports of this machine: S3 (SeaweedFS, its data in a folder) and HTTP."""

import functools
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BUCKET, KEY, SECRET = (
    "lockstep",
    "LOCKSTEPTESTKEY",
    "the-secret-of-the-tests",
)  # pragma: allowlist secret
PARTS = ("master", "volume", "filer", "s3")
PATIENCE = 60  # seconds; it takes about four


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def command(folder: Path, ports: list[int]) -> list[str]:
    """What starts the server; a bucket is made only on request, as with Amazon's."""
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    words = [str(Path(sys.executable).with_name("weed")), "-logtostderr", "server", "-s3"]
    words += [f"-dir={folder}", "-ip=127.0.0.1", f"-s3.config={folder / 's3.json'}"]
    names = [f"{part}.{kind}" for part in PARTS for kind in ("port", "port.grpc")]
    words += [f"-{name}={port}" for name, port in zip(names, ports, strict=True)]
    words += [f"-{part}.localSocket={folder / part}.sock" for part in ("filer", "s3")]
    words += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false"]
    return [*words, "-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=8"]


def ready(endpoint: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the bucket can be made; whether it was."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import get_session

    client = get_session().create_client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(retries={"total_max_attempts": 1}),
    )
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            client.create_bucket(Bucket=BUCKET)
            return True
        except (BotoCoreError, ClientError):
            time.sleep(0.1)
    return False


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """The endpoint's URL of a server that runs while the context is open, with one bucket."""
    ports = free_ports(2 * len(PARTS))
    endpoint = f"http://127.0.0.1:{ports[2 * PARTS.index('s3')]}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command(folder, ports), stdout=log, stderr=log)
    try:
        assert ready(endpoint, process), (folder / "log").read_text(encoding="utf-8")[-2000:]
        yield endpoint
    finally:
        process.kill()
        process.wait()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and tells nobody."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """The URL under which a folder is served while the context is open."""
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
