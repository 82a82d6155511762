"""Every model kind on every task: equal trainings, equal bytes; saved and loaded, equal bits."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.errors import ConfigError
from lockstep.core.schema import TASKS
from lockstep.models.kinds import KINDS, fit, model_kind
from lockstep.training import bundle
from template.tests.support.models import PARAMS, answer, configured, nothing, saved, table, trained
from template.tests.support.rows import rows
from tests.closure import ROOT


def test_every_kind_is_tried_here_and_has_a_file_in_conf() -> None:
    assert set(KINDS) == set(PARAMS)
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "conf/model").glob("*.yaml")]
    assert set(KINDS) == {re.findall(r"(?m)^kind: (\w+)", text)[0] for text in texts}


def test_an_unknown_kind_is_refused_and_the_kinds_are_named() -> None:
    with pytest.raises(ConfigError, match=r"model\.kind is 'svm'; allowed: catboost, hist"):
        model_kind("svm")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_two_trainings_give_the_same_bytes_and_loading_the_same_bits(
    kind: str, task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # snapshots lie beside the project
    first = trained(configured(kind, task, threads=1), "snapshot")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")  # another checkout, another thread count
    second = trained(configured(kind, task, threads=2), "snapshot")
    # Other rows, with a category that training never saw.
    fresh = pd.concat([table(100, 3), table(1, 4).assign(colour="mauve")], ignore_index=True)
    before = first.predict(fresh)
    assert saved(first, tmp_path / "one") == saved(second, tmp_path / "two")
    after = bundle.load(tmp_path / "one").predict(fresh)
    assert before.tobytes() == after.tobytes()
    assert after.shape == ((101, 3) if task == "multiclass" else (101,))
    assert np.isfinite(after).all()
    assert not list(tmp_path.rglob("*.cbsnapshot"))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_predicted_to_the_same_bits_whatever_rows_are_with_it(
    kind: str, task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fitted, rows = trained(configured(kind, task), "alone"), table(3000, 8)
    together = fitted.predict(rows)
    draw = np.random.default_rng(4)
    for size in [*range(1, 34), 63, 64, 65, 100, 255, 257, 1000]:
        start = int(draw.integers(0, len(rows) - size))
        few = rows.iloc[start : start + size].reset_index(drop=True)
        assert fitted.predict(few).tobytes() == together[start : start + size].tobytes(), size


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "dummy"])
def test_a_parameter_that_the_library_does_not_know_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = configured(kind, "binary")
    config.model.params["no_such_parameter"] = 1
    with pytest.raises(ConfigError, match="no_such_parameter"):
        trained(config, "refused")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_multiclass_target_may_have_two_classes_in_training(kind: str) -> None:
    config = configured(kind, "multiclass")
    train, valid = table(400, 1), table(150, 2)
    y, y_valid = (answer(frame, "binary") for frame in (train, valid))
    model, _ = fit(config, rows(train, y), rows(valid, y_valid), f"two-{kind}", nothing)
    p = KINDS[kind].predict(model, valid, "multiclass")
    assert p.shape == (150, 2)
    assert np.allclose(p.sum(axis=1), 1)
