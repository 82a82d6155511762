"""Any table of simple types: what is written composes, and the file passes ingest and the checks."""

from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lockstep.core.errors import LockstepError
from template.tests.onboarding.inferred import infer_dataset

ROWS = 40
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
CELLS = {
    "int": st.integers(-(2**70), 2**70).map(str) | st.integers(-5, 5).map(str),
    "float": st.floats(allow_nan=False).map(repr),
    "text": TEXTS,
    "words": st.sampled_from(["yes", "no", "NA", "None", "null", "-", "on", "01", "1e5", "?"]),
    "day": st.dates().map(str),
    "instant": st.datetimes(timezones=st.none()).map(lambda one: one.isoformat(sep=" ")),
    "mixed": st.sampled_from(["1", "2.5", "x", "", "2020-01-01", "1,5", "1.234", " 3 ", "007"]),
}


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Columns of kinds drawn from CELLS with gaps, and a target of two or more values."""
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))
    columns = {}
    for number, kind in enumerate(kinds):
        name = f"{number}{draw(TEXTS)}"
        cell = CELLS[kind] if draw(st.booleans()) else st.one_of(CELLS[kind], st.just(""))
        columns[name] = draw(st.lists(cell, min_size=ROWS, max_size=ROWS))
    target = draw(st.sampled_from([["a", "b"], ["0", "1"], [str(n / 4) for n in range(ROWS)]]))
    columns["target"] = [target[number % len(target)] for number in range(ROWS)]
    return pd.DataFrame(columns)


@settings(
    deadline=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(frame=tables(), separator=st.sampled_from([",", ";", "\t"]))
def test_what_is_written_works_on_the_very_file_or_is_refused_in_a_line(
    tmp_path: Path, frame: pd.DataFrame, separator: str
) -> None:
    frame.to_csv(tmp_path / "t.csv", index=False, sep=separator, quoting=1)
    try:
        plan, _ = infer_dataset(tmp_path / "t.csv", "target")
    except LockstepError as error:
        assert "no column is left" in str(error) or "copies the target" in str(error), error
    else:
        assert plan.n_rows == ROWS and plan.numeric + plan.categorical
