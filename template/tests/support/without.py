"""A process in which an installed package is not there, as in a project without its extra."""

import subprocess
import sys
from pathlib import Path

from template.tests.support.workspace import environment

HIDE = """
import importlib.machinery as machinery, runpy, sys
package, module, *sys.argv[1:] = sys.argv[1:]
found = machinery.PathFinder.find_spec
def without(name, *where):
    return None if name.split(".")[0] == package else found(name, *where)
machinery.PathFinder.find_spec = without
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def without(folder: Path, package: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m MODULE ...` in a folder, in a process that does not find the package."""
    return subprocess.run(
        [sys.executable, "-c", HIDE, package, *command],
        cwd=folder, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
