"""LightGBM: early stopping, columns, files."""

from pathlib import Path

import numpy as np
import pytest

from lockstep.core.errors import DataError
from lockstep.models.kinds import KINDS, fit
from template.tests.support.models import answer, configured, nothing, table
from template.tests.support.rows import rows


def fitted(**params: object):  # type: ignore[no-untyped-def]
    config = configured("lightgbm", "binary")
    config.model.params |= params
    train, valid = table(400, 1), table(150, 2)
    losses: list[float] = []
    model, best = fit(
        config,
        rows(train, answer(train, "binary")),
        rows(valid, answer(valid, "binary")),
        "",
        lambda step, train_loss, valid_loss: losses.append(valid_loss),
    )
    return model, best, losses


def test_trees_beyond_the_best_iteration_are_not_kept() -> None:
    model, best, losses = fitted(num_iterations=200, learning_rate=0.5)
    assert best == int(np.argmin(losses)) and len(losses) == best + 6
    assert model.booster.num_trees() == best + 1


def test_the_log_may_stop_it() -> None:
    config, frame = configured("lightgbm", "binary"), table(400, 1)
    both = rows(frame, answer(frame, "binary"))
    model, _ = fit(config, both, both, "", lambda step, *_: step < 3)
    assert model.booster.num_trees() == 4


def test_weights_count() -> None:
    config, frame = configured("lightgbm", "binary"), table(400, 1)
    y_true = answer(frame, "binary")
    weighted = rows(frame, y_true, np.where(y_true == 1, 5.0, 1.0))
    means = []
    for train in (rows(frame, y_true), weighted):
        model, _ = fit(config, train, rows(frame, y_true), "", nothing)
        means.append(KINDS["lightgbm"].predict(model, frame, "binary").mean())
    assert means[1] > means[0] + 0.1


def test_a_category_that_training_did_not_see_is_a_missing_one() -> None:
    model, _, _ = fitted()
    frame = table(50, 3)
    predictions = [
        KINDS["lightgbm"].predict(model, frame.assign(colour=colour), "binary")
        for colour in ("mauve", "teal")
    ]
    assert predictions[0].tobytes() == predictions[1].tobytes()


def test_a_file_that_is_damaged_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "model.lightgbm.json"
    KINDS["lightgbm"].save(fitted()[0], path)
    path.write_text(path.read_text(encoding="utf-8")[:200], encoding="utf-8")
    with pytest.raises(DataError, match=r"model\.lightgbm\.json: not a whole LightGBM model"):
        KINDS["lightgbm"].load(path)


def test_the_file_holds_no_thread_count(tmp_path: Path) -> None:
    KINDS["lightgbm"].save(fitted()[0], tmp_path / "model.json")
    assert "num_threads" not in (tmp_path / "model.json").read_text(encoding="utf-8")
