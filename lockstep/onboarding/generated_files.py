"""The files of a new data set, rendered from the templates of this room."""

import importlib.resources
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from lockstep.onboarding.column_checks import infer_check
from lockstep.onboarding.date_formats import ISO, ZONED
from lockstep.onboarding.number_formats import AFFIXES
from lockstep.onboarding.plan import UNITS, Plan
from lockstep.onboarding.recipe_fixes import RecipeFixes, find_fixes
from lockstep.onboarding.serializers import FILTERS, Serialized, to_python

# Options of conf/model/ for data that nobody has tuned a model for: the first that is there.
MODELS = ("catboost_own", "catboost")
# Of the two names in the recipe's example of a ratio, so that its line is not too long.
RATIO_WIDTH = 16


def file_paths(name: str) -> dict[str, str]:
    """Return the path of each generated file, by its template."""
    return {
        "dataset.yaml.jinja": dataset_path(name),
        "split.yaml.jinja": f"conf/split/{name}.yaml",
        "gate.yaml.jinja": f"conf/gate/{name}.yaml",
        "experiment.yaml.jinja": f"conf/experiment/{name}.yaml",
        "recipe.py.jinja": recipe_path(name),
    }


def dataset_path(name: str) -> str:
    """Return the path of a data set's configuration."""
    return f"conf/dataset/{name}.yaml"


def recipe_path(name: str) -> str:
    """Return the path of a data set's recipe."""
    return f"recipes/{name}.py"


def default_model() -> str:
    """Return the option of conf/model/ that a new data set chooses."""
    return next(name for name in MODELS if Path(f"conf/model/{name}.yaml").exists())


def conf_choices(plan: Plan) -> dict[str, str]:
    """Return what the data set chooses of each group, in the order of conf/config.yaml."""
    return {"dataset": plan.name, "split": plan.name, "model": default_model(), "gate": plan.name}


def require_serialized(value: Any) -> Serialized:
    """Return a template's value as it is. Raises TypeError for one that passed through no filter."""
    if not isinstance(value, Serialized):
        raise TypeError(f"a template writes {value!r} without a filter of serializers.py")
    return value


def read_template(name: str) -> str:
    """Return the source of a template."""
    templates = importlib.resources.files("lockstep.onboarding") / "templates"
    return (templates / name).read_text(encoding="utf-8")


@cache
def environment() -> jinja2.Environment:
    """Return the environment of the templates: each value goes through a serializer."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(read_template),
        undefined=jinja2.StrictUndefined,
        finalize=require_serialized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = dict(FILTERS)
    return environment


def render_files(plan: Plan) -> dict[str, str]:
    """Return the text of each generated file, by its path."""
    context = {
        "plan": plan,
        "choices": conf_choices(plan),
        **dataset_context(plan),
        **recipe_context(plan),
    }
    return {
        path: environment().get_template(template).render(context)
        for template, path in file_paths(plan.name).items()
    }


def dataset_context(plan: Plan) -> dict[str, Any]:
    """Return what conf/dataset/NAME.yaml shows beyond the plan."""
    settings = vars(plan.source) if plan.source else {}
    return {
        "source": {name: value for name, value in settings.items() if value is not None},
        "license": card_license(),
        "min_rows": max(plan.n_rows // 2, 1),
        "column_checks": [infer_check(plan, plan.columns[name]) for name in plan.declared],
        "undeclared": [plan.columns[name] for name in plan.excluded if name not in plan.declared],
    }


def card_license() -> str | None:
    """Return the project's licence in Hugging Face's words, for the model card; None where it has none."""
    path = Path("pyproject.toml")
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"] if path.exists() else {}
    identifier = project.get("license")
    if not isinstance(identifier, str):
        return None
    return "other" if identifier.startswith("LicenseRef-") else identifier.lower()


def recipe_context(plan: Plan) -> dict[str, Any]:
    """Return what recipes/NAME.py shows beyond the plan."""
    fixes = find_fixes(plan)
    return {
        "kind": plan.files.kind,
        "fixes": fixes,
        "has_fixes": has_fixes(plan, fixes),
        "ratio_columns": ratio_columns(plan),
        "affixes": AFFIXES,
        "iso": ISO,
        "iso_with_zone": ZONED,
        "strftime_formats": UNITS,
    }


def has_fixes(plan: Plan, fixes: RecipeFixes) -> bool:
    """Return whether the recipe's load() changes what it reads."""
    makes_columns = bool(plan.renamed) or plan.has_row_id or plan.makes_period
    changes_values = (
        fixes.missing_texts or fixes.number_formats or fixes.time_formats or fixes.labels
    )
    return makes_columns or plan.files.kind == "jsonl" or bool(changes_values)


def ratio_columns(plan: Plan) -> list[str]:
    """Return two numeric columns for an example of a feature; none where their line is too long."""
    names = [name for name in plan.numeric if name not in plan.time_features][:2]
    width = sum(len(to_python(name)) for name in names)
    return names if len(names) == 2 and width <= RATIO_WIDTH else []
