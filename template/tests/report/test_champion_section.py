"""The champion stands beside the challenger with the interval of their difference, or why it does not."""

from lockstep.report.champion_section import champion


def test_every_metric_has_both_values_and_its_interval() -> None:
    pair = {"old": 0.5, "new": 0.4, "difference": -0.1, "interval": [-0.2, -0.05]}
    metrics = {name: {**pair, "verdict": "better"} for name in ("log_loss", "roc_auc", "<b>")}
    page = champion({"champion": {"version": "v1.0.0", "metrics": metrics}})
    assert "champion v1.0.0" in page and "-0.2000 to -0.0500" in page
    assert page.index("lower") < page.index("higher") and "&lt;b&gt;" in page


def test_without_metrics_there_is_the_reason() -> None:
    page = champion({"champion": {"metrics": None, "reason": "there is none <yet>"}})
    assert page == "<p>Not compared: there is none &lt;yet&gt;.</p>"
