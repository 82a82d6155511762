"""What a record of measurements says of itself: day, commit, machine, packages."""

import datetime
import os
import platform
import subprocess
from importlib.metadata import version
from typing import Any

PACKAGES = ("catboost", "numpy", "pandas", "pyarrow", "scikit-learn")


def machine() -> dict[str, Any]:
    """Cores, memory in GiB, system and Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def about() -> dict[str, Any]:
    """Day, last commit, machine, and the versions of what computes."""
    head = ["git", "rev-parse", "HEAD"]
    return {
        "date": datetime.date.today().isoformat(),
        "commit": subprocess.run(head, check=True, capture_output=True, text=True).stdout.strip(),
        "machine": machine(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def said(found: dict[str, Any]) -> str:
    """The same in one line, to stand above a table."""
    where = found["machine"]
    return (
        f"{where['cores']} cores, {where['memory_gib']:g} GiB, {where['system']}, Python {where['python']}; "
        f"commit {found['commit'][:7]}, {found['date']}"
    )
