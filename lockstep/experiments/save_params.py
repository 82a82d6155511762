"""Write an experiment's parameters into the conf/ files that they come from; comments and layout stay.

Without EXPERIMENT it adopts what `dvc exp apply` left in params.yaml. It shows the change to conf/ and asks;
where there is no terminal to ask on it changes nothing unless --yes is given. Before anything is written,
conf/ so changed is proved to compose to the experiment's parameters; a key that cannot be written is named.

Examples:
  dvc exp apply shore-gaby && make adopt
  python -m lockstep save-params shore-gaby --dry-run
  python -m lockstep save-params shore-gaby --yes && dvc repro
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from lockstep.composition.compose import SCHEMA, checked, compose, digest
from lockstep.composition.conf_files import adopted, diff, differences, read, write
from lockstep.core.errors import ConfigError
from lockstep.registry.pointer import confirmed
from lockstep.repository.dvc_internals import experiment_commit
from lockstep.repository.programs import shell

PARAMS = "params.yaml"


def parameters(root: Path, name: str | None) -> dict[str, Any]:
    """The parameters to adopt. Raises ConfigError if they were not composed from conf/ as it is."""
    text = (
        shell(root, "git", "show", f"{experiment_commit(root, name)}:{PARAMS}")
        if name
        else (root / PARAMS).read_text(encoding="utf-8")
    )
    wanted: Any = OmegaConf.to_container(OmegaConf.create(text))
    if wanted.pop("conf_digest", None) != digest(root):
        raise ConfigError(
            f"{name} was not composed from conf/ as it is now; run it anew, or go back to its commit"
            if name
            else f"{PARAMS} was not composed from this conf/; run `dvc repro compose`"
        )
    checked(OmegaConf.create(wanted))
    return dict(wanted)


def recomposed(root: Path, texts: dict[str, str]) -> str:
    """What the stage compose would write for these files of conf/."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        write(copy / "conf", texts)
        (copy / SCHEMA).parent.mkdir(parents=True)
        shutil.copy(root / SCHEMA, copy / SCHEMA)
        return OmegaConf.to_yaml(compose(root=copy))


def replace(files: dict[Path, str]) -> None:
    """Write all the files or none: each beside first, then renamed; a failure puts back what was there."""
    old = {file: file.read_bytes() for file in files if file.exists()}
    beside = {file: file.with_name(file.name + ".part") for file in files}
    try:
        for file, part in beside.items():
            part.write_bytes(files[file].encode("utf-8"))
        for file, part in beside.items():
            os.replace(part, file)
    except BaseException:
        for file, part in beside.items():
            part.unlink(missing_ok=True)
            if file in old and file.read_bytes() != old[file]:
                file.write_bytes(old[file])
        raise


def main() -> None:
    """Find the parameters, plan on a copy, show, ask, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "experiment",
        metavar="EXPERIMENT",
        nargs="?",
        help="a DVC experiment's name or revision; it need not be applied (left out: params.yaml)",
    )
    parser.add_argument("--dry-run", action="store_true", help="show the change, write nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    chosen = parser.parse_args()
    root = Path.cwd()
    wanted, before = parameters(root, chosen.experiment), digest(root)
    old = read(root / "conf")
    new = adopted(root / "conf", wanted)
    changed = {name: text for name, text in new.items() if text != old[name]}
    if not changed:
        print(f"conf/ already composes to {chosen.experiment or PARAMS}")
        return
    print("\n".join(diff(old, new)), flush=True)
    if not confirmed(chosen, "Write this to conf/?"):
        return
    if digest(root) != before:
        raise ConfigError("conf/ was changed meanwhile; nothing was written, run it again")
    applied: Any = OmegaConf.to_container(OmegaConf.load(root / PARAMS))
    applied.pop("conf_digest", None)
    files = {root / "conf" / name: text for name, text in changed.items()}
    replace({**files, root / PARAMS: recomposed(root, new)})
    print(f"written: {', '.join(f'conf/{name}' for name in changed)}, {PARAMS}")
    if differences(applied, wanted):
        print(
            "next: `dvc repro`; it takes from the run cache what DVC kept there and computes the rest"
        )
