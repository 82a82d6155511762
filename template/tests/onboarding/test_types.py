"""What values a column holds tells its type, its checks and its role."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from lockstep.core.errors import ConfigError, DataError
from lockstep.onboarding import proof
from template.tests.onboarding.inferred import infer_dataset
from tests.closure import ROOT

N = 400
DRAW = np.random.default_rng(7)
DAYS = pd.Series(pd.date_range("2020-01-01", periods=N, freq="D"))


def told(folder: Path, values: Any, name: str = "x", **more: Any) -> Any:
    """The column that such values make, beside two features and a target."""
    frame = pd.DataFrame(
        {name: values, "z": DRAW.normal(size=N).round(3), "y": DRAW.normal(size=N)}
    )
    frame.to_csv(folder / "t.csv", index=False)
    plan, texts = infer_dataset(folder / "t.csv", "y", **more)
    return plan.columns[name], plan, yaml.safe_load(texts["conf/dataset/mine.yaml"])


def some(*values: Any) -> list[Any]:
    """Each of them again and again."""
    return list(np.resize(np.array(values, dtype=object), N))


TYPES = {
    "whole numbers": (some(3, 17, 90), "int"),
    "whole numbers with gaps": (some("3", None, "90"), "int"),
    "numbers": (some(1.5, 2, -3), "float"),
    "exponents": (some("1e3", "2.5E-7"), "float"),
    "leading zeros": (some("00123", "04567"), "str"),
    "twenty digits": (some("12345678901234567890", "5"), "str"),
    "texts": (some("red", "blue"), "str"),
    "yes and no": (some("yes", "no"), "str"),
    "true and false": (some(True, False), "str"),
    "days": (DAYS.astype("str"), "datetime"),
    "instants": (DAYS.astype("str") + "T05:06:07", "datetime"),
    "instants with a zone": (DAYS.astype("str") + "T05:06:07+02:00", "datetime"),
    "instants of Z": (DAYS.astype("str") + "T05:06:07.5Z", "datetime"),
    "german days": (DAYS.dt.strftime("%d.%m.%Y"), "datetime"),
    "american days": (DAYS.dt.strftime("%m/%d/%Y"), "datetime"),
    "american times": (DAYS.dt.strftime("%m/%d/%Y %I:%M %p"), "datetime"),
    "named months": (DAYS.dt.strftime("%d-%b-%Y"), "datetime"),
    "numbers and a word for missing": (some(*range(30), "unknown"), "int"),
    "half numbers": (some(1, "a", 2, "b", 3), "str"),
    "percents": (some("12%", "7.5%"), "float"),
    "years": (some(2019, 2020), "int"),
    "clock times": (some("05:30", "17:45"), "str"),
    "inf among numbers": (some(*np.arange(40) / 4, "inf"), "float"),
}


@pytest.mark.parametrize("name", TYPES)
def test_the_type_is_told_and_the_rows_pass(tmp_path: Path, name: str) -> None:
    values, kind = TYPES[name]
    assert told(tmp_path, values)[0].type == kind


def test_eight_digits_are_a_day_where_the_name_says_so(tmp_path: Path) -> None:
    digits = DAYS.dt.strftime("%Y%m%d")
    assert told(tmp_path, digits, "visit_date")[0].type == "datetime"
    assert told(tmp_path, digits, "amount")[0].type == "int"


def test_a_date_that_reads_two_ways_is_told(tmp_path: Path) -> None:
    column, plan, _ = told(tmp_path, some("03/04/2021", "05/06/2021", "01/02/2021"))
    assert column.time_format == "%m/%d/%Y" and any(
        "day or month first" in one for one in plan.assumptions
    )


def test_the_evidence_stands_beside_the_check(tmp_path: Path) -> None:
    frame = pd.DataFrame({"age": DRAW.integers(17, 91, N), "y": DRAW.normal(size=N)})
    frame.loc[:1, "age"] = [17, 90]
    frame.to_csv(tmp_path / "t.csv", index=False)
    _, texts = infer_dataset(tmp_path / "t.csv", "y")
    wanted = "    age: {type: int, min: 0, max: 120}  # seen 17 to 90, no gaps"
    assert wanted in texts["conf/dataset/mine.yaml"].splitlines()


def test_na_of_two_letter_codes_stays_a_code(tmp_path: Path) -> None:
    column, plan, conf = told(tmp_path, some("DE", "NA", "FR"), "country")
    assert column.n_missing == 0 and "NA" in conf["checks"]["columns"]["country"]["allowed"]
    assert any("code of two letters" in one for one in plan.assumptions)


def test_na_of_words_is_missing(tmp_path: Path) -> None:
    column, _, conf = told(tmp_path, some("male", "NA", "female"), "sex")
    assert column.n_missing and conf["checks"]["columns"]["sex"]["nullable"]


TARGETS = {
    "zero and one": (some(0, 1), "binary", {}),
    "one and two": (some(1, 2), "binary", {"1": 0, "2": 1}),
    "yes and no": (some("yes", "no"), "binary", {"yes": 1, "no": 0}),
    "cases": (some("Yes", "no", "yes", "No"), "binary", {"Yes": 1, "no": 0, "yes": 1, "No": 0}),
    "true and false": (some(True, False), "binary", {"True": 1, "False": 0}),
    "floats": (some("0.0", "1.0"), "binary", {"0.0": 0, "1.0": 1}),
    "the rarer": (some("a", "b", "b"), "binary", {"a": 1, "b": 0}),
    "five classes": (some(1, 2, 3, 4, 5), "multiclass", {}),
    "words": (some("low", "mid", "high"), "multiclass", {}),
    "amounts": (some(*range(40)), "regression", {}),
    "numbers": (list(DRAW.normal(size=N)), "regression", {}),
}


@pytest.mark.parametrize("name", TARGETS)
def test_the_target_tells_the_task(tmp_path: Path, name: str) -> None:
    values, task, labels = TARGETS[name]
    frame = pd.DataFrame({"x": DRAW.normal(size=N), "y": values})
    frame.to_csv(tmp_path / "t.csv", index=False)
    plan, _ = infer_dataset(tmp_path / "t.csv", "y")
    assert (plan.task, plan.labels) == (task, labels)


def test_five_numbers_are_a_regression_if_one_says_so(tmp_path: Path) -> None:
    pd.DataFrame({"x": DRAW.normal(size=N), "y": some(1, 2, 3, 4, 5)}).to_csv(
        tmp_path / "t.csv", index=False
    )
    assert infer_dataset(tmp_path / "t.csv", "y", task="regression")[0].task == "regression"


def test_a_heavy_tail_is_offered_its_logarithm_in_a_line_that_composes(tmp_path: Path) -> None:
    x = DRAW.normal(size=N)
    for name, y, heavy in (("pay", np.exp(1.5 * x + 5), True), ("size", 50 + x, False),
                           ("change", x**3, False)):  # fmt: skip
        pd.DataFrame({"x": x + DRAW.normal(size=N), name: y}).to_csv(
            tmp_path / "t.csv", index=False
        )
        plan, texts = infer_dataset(tmp_path / "t.csv", name)
        assert plan.has_heavy_tail == heavy == any("heavy" in one for one in plan.assumptions)
        conf = texts["conf/dataset/mine.yaml"]
        assert ("# target_transform: log1p" in conf) == heavy
        if heavy:
            files = texts | {"conf/dataset/mine.yaml": conf.replace("# target_tr", "target_tr")}
            found = proof.compose_with(ROOT, tmp_path, files, ["experiment=mine"])
            assert found.dataset.target_transform == "log1p"


def test_rows_without_a_target_are_quarantined_and_the_gate_bears_it(tmp_path: Path) -> None:
    y = pd.Series(some("yes", "no")).mask(DRAW.random(N) < 0.2)
    pd.DataFrame({"x": DRAW.normal(size=N), "y": y}).to_csv(tmp_path / "t.csv", index=False)
    plan, texts = infer_dataset(tmp_path / "t.csv", "y")
    assert any("go to quarantine" in one for one in plan.warnings)
    share = yaml.safe_load(texts["conf/gate/mine.yaml"])["max_quarantined_share"]
    assert y.isna().mean() < share < 0.3


def frame_with(**columns: Any) -> pd.DataFrame:
    """Columns beside an honest feature and a binary target that it tells a little."""
    x = DRAW.normal(size=N).round(4)
    return pd.DataFrame({"x": x, "y": (x + 2 * DRAW.normal(size=N) > 0).astype(int), **columns})


def warned(folder: Path, frame: pd.DataFrame, **more: Any) -> Any:
    frame.to_csv(folder / "t.csv", index=False)
    return infer_dataset(folder / "t.csv", "y", **more)[0]


def test_a_copy_of_the_target_is_left_out(tmp_path: Path) -> None:
    frame = frame_with()
    frame["label"] = frame["y"].map({0: "fine", 1: "failed"})
    frame["after"] = frame["y"] * 10 + DRAW.random(N).round(3)
    plan = warned(tmp_path, frame)
    assert (
        plan.excluded["label"] == "a near copy of the target" and "leak" in plan.excluded["after"]
    )
    assert plan.numeric == ["x"] and plan.categorical == []


def test_a_date_that_is_there_only_where_the_target_is_true_is_left_out(tmp_path: Path) -> None:
    frame = frame_with()
    frame["ended"] = DAYS.where(frame["y"] == 1)
    plan = warned(tmp_path, frame)
    assert "leak" in plan.excluded["ended"] or "copy" in plan.excluded["ended"]
    assert plan.numeric == ["x"] and plan.time is None


def test_a_line_through_the_target_is_left_out_of_a_regression(tmp_path: Path) -> None:
    frame = frame_with(y=DRAW.normal(size=N).round(4))
    frame["doubled"] = frame["y"] * 2 + 1
    assert "doubled" in warned(tmp_path, frame).left_out


def test_a_strong_honest_column_stays_and_the_limit_is_told(tmp_path: Path) -> None:
    frame = frame_with()
    frame["strong"] = (frame["y"] + 0.45 * DRAW.normal(size=N)).round(4)
    plan = warned(tmp_path, frame)
    assert "strong" in plan.numeric and 0.9 < plan.leakage_limit < 1
    assert any("--drop" in one and "strong" in one for one in plan.warnings)


def test_identifiers_constants_and_empty_columns_are_left_out(tmp_path: Path) -> None:
    frame = frame_with(
        order_id=np.arange(N) * 3, nr=[f"K{n:05}" for n in range(N)], one="same", none=None,
        text=[f"note number {n} of many" for n in range(N)],
        sparse=[1.5] * 4 + [2.5] * 4 + [None] * (N - 8),
    )  # fmt: skip
    plan = warned(tmp_path, frame)
    assert plan.key == ["order_id"]
    assert set(plan.excluded) == {"nr", "one", "none", "text", "sparse"}
    assert plan.numeric == ["x"]


def test_without_a_key_the_position_is_one(tmp_path: Path) -> None:
    plan = warned(tmp_path, frame_with(row_id=DRAW.integers(0, 9, N)))
    assert plan.has_row_id and plan.key == ["row_id_"]


def test_a_time_makes_periods_and_a_temporal_split(tmp_path: Path) -> None:
    plan = warned(tmp_path, frame_with(when=DAYS))
    assert (plan.time, plan.period, plan.unit) == ("when", "month", "month")
    assert plan.split == {"kind": "temporal", "train_until": "2020-09", "valid_until": "2020-11"}
    assert {"when_month", "when_day_of_week"} <= set(
        plan.numeric
    ) and "when_year" not in plan.numeric


@pytest.mark.parametrize("unit", ["year", "quarter", "month", "week", "day"])
def test_a_period_of_any_unit(tmp_path: Path, unit: str) -> None:
    days = pd.date_range("2012-01-01", periods=N, freq="9D")
    plan = warned(tmp_path, frame_with(when=days), period=unit)
    assert (
        plan.split["kind"] == "temporal" and plan.split["train_until"] < plan.split["valid_until"]
    )


def test_a_column_may_be_the_period(tmp_path: Path) -> None:
    plan = warned(tmp_path, frame_with(wave=np.sort(DRAW.integers(1, 9, N))), period="wave")
    assert plan.period == "wave" and plan.time is None and plan.split["kind"] == "temporal"


def test_patients_stay_together(tmp_path: Path) -> None:
    plan = warned(tmp_path, frame_with(patient_id=DRAW.integers(0, 80, N)))
    assert plan.group == "patient_id" and plan.split == {"kind": "grouped"}
    assert "patient_id" not in plan.numeric


WARNED = {
    "a time in the future": ({"due": DAYS + pd.Timedelta(days=36500)}, "in the future"),
    "rows twice": ({"x": some(1.25), "z": some(2.5, 3.5)}, "there twice"),
    "a number for missing": ({"bmi": some(*DRAW.normal(25, 3, 20).round(1), -999)}, "-999"),
    "numbers as text": ({"price": some("1,234.50", "99.00")}, "numbers stored as text"),
    "mixed": ({"size": some(1, 2, 3, "wide")}, "mixed"),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_hurts_later_is_told_and_written(tmp_path: Path, name: str) -> None:
    columns, words = WARNED[name]
    frame_with(**columns).to_csv(tmp_path / "t.csv", index=False)
    plan, texts = infer_dataset(tmp_path / "t.csv", "y")
    assert any(words in one for one in plan.warnings), plan.warnings
    assert words in texts["conf/dataset/mine.yaml"]


def test_a_class_with_a_handful_of_rows_is_told(tmp_path: Path) -> None:
    y = ["a", "b"] * (N // 2 - 1) + ["c", "c"]
    assert any(
        "handful" in one and "'c' in 2" in one for one in warned(tmp_path, frame_with(y=y)).warnings
    )


REFUSED = {
    "no such target": ({"target": "yy"}, "--target 'yy' is no column; did you mean y"),
    "no such key": ({"key": ["xx"]}, "--key 'xx' is no column"),
    "target dropped": ({"drop": ["y"]}, "--drop names the target"),
    "no time": ({"time": "x"}, "expected times"),
    "no task": ({"task": "ranking"}, "allowed: binary"),
    "no key": ({"key": ["x"]}, "twice"),
    "nothing left": ({"drop": ["x"]}, "no column is left"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_option_that_does_not_fit_is_refused(tmp_path: Path, name: str) -> None:
    options, words = REFUSED[name]
    given = {"target": "y", **options}
    frame_with(x=DRAW.integers(0, 50, N)).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises((ConfigError, DataError)) as caught:
        infer_dataset(tmp_path / "t.csv", **given)
    assert words in str(caught.value)


@pytest.mark.parametrize("values", [some(1), [f"t{n}" for n in range(N)], DAYS])
def test_a_target_that_sets_no_task_is_refused(tmp_path: Path, values: Any) -> None:
    frame_with(y=values).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataError, match="target y"):
        infer_dataset(tmp_path / "t.csv", "y")
