"""The report's section on the champion, from metrics/gate.json."""

from typing import Any

from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.report.page import Html, number, paragraph, table

Record = dict[str, Any]


def champion(gate: Record) -> Html:
    """Challenger against champion, every metric with its paired interval; or why there is none."""
    against = gate["champion"]
    if not against["metrics"]:
        return paragraph(f"Not compared: {against['reason']}.")
    rows = [
        [
            name,
            "lower" if name in LOWER_IS_BETTER else "higher",
            number(one["old"]),
            number(one["new"]),
            number(one["difference"], sign=True),
            Html(" to ".join(number(edge, sign=True) for edge in one["interval"])),
            one["verdict"],
        ]
        for name, one in against["metrics"].items()
    ]
    head = ["metric", "better is", f"champion {against['version']}", "challenger", "difference"]
    words = (
        "Both were judged on the same rows of test, the champion by its own recipe; the interval is of "
        "the paired difference, 95 %."
    )
    shown = table("Challenger against champion", [*head, "95 % interval", "challenger is"], rows)
    return Html(paragraph(words) + shown)
