"""The summary of drift has the worst column first, a reason for each limit, and no control characters."""

from typing import Any

import pytest

from lockstep.core.schema import Drift
from lockstep.prediction.drift_summary import drift_reasons, drift_summary, p_value

LIMITS = Drift(psi=0.1, p_value=0.05, max_share=0.3, max_loss=0.1)


def column(name: str, psi: float) -> dict[str, Any]:
    """Return one column, drifted above 0.1."""
    test = {"test": "chi-square", "statistic": 3.0, "p_value": 0.02}
    return {"column": name, "psi": psi, **test, "drifted": psi > 0.1}


def drift(**parts: Any) -> dict[str, Any]:
    """Return the drift of two columns, with other parts."""
    columns = [column("calm", 0.01), column("moved\x1b[31m", 0.5)]
    empty: dict[str, Any] = {"outputs": [], "performance": None, "reasons": []}
    counts = {"rows": 1234, "rejected": 5, "strange_targets": 0}
    return {"columns": columns, "share": 0.5, **counts, **empty, **parts}


def test_each_limit_that_is_broken_is_a_reason() -> None:
    performance = {"metric": "log_loss", "claimed_on": "test", "loss": 0.5, "interval": [0.25, 0.6]}
    reasons = drift_reasons(drift(outputs=[column("p", 0.2)], performance=performance), LIMITS)
    assert reasons == [
        "1 of 2 columns drifted: 50.00 % (limit 30.00 %)",
        "predictions drifted: p, PSI 0.2000 (limit 0.1)",
        "log_loss is worse than on test by 50.00 % of the dummy's (95 % interval from 25.00 %, limit "
        "10.00 %)",
    ]
    assert drift_reasons(drift(share=0.3), LIMITS) == []


def test_the_worst_column_comes_first_and_controls_nothing() -> None:
    lines = drift_summary(drift(strange_targets=3)).splitlines()
    assert lines[1].startswith("moved\\x1b[31m  0.5000  yes") and lines[2].startswith("calm")
    assert lines[-3:] == [
        "1,234 rows compared, 5 rejected",
        "3 rows have a class that training did not see",
        "no drift",
    ]


def test_the_metrics_stand_beside_the_bundle_s_own() -> None:
    metrics = {"f1": {"claimed": 0.5, "now": None}}
    performance = {"claimed_on": "valid", "rows": 1234, "metrics": metrics}
    text = drift_summary(drift(performance=performance))
    assert "metric  on valid  now (1,234 rows)\nf1        0.5000               n/a\n" in text


@pytest.mark.parametrize(("value", "shown"), [(0.0, "<1e-16"), (0.0213, "0.02"), (1.0, "1")])
def test_a_p_value_has_one_digit(value: float, shown: str) -> None:
    assert p_value(value) == shown
