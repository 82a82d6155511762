"""The report's section on the champion, from metrics/gate.json."""

from typing import Any

from lockstep.core.escaping import Html
from lockstep.core.formatting import Table, html_table, interval, number, signed
from lockstep.core.own_metrics import better_direction
from lockstep.report.page import paragraph


def champion(gate: dict[str, Any]) -> Html:
    """Return challenger against champion, every metric with its paired interval; or why there is none."""
    comparison = gate["champion"]
    if not comparison["metrics"]:
        return paragraph(f"Not compared: {comparison['reason']}.")
    rows = [
        [
            name,
            better_direction(name),
            number(metric["old"]),
            number(metric["new"]),
            signed(metric["difference"]),
            interval(*metric["interval"], sign=True),
            metric["verdict"],
        ]
        for name, metric in comparison["metrics"].items()
    ]
    version = f"champion {comparison['version']}"
    columns = ["metric", "better is", version, "challenger", "difference", "95 % interval"]
    remark = (
        "Both were judged on the same rows of test, the champion by its own recipe; the interval is of "
        "the paired difference, 95 %."
    )
    table = Table([*columns, "challenger is"], rows, "Challenger against champion")
    return Html(paragraph(remark) + html_table(table))
