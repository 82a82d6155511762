"""Which tests are left to `make test-all`: those that take minutes, because they run whole pipelines,
servers, clusters or kills. `make test-template` runs the others."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUICK_OF_WHOLE = {"whole/test_params.py", "whole/test_imports.py"}
WHOLE = {
    "automation/test_check.py",
    "automation/test_retrain.py",
    "automation/test_verify.py",
    "core/engine/test_agreement.py",
    "core/engine/test_cluster.py",
    "core/engine/test_same_bytes.py",
    "experiments/test_compare_models.py",
    "experiments/test_save_params.py",
    "models/test_xgboost_cluster.py",
    "onboarding/test_new_dataset.py",
    "registry/test_lineage.py",
    "registry/test_promote.py",
    "review/test_command.py",
    "search/test_command.py",
    "sources/test_fetch.py",
    "training/test_target.py",
}
WHOLE_FOLDERS = {"benchmarks", "rendering", "whole"}


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks."""
    config.addinivalue_line("markers", "whole: runs whole pipelines, servers or kills")
    config.addinivalue_line("markers", "slow: makes environments of its own, a quarter of an hour")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is left to `make test-all`."""
    for item in items:
        if not item.path.is_relative_to(HERE):
            continue
        path = item.path.relative_to(HERE)
        is_whole = path.parts[0] in WHOLE_FOLDERS or path.as_posix() in WHOLE
        if is_whole and path.as_posix() not in QUICK_OF_WHOLE:
            item.add_marker(pytest.mark.whole)


def pytest_sessionstart() -> None:
    """Fail where a file that is listed here is gone."""
    missing = [name for name in sorted(WHOLE | QUICK_OF_WHOLE) if not (HERE / name).exists()]
    assert not missing, f"template/tests/conftest.py lists {missing[0]}, which is not there"
