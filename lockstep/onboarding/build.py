"""Build a data set: from a source and a person's options to a proven plan and the generated files."""

from dataclasses import replace
from pathlib import Path

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.schema import Source
from lockstep.onboarding import assess, proof
from lockstep.onboarding.column_options import check_column_option
from lockstep.onboarding.generated_files import dataset_path, recipe_path, render_files
from lockstep.onboarding.infer_roles import assign_roles
from lockstep.onboarding.infer_type import infer_column, uses_decimal_comma
from lockstep.onboarding.plan import DatasetOptions, Plan, rename_columns
from lockstep.onboarding.source_files import SourceFiles, profile_columns
from lockstep.repository.programs import shell

MIN_ROWS = 30
FINAL_ROWS = 1000  # of the sample, on which the final recipe is tried once more


def build_plan(
    files: SourceFiles, options: DatasetOptions, source: Source | None, origin: str
) -> Plan:
    """Build the plan from the columns' names and statistics; the rows are not assessed yet.

    Parameters
    ----------
    files : SourceFiles
        The files of the raw folder.
    options : DatasetOptions
        What the person said, in the source's names.
    source : Source or None
        Where the files are fetched from; None for files that are here.
    origin : str
        What the source is called in a message.

    Raises
    ------
    DataError, ConfigError
        If the source, or an option, makes no data set.
    """
    stats_by_column = profile_columns(files)
    n_rows = stats_by_column[0].n_rows
    names = [stats.name for stats in stats_by_column]
    check_column_option("--target", options.target, names)
    if n_rows < MIN_ROWS:
        raise DataError(
            f"{origin} has {n_rows} rows; at least {MIN_ROWS} are needed for three splits"
        )
    renamed = rename_columns(names)
    decimal_comma = uses_decimal_comma(stats_by_column)
    columns = {}
    for stats in stats_by_column:
        column = infer_column(stats, decimal_comma)
        column.name = renamed.get(stats.name, stats.name)
        columns[column.name] = column
    options = rename_options(options, renamed)
    plan = Plan(options.name, files, n_rows, columns, renamed, options.target)
    plan.source, plan.origin = source, origin
    plan.warnings += [f"{old!r} is called {new!r} here" for old, new in renamed.items()]
    plan.assumptions += files.assumptions
    assign_roles(plan, options)
    n_missing = plan.columns[plan.target].n_missing
    if n_missing:
        plan.warnings.append(
            f"target {plan.target}: missing in {n_missing:,} rows; these go to quarantine, none is "
            "dropped in silence"
        )
    return plan


def rename_options(options: DatasetOptions, renamed: dict[str, str]) -> DatasetOptions:
    """Return the options with the new names of the columns that they name."""

    def rename(name: str | None) -> str | None:
        return renamed.get(name, name) if name else name

    return replace(
        options,
        target=renamed.get(options.target, options.target),
        key=[renamed.get(name, name) for name in options.key],
        time=rename(options.time),
        period=rename(options.period),
        group=rename(options.group),
        drop=[renamed.get(name, name) for name in options.drop],
    )


def complete_plan(plan: Plan, raw: Path, root: Path, work: Path) -> dict[str, str]:
    """Assess the rows, complete the plan, and prove the generated files on these very rows.

    Parameters
    ----------
    plan : Plan
        As build_plan returns it; its features, split, gate and warnings change.
    raw : Path
        The raw folder.
    root : Path
        The project.
    work : Path
        A folder for drafts.

    Returns
    -------
    dict of str
        Text of each generated file, by its path in the project.

    Raises
    ------
    DataError, ConfigError
        If what would be written does not work.
    """
    plan.split = {"kind": "random"}  # any: the rows decide below
    draft = render_files(plan)
    recipe_file = work / f"{plan.name}.py"
    recipe_file.write_text(draft[recipe_path(plan.name)], encoding="utf-8")
    dataset = proof.parse_dataset(draft[dataset_path(plan.name)])
    recipe = proof.import_recipe(recipe_file)
    scan = proof.scan_rows(plan, recipe, raw, dataset)
    features = proof.compute_features(recipe, dataset, scan.sample)
    assess.assess_rows(plan, dataset, scan, features)
    if not plan.numeric and not plan.categorical:
        raise DataError(
            "every feature copies the target; is the target one of them in other words?"
        )
    files = render_files(plan)
    files[recipe_path(plan.name)] = format_python(files[recipe_path(plan.name)], root)
    recipe_file.write_text(files[recipe_path(plan.name)], encoding="utf-8")
    dataset = proof.compose_with(root, work, files, [f"experiment={plan.name}"]).dataset
    recipe = proof.import_recipe(recipe_file)
    proof.compute_features(recipe, dataset, scan.sample.head(FINAL_ROWS))
    return files


def format_python(text: str, root: Path) -> str:
    """Return Python as `make test` wants it, where ruff is installed; long names break lines."""
    config = str(root / "pyproject.toml")
    command = ("ruff", "format", "--config", config, "--stdin-filename", "recipe.py", "-")
    try:
        return shell(root, *command, content=text)
    except (LockstepError, OSError):
        return text
