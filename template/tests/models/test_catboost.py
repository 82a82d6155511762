"""CatBoost's snapshots and its GPU."""

import os
from pathlib import Path

import pytest

from lockstep.core.errors import ConfigError
from lockstep.models import catboost


def test_of_the_snapshots_of_killed_trainings_the_newest_few_stay_and_the_one_in_use(
    tmp_path: Path,
) -> None:
    for age in range(catboost.KEPT_SNAPSHOTS + 3):
        (tmp_path / f"old{age}").mkdir()
        os.utime(tmp_path / f"old{age}", (1000 - age, 1000 - age))
    using = tmp_path / f"old{catboost.KEPT_SNAPSHOTS + 2}"
    catboost.remove_old_snapshots(tmp_path, using)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted([*(f"old{age}" for age in range(catboost.KEPT_SNAPSHOTS)), using.name])


def test_a_gpu_that_is_not_there_is_refused_in_one_line() -> None:
    from catboost.utils import get_gpu_device_count

    from lockstep.models.catboost import require_device

    require_device("cpu")
    if get_gpu_device_count():
        pytest.skip("there is one")
    with pytest.raises(ConfigError, match=r"model\.device is 'gpu' and CatBoost finds no CUDA GPU"):
        require_device("gpu")
