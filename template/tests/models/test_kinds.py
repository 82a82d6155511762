"""Every model kind on every task: equal trainings, equal bytes; saved and loaded, equal bits."""

import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import TASKS, Config
from lockstep.models import catboost
from lockstep.models.kinds import KINDS, fit, model_kind
from lockstep.training import bundle
from lockstep.training.leakage import refuse_leaks, strengths
from lockstep.training.threshold import choose
from template.tests.support.rows import rows
from tests.closure import ROOT

PARAMS: dict[str, dict[str, Any]] = {
    "catboost": {"iterations": 20, "learning_rate": 0.2, "depth": 3, "thread_count": 2},
    "hist_gradient_boosting": {"max_iter": 20},
    "random_forest": {"n_estimators": 10, "max_depth": 4},
    "linear": {},
    "extra_trees": {"n_estimators": 10, "max_depth": 4},
    "dummy": {},
    "xgboost": {"num_boost_round": 20, "max_depth": 3, "nthread": 2},
    "lightgbm": {"num_iterations": 20, "num_leaves": 7, "num_threads": 2},
}
FEATURES = ["size", "gappy", "colour", "maker"]


def table(rows: int, seed: int) -> pd.DataFrame:
    """Two numeric columns, one with gaps, and two categorical."""
    draw = np.random.default_rng(seed)
    gappy = np.where(draw.random(rows) < 0.2, np.nan, draw.normal(size=rows))
    return pd.DataFrame(
        {
            "size": draw.normal(size=rows),
            "gappy": gappy,
            "colour": draw.choice(["blue", "green", "red"], rows),
            "maker": draw.choice(["missing", "one", "two"], rows),
        }
    )


def answer(frame: pd.DataFrame, task: str) -> np.ndarray:
    """A noisy target that depends on a numeric and a categorical column."""
    noise = np.random.default_rng(len(frame)).normal(size=len(frame))
    value: np.ndarray = frame["size"].to_numpy() + (frame["colour"] == "red").to_numpy() + noise
    if task == "regression":
        return value
    return np.digitize(value, [0.3] if task == "binary" else [-0.4, 1.0])


answered = answer


def configured(kind: str, task: str, threads: int = 1) -> Config:
    config = Config(seed=7)
    config.dataset.task = task
    config.dataset.numeric, config.dataset.categorical = FEATURES[:2], FEATURES[2:]
    config.model.kind, config.model.params = kind, dict(PARAMS[kind])
    config.model.early_stopping_rounds = 5
    config.engine.threads = threads
    return config


def nothing(*step: float) -> None:
    """A log that keeps nothing."""


def trained(config: Config, snapshot: str) -> bundle.Bundle:
    """A fitted bundle, not yet saved."""
    task = config.dataset.task
    train, valid = table(400, 1), table(150, 2)
    y, y_valid = answer(train, task), answer(valid, task)
    steps: list[tuple[int, float, float]] = []
    model, best = fit(
        config,
        rows(train, y),
        rows(valid, y_valid),
        snapshot,
        lambda *step: steps.append(step),
    )
    assert [step for step, _, _ in steps] == list(range(len(steps)))
    assert 0 <= best <= max(len(steps) - 1, 0)
    signature = {
        "kind": config.model.kind,
        "task": task,
        "numeric": config.dataset.numeric,
        "categorical": config.dataset.categorical,
    }
    return bundle.Bundle(signature, [0.5], model)


def saved(one: bundle.Bundle, folder: Path) -> dict[str, bytes]:
    """Save into a folder; its files' names and bytes."""
    folder.mkdir()
    recipes = {"recipe.py": b"# a recipe\n"}
    bundle.save(folder, one.model, one.signature, one.baseline, recipes)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


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


@pytest.mark.parametrize("task", [*TASKS, "multiclass of two"])
def test_a_linear_model_says_what_scikit_learn_says(
    task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if task == "multiclass of two":  # training rows may lack a class
        task = "multiclass"
        monkeypatch.setattr(f"{__name__}.answer", lambda frame, _: answered(frame, "binary"))
    fitted, rows = trained(configured("linear", task), ""), table(200, 8)
    theirs = (
        fitted.model.predict(rows) if task == "regression" else fitted.model.predict_proba(rows)
    )
    expected = theirs[:, 1] if task == "binary" else theirs
    np.testing.assert_allclose(fitted.predict(rows), expected, rtol=1e-12)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "dummy"])
