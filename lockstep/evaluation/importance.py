"""How much worse a model is without the information of a column."""

from typing import TYPE_CHECKING, Any

from lockstep.training.bundle import Bundle
from lockstep.training.metrics import score

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MAX_ROWS = 5000  # on which a column's importance is measured


def permutation_importance(
    bundle: Bundle, features: "pd.DataFrame", y_true: "np.ndarray", rng: "np.random.Generator"
) -> list[dict[str, Any]]:
    """Return the rise of the loss when one column is shuffled, the highest first.

    Parameters
    ----------
    features : DataFrame, shape (n_rows, n_features)
    y_true : array, shape (n_rows,)
        Encoded target of the same rows.

    References
    ----------
    Breiman (2001), Random Forests, Machine Learning 45.
    """
    task = bundle.signature["task"]
    loss = "rmse" if task == "regression" else "log_loss"
    baseline = score(task, y_true, bundle.predict(features))[loss]
    records = []
    for name in bundle.signature["numeric"] + bundle.signature["categorical"]:
        shuffled = features.copy()
        shuffled[name] = features[name].to_numpy()[rng.permutation(len(features))]
        rise = score(task, y_true, bundle.predict(shuffled))[loss] - baseline
        records.append({"feature": name, "importance": rise})
    return sorted(records, key=lambda record: -record["importance"])
