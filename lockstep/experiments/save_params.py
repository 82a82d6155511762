"""Save an experiment's parameters as a preset, conf/experiment/NAME.yaml, and put it in force.

Without EXPERIMENT it saves what `dvc exp apply` left in params.yaml. The preset holds what differs from what
conf/ composes to; conf/config.yaml then names it, so `dvc repro` gives the experiment. Before anything is
written, conf/ with the preset is proved to compose to exactly the experiment's parameters. The command shows
the preset and asks; where there is no terminal to ask on it changes nothing unless --yes is given.

Examples:
  dvc exp apply shore-gaby && python -m lockstep save-params
  python -m lockstep save-params shore-gaby --dry-run
  python -m lockstep save-params shore-gaby --name deeper --yes && dvc repro
"""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from lockstep.composition.compose import SCHEMA, digest, parse_and_check
from lockstep.composition.conf_files import MENU, Values, composed, differences, parsed, read_text
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.files import write_text
from lockstep.experiments.preset import GROUP, Preset, check_name, make_preset, preset_path
from lockstep.experiments.revision import experiment_refs
from lockstep.registry.pointer import confirmed
from lockstep.repository.dvc_internals import experiment_commit
from lockstep.repository.git import file_at

PARAMS = Path("params.yaml")


def find_applied(root: Path) -> str:
    """Return the name of the newest experiment whose params.yaml is the workspace's.

    Raises ConfigError where there is none.
    """
    text = read_text(root / PARAMS)
    for name, ref in reversed(experiment_refs(root).items()):
        try:
            if file_at(root, ref, PARAMS.as_posix()) == text:
                return name
        except LockstepError:
            continue  # DVC's own references have no such file
    raise ConfigError(
        f"{PARAMS} is of no experiment that has a name; give the preset's with --name"
    )


def read_params(root: Path, experiment: str | None) -> tuple[Values, str]:
    """Return the parameters of an experiment, or of the workspace, and the digest of their conf/."""
    text = (
        file_at(root, experiment_commit(root, experiment), PARAMS.as_posix())
        if experiment
        else read_text(root / PARAMS)
    )
    values: Any = OmegaConf.to_container(OmegaConf.create(text))
    return values, str(values.pop("conf_digest", None))


def digest_without(root: Path, path: Path) -> str:
    """Return the digest of conf/ as if one of its files were absent."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(root / "conf", copy / "conf")
        (copy / path).unlink(missing_ok=True)
        (copy / SCHEMA).parent.mkdir(parents=True)
        shutil.copy(root / SCHEMA, copy / SCHEMA)
        return digest(copy)


def check_source(root: Path, experiment: str | None, conf_digest: str, path: Path) -> None:
    """Raise ConfigError if parameters were not composed from conf/ as it is.

    Parameters
    ----------
    root : Path
    experiment : str or None
    conf_digest : str
        Of the conf/ that the parameters were composed from.
    path : Path
        The preset, which a killed run of this command may have left without being in force.
    """
    if conf_digest in (digest(root), digest_without(root, path)):
        return
    raise ConfigError(
        f"{experiment} was not composed from conf/ as it is now; run it anew, or go back to its commit"
        if experiment
        else f"{PARAMS} was not composed from this conf/; run `dvc repro compose`"
    )


def check_free(root: Path, preset: Preset, force: bool) -> None:
    """Raise ConfigError if another preset of this name is there, unless it may be overwritten.

    Parameters
    ----------
    root : Path
    preset : Preset
    force : bool
        Whether another preset may be overwritten.
    """
    path = root / preset.path
    if path.exists() and not force and read_text(path) != preset.text:
        raise ConfigError(f"{preset.path} is there already; give another --name, or --force")


def write_preset(root: Path, preset: Preset) -> None:
    """Write the preset, then the line that puts it in force, then params.yaml.

    Each file is whole or as it was. Killed before the line, conf/ composes as before, and the same command
    goes on; killed after it, conf/ composes to the experiment.
    """
    write_text(root / preset.path, preset.text)
    write_text(root / "conf" / MENU, preset.menu)
    write_text(root / PARAMS, preset.params)


def in_force(menu: str) -> Any:
    """Return the preset that a text of conf/config.yaml puts in force."""
    items = [item for item in parsed(menu)["defaults"] if isinstance(item, dict)]
    return next((item[GROUP] for item in items if GROUP in item), None)


def summary(root: Path, preset: Preset) -> str:
    """Return the preset, and the line of conf/config.yaml that changes."""
    old = in_force(read_text(root / "conf" / MENU))
    line = f"{GROUP}: {old or 'null'} -> {preset.name}"
    return f"{preset.path.as_posix()}:\n{preset.text}\nconf/{MENU}: {line}"


def parse_arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "experiment",
        metavar="EXPERIMENT",
        nargs="?",
        help="a DVC experiment's name or revision; it need not be applied (left out: params.yaml)",
    )
    parser.add_argument("--name", help="of the preset; the experiment's if left out")
    parser.add_argument("--force", action="store_true", help="overwrite a preset of that name")
    parser.add_argument("--dry-run", action="store_true", help="show the preset, write nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser.parse_args()


def main() -> None:
    """Read the parameters, make the preset on a copy, show it, ask, write."""
    options, root = parse_arguments(), Path.cwd()
    params, conf_digest = read_params(root, options.experiment)
    if not differences(composed(root / "conf")[0], params):
        print(f"conf/ already composes to {options.experiment or PARAMS}")
        return
    source = options.experiment or options.name or find_applied(root)
    name = options.name or source
    check_name(name)
    check_source(root, options.experiment, conf_digest, preset_path(name))
    parse_and_check(OmegaConf.create(params))
    before = digest(root)
    preset = make_preset(root, name, source, params)
    check_free(root, preset, options.force)
    print(summary(root, preset), flush=True)
    if not confirmed(options, "Write this to conf/?"):
        return
    if digest(root) != before:
        raise ConfigError("conf/ was changed meanwhile; nothing was written, run it again")
    applied, _ = read_params(root, None)
    write_preset(root, preset)
    print(f"written: {preset.path.as_posix()}, conf/{MENU}, {PARAMS}")
    if differences(applied, params):
        print(
            "next: `dvc repro`; it takes from the run cache what DVC kept there and computes the rest"
        )
