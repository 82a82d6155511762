"""A real Dask cluster on loopback: a scheduler and workers, each a process of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from distributed import Client, Security

from template.tests.support.workspace import environment

Process = subprocess.Popen[bytes]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Running:
    """A cluster: where its scheduler listens, and what can be killed."""

    address: str
    scheduler: Process
    workers: list[Process]


@contextmanager
def running(
    folder: Path,
    workers: int,
    *options: str,
    nanny: bool = False,
    security: Security | None = None,
    **variables: str,
) -> Iterator[Running]:
    """A cluster whose workers have these options and one thread, run in the folder and import from there.

    variables: of their environment; with PYTHONPATH they import from elsewhere, which the scheduler
    does not.
    """
    protocol = "tls" if security else "tcp"
    address = f"{protocol}://127.0.0.1:{free_port()}"
    host, port = address.rsplit(":", 1)
    scheduler = ["scheduler", "--host", host, "--port", port, "--dashboard-address", ":0"]
    worker = ["worker", address, "--nthreads", "1", "--no-dashboard", *options]
    worker += [] if nanny else ["--no-nanny"]
    general = {**environment(), **variables, "PYTHONPATH": ""}
    special = {**general, "PYTHONPATH": variables.get("PYTHONPATH", str(folder))}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + command[0], *command[1:]],
            cwd=folder, env=special if command is worker else general, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for command in [scheduler, *[worker] * workers]
    ]  # fmt: skip
    try:
        with Client(address, timeout=60, set_as_default=False, security=security) as client:
            client.wait_for_workers(workers, timeout=60)
        yield Running(address, started[0], started[1:])
    finally:
        for process in started:  # asked to end, a worker may wait for its scheduler for ever
            with suppress(ProcessLookupError):  # killed by the test
                os.killpg(process.pid, signal.SIGKILL)  # a nanny's worker too
        for process in started:
            process.wait()


def cluster(folder: Path, workers: int) -> Iterator[str]:
    """The address of a Dask scheduler on loopback; its workers run in the folder."""
    with running(folder, workers) as found:
        yield found.address
