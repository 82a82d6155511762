"""Records for the plots, thinned so that a page and `dvc plots` stay light."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

MAX_POINTS = 200  # of a curve
MAX_RESIDUALS = 1000
MAX_CONFUSION_ROWS = 2000
CALIBRATION_BINS = 10
Records = list[dict[str, Any]]


def plot_records(
    task: str, y_true: "np.ndarray", y_prob: "np.ndarray", threshold: float, classes: list[str]
) -> dict[str, Records]:
    """Return the records of every plot by its name; a plot that the task lacks has none.

    Parameters
    ----------
    y_true : array, shape (n_rows,)
        Encoded target.
    y_prob : array
        P(positive), class probabilities (n_rows, n_classes), or values.
    """
    records: dict[str, Records] = {
        name: [] for name in ("roc", "pr", "calibration", "confusion", "residuals")
    }
    if task == "binary":
        records["roc"], records["pr"] = roc_and_pr_curves(y_true, y_prob)
        records["calibration"] = calibration(y_true, y_prob)
        records["confusion"] = confusion(y_true, (y_prob >= threshold).astype(int), classes)
    elif task == "multiclass":
        records["confusion"] = confusion(y_true, y_prob.argmax(axis=1), classes)
    else:
        records["residuals"] = residuals(y_true, y_prob)
    return records


def roc_and_pr_curves(y_true: "np.ndarray", y_prob: "np.ndarray") -> tuple[Records, Records]:
    """Return the ROC curve, from its origin, and the precision-recall curve.

    A point is a distinct score with all the rows that have it, so tied rows may come in any order.
    """
    import numpy as np

    n_rows = len(y_true)
    order = np.argsort(-y_prob, kind="stable")
    ordered, hits = y_prob[order], np.cumsum(y_true[order])
    claimed = np.arange(1, n_rows + 1)
    last_rows = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], n_rows > 0))  # of each score
    thinned = np.linspace(0, n_rows - 1, min(MAX_POINTS, n_rows)).astype(int)
    points = last_rows[np.unique(np.searchsorted(last_rows, thinned))]
    positives, negatives = max(int(y_true.sum()), 1), max(int((1 - y_true).sum()), 1)
    roc = [{"fpr": 0.0, "tpr": 0.0}] + [
        {
            "fpr": float((claimed[row] - hits[row]) / negatives),
            "tpr": float(hits[row] / positives),
        }
        for row in points
    ]
    precision_recall = [
        {"recall": float(hits[row] / positives), "precision": float(hits[row] / claimed[row])}
        for row in points
    ]
    return roc, precision_recall


def calibration(y_true: "np.ndarray", y_prob: "np.ndarray") -> Records:
    """Return the mean predicted and the observed rate in bins of equal width that hold rows."""
    import numpy as np

    bins = np.minimum((y_prob * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    records = []
    for number in range(CALIBRATION_BINS):
        in_bin = bins == number
        if in_bin.any():
            records.append(
                {
                    "predicted": float(y_prob[in_bin].mean()),
                    "observed": float(y_true[in_bin].mean()),
                    "rows": int(in_bin.sum()),
                }
            )
    return records


def thinned_rows(n_rows: int, max_rows: int) -> "np.ndarray":
    """Return the positions of at most max_rows rows, evenly spread."""
    import numpy as np

    return np.unique(np.linspace(0, n_rows - 1, min(max_rows, n_rows)).astype(int))


def confusion(y_true: "np.ndarray", y_pred: "np.ndarray", classes: list[str]) -> Records:
    """Return one record a row, thinned evenly, as DVC's confusion template counts them.

    Parameters
    ----------
    y_true, y_pred : int arrays, shape (n_rows,)
        Class indices.
    classes : list of str
        Their names, in order.
    """
    return [
        {"actual": classes[y_true[row]], "predicted": classes[y_pred[row]]}
        for row in thinned_rows(len(y_true), MAX_CONFUSION_ROWS)
    ]


def confusion_counts(
    task: str, y_true: "np.ndarray", y_prob: "np.ndarray", threshold: float, classes: list[str]
) -> Records:
    """Return the confusion matrix, a record for each pair of classes; nothing for a regression.

    Parameters
    ----------
    task : str
        binary, multiclass or regression.
    y_true : array, shape (n_rows,)
        Encoded target.
    y_prob : array, shape (n_rows,) or (n_rows, n_classes)
        Predictions.
    threshold : float
        From which a binary row is positive.
    classes : list of str
        In order.
    """
    if task == "regression":
        return []
    y_pred = (y_prob >= threshold).astype(int) if task == "binary" else y_prob.argmax(axis=1)
    return [
        {
            "actual": actual,
            "predicted": predicted,
            "rows": int(((y_true == row) & (y_pred == column)).sum()),
        }
        for row, actual in enumerate(classes)
        for column, predicted in enumerate(classes)
    ]


def residuals(y_true: "np.ndarray", y_pred: "np.ndarray") -> Records:
    """Return prediction and residual of each row, thinned evenly."""
    return [
        {"predicted": float(y_pred[row]), "residual": float(y_true[row] - y_pred[row])}
        for row in thinned_rows(len(y_true), MAX_RESIDUALS)
    ]
