"""A trial on shared data gives the metrics of the stage's own fit, bit for bit, for every kind."""

from pathlib import Path

import pytest

from lockstep.core.schema import TASKS
from lockstep.models.base import TrainingData
from lockstep.models.kinds import KINDS, fit
from lockstep.search import objective
from lockstep.training.metrics import score
from lockstep.training.target import class_weights
from lockstep.training.threshold import choose_threshold
from template.tests.support.models import FEATURES, answer, configured, nothing, table
from template.tests.support.rows import rows


@pytest.mark.parametrize("columns", [FEATURES, FEATURES[:2]], ids=["all", "numeric"])
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "dummy"])
def test_a_trial_equals_the_stage(
    kind: str, task: str, columns: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    train, valid = table(400, 1), table(150, 2)
    y, y_valid = answer(train, task), answer(valid, task)
    train, valid = train[columns], valid[columns]
    training = TrainingData(train, y, valid, y_valid, lambda name: class_weights(y, name))
    data = objective.Data(training, y_valid)
    config = configured(kind, task)
    config.dataset.categorical = columns[2:]
    trainer = objective.trainer(config, data)
    variants = [{}, {"border_count": 16}, {}] if kind == "catboost" else [{}, {}]
    for number, params in enumerate(variants):
        config.model.params |= params
        model, _ = fit(config, rows(train, y), rows(valid, y_valid), f"{number}", nothing)
        p = KINDS[kind].predict(model, valid, task)
        threshold = (
            choose_threshold(y_valid, p, config.model.threshold) if task == "binary" else 0.5
        )
        metrics = objective.metrics(config, data, trainer, nothing)
        assert metrics == score(task, y_valid, p, threshold)
