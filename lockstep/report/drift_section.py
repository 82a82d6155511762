"""The report's section on drift, from metrics/drift.json."""

from typing import Any

from lockstep.report.page import Digits, Html, facts, number, paragraph, percent, table

Record = dict[str, Any]
SHOWN = 50  # columns, the worst
BAR = "display:inline-block;height:.7em;background:var(--{});width:{:.2f}rem"
LONGEST = 8.0  # rem, of the worst column's bar
TINY = 1e-16  # p-values below are not told apart


def p_value(value: float) -> Digits:
    """A p-value for a person."""
    return Digits("&lt; 1e-16") if value < TINY else number(value)


def bar(value: float, longest: float, drifted: bool) -> Html:
    """A bar for the eye alone: the number stands beside it."""
    style = BAR.format("second" if drifted else "accent", LONGEST * value / longest)
    return Html(f'<span aria-hidden=true style="{style}"></span>')


def rows(records: list[Record]) -> list[list[Any]]:
    """A row per record, worst first."""
    ordered = sorted(records, key=lambda one: (-one["psi"], one["column"]))[:SHOWN]
    longest = max([one["psi"] for one in ordered if one["psi"] > 0], default=1.0)
    return [
        [one["column"], Digits(f"{one['psi']:.4f}"), bar(one["psi"], longest, one["drifted"]),
         "drifted" if one["drifted"] else "no", one["test"], number(one["statistic"]),
         p_value(one["p_value"])]
        for one in ordered
    ]  # fmt: skip


def drift(found: Record) -> Html:
    """How far the columns of test lie from training, and the predictions from those of valid."""
    columns = found["columns"]
    many = sum(one["drifted"] for one in columns)
    told = [
        ("columns that drifted", Html(f"{number(many)} of {number(len(columns))}")),
        ("share", percent(found["share"])),
        ("PSI of the predictions", number((found["prediction"] or {}).get("psi"))),
    ]
    head = ["column", "PSI", "size", "drifted", "test", "statistic", "p-value"]
    few = f"; the worst {SHOWN} of {len(columns)}" if len(columns) > SHOWN else ""
    words = (
        "A column has drifted if its population stability index (PSI) is above gate.drift.psi and its "
        "two-sample test is significant; p-values are corrected for the number of columns."
    )
    shown = table(f"Inputs of test against training, worst first{few}", head, rows(columns))
    said = found.get("outputs") or []
    also = table("Predictions on test against those on valid", head, rows(said)) if said else ""
    return Html(facts(told) + paragraph(words) + shown + also)