def test_a_parameter_that_the_library_does_not_know_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = configured(kind, "binary")
    config.model.params["no_such_parameter"] = 1
    with pytest.raises(ConfigError, match="no_such_parameter"):
        trained(config, "refused")


def test_a_type_that_is_not_trusted_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    KINDS["linear"].save(trained(configured("linear", "binary"), "").model, path)
    with zipfile.ZipFile(path) as source:
        files = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(files["schema.json"])
    schema["__module__"], schema["__class__"] = "subprocess", "Popen"
    files["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    with pytest.raises(DataError, match=r"subprocess\.Popen"):
        KINDS["linear"].load(path)


@pytest.mark.parametrize("kind", ["random_forest", "extra_trees", "hist_gradient_boosting"])
@pytest.mark.parametrize("field", ["left", "right", "feature"])
def test_a_tree_that_points_outside_itself_is_refused(
    kind: str, field: str, tmp_path: Path
) -> None:
    model = trained(configured(kind, "binary"), "").model
    path = tmp_path / "model.skops"
    if kind != "hist_gradient_boosting":
        tree = model[-1].estimators_[0].tree_
        state = tree.__getstate__()
        state["nodes"][{"left": "left_child", "right": "right_child"}.get(field, field)][0] = 10**6
        tree.__setstate__(state)
    else:
        name = "feature_idx" if field == "feature" else field
        model[-1]._predictors[0][0].nodes[name][0] = 10**6
    KINDS[kind].save(model, path)
    with pytest.raises(DataError, match="points outside itself"):
        KINDS[kind].load(path)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("text", [False, True])
def test_a_leak_is_refused_by_name_and_honest_columns_pass(task: str, text: bool) -> None:
    frame = table(600, 5)
    y = answer(frame, task)
    refuse_leaks(strengths(frame[FEATURES].items(), y, task), 0.9)
    copied = pd.Series(np.digitize(y, np.unique(np.quantile(y, [0.25, 0.5, 0.75]))))
    frame["copied"] = copied.astype(str) if text else copied.astype(float)
    if task == "multiclass":
        frame["copied"] = pd.Series(y).astype(str) if text else pd.Series(y).astype(float)
    with pytest.raises(DataError, match="column copied alone"):
        refuse_leaks(strengths(frame.items(), y, task), 0.9)


@pytest.mark.parametrize("criterion", ["f1", "youden"])
def test_the_threshold_is_the_best_of_all(criterion: str) -> None:
    draw = np.random.default_rng(6)
    p = draw.random(200).round(2)  # with ties
    y = (draw.random(200) < p).astype(int)

    def worth(threshold: float) -> float:
        said = p >= threshold
        hits, real = int((said & (y == 1)).sum()), int(y.sum())
        if criterion == "f1":
            return 2 * hits / (int(said.sum()) + real)
        return hits / real - (int(said.sum()) - hits) / (len(y) - real)

    assert worth(choose(y, p, criterion)) == pytest.approx(max(worth(t) for t in np.unique(p)))


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


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_multiclass_target_may_have_two_classes_in_training(kind: str) -> None:
    config = configured(kind, "multiclass")
    train, valid = table(400, 1), table(150, 2)
    y, y_valid = (answer(frame, "binary") for frame in (train, valid))
    model, _ = fit(config, rows(train, y), rows(valid, y_valid), f"two-{kind}", nothing)
    p = KINDS[kind].predict(model, valid, "multiclass")
    assert p.shape == (150, 2)
    assert np.allclose(p.sum(axis=1), 1)


def test_a_gpu_that_is_not_there_is_refused_in_one_line() -> None:
    from catboost.utils import get_gpu_device_count

    from lockstep.models.catboost import require_device

    require_device("cpu")
    if get_gpu_device_count():
        pytest.skip("there is one")
    with pytest.raises(ConfigError, match=r"model\.device is 'gpu' and CatBoost finds no CUDA GPU"):
        require_device("gpu")
