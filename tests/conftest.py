"""The tests need a data set."""

import pytest

from tests.sample import DATASETS


def pytest_sessionstart() -> None:
    """Say what to do in a project that has no data set yet."""
    if not DATASETS:
        pytest.exit(
            "conf/dataset/ has no data set yet; `make dataset` makes one (docs/your-data.md)", 1
        )
