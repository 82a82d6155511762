"""A data set inferred from a file and proven on it, without DVC."""

import tempfile
from pathlib import Path
from typing import Any

from lockstep.onboarding import build
from lockstep.onboarding.gather import gather
from lockstep.onboarding.plan import Plan, Wanted
from lockstep.onboarding.source_files import described
from tests.closure import ROOT


def inferred(
    source: Path,
    target: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    **more: Any,
) -> tuple[Plan, dict[str, str]]:
    """The plan and the texts of the data set `mine`; raises where the pipeline would refuse them."""
    wanted = Wanted("mine", target, **more)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw" / "mine"
        raw.parent.mkdir()
        kind, suffix = gather(source, raw, "mine")
        files = described(raw, kind, suffix, target, encoding, delimiter)
        plan = build.planned(files, wanted, None, source.name)
        return plan, build.proven(plan, wanted, raw, ROOT, Path(folder))
