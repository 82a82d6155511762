"""Compare new rows with those a model was trained on: inputs, predictions and, with targets, performance.

NEW_DATA is a file, a folder or a quoted pattern as for `predict`, with or without the target.
Prints a table, worst column first. Exit status: 0 no drift, 3 drift, 1 an error, 2 a wrong option.

There is drift where more columns drifted than --max-share, where the predictions drifted, or where the log
loss (RMSE) is worse than the bundle's own by more than --max-loss. docs/drift.md says how it is computed. The
limits are gate.drift of the bundle's configuration, or the options below.

Examples:
  python -m lockstep drift new.csv
  python -m lockstep drift 'in/2024-*.parquet' --json drift.json --max-share 0.5
  python -m lockstep drift new.csv --bundle models/registered
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lockstep.core.config_checks import check_drift
from lockstep.core.errors import DataError, LockstepError
from lockstep.core.files import write_json
from lockstep.core.schema import Drift
from lockstep.evaluation.drift import summary
from lockstep.evaluation.performance import performance
from lockstep.prediction import row_files
from lockstep.prediction.bundle_choice import add_options, choose_bundle
from lockstep.prediction.drift_summary import drift_reasons, drift_summary
from lockstep.prediction.observe import Observed, observe, with_optional_target
from lockstep.prediction.score import Part, read_files, read_raw
from lockstep.registry import serving
from lockstep.training import bundle, feature_profile

DRIFT_STATUS = 3  # exit status
Record = dict[str, Any]  # of JSON
Hashes = dict[str, str]  # of a bundle's files


def drift_limits(config: Record, options: argparse.Namespace) -> Drift:
    """Return gate.drift of a bundle's configuration, the schema's where it has none, the options first."""
    own = Drift(**config.get("gate", {}).get("drift", {}))
    names = [field.name for field in dataclasses.fields(Drift)]
    chosen = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    limits = dataclasses.replace(own, **chosen)
    check_drift(limits)
    return limits


def claimed_metrics(
    folder: Path, hashes: Hashes, profile: feature_profile.Profile
) -> tuple[str, Record]:
    """Return the bundle's own metrics after the name of their split: test if it is registered, else valid.

    Parameters
    ----------
    folder : Path
        Of the bundle.
    hashes : Hashes
        Of the bundle's files.
    profile : Profile
        Of the training rows.

    Returns
    -------
    tuple
    """
    if "lineage.json" not in hashes:
        return "valid", profile.metrics
    return "test", json.loads(bundle.read_sealed(folder, "lineage.json", hashes))["metrics"]


def read_profile(folder: Path, hashes: Hashes) -> feature_profile.Profile:
    """Return the profile of the training rows. Raises DataError where the bundle has none."""
    if feature_profile.FILE not in hashes:
        raise DataError(
            f"{folder} has no {feature_profile.FILE}: it was made before there was one; train anew"
        )
    return feature_profile.loads(bundle.read_sealed(folder, feature_profile.FILE, hashes))


def add_up(observations: Iterable[Observed], new_data: str) -> Observed:
    """Return the sums over all partitions. Raises DataError where no row is valid."""
    from tqdm import tqdm

    total: Observed | None = None
    with tqdm(desc="drift", unit=" rows", disable=not sys.stderr.isatty()) as bar:
        for observed in observations:
            total = observed if total is None else total + observed
            bar.update(observed.rows + observed.rejected)
    if total is None or not total.rows:
        raise DataError(f"{new_data}: no row is valid, there is nothing to compare")
    return total


def find_drift(options: argparse.Namespace) -> Record:
    """Return how new rows differ from those of training, as --json writes it.

    Raises LockstepError where nothing can be compared.
    """
    folder = choose_bundle(options)
    model, hashes = bundle.load(folder), bundle.verify(folder)
    profile = read_profile(folder, hashes)
    config = json.loads(bundle.read_sealed(folder, bundle.CONFIG, hashes))
    limits = drift_limits(config, options)
    dataset = with_optional_target(bundle.read_dataset(folder, hashes))
    recipe = serving.recipe(folder, hashes)
    parts: Iterator[Part] = (
        read_raw(Path(options.new_data), recipe, dataset)
        if options.raw
        else read_files(row_files.find_files(options.new_data), dataset)
    )
    observations = observe(model, recipe, dataset, profile, parts, config["seed"])
    total = add_up(observations, options.new_data)
    measured = None
    if total.sample:
        _, y_true, y_prob = total.sample
        claimed_on, metrics = claimed_metrics(folder, hashes, profile)
        measured = {
            "claimed_on": claimed_on,
            **performance(model, y_true, y_prob, metrics, config["seed"]),
        }
    drift = {
        "bundle": bundle.digest(folder),
        "rows": total.rows,
        "rejected": total.rejected,
        "strange_targets": total.n_unknown_classes,
        **summary(profile, total.inputs, total.outputs, limits),
        "performance": measured,
        "limits": dataclasses.asdict(limits),
    }
    return {**drift, "reasons": drift_reasons(drift, limits)}


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("new_data", metavar="NEW_DATA", help="a file, a folder or a quoted pattern")
    add_options(parser)
    parser.add_argument(
        "--raw", action="store_true", help="NEW_DATA is a folder of raw tables, as for ingest"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there, too")
    parser.add_argument("--psi", type=float, help="index above which a column has drifted")
    parser.add_argument("--p-value", type=float, help="level at which its test must be significant")
    parser.add_argument("--max-share", type=float, help="share of columns that may have drifted")
    parser.add_argument("--max-loss", type=float, help="by how much its metric may be worse")
    return parser


def main() -> None:
    """Compare the new rows, print the result, and exit with 3 where there is drift."""
    options = make_parser().parse_args()
    if options.json and options.json.suffix != ".json":
        raise LockstepError(f"--json {options.json}: the file's name must end with .json")
    drift = find_drift(options)
    if options.json:
        write_json(options.json, drift)
    print(drift_summary(drift))
    if drift["reasons"]:
        sys.exit(DRIFT_STATUS)
