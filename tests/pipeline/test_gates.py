"""Each gate refuses a model that must fail it and lets one pass that must."""

from typing import Any

import pytest

from pipeline.config.schema import Gate
from pipeline.gates import checks, verdict

GATE = Gate(limits={"roc_auc": 0.7}, worst_slice_drop=0.5, max_train_test_gap=0.3)
GOOD: dict[str, dict[str, Any]] = {
    "data": {"ingested": 100, "quarantined": 1},
    "train": {"train": {"log_loss": 0.4}},
    "test": {
        "metrics": {"log_loss": 0.45, "roc_auc": 0.75},
        "baseline": {"log_loss": 0.55},
        "slices": [{"metrics": {"log_loss": 0.5}}],
    },
}


def failed(**changes: dict[str, Any]) -> list[str]:
    given = {name: {**GOOD[name], **changes.get(name, {})} for name in GOOD}
    found = checks(GATE, "log_loss", given["data"], given["train"], given["test"])
    return [check["name"] for check in found if check["passed"] is False]


def test_a_good_model_passes_every_check() -> None:
    assert failed() == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"test": {"metrics": {"log_loss": 0.45, "roc_auc": 0.6}}}, "limit roc_auc"),
        ({"test": {"baseline": {"log_loss": 0.451}}}, "baseline"),
        ({"test": {"slices": [{"metrics": {"log_loss": 0.9}}]}}, "worst slice"),
        ({"train": {"train": {"log_loss": 0.2}}}, "train-test gap"),
        ({"data": {"ingested": 100, "quarantined": 6}}, "quarantined share"),
    ],
)
def test_a_bad_model_fails_exactly_its_check(changes: dict[str, Any], name: str) -> None:
    assert failed(**changes) == [name]


def test_unknown_blocks_only_where_it_is_set_to() -> None:
    unknown = [{"passed": None}, {"passed": True}]
    assert verdict(unknown, unknown_blocks=True) == "unknown"
    assert verdict(unknown, unknown_blocks=False) == "pass"
    assert verdict([*unknown, {"passed": False}], unknown_blocks=True) == "fail"
