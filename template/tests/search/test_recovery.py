"""A trial counts as running as long as its process may."""

import os
import socket
import subprocess
import sys
from datetime import datetime, timedelta

from lockstep.search.recovery import REMOTE_WORKER_AGE, UNKNOWN_WORKER_AGE, is_alive

MINUTE = timedelta(minutes=1)
HOST = socket.gethostname()


def test_a_process_of_this_machine_is_looked_up() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    now = datetime.now()
    assert is_alive(f"{HOST}:{os.getpid()}", now - 9 * REMOTE_WORKER_AGE)
    assert not is_alive(f"{HOST}:{ended.pid}", now)


def test_another_machine_s_process_and_an_unknown_one_are_trusted_for_a_while() -> None:
    now = datetime.now()
    assert is_alive("elsewhere:1", now - REMOTE_WORKER_AGE + MINUTE)
    assert not is_alive("elsewhere:1", now - REMOTE_WORKER_AGE - MINUTE)
    assert is_alive(None, now) and not is_alive(None, now - UNKNOWN_WORKER_AGE - MINUTE)
    assert not is_alive(None, None)
