"""Whether a path is a place or lies in it."""

import pytest

from lockstep.repository.paths import within


@pytest.mark.parametrize(
    ("path", "place", "expected"),
    [
        ("data", "data", True),
        ("data/raw/a.csv", "data", True),
        ("data/raw/a.csv", "data/", True),
        ("database", "data", False),
        ("data", "data/raw", False),
    ],
)
def test_a_path_lies_in_a_place(path: str, place: str, expected: bool) -> None:
    assert within(path, place) is expected
