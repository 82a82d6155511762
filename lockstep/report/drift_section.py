"""The report's section on drift, from metrics/drift.json."""

from typing import Any

from lockstep.core.escaping import Html
from lockstep.core.formatting import Figure, Formatted, Table, count, html_table, number, percent
from lockstep.report.page import facts, paragraph

MAX_COLUMNS = 50  # in the table, the worst
BAR = "display:inline-block;height:.7em;background:var(--{});width:{:.2f}rem"
MAX_BAR = 8.0  # rem, of the worst column's bar
MIN_P_VALUE = 1e-16  # smaller ones are not distinguished
COLUMNS = ["column", "PSI", "size", "drifted", "test", "statistic", "p-value"]


def p_value(value: float) -> Html | Figure:
    """Return a p-value for a person."""
    return Figure("&lt; 1e-16") if value < MIN_P_VALUE else number(value)


def bar(psi: float, max_psi: float, drifted: bool) -> Html:
    """Return a bar for the eye alone: the number stands beside it.

    Parameters
    ----------
    psi : float
        Of the column.
    max_psi : float
        Of the worst column.
    drifted : bool
        Whether the column drifted, which colours its bar.

    Returns
    -------
    Html
    """
    style = BAR.format("second" if drifted else "accent", MAX_BAR * psi / max_psi)
    return Html(f'<span aria-hidden=true style="{style}"></span>')


def drift_table(title: str, columns: list[dict[str, Any]]) -> Html:
    """Return a row for each column or output, the worst first."""
    ordered = sorted(columns, key=lambda column: (-column["psi"], column["column"]))[:MAX_COLUMNS]
    max_psi = max([column["psi"] for column in ordered if column["psi"] > 0], default=1.0)
    rows = [
        [
            column["column"],
            Figure(f"{column['psi']:.4f}"),
            bar(column["psi"], max_psi, column["drifted"]),
            "drifted" if column["drifted"] else "no",
            column["test"],
            number(column["statistic"]),
            p_value(column["p_value"]),
        ]
        for column in ordered
    ]
    return html_table(Table(COLUMNS, rows, title))


def drift(metrics: dict[str, Any]) -> Html:
    """Return how far the columns of test lie from training, and the predictions from those of valid."""
    columns, outputs = metrics["columns"], metrics.get("outputs") or []
    n_drifted = sum(column["drifted"] for column in columns)
    pairs = [
        ("columns that drifted", Formatted(f"{count(n_drifted)} of {count(len(columns))}")),
        ("share", percent(metrics["share"])),
        ("PSI of the predictions", number((metrics["prediction"] or {}).get("psi"))),
    ]
    remark = (
        "A column has drifted if its population stability index (PSI) is above gate.drift.psi and its "
        "two-sample test is significant; p-values are corrected for the number of columns."
    )
    n_columns = len(columns)
    part = f"; the worst {MAX_COLUMNS} of {n_columns}" if n_columns > MAX_COLUMNS else ""
    inputs_table = drift_table(f"Inputs of test against training, worst first{part}", columns)
    outputs_title = "Predictions on test against those on valid"
    outputs_table = drift_table(outputs_title, outputs) if outputs else ""
    return Html(facts(pairs) + paragraph(remark) + inputs_table + outputs_table)
