"""A real Dask cluster on loopback: a scheduler and workers, each a process of its own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from distributed import Client

from tests.workspace import environment


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def cluster(folder: Path, workers: int) -> Iterator[str]:
    """The address of a Dask scheduler on loopback; its workers run in the folder."""
    address = f"tcp://127.0.0.1:{free_port()}"
    variables = {**environment(), "PYTHONPATH": str(folder)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    port = address.rsplit(":", 1)[1]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]]
    commands += [["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]] * workers
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + name, *more],
            cwd=folder, env=variables, **quiet,
        )
        for name, *more in commands
    ]  # fmt: skip
    try:
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address
    finally:
        for process in running:  # a worker asked to end may wait for its scheduler for ever
            process.kill()
        for process in running:
            process.wait()
