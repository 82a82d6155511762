"""What README.md says of the data set that a project is about."""

from lockstep.core.escaping import markdown_code
from lockstep.core.formatting import count
from lockstep.onboarding.plan import Plan


def data_block(plan: Plan) -> str:
    """Return rows, columns, target and split of the data set, as Markdown."""
    name, target = markdown_code(plan.name), markdown_code(plan.target)
    return "\n".join(
        [
            f"Data set {name}: {count(plan.n_rows)} rows and {count(len(plan.columns))} columns of "
            f"{markdown_code(plan.origin)}, in data/raw/{plan.name}/.",
            f"The target is {target} ({plan.task}). Features: {count(len(plan.numeric))} numeric and "
            f"{count(len(plan.categorical))} categorical.",
            f"conf/dataset/{plan.name}.yaml declares the columns, and recipes/{plan.name}.py reads them.",
        ]
    )
