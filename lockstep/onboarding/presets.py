"""The texts of a data set's split, gate and preset: conf/split/, conf/gate/ and conf/experiment/NAME.yaml."""

from lockstep.onboarding.dataset_conf import spelt
from lockstep.onboarding.literals import comment, yaml
from lockstep.onboarding.plan import Plan

MODEL = "catboost_own"  # of conf/model/: for data that nobody has tuned a model for


def choices(plan: Plan) -> dict[str, str]:
    """What is chosen of each group for the data set, in conf/config.yaml's order."""
    return {"dataset": plan.name, "split": plan.name, "model": MODEL, "gate": plan.name}


def split(plan: Plan) -> str:
    """conf/split/NAME.yaml: a kind, and of a temporal split its periods."""
    kind = plan.split["kind"]
    lines = [
        f"# How the rows of {plan.name} are split. What is not said here is conf/split/{kind}.yaml's.",
        f"defaults: [{kind}, _self_]",
    ]
    edges = {name: value for name, value in plan.split.items() if name != "kind"}
    # A period always in quotes: 2013 and 2013-08 are text.
    return "\n".join([*lines, *(f"{name}: '{value}'" for name, value in edges.items())]) + "\n"


def gate(plan: Plan) -> str:
    """conf/gate/NAME.yaml: limits that so many rows can meet."""
    lines = [
        f"# What a model of {plan.name} must meet. What is not said here is conf/gate/default.yaml's.",
        "defaults: [default, _self_]",
    ]
    for name, (value, why) in plan.gate.items():
        lines.append(f"{name}: {spelt(value) if isinstance(value, dict) else yaml(value)}  # {why}")
    return "\n".join(lines) + "\n"


def experiment(plan: Plan) -> str:
    """conf/experiment/NAME.yaml: all choices in one word."""
    lines = [
        "# @package _global_",
        f"# {comment(plan.target)} of {plan.name}, whole: dvc exp run -S experiment={plan.name}",
        "defaults:",
        *(f"  - override /{group}: {name}" for group, name in choices(plan).items()),
    ]
    return "\n".join(lines) + "\n"
