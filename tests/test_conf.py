"""Everything that conf/ offers composes and is allowed."""

from functools import cache
from pathlib import Path

import pytest
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from lockstep.automation.policy import Retrain
from lockstep.composition.compose import compose, error_message
from lockstep.core.config import merge_onto
from lockstep.core.errors import LockstepError
from lockstep.search.settings import Search

CONF = Path("conf")
SETTINGS = {"retrain": Retrain, "search": Search}  # groups that one command reads, and no stage
OPTIONS = [
    (path.parent.name, path.stem)
    for path in sorted(CONF.glob("*/*.yaml"))
    if path.parent.name not in SETTINGS
]
SPLITS = [option for group, option in OPTIONS if group == "split"]
DATASETS = [option for group, option in OPTIONS if group == "dataset"]


@cache
def refusal(*overrides: str) -> str:
    """Return why conf/ does not compose with the overrides; nothing where it does."""
    try:
        compose(list(overrides))
    except (HydraException, OmegaConfBaseException, LockstepError) as error:
        return error_message(error)
    return ""


def test_the_chosen_options_compose() -> None:
    assert refusal() == ""


@pytest.mark.parametrize(
    ("group", "option"), [pair for pair in OPTIONS if pair[0] not in ("dataset", "split")]
)
def test_each_option_composes_in_the_place_of_the_chosen_one(group: str, option: str) -> None:
    assert refusal(f"{group}={option}") == ""


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_data_set_composes_with_a_split(dataset: str) -> None:
    refusals = {split: refusal(f"dataset={dataset}", f"split={split}") for split in SPLITS}
    assert "" in refusals.values(), refusals


@pytest.mark.parametrize("split", SPLITS)
def test_each_split_fits_a_data_set_or_says_which_column_it_needs(split: str) -> None:
    refusals = {dataset: refusal(f"dataset={dataset}", f"split={split}") for dataset in DATASETS}
    expected = ("", "split.kind is")
    assert all(text.startswith(expected) for text in refusals.values()), refusals


@pytest.mark.parametrize("group", SETTINGS)
def test_the_settings_of_a_command_are_ones_that_it_knows(group: str) -> None:
    for path in sorted((CONF / group).glob("*.yaml")):
        merge_onto(SETTINGS[group], OmegaConf.load(path))
