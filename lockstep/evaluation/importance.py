"""How much worse a model is without what a column tells."""

from typing import TYPE_CHECKING, Any

from lockstep.training import bundle
from lockstep.training.metrics import score

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ROWS = 5000  # that a column is judged on


def importance(
    loaded: bundle.Bundle,
    frame: "pd.DataFrame",
    target: "np.ndarray",
    generator: "np.random.Generator",
) -> list[dict[str, Any]]:
    """Rise of the loss when one column is shuffled (permutation importance, Breiman 2001)."""
    task = loaded.signature["task"]
    metric = "rmse" if task == "regression" else "log_loss"
    usual = score(task, target, loaded.predict(frame))[metric]
    found = []
    for name in loaded.signature["numeric"] + loaded.signature["categorical"]:
        shuffled = frame.copy()
        shuffled[name] = frame[name].to_numpy()[generator.permutation(len(frame))]
        rise = score(task, target, loaded.predict(shuffled))[metric] - usual
        found.append({"feature": name, "importance": rise})
    return sorted(found, key=lambda one: -one["importance"])
