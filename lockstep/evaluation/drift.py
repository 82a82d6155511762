"""Drift: how far the rows of a sample lie from those of training, column by column, from counts alone.

A column has drifted if its population stability index is above a limit and a two-sample test is
significant. The test alone finds the smallest difference in enough rows; the index alone finds noise in
few: over k groups its mean is about (k - 1)(1/n + 1/m) where nothing changed.
"""

from typing import TYPE_CHECKING, Any

from lockstep.core.schema import Drift
from lockstep.training.feature_profile import Column, Profile

if TYPE_CHECKING:
    import numpy as np

    Counts = dict[str, np.ndarray]  # rows over the bins of each column of a profile

Record = dict[str, Any]
FLOOR = 1e-4  # least share of a group, for the logarithm of an empty one
GROUPS = {True: 10, False: 20}  # of a numeric and of a categorical column
LEAST = 5  # expected rows of a cell of the chi-square test (Cochran, 1954)


def groups(column: Column) -> "np.ndarray":
    """Which group of the index each count of a column belongs to, shape (counts,), int64.

    Numeric: deciles of training, closed on the right; missing values are a group of their own.
    Categorical: values in order of frequency, cut where a twentieth of training is full, so that each
    with 5 % or more is alone with less frequent ones behind it; values not listed are one more group.
    """
    import numpy as np

    rows = np.asarray(column.rows)
    inside = rows[1:] if column.numeric else rows[:-1]
    size, n_groups = max(int(inside.sum()), 1), GROUPS[column.numeric]
    result = np.minimum((np.cumsum(inside) - inside) * n_groups // size, n_groups - 1)
    return np.insert(result, 0, n_groups) if column.numeric else np.append(result, n_groups)


def psi(expected: "np.ndarray", actual: "np.ndarray") -> float:
    """Population stability index of two samples' counts over the same groups.

    The sum of (a - e) ln(a / e) over the groups' shares (Siddiqi, Credit Risk Scorecards, 2006, who
    calls less than 0.1 stable, more than 0.25 a shift): the symmetric Kullback-Leibler divergence.
    """
    import numpy as np

    expected_shares, actual_shares = (
        np.maximum(counts / max(counts.sum(), 1), FLOOR) for counts in (expected, actual)
    )
    return float(
        ((actual_shares - expected_shares) * np.log(actual_shares / expected_shares)).sum()
    )


def ks(expected: "np.ndarray", actual: "np.ndarray") -> tuple[float, float]:
    """Two-sample Kolmogorov-Smirnov statistic over ordered bins, and its p-value.

    The statistic is the greatest distance at and just below the edges: that of the raw values, or less
    by no more than the training's share between two edges. The p-value is that of the limiting distribution
    with Stephens' correction for few rows (JRSS B 32, 1970); ties make it larger, not smaller.
    """
    import numpy as np
    from scipy.special import kolmogorov

    n, m = expected.sum(), actual.sum()
    far = float(np.abs(np.cumsum(expected) / n - np.cumsum(actual) / m).max())
    root = np.sqrt(n * m / (n + m))
    return far, float(kolmogorov((root + 0.12 + 0.11 / root) * far))


def chi_square(expected: "np.ndarray", actual: "np.ndarray") -> tuple[float, float]:
    """Pearson's chi-square statistic of a 2 x k table, and its p-value.

    Values of which either sample would have fewer than 5 rows are taken together first.
    """
    import numpy as np
    from scipy.special import chdtrc

    table = np.stack([expected, actual]).astype(float)
    sizes, totals = table.sum(axis=1), table.sum(axis=0)
    rare = totals * sizes.min() / sizes.sum() < LEAST
    table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return 0.0, 1.0
    expected_table = np.outer(sizes, table.sum(axis=0)) / sizes.sum()
    statistic = float(((table - expected_table) ** 2 / expected_table).sum())
    return statistic, float(chdtrc(table.shape[1] - 1, statistic))


def adjusted(p: "np.ndarray") -> "np.ndarray":
    """p-values after Benjamini and Hochberg (JRSS B 57, 1995): of the columns called drifted at a limit,
    that share at most is expected to be so by chance. scipy.stats has it, and takes 0.5 s to import.
    """
    import numpy as np

    order = np.argsort(p)[::-1]
    result = np.empty(len(p))
    result[order] = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    return np.minimum(result, 1.0)


def compare(columns: dict[str, Column], counts: "Counts", limits: Drift) -> list[Record]:
    """One record per column of a profile against the counts of new rows, in the profile's order.

    p_value is after the correction for the number of columns; both samples have rows.
    """
    import numpy as np

    result: list[Record] = []
    for name, column in columns.items():
        expected, actual = np.asarray(column.rows), counts[name]
        group = groups(column)
        index = psi(np.bincount(group, expected), np.bincount(group, actual))
        statistic, p_value = (ks if column.numeric else chi_square)(expected, actual)
        test = "kolmogorov-smirnov" if column.numeric else "chi-square"
        result.append(
            {"column": name, "psi": index, "test": test, "statistic": statistic, "p_value": p_value}
        )
    for record, p_value in zip(
        result, adjusted(np.array([record["p_value"] for record in result])), strict=True
    ):
        record["p_value"] = float(p_value)
        record["drifted"] = record["psi"] > limits.psi and record["p_value"] <= limits.p_value
    return result


def summary(profile: Profile, inputs: "Counts", outputs: "Counts", limits: Drift) -> Record:
    """What metrics/drift.json holds: every column, the share that drifted, and what the model says.

    Outputs are compared with those of valid: on train a model has seen the answers, and says what it
    would say of no new row. Of several the prediction's index is the highest.
    """
    columns = compare(profile.columns, inputs, limits)
    output_records = compare(profile.outputs, outputs, limits)
    return {
        "columns": columns,
        "share": sum(record["drifted"] for record in columns) / len(columns),
        "prediction": {"psi": max(record["psi"] for record in output_records)},
        "outputs": output_records,
    }
