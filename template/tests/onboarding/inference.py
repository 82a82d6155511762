"""A data set inferred from a file and proven on it, without DVC."""

import tempfile
from pathlib import Path
from typing import Any

from lockstep.onboarding.build import build_plan, complete_plan
from lockstep.onboarding.gather import gather_files
from lockstep.onboarding.plan import DatasetOptions, Plan
from lockstep.onboarding.source_files import describe_files
from tests.closure import ROOT


def infer_dataset(
    source: Path,
    target: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    **options: Any,
) -> tuple[Plan, dict[str, str]]:
    """Return the plan and the generated files of a data set; raise where the pipeline would refuse."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw" / "mine"
        raw.parent.mkdir()
        kind, suffix = gather_files(source, raw, "mine")
        files = describe_files(raw, kind, suffix, target, encoding, delimiter)
        plan = build_plan(files, DatasetOptions("mine", target, **options), None, source.name)
        return plan, complete_plan(plan, raw, ROOT, Path(folder))
