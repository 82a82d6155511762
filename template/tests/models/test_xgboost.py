"""XGBoost: pieces, threads and names change nothing; what it cannot take is refused in one line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost

from lockstep.core.errors import ConfigError, DataError
from lockstep.models import xgboost as module
from lockstep.models import xgboost_matrix
from lockstep.models.kinds import KINDS, fit
from template.tests.support.models import FEATURES, answer, configured, nothing, table
from template.tests.support.rows import rows


def trained(
    task: str = "binary", rounds: int = 20, size: int = 100, **params: Any
) -> tuple[Any, int]:
    """A model of 400 rows, in pieces of `size`, and its best iteration."""
    config = configured("xgboost", task)
    config.model.params |= {"num_boost_round": rounds, **params}
    train, valid = table(400, 1), table(150, 2)
    return fit(
        config,
        rows(train, answer(train, task), size=size),
        rows(valid, answer(valid, task)),
        "",
        nothing,
    )


def raw(model: xgboost.Booster) -> bytes:
    """What save() writes."""
    return bytes(model.save_raw("ubj"))


@pytest.mark.parametrize("size", [37, 400])
def test_pieces_of_any_size_give_the_same_bytes(size: int) -> None:
    whole = raw(trained("multiclass")[0])
    assert raw(trained("multiclass", size=size)[0]) == whole


def test_predictions_are_the_same_bits_with_any_number_of_threads() -> None:
    model, _ = trained("multiclass")
    many = table(20_000, 3)
    found = set()
    for threads in (1, 2, 3, 8):
        model.set_param({"nthread": threads})
        found.add(KINDS["xgboost"].predict(model, many, "multiclass").tobytes())
    assert len(found) == 1


def test_a_category_that_training_did_not_see_is_a_missing_one() -> None:
    model, _ = trained()
    seen = table(50, 3)
    known = json.loads(model.attr(module.COLUMNS))["categories"]
    assert known == {"colour": ["blue", "green", "red"], "maker": ["missing", "one", "two"]}
    mauve = seen.assign(colour="mauve")
    values = xgboost_matrix.encoded(mauve, known)
    assert np.isnan(values[:, 2]).all() and not np.isnan(values[:, 3]).any()
    said = KINDS["xgboost"].predict(model, mauve, "binary")
    assert (
        said.tobytes()
        == KINDS["xgboost"].predict(model, seen.assign(colour="teal"), "binary").tobytes()
    )
    assert said.tobytes() == module.predict_encoded(model, values).tobytes()
    assert said.tobytes() != KINDS["xgboost"].predict(model, seen, "binary").tobytes()


def test_trees_beyond_the_best_iteration_are_not_kept() -> None:
    losses: list[float] = []
    config = configured("xgboost", "regression")
    config.model.params |= {"num_boost_round": 200, "learning_rate": 0.5}
    train, valid = table(400, 1), table(150, 2)
    y, watched = answer(train, "regression"), answer(valid, "regression")

    def log(step: int, _: float, loss: float) -> None:
        losses.append(loss)

    model, best = fit(config, rows(train, y), rows(valid, watched), "", log)
    assert best == int(np.argmin(losses)) and len(losses) == best + 6
    assert model.num_boosted_rounds() == best + 1
    rmse = np.sqrt(np.mean((KINDS["xgboost"].predict(model, valid, "regression") - watched) ** 2))
    assert rmse == pytest.approx(losses[best], rel=1e-6)


def test_the_log_may_stop_it() -> None:
    config, frame = configured("xgboost", "binary"), table(400, 1)
    both = rows(frame, answer(frame, "binary"))
    model, _ = fit(config, both, both, "", lambda step, *_: step < 3)
    assert model.num_boosted_rounds() == 4
    model, _ = fit(config, both, both, "", lambda *_: False)
    assert model.num_boosted_rounds() == 1


def test_weights_count() -> None:
    config, frame = configured("xgboost", "binary"), table(400, 1)
    y = answer(frame, "binary")
    ones, more = np.ones(400), np.where(y == 1, 5.0, 1.0)
    means = [
        KINDS["xgboost"]
        .predict(fit(config, rows(frame, y, w), rows(frame, y), "", nothing)[0], frame, "binary")
        .mean()
        for w in (ones, more)
    ]
    assert means[0] == pytest.approx(y.mean(), abs=0.05) and means[1] > means[0] + 0.1


def test_columns_may_have_names_and_values_that_xgboost_does_not_take() -> None:
    config, frame = configured("xgboost", "binary"), table(400, 1)
    y = answer(frame, "binary")
    frame.loc[5, "gappy"] = 1e300
    strange = dict(zip(FEATURES, ["a[0]", "<b>", "größe]", "a<b"], strict=True))
    config.dataset.numeric, config.dataset.categorical = ["a[0]", "<b>"], ["größe]", "a<b"]
    renamed = frame.rename(columns=strange)
    model, _ = fit(config, rows(renamed, y), rows(renamed, y), "", nothing)
    assert np.isfinite(KINDS["xgboost"].predict(model, renamed, "binary")).all()


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_without_categories_and_with_few_rows_it_trains(task: str) -> None:
    config, frame = configured("xgboost", task), table(3, 1)
    config.dataset.categorical = []
    few = frame[FEATURES[:2]]
    y = np.array([0, 1, 1])
    model, _ = fit(config, rows(few, y), rows(few, y), "", nothing)
    assert KINDS["xgboost"].predict(model, few, task).shape == (3,)


def test_an_interrupt_while_the_rows_go_in_is_not_lost() -> None:
    values, target = np.ones((10, 1), dtype="float32"), np.arange(10.0)

    def stopped() -> Iterator[Any]:
        yield values, target, None
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        xgboost_matrix.compact(xgboost_matrix.TrainingSettings({}, 1, 0, ["float"]), stopped)


def test_a_value_that_xgboost_does_not_allow_is_refused_in_its_words() -> None:
    with pytest.raises(ConfigError) as told:
        trained(subsample=7)
    line = "model.params: XGBoost refuses: value 7 for Parameter subsample exceed bound [0,1]"
    assert str(told.value).startswith(line) and "\n" not in str(told.value)


def test_a_file_that_is_damaged_or_foreign_is_refused_by_name(tmp_path: Path) -> None:
    model, _ = trained()
    path = tmp_path / "model.ubj"
    KINDS["xgboost"].save(model, path)
    assert raw(KINDS["xgboost"].load(path)) == path.read_bytes()
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(DataError, match=r"model\.ubj: not a whole XGBoost model"):
        KINDS["xgboost"].load(path)
    model.set_attr(columns=None)
    KINDS["xgboost"].save(model, path)
    with pytest.raises(DataError, match=r"model\.ubj: .*it holds no columns"):
        KINDS["xgboost"].load(path)


def test_a_gpu_that_is_not_there_is_refused_in_one_line() -> None:
    module.require_device("cpu")
    try:
        module.require_device("gpu")
    except ConfigError as error:
        assert "model.device is 'gpu'" in str(error) and "set model.device=cpu" in str(error)
    else:
        pytest.skip("there is one")


def test_a_string_column_of_any_pandas_kind_has_the_same_codes() -> None:
    known = {"c": ["a", "b"]}
    kinds = ("str", "object", "category")
    codes = [
        xgboost_matrix.encoded(
            pd.DataFrame({"c": pd.Series(["b", "x", "a"], dtype=kind)}), known
        ).tolist()
        for kind in kinds
    ]
    assert all(np.array_equal(one, [[1], [np.nan], [0]], equal_nan=True) for one in codes)
