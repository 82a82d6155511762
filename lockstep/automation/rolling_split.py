"""The temporal split that follows the data: the newest periods are test, those before them valid."""

from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.core.partitions import paths

FEATURES = Path("data/features")


def periods(column: str, root: Path) -> list[str]:
    """The periods that there are rows of, in time order."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found: set[str] = set()
    for path in paths(root / FEATURES):
        found |= {
            str(one) for one in pc.unique(pq.read_table(path, columns=[column])[column]).to_pylist()
        }
    return sorted(found)


def boundaries(known: list[str], valid: int, test: int) -> dict[str, str | None]:
    """train_until, valid_until and test_until, of which the last is open.

    known: periods in time order. Raises DataError if none would be left to train on.
    """
    if len(known) <= valid + test:
        raise DataError(
            f"there are rows of {len(known)} periods ({', '.join(known)}); {test} of test and {valid} of "
            "valid leave none to train on; lower retrain.valid_periods or retrain.test_periods"
        )
    return {
        "train_until": known[-test - valid - 1],
        "valid_until": known[-test - 1],
        "test_until": None,
    }
