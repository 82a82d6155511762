"""What drift found, as lines for a terminal."""

from typing import Any

from lockstep.core.schema import Drift

Record = dict[str, Any]


def reasons(found: Record, limit: Drift) -> list[str]:
    """Why there is drift; nothing where there is none."""
    said = []
    if found["share"] > limit.max_share:
        many = sum(one["drifted"] for one in found["columns"])
        said.append(
            f"{many} of {len(found['columns'])} columns drifted: {found['share']:.1%}, at most "
            f"{limit.max_share:.1%} wanted"
        )
    said += [
        f"predictions drifted: {one['column']}, PSI {one['psi']:.3f}, at most {limit.psi:g} wanted"
        for one in found["outputs"]
        if one["drifted"]
    ]
    lost = found["performance"]
    if lost and lost["interval"][0] > limit.max_loss:
        said.append(
            f"{lost['metric']} is worse than on {lost['claimed_on']} by {lost['loss']:.1%} of the dummy's "
            f"(95 % interval from {lost['interval'][0]:.1%}), at most {limit.max_loss:.1%} wanted"
        )
    return said


def p_value(value: float) -> str:
    """Those below 1e-16 are not told apart."""
    return "<1e-16" if value < 1e-16 else f"{value:.1g}"


def records(head: str, found: list[Record], wide: int) -> list[str]:
    """Columns or outputs, worst first."""
    lines = [f"{head:{wide}}     PSI  drifted  statistic  p-value  test"]
    return lines + [
        f"{one['column']:{wide}}  {one['psi']:6.3f}  {'yes' if one['drifted'] else '-':7}  "
        f"{one['statistic']:9.4g}  {p_value(one['p_value']):>7}  {one['test']}"
        for one in sorted(found, key=lambda one: -one["psi"])
    ]


def metrics(lost: Record) -> list[str]:
    """Each metric of the new rows beside what the bundle says of its own."""
    lines = [f"{'metric':24}  {'on ' + lost['claimed_on']:>9}        now  ({lost['rows']:,} rows)"]
    for name, one in lost["metrics"].items():
        values = ("-" if v is None else f"{v:.4f}" for v in (one["claimed"], one["now"]))
        lines.append(f"{name:24}  {'  '.join(f'{value:>9}' for value in values)}")
    return lines


def table(found: Record) -> list[str]:
    """All of it."""
    columns, outputs, lost = (found[key] for key in ("columns", "outputs", "performance"))
    wide = max(len(one["column"]) for one in [*columns, *outputs, {"column": "prediction"}])
    lines = [*records("column", columns, wide), "", *records("prediction", outputs, wide)]
    return [*lines, "", *metrics(lost)] if lost else lines
