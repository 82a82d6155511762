"""Penguins as a table that grows by a file a month, split by time: what a retraining works on."""

from pathlib import Path

import numpy as np
import pandas as pd

from template.tests.support.workspace import choose, copy, replace, shell

RAW = "data/raw/penguins"
RECIPE = '''"""Penguins by month."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd


def parts(raw: Path) -> dict[str, list[Path]]:
    """A partition a file."""
    return {path.stem: [path] for path in sorted(raw.glob("*.csv"))}


def part(files: list[Path]) -> pd.DataFrame:
    """The rows of one file."""
    return pd.read_csv(files[0])


def load(raw: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every month."""
    for month, files in parts(raw).items():
        yield month, part(files)


def clean(frame: pd.DataFrame) -> pd.DataFrame:
    """Nothing to mend."""
    return frame


def featurize(frame: pd.DataFrame) -> pd.DataFrame:
    """The measurements are the features."""
    return frame
'''


def month(table: pd.DataFrame, number: int, rows: int = 150) -> pd.DataFrame:
    """Rows of a month: penguins drawn and measured anew, with a little noise."""
    draw = np.random.default_rng(number)
    found = table.iloc[draw.integers(0, len(table), rows)].reset_index(drop=True)
    measured = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    found[measured] = (found[measured] * draw.normal(1, 0.02, (rows, 4))).round(1)
    days = draw.integers(1, 29, rows)
    return found.assign(
        row_id=number * 1000 + np.arange(rows),
        month=f"2013-{number:02d}",
        day=[f"2013-{number:02d}-{one:02d}" for one in days],
    )


def monthly(folder: Path, until: int) -> Path:
    """The repository on the months from January on, committed, nothing run; later ones lie beside it."""
    root = copy(folder / "root")
    raw, table = root / RAW, pd.read_csv(root / RAW / "penguins.csv")
    (raw / "penguins.csv").unlink()
    (folder / "later").mkdir()
    for number in range(1, 10):
        place = raw if number <= until else folder / "later"
        month(table, number).to_csv(place / f"2013-{number:02d}.csv", index=False)
    (root / "recipes/penguins.py").write_text(RECIPE, encoding="utf-8", newline="\n")
    dataset, gate = root / "conf/dataset/penguins.yaml", root / "conf/gate/default.yaml"
    replace(dataset, "time: null", "time: day")
    replace(dataset, "period: null", "period: month")
    replace(
        dataset,
        "    sex: {type",
        "    month: {type: str}\n    day: {type: datetime}\n    sex: {type",
    )
    replace(gate, "limits: {calibration_error: 0.05}", "limits: {}")
    for name, value in (("worst_slice_drop", "0.3"), ("max_train_test_gap", "0.15")):
        replace(gate, f"{name}: {value}", f"{name}: null")
    choose(root / "conf/config.yaml", "split", "temporal")
    temporal = root / "conf/split/temporal.yaml"
    for name, old, new in (("train", "08", until - 2), ("valid", "09", until - 1)):
        replace(temporal, f"{name}_until: 2013-{old}", f"{name}_until: 2013-{new:02d}")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Monthly")
    return root
