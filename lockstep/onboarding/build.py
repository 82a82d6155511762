"""From a source and what a person wants of it to a proven plan and the texts of the files."""

from pathlib import Path

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.schema import Source
from lockstep.onboarding import assess, proof
from lockstep.onboarding.column_options import must_be_there
from lockstep.onboarding.generated_files import recipe_path, render_files
from lockstep.onboarding.infer_roles import assign
from lockstep.onboarding.infer_type import comma_file, decide
from lockstep.onboarding.plan import Plan, Wanted, renames
from lockstep.onboarding.source_files import Files, profile
from lockstep.repository.programs import shell

LEAST = 30  # rows


def planned(files: Files, wanted: Wanted, source: Source | None, origin: str) -> Plan:
    """The plan as columns and names tell it; the rows are not judged yet.

    Raises DataError or ConfigError in one line for a source, or an option, that makes no data set.
    """
    seen = profile(files)
    names = [one.name for one in seen]
    must_be_there("--target", wanted.target, names)
    if seen[0].rows < LEAST:
        raise DataError(
            f"{origin} has {seen[0].rows} rows; at least {LEAST} are needed for three splits"
        )
    new = renames(names)

    def called(name: str) -> str:
        return new.get(name, name)

    comma = comma_file(seen)
    columns = {}
    for one in seen:
        column = decide(one, comma)
        column.name = called(one.name)
        columns[column.name] = column
    asked = Wanted(
        name=wanted.name,
        target=called(wanted.target),
        task=wanted.task,
        key=[called(one) for one in wanted.key],
        time=wanted.time and called(wanted.time),
        period=wanted.period and called(wanted.period),
        group=wanted.group and called(wanted.group),
        drop=[called(one) for one in wanted.drop],
    )
    plan = Plan(wanted.name, files, seen[0].rows, columns, new, asked.target)
    plan.source, plan.origin = source, origin
    plan.warnings += [f"{old!r} is called {short!r} here" for old, short in new.items()]
    plan.unsure += files.notes
    assign(plan, asked)
    column = plan.columns[plan.target]
    if column.missing:
        plan.warnings.append(
            f"target {plan.target}: missing in {column.missing:,} rows; these go to quarantine, none is "
            "dropped in silence"
        )
    return plan


def formatted(text: str, root: Path) -> str:
    """The recipe as `make test` wants it, where ruff is installed; long names break lines."""
    config = str(root / "pyproject.toml")
    try:
        return shell(root, "ruff", "format", "--config", config, "--stdin-filename", "recipe.py", "-",
                     content=text)  # fmt: skip
    except (LockstepError, OSError):
        return text


def proven(plan: Plan, wanted: Wanted, raw: Path, root: Path, work: Path) -> dict[str, str]:
    """Judge the rows and complete the plan; the texts, proven on the very file.

    Raises DataError or ConfigError where what would be written does not work.
    """
    name = plan.name
    plan.split = {"kind": "random"}
    first = render_files(plan)
    file = work / f"{name}.py"
    file.write_text(first[recipe_path(name)], encoding="utf-8")
    dataset = proof.composed(root, work, first, [f"experiment={name}"]).dataset
    code = proof.module(file)
    rows = proof.rows(plan, code, file, raw, dataset)
    features = proof.features(code, file, dataset, rows.sample)
    assess.judge(plan, dataset, rows, features, grouped=plan.group is not None)
    if not plan.numeric and not plan.categorical:
        raise DataError(
            "every feature copies the target; is the target one of them in other words?"
        )
    found = render_files(plan)
    found[recipe_path(name)] = formatted(found[recipe_path(name)], root)
    file.write_text(found[recipe_path(name)], encoding="utf-8")
    final = proof.composed(root, work, found, [f"experiment={name}"]).dataset
    proof.features(proof.module(file), file, final, rows.sample.head(1000))
    return found
