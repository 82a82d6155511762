"""The trials of a study as plain records, and the best of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lockstep.search.recovery import counted_trials

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Trial:
    """One trial; value, seconds and metrics are None unless it is complete, reason unless it failed."""

    number: int
    state: str
    value: float | None
    seconds: float | None
    params: dict[str, Any]
    metrics: dict[str, float] | None
    reason: str | None


def read_trials(study: "optuna.Study") -> list[Trial]:
    """Return the trials that are done or running, in order."""
    trials = []
    for trial in counted_trials(study):
        result = trial.user_attrs.get("result", {})
        trials.append(
            Trial(
                number=trial.number,
                state=trial.state.name.lower(),
                value=trial.value if trial.state.name == "COMPLETE" else None,
                seconds=result.get("seconds"),
                params=trial.params,
                metrics=result.get("metrics"),
                reason=trial.user_attrs.get("reason"),
            )
        )
    return trials


def rank_trials(study: "optuna.Study", direction: str | None) -> list[Trial]:
    """Return the complete trials, best first, each set of parameters once."""
    sign = -1 if direction == "maximize" else 1
    complete = [(sign * t.value, t) for t in read_trials(study) if t.value is not None]
    by_params: dict[str, Trial] = {}
    for _, trial in sorted(complete, key=lambda pair: pair[0]):
        by_params.setdefault(repr(sorted(trial.params.items())), trial)
    return list(by_params.values())
