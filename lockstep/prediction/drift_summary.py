"""The drift of new rows as text for a terminal: why there is drift, and the tables."""

from typing import Any

from lockstep.core.escaping import terminal_text
from lockstep.core.formatting import Figure, Table, count, number, percent, text_table
from lockstep.core.schema import Drift

Record = dict[str, Any]
MIN_P_VALUE = 1e-16  # smaller ones are not distinguished


def drift_reasons(drift: Record, limits: Drift) -> list[str]:
    """Return a sentence for each reason why there is drift; nothing where there is none."""
    reasons = []
    if drift["share"] > limits.max_share:
        n_drifted = sum(column["drifted"] for column in drift["columns"])
        reasons.append(
            f"{n_drifted} of {len(drift['columns'])} columns drifted: {percent(drift['share'])} "
            f"(limit {percent(limits.max_share)})"
        )
    reasons += [
        f"predictions drifted: {output['column']}, PSI {number(output['psi'])} (limit {limits.psi:g})"
        for output in drift["outputs"]
        if output["drifted"]
    ]
    performance = drift["performance"]
    if performance and performance["interval"][0] > limits.max_loss:
        reasons.append(
            f"{performance['metric']} is worse than on {performance['claimed_on']} by "
            f"{percent(performance['loss'])} of the dummy's (95 % interval from "
            f"{percent(performance['interval'][0])}, limit {percent(limits.max_loss)})"
        )
    return reasons


def p_value(value: float) -> Figure:
    """Return a p-value with one digit."""
    return Figure("<1e-16" if value < MIN_P_VALUE else f"{value:.1g}")


def column_table(head: str, columns: list[Record]) -> Table:
    """Return columns or outputs, worst first."""
    rows = [
        [
            column["column"],
            number(column["psi"]),
            "yes" if column["drifted"] else "-",
            number(column["statistic"]),
            p_value(column["p_value"]),
            column["test"],
        ]
        for column in sorted(columns, key=lambda column: -column["psi"])
    ]
    return Table([head, "PSI", "drifted", "statistic", "p-value", "test"], rows)


def performance_table(performance: Record) -> Table:
    """Return each metric of the new rows beside the bundle's own."""
    rows = [
        [name, number(metric["claimed"]), number(metric["now"])]
        for name, metric in performance["metrics"].items()
    ]
    n_rows = count(performance["rows"])
    return Table(["metric", f"on {performance['claimed_on']}", f"now ({n_rows} rows)"], rows)


def drift_summary(drift: Record) -> str:
    """Return the tables, the counts of rows, and the verdict."""
    tables = [
        column_table("column", drift["columns"]),
        column_table("prediction", drift["outputs"]),
    ]
    if drift["performance"]:
        tables.append(performance_table(drift["performance"]))
    lines = [f"{count(drift['rows'])} rows compared, {count(drift['rejected'])} rejected"]
    if drift["strange_targets"]:
        n_unknown = count(drift["strange_targets"])
        lines.append(f"{n_unknown} rows have a class that training did not see")
    lines += [f"drift: {terminal_text(reason)}" for reason in drift["reasons"]] or ["no drift"]
    return "\n".join([*map(text_table, tables), "\n".join(lines)])
