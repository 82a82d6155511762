"""The temporal split that follows the data: the newest periods are test, those before them valid."""

from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.core.partitions import partition_paths

FEATURES = Path("data/features")


def periods(column: str, root: Path) -> list[str]:
    """Return the periods that have rows, in time order."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    values: set[str] = set()
    for path in partition_paths(root / FEATURES):
        table = pq.read_table(path, columns=[column])
        values |= {str(period) for period in pc.unique(table[column]).to_pylist()}
    return sorted(values)


def boundaries(periods: list[str], n_valid: int, n_test: int) -> dict[str, str | None]:
    """Return train_until, valid_until and test_until, of which the last is open.

    Parameters
    ----------
    periods : list of str
        In time order.
    n_valid, n_test : int
        How many periods valid and test get.

    Raises
    ------
    DataError
        If no period is left to train on.
    """
    if len(periods) <= n_valid + n_test:
        raise DataError(
            f"there are rows of {len(periods)} periods ({', '.join(periods)}); {n_test} of test and "
            f"{n_valid} of valid leave none to train on; lower retrain.valid_periods or "
            "retrain.test_periods"
        )
    return {
        "train_until": periods[-n_test - n_valid - 1],
        "valid_until": periods[-n_test - 1],
        "test_until": None,
    }
