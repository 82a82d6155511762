"""Each gate refuses a model that must fail it and lets one pass that must."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.core.schema import Gate
from lockstep.evaluation.comparison import paired_difference
from lockstep.registry.gates import GateCheck, champion_check, gate_checks, percent, verdict
from lockstep.training.metrics import score
from template.tests.support.extending import write_component

GATE = Gate(limits={"roc_auc": 0.7}, worst_slice_drop=0.5, max_train_test_gap=0.3)
GOOD: dict[str, dict[str, Any]] = {
    "data": {"ingested": 100, "quarantined": 1},
    "train": {
        "train": {"log_loss": 0.4},
        "leakage": {"column": "seats", "auc": 0.6, "limit": 0.85},
    },
    "test": {
        "metrics": {"log_loss": 0.45, "roc_auc": 0.75},
        "baseline": {"log_loss": 0.55},
        "slices": [{"column": "sex", "value": "male", "metrics": {"log_loss": 0.5}}],
    },
    "drift": {"share": 0.1},
}


def failed(**changes: dict[str, Any]) -> list[str]:
    given = {name: {**GOOD[name], **changes.get(name, {})} for name in GOOD}
    result = gate_checks(GATE, "log_loss", *(given[n] for n in ("data", "train", "test", "drift")))
    return [check.name for check in result if check.passed is False]


def test_a_good_model_passes_every_check() -> None:
    assert failed() == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"test": {"metrics": {"log_loss": 0.45, "roc_auc": 0.6}}}, "limit roc_auc"),
        ({"test": {"baseline": {"log_loss": 0.451}}}, "baseline"),
        ({"test": {"slices": [{"metrics": {"log_loss": 0.9}}]}}, "worst slice"),
        ({"train": {"train": {"log_loss": 0.2}}}, "train-test gap"),
        ({"train": {"leakage": {"column": "x", "auc": 0.9, "limit": 0.85}}}, "leakage"),
        ({"data": {"ingested": 100, "quarantined": 6}}, "quarantined share"),
        ({"drift": {"share": 0.31}}, "drift"),
    ],
)
def test_a_bad_model_fails_exactly_its_check(changes: dict[str, Any], name: str) -> None:
    assert failed(**changes) == [name]


@pytest.mark.parametrize(
    ("difference", "interval", "passed"),
    [
        (-0.01, [-0.02, 0.0], True),  # better
        (0.001, [-0.002, 0.004], True),  # worse by less than the margin, whole interval
        (0.001, [-0.02, 0.02], None),  # the rows do not tell
        (0.02, [0.01, 0.03], False),  # worse by more than the margin, whole interval
    ],
)
def test_the_challenger_must_not_be_worse_than_the_champion(
    difference: float, interval: list[float], passed: bool | None
) -> None:
    result = {"difference": difference, "interval": interval}
    for metric, sign in (("log_loss", 1), ("roc_auc", -1)):
        turned = {"difference": sign * difference, "interval": sorted(sign * x for x in interval)}
        check = champion_check(GATE, metric, 1.0, "v1.0.0", turned, "")
        assert check.passed is passed
        assert check.value == pytest.approx(result["difference"])


def test_without_a_champion_the_check_is_unknown_and_says_why() -> None:
    check = champion_check(GATE, "log_loss", 0.5, None, None, "there is no champion yet")
    assert check.passed is None and "there is no champion yet" in check.reason


def outcome(passed: bool | None, severity: Any = "fail") -> GateCheck:
    return GateCheck("a check", None, 1.0, "at most", passed, "a reason", severity)


def test_a_warning_decides_nothing() -> None:
    assert verdict([outcome(False, "warn"), outcome(True)], unknown_blocks=True) == "pass"


def test_unknown_blocks_only_where_it_is_set_to() -> None:
    unknown = [outcome(None), outcome(True)]
    assert verdict(unknown, unknown_blocks=True) == "unknown"
    assert verdict(unknown, unknown_blocks=False) == "pass"
    assert verdict([*unknown, outcome(False)], unknown_blocks=True) == "fail"


def test_reasons_say_value_limit_and_outcome() -> None:
    parts = (GOOD[name] for name in ("data", "train", "test", "drift"))
    assert [check.reason for check in gate_checks(GATE, "log_loss", *parts)] == [
        "roc_auc 0.75 >= 0.7: pass",
        "log_loss 18.2 % better than the dummy baseline (at least 1 %): pass",
        "log_loss of the worst slice, sex male, worse than of all rows by 9.1 % of the dummy's "
        "(limit 50 %): pass",
        "log_loss worse on test than on train by 9.1 % of the dummy's (limit 30 %): pass",
        "strongest single feature: seats, AUC 0.60 (limit 0.85): pass",
        "quarantined rows 1 % (limit 5 %): pass",
        "features that drifted from train to test 10 % (limit 30 %): pass",
    ]


def test_a_reason_of_a_failure_says_so() -> None:
    test = {**GOOD["test"], "metrics": {"log_loss": 0.6, "roc_auc": 0.6}}
    limit, baseline, *_ = gate_checks(
        GATE, "log_loss", GOOD["data"], GOOD["train"], test, {"share": 0.5}
    )
    assert limit.reason == "roc_auc 0.6, not >= 0.7: fail"
    assert baseline.reason.startswith("log_loss 9.1 % worse than the dummy baseline")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.05, "5 %"), (0.1283, "12.8 %"), (9.776e-05, "0.01 %"), (1.0, "100 %"), (0.0, "0 %")],
)
def test_percentages_are_short(share: float, text: str) -> None:
    assert percent(share) == text


def test_a_deliberately_bad_model_is_refused_by_every_default_gate() -> None:
    generator = np.random.default_rng(0)
    y = generator.integers(0, 2, 2000)
    wrong = np.where(y == 1, 0.1, 0.9)  # sure, and mistaken
    wrong[:1000] = 0.5  # one half knows nothing, the other is worse
    metrics, dummy = score("binary", y, wrong), score("binary", y, np.full(2000, 0.5))
    worst = score("binary", y[1000:], wrong[1000:])
    gate = parse_config(compose()).gate
    result = gate_checks(
        gate,
        "log_loss",
        {"ingested": 100, "quarantined": 10},
        {
            "train": score("binary", y, np.where(y == 1, 0.99, 0.01)),  # it learned by heart
            "leakage": {"column": "y", "auc": 1.0, "limit": 0.85},
        },
        {"metrics": metrics, "baseline": dummy, "slices": [{"metrics": worst}]},
        {"share": 1.0},
    )
    against = paired_difference("binary", y, (np.full(2000, 0.5), 0.5), (wrong, 0.5), seed=1)[
        "log_loss"
    ]
    result.append(champion_check(gate, "log_loss", dummy["log_loss"], "v1.0.0", against, ""))
    assert [check.name for check in result if check.passed is not False] == []
    assert verdict(result, gate.unknown_blocks) == "fail"


def test_an_owners_metric_decides_in_its_own_direction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_component(tmp_path, "metrics", "late_cost")
    gate = Gate(limits={"late_cost": 0.5})
    slices = [{"column": "sex", "value": "male", "metrics": {"late_cost": 0.5}}]
    test = {"metrics": {"late_cost": 0.6}, "baseline": {"late_cost": 0.8}, "slices": slices}
    train = {**GOOD["train"], "train": {"late_cost": 0.55}}
    checks = gate_checks(gate, "late_cost", GOOD["data"], train, test, GOOD["drift"])
    limit, baseline = checks[:2]
    assert limit.passed is False and limit.reason == "late_cost 0.6, not <= 0.5: fail"
    assert baseline.passed and baseline.reason.startswith("late_cost 25 % better than the dummy")
    worse = {"difference": 0.2, "interval": [0.1, 0.3]}
    champion = champion_check(gate, "late_cost", 0.8, "v1.0.0", worse, "")
    assert champion.passed is False and champion.value == pytest.approx(0.25)
