"""The model card: a header as Hugging Face reads it, and every part that a user needs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lockstep.core.schema import Card, Config
from lockstep.models.kinds import KINDS
from lockstep.registry.model_card import SLICES, card
from lockstep.training.metrics import score

SECTIONS = [
    *("Intended use", "Out of scope", "Data", "Training", "Metrics", "Slices", "Calibration"),
    *("Gates", "Limits", "How to load"),
]
TASKS = {
    "binary": "tabular-classification",
    "multiclass": "tabular-classification",
    "regression": "tabular-regression",
}


def given(task: str) -> tuple[Config, dict[str, Any]]:
    """A configuration, and what the stages wrote of its model."""
    import numpy as np

    config = Config(seed=3)
    config.dataset.name, config.dataset.task, config.dataset.target = "birds", task, "species"
    config.dataset.raw, config.dataset.time = "data/raw/birds", "seen"
    config.dataset.numeric, config.dataset.categorical = ["mass"], ["island"]
    config.model.kind, config.model.params = "linear", {"C": 1.0}
    config.gate.baseline_metric = {
        "binary": "log_loss",
        "multiclass": "log_loss",
        "regression": "rmse",
    }
    classes = {"binary": ["no", "yes"], "multiclass": ["a", "b", "c"], "regression": []}[task]
    draw = np.random.default_rng(1)
    y = draw.integers(0, max(len(classes), 2), 200)
    p = draw.dirichlet([1, 1, 1], 200) if task == "multiclass" else draw.random(200)
    metrics = score(task, y, p)
    name = next(iter(metrics))
    facts: dict[str, Any] = {
        "signature": {"classes": classes},
        "raw": [{"path": "data/raw/birds/birds.csv", "rows": 1200}],
        "data": {"ingested": 1200, "quarantined": 3},
        "split": {
            "kind": "random",
            "sizes": {"train": 800, "valid": 197, "test": 200},
            "span": {n: ["2007-01-01", "2009-12-31"] for n in ("train", "valid", "test")},
            "target_rate": {
                n: {"a": 0.5, "b": 0.3, "c": 0.2} if task == "multiclass" else 0.25
                for n in ("train", "valid", "test")
            },
        },
        "train": {"threshold": 0.31, "best_iteration": 4},
        "test": {
            "metrics": metrics,
            "intervals": {n: [v - 0.01, v + 0.01] for n, v in metrics.items()},
            "baseline": {n: v + 0.1 for n, v in metrics.items()},
            "slices": [
                {"column": "island", "value": f"i{n}", "rows": 300, "metrics": {name: n / 10}}
                for n in range(SLICES + 3)
            ],
        },
        "gate": {
            "verdict": "pass",
            "checks": [{"name": "limit rmse", "reason": "rmse holds: 1, at most 2 wanted"}],
        },
        "calibration": [{"predicted": 0.1, "observed": 0.12, "rows": 50}] * (task == "binary"),
    }
    return config, facts


def parts(text: str) -> tuple[dict[str, Any], str]:
    """The YAML header and the Markdown after it."""
    _, header, body = text.split("---\n", 2)
    return yaml.safe_load(header), body


@pytest.mark.parametrize("task", list(TASKS))
def test_the_header_is_a_model_index(task: str) -> None:
    config, facts = given(task)
    config.dataset.card.license = "cc0-1.0"
    header, _ = parts(card(config, facts))
    assert header["license"] == "cc0-1.0"
    assert header["library_name"] == "sklearn" and header["pipeline_tag"] == TASKS[task]
    assert header["tags"] == [TASKS[task], task, "linear", "birds"]
    (model,) = header["model-index"]
    (result,) = model["results"]
    assert model["name"] == "birds-linear"
    assert result["task"]["type"] == TASKS[task]
    assert result["dataset"] == {"type": "birds", "name": "birds", "split": "test"}
    assert {one["type"]: one["value"] for one in result["metrics"]} == facts["test"]["metrics"]
    assert header["metrics"] == list(facts["test"]["metrics"])


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_card_of_every_kind_names_its_library_and_its_parameters(kind: str) -> None:
    config, facts = given("binary")
    config.model.kind, config.model.params = kind, dict.fromkeys(KINDS[kind].required, 2)
    header, body = parts(card(config, facts))
    assert header["library_name"] == KINDS[kind].library
    assert f"`{kind}`" in body and all(f"{name} 2" in body for name in KINDS[kind].required)


@pytest.mark.parametrize("task", list(TASKS))
def test_every_part_is_there_and_holds_its_figures(task: str) -> None:
    config, facts = given(task)
    _, body = parts(card(config, facts))
    assert re.findall("^## (.*)$", body, re.M) == SECTIONS
    test = facts["test"]
    for name, value in test["metrics"].items():
        low, high = test["intervals"][name]
        row = f"| {name} | {value:.4f} | {low:.4f} to {high:.4f} | {test['baseline'][name]:.4f} |"
        assert row in body
    assert "| train | 800 | `2007-01-01` to `2009-12-31` |" in body
    assert "Of 1,200 rows, 3 (0.25%) broke a check" in body
    assert "Verdict of its gates: **pass**" in body and "- `rmse holds: 1" in body
    predicts = {
        "binary": "the probability that `species` is `yes`",
        "multiclass": "the probability of each `species` (`a`, `b`, `c`)",
        "regression": "`species`",
    }
    assert f"Predicts {predicts[task]}, for a row of `birds`" in body
    assert ("| 0.1000 | 0.1200 | 50 |" in body) == (task == "binary")
    assert ("called positive from 0.3100" in body) == (task == "binary")


def test_the_worst_slices_come_first_and_the_best_are_left_out() -> None:
    _, body = parts(card(*given("regression")))
    named = [int(number) for number in re.findall(r"`island` = `i(\d+)`", body)]
    assert named == list(range(SLICES + 2, 2, -1))


def test_without_a_time_no_period_is_claimed() -> None:
    config, facts = given("regression")
    config.dataset.time = None
    facts["split"]["span"] = dict.fromkeys(facts["split"]["sizes"])
    assert "| split | rows | `species`, mean |" in card(config, facts)


def test_a_sample_of_the_training_rows_is_told() -> None:
    config, facts = given("binary")
    config.dataset.key = ["ring"]
    assert "Learned from" not in card(config, facts)
    facts["train"]["sample"] = {"rows": 5000, "of": 80_000}
    assert "Learned from 5,000 of the 80,000 rows of train" in card(config, facts)


def test_a_persons_words_take_the_place_of_the_general_ones() -> None:
    config, facts = given("binary")
    general = card(config, facts)
    config.dataset.card = Card(None, "To count birds.", "Bats.", "Only at dawn.")
    own = card(config, facts)
    assert "license" not in parts(own)[0]
    for text in ("To count birds.", "Bats.", "Only at dawn."):
        assert text in own and text not in general


HOSTILE = "a|b`\n</td><script>alert(1)</script>[x](http://evil) @all #1\x1b[31m\u202e"
SHOWN = (
    "`a`&#124;`b`&#96;`\\n</td><script>alert(1)</script>[x](http://evil) @all #1\\x1b[31m\\u202e`"
)


def test_data_is_code_that_nothing_ends() -> None:
    config, facts = given("multiclass")
    config.dataset.target = config.dataset.name = config.dataset.time = HOSTILE
    config.dataset.numeric = config.dataset.categorical = config.dataset.key = [HOSTILE]
    config.model.params = {HOSTILE: HOSTILE}
    facts["signature"]["classes"] = [HOSTILE]
    facts["split"]["target_rate"] = {n: {HOSTILE: 1.0} for n in facts["split"]["sizes"]}
    facts["split"]["span"] = {n: [HOSTILE, HOSTILE] for n in facts["split"]["sizes"]}
    facts["train"]["sample"] = {"rows": 1, "of": 2}
    facts["test"]["slices"] = [{**facts["test"]["slices"][0], "column": HOSTILE, "value": HOSTILE}]
    facts["gate"]["checks"][0]["reason"] = HOSTILE
    body = parts(card(config, facts))[1]
    assert body.count(SHOWN) >= 15
    without_code = re.sub(r"`[^`]*`", "", body)
    assert "script" not in without_code and "evil" not in without_code
    assert all(char.isprintable() or char == "\n" for char in body)


def test_a_metric_without_a_value_is_said_to_have_none_and_claimed_nowhere() -> None:
    config, facts = given("binary")
    for part in ("metrics", "baseline"):
        facts["test"][part]["roc_auc"] = None
    facts["test"]["intervals"]["roc_auc"] = [None, None]
    header, body = parts(card(config, facts))
    assert "| roc_auc | not known | not known to not known | not known |" in body
    (result,) = header["model-index"][0]["results"]
    assert "roc_auc" not in [one["type"] for one in result["metrics"]]


def test_the_card_holds_no_path_of_a_machine() -> None:
    assert str(Path.cwd()) not in card(*given("binary"))
