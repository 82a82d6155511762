"""Everything that conf/ offers composes and is allowed."""

import itertools
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


def refusal_in_any_company(group: str, option: str) -> str:
    """Return why an option composes neither with the chosen options nor with others in their place.

    A preset may be for one kind of model, and a model for one data set's metric. A split may ask for a
    column that no data set has yet: then its refusal names the column.
    """
    first_refusal = refusal(f"{group}={option}")
    if group == "split" and first_refusal.startswith("split.kind is"):
        return ""
    others = [
        [f"{other}={name}" for other_group, name in OPTIONS if other_group == other]
        for other in ("dataset", "split", "model", "gate")
        if other != group
    ]
    companies = itertools.product(*others)
    is_allowed = not first_refusal or any(
        not refusal(f"{group}={option}", *company) for company in companies
    )
    return "" if is_allowed else first_refusal


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_each_option_composes_with_some_choice_of_the_others(group: str, option: str) -> None:
    assert refusal_in_any_company(group, option) == ""


@pytest.mark.parametrize("group", SETTINGS)
def test_the_settings_of_a_command_are_ones_that_it_knows(group: str) -> None:
    for path in sorted((CONF / group).glob("*.yaml")):
        merge_onto(SETTINGS[group], OmegaConf.load(path))
