"""Nothing in conf/ is filled in but its own digest: no value of the environment can reach params.yaml."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from lockstep.composition.compose import SCHEMA, compose
from lockstep.composition.conf_files import composed
from lockstep.composition.hydra_config import DIGEST_VALUE, OWN_RESOLVERS, clear_resolvers
from lockstep.core.errors import ConfigError
from lockstep.sources.fetch import compose_dataset
from tests.closure import ROOT

SECRET = "hunter2-of-the-environment"  # pragma: allowlist secret
# Composes as DVC does, with the plugin that DVC loads; prints what would be written.
COMPOSE_AS_DVC = """
import sys
from dvc.utils.hydra import compose_and_dump

root, *overrides = sys.argv[1:]
compose_and_dump("params.yaml", f"{root}/conf", None, "config", f"{root}/lockstep/composition", overrides)
print(open("params.yaml").read())
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is composed, with a secret in the environment."""
    for name in ("conf", "lockstep", "components"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setenv("SECRET", SECRET)
    return tmp_path


@pytest.mark.parametrize(
    "value",
    ["${oc.env:SECRET}-06", "a\\${oc.env:SECRET}", "${seed}", "${oc.decode:1}", "${now:%Y}"],
)
def test_a_value_that_would_be_filled_in_is_refused_by_its_key(root: Path, value: str) -> None:
    split = root / "conf/split/temporal.yaml"
    split.write_text(f"kind: temporal\ntrain_until: '{value}'\nvalid_until: '2013-09'\n")
    for compose_it in (lambda: compose(root=root), lambda: composed(root / "conf")):
        with pytest.raises(
            ConfigError, match=r"split\.train_until is .*allowed: a value without"
        ) as e:
            compose_it()
        assert SECRET not in str(e.value)


def test_the_digest_takes_no_argument(root: Path) -> None:
    config = root / "conf/config.yaml"
    text = config.read_text(encoding="utf-8")
    assert DIGEST_VALUE in text
    config.write_text(text.replace(DIGEST_VALUE, "${conf_digest:${oc.env:SECRET}}"))
    with pytest.raises(ConfigError, match="conf_digest is"):
        compose(root=root)


def test_the_source_of_a_data_set_is_not_filled_in(root: Path) -> None:
    dataset = root / "conf/dataset/penguins.yaml"
    text = dataset.read_text(encoding="utf-8")
    dataset.write_text(text + "source: {kind: url, url: 'https://h/${oc.env:SECRET}'}\n")
    with pytest.raises(ConfigError, match=r"dataset\.source\.url is"):
        compose_dataset(root, "penguins")


def test_no_resolver_of_the_environment_is_left_in_a_process_that_composes() -> None:
    clear_resolvers()
    assert not any(OmegaConf.has_resolver(name) for name in OWN_RESOLVERS)


@pytest.mark.parametrize("menu", ["with the schema", "without the schema and its digest"])
def test_dvc_itself_does_not_fill_in_either(root: Path, menu: str) -> None:
    config = root / "conf/config.yaml"
    if menu != "with the schema":
        lines = config.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if "- schema" not in line and "conf_digest" not in line]
        config.write_text("\n".join(kept) + "\n")
    override = "dataset.card.limits='${oc.env:SECRET}'"
    command = [sys.executable, "-c", COMPOSE_AS_DVC, str(root), override]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode and SECRET not in done.stdout + done.stderr
    plain = [*command[:-1], "dataset.card.limits=none"]
    done = subprocess.run(plain, cwd=root, capture_output=True, text=True, check=False)
    assert not done.returncode and "limits: none" in done.stdout, done.stderr
    assert (root / SCHEMA).exists()
