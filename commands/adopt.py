"""Write what params.yaml has beyond conf/ back into the conf/ files it came from, and prove the round trip.

After `dvc exp apply EXPERIMENT` run `make adopt`; `--dry-run` only shows what would change.
"""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from pipeline.compose import ROOT, compose, digest
from pipeline.stage.errors import ConfigError, run
from pipeline.stage.files import write_text

GROUPS = {"dataset": "name", "split": "kind", "model": "kind", "gate": None, "engine": "kind"}


def differences(old: Any, new: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Leaves of `new` that `old` has otherwise. Raises ConfigError for a key that `new` dropped."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return {} if old == new else {path: new}
    dropped = sorted(set(old) - set(new))
    if dropped:
        raise ConfigError(f"{'.'.join([*path, dropped[0]])} is in conf/ and not in params.yaml")
    found: dict[tuple[str, ...], Any] = {}
    for key, value in new.items():
        found |= differences(old.get(key), value, (*path, key))
    return found


def set_value(file: Path, keys: tuple[str, ...], value: Any) -> None:
    """Set one value in a YAML file; comments and order stay."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    content = yaml.load(file.read_text(encoding="utf-8"))
    node = content
    for key in keys[:-1]:
        node = node.setdefault(key, {})
    node[keys[-1]] = value
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        yaml.dump(content, stream)


def choices(conf: Path) -> dict[str, str]:
    """The option that conf/config.yaml chooses in each group."""
    defaults = OmegaConf.to_container(OmegaConf.load(conf / "config.yaml"))["defaults"]  # type: ignore[index,call-overload]
    return {
        group: item[group]
        for item in defaults
        if isinstance(item, dict)
        for group in GROUPS
        if group in item
    }


def swap_groups(root: Path, wanted: dict[str, Any]) -> None:
    """Choose in conf/config.yaml the option of each group whose kind or name params.yaml has."""
    text = (root / "conf/config.yaml").read_text(encoding="utf-8")
    for group, option in choices(root / "conf").items():
        identity = GROUPS[group]
        now = wanted[group][identity] if identity else option
        if now != option:
            if not (root / "conf" / group / f"{now}.yaml").exists():
                raise ConfigError(f"{group}.{identity} is {now!r}; conf/{group}/ has no such file")
            text = text.replace(f"  - {group}: {option}", f"  - {group}: {now}")
    (root / "conf/config.yaml").write_text(text, encoding="utf-8", newline="\n")


def adopt(root: Path, wanted: dict[str, Any]) -> list[str]:
    """Change conf/ under root so that it composes to `wanted`; one line for each value written.

    Raises ConfigError, naming the first key, if conf/ cannot be brought there.
    """
    before = choices(root / "conf")
    swap_groups(root, wanted)
    chosen = choices(root / "conf")
    lines = [
        f"conf/config.yaml: {group}: {before[group]} -> {option}"
        for group, option in chosen.items()
        if option != before[group]
    ]
    composed: Any = OmegaConf.to_container(compose(root=root))
    composed.pop("conf_digest")
    for path, value in differences(composed, wanted).items():
        group, *rest = path
        name = f"{group}/{chosen[group]}.yaml" if group in chosen else "config.yaml"
        set_value(root / "conf" / name, tuple(rest) if group in chosen else path, value)
        lines.append(f"conf/{name}: {'.'.join(path)} = {value!r}")
    proof: Any = OmegaConf.to_container(compose(root=root))
    proof.pop("conf_digest")
    left = differences(proof, wanted)
    if left:
        raise ConfigError(
            f"{'.'.join(next(iter(left)))} cannot be written to conf/; conf/ is as it was"
        )
    return lines


def main() -> None:
    """Try on a copy of conf/, show, then put the copy in place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change, write nothing"
    )
    dry_run = parser.parse_args().dry_run
    wanted: Any = OmegaConf.to_container(OmegaConf.load(ROOT / "params.yaml"))
    if wanted.pop("conf_digest", None) != digest():
        raise ConfigError("params.yaml was not composed from this conf/; run `dvc repro compose`")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "conf", copy / "conf")
        lines = adopt(copy, wanted)
        print("\n".join(lines) if lines else "conf/ already composes to params.yaml")
        if lines and not dry_run:
            for file in sorted((copy / "conf").rglob("*.yaml")):
                target = ROOT / file.relative_to(copy)
                if file.read_bytes() != target.read_bytes():
                    write_text(target, file.read_text(encoding="utf-8"))
            write_text(ROOT / "params.yaml", OmegaConf.to_yaml(compose()))


if __name__ == "__main__":
    run("adopt", main)
