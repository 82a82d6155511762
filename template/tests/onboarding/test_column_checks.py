"""A check allows what the rows hold, and says beside it what they hold."""

import pandas as pd
import pytest
import yaml

from template.tests.onboarding.inference import infer_dataset
from template.tests.onboarding.tables import integers, normal, repeat


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines of conf/dataset/ for a table with a column of each kind."""
    path = tmp_path_factory.mktemp("checks") / "t.csv"
    frame = pd.DataFrame(
        {
            "age": [17, 90, *integers(17, 91, n_rows=398)],
            "color": repeat("red", "blue", None),
            "weight": normal(),
            "y": repeat("bad", "good"),
        }
    )
    frame.to_csv(path, index=False)
    _, texts = infer_dataset(path, "y")
    return texts["conf/dataset/mine.yaml"].splitlines()


def test_the_evidence_stands_beside_the_check(lines: list[str]) -> None:
    assert "    age: {type: int, min: 0, max: 120}  # seen 17 to 90, no gaps" in lines
    assert (
        "    color: {type: str, nullable: true, allowed: [blue, red]}  # the values seen, 133 missing"
        in lines
    )
    assert (
        '    "y": {type: int, min: 0, max: 1, severity: fail}  '
        "# in the file 'bad' is 1, 'good' is 0, no gaps" in lines
    )


def test_a_number_may_exceed_what_was_seen(lines: list[str]) -> None:
    weight = yaml.safe_load("\n".join(lines))["checks"]["columns"]["weight"]
    assert weight["min"] < normal().min() and weight["max"] > normal().max()
