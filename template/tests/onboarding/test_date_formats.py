"""A format reads every value of a column; several are candidates where days and months are alike."""

import pandas as pd
import pytest

from lockstep.onboarding.date_formats import FORMATS, ISO, ZONED, candidate_formats, parse_times

TIMES = pd.Series(pd.to_datetime(["2021-11-25 17:45:30", "2021-12-13 05:06:07"]))


@pytest.mark.parametrize("time_format", FORMATS)
def test_each_format_is_a_candidate_for_what_it_writes(time_format: str) -> None:
    texts = TIMES.dt.strftime(time_format)
    assert time_format in candidate_formats(texts)
    assert (parse_times(texts, time_format).dt.strftime(time_format) == texts).all()


def test_iso_is_the_only_candidate_of_iso() -> None:
    assert candidate_formats(TIMES.astype("str")) == [ISO]
    assert candidate_formats(TIMES.astype("str") + "+02:00") == [ZONED]
    assert parse_times(pd.Series(["2021-11-25T17:45:30+02:00"]), ZONED)[0].hour == 15


def test_days_and_months_that_are_alike_have_two_candidates() -> None:
    assert candidate_formats(pd.Series(["03/04/2021"])) == ["%d/%m/%Y", "%m/%d/%Y"]


@pytest.mark.parametrize(
    "text", ["red", "3", "no date 12 in a text that is longer than any time is"]
)
def test_a_text_has_no_candidates(text: str) -> None:
    assert candidate_formats(pd.Series([text])) == []
