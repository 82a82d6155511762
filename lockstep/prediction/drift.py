"""Compare new rows with those a model was trained on: inputs, predictions and, with targets, performance.

NEW_DATA is a file, a folder or a quoted pattern as for lockstep.prediction.predict, with or without the target.
Prints a table, worst column first. Exit status: 0 no drift, 3 drift, 1 an error, 2 a wrong option.

Drift is: more columns drifted than --max-share; or what the model predicts drifted; or its log loss
(RMSE) is worse than the bundle says by more than --max-loss. docs/drift.md says how it is computed. The
limits are gate.drift of the bundle's configuration, or the options below.

Examples:
  python -m lockstep drift new.csv
  python -m lockstep drift 'in/2014-*.parquet' --json drift.json --max-share 0.5
  python -m lockstep drift data/ingested/2013-09.parquet --bundle models/registered
"""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from lockstep.core.config_checks import check_drift
from lockstep.core.errors import DataError, LockstepError
from lockstep.core.files import write_json
from lockstep.core.schema import Drift
from lockstep.evaluation.drift import summary
from lockstep.evaluation.performance import performance
from lockstep.prediction import row_files
from lockstep.prediction.bundle_choice import add_options, chosen
from lockstep.prediction.drift_summary import reasons, table
from lockstep.prediction.observe import Observed, observe, with_target
from lockstep.prediction.score import of_files, of_raw
from lockstep.registry import serving
from lockstep.training import bundle, feature_profile

DRIFT = 3  # exit status
Record = dict[str, Any]


def limits(config: Record, given: argparse.Namespace) -> Drift:
    """gate.drift of a bundle's configuration, the schema's where it has none, the options first."""
    own = Drift(**config.get("gate", {}).get("drift", {}))
    names = [one.name for one in dataclasses.fields(Drift)]
    options = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    found = dataclasses.replace(own, **options)
    check_drift(found)
    return found


def claimed(
    folder: Path, hashes: dict[str, str], seen: feature_profile.Profile
) -> tuple[str, Record]:
    """Where the bundle's own metrics are from, and they: of test if it is registered, else of valid."""
    if "lineage.json" not in hashes:
        return "valid", seen.metrics
    return "test", json.loads(bundle.part(folder, "lineage.json", hashes))["metrics"]


def compared(given: argparse.Namespace) -> Record:
    """What --json holds. Raises LockstepError where nothing can be compared."""
    from tqdm import tqdm

    folder = chosen(given)
    loaded, hashes = bundle.load(folder), bundle.verify(folder)
    if feature_profile.FILE not in hashes:
        raise DataError(
            f"{folder} has no {feature_profile.FILE}: it was made before there was one; train anew"
        )
    seen = feature_profile.loads(bundle.part(folder, feature_profile.FILE, hashes))
    config = json.loads(bundle.part(folder, bundle.CONFIG, hashes))
    limit, (where, metrics) = limits(config, given), claimed(folder, hashes, seen)
    dataset, code = with_target(bundle.dataset(folder, hashes)), serving.recipe(folder, hashes)
    raw = Path(given.new_data)
    parts = (
        of_raw(raw, code, dataset)
        if given.raw
        else of_files(row_files.find(given.new_data), dataset)
    )
    total: Observed | None = None
    with tqdm(desc="drift", unit=" rows", disable=not sys.stderr.isatty()) as bar:
        for one in observe(loaded, code, dataset, seen, parts, config["seed"]):
            total = one if total is None else total + one
            bar.update(one.rows + one.rejected)
    if total is None or not total.rows:
        raise DataError(f"{given.new_data}: no row is valid, there is nothing to compare")
    lost = None
    if total.sample:
        _, y, p = total.sample
        judged = performance(loaded, y, p, metrics, config["seed"])
        lost = {"claimed_on": where, **judged}
    found = {
        "bundle": bundle.digest(folder),
        "rows": total.rows,
        "rejected": total.rejected,
        "strange_targets": total.strange,
        **summary(seen, total.inputs, total.outputs, limit),
        "performance": lost,
        "limits": dataclasses.asdict(limit),
    }
    return {**found, "reasons": reasons(found, limit)}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("new_data", metavar="NEW_DATA", help="a file, a folder or a quoted pattern")
    add_options(found)
    found.add_argument(
        "--raw", action="store_true", help="NEW_DATA is a folder of raw tables, as for ingest"
    )
    found.add_argument("--json", type=Path, metavar="FILE", help="write what was found there, too")
    found.add_argument("--psi", type=float, help="index above which a column has drifted")
    found.add_argument("--p-value", type=float, help="level at which its test must be significant")
    found.add_argument("--max-share", type=float, help="share of columns that may have drifted")
    found.add_argument("--max-loss", type=float, help="by how much its metric may be worse")
    return found


def main() -> None:
    """Compare, show, and exit with what was found."""
    given = parser().parse_args()
    if given.json and given.json.suffix != ".json":
        raise LockstepError(f"--json {given.json}: the file's name must end with .json")
    found = compared(given)
    if given.json:
        write_json(given.json, found)
    print("\n".join([*table(found), ""]))
    print(f"{found['rows']:,} rows compared, {found['rejected']:,} rejected")
    if found["strange_targets"]:
        print(f"{found['strange_targets']:,} rows have a class that training did not see")
    print("\n".join(f"drift: {why}" for why in found["reasons"]) or "no drift")
    if found["reasons"]:
        sys.exit(DRIFT)
