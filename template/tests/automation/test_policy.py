"""The settings of a retraining are those of its file, with overrides, or one line that names the key."""

import pytest

from lockstep.automation.policy import Retrain, load_settings
from lockstep.core.errors import ConfigError
from tests.closure import ROOT


def test_the_committed_settings_are_the_defaults_and_overrides_are_typed() -> None:
    assert load_settings("default", [], ROOT) == Retrain()
    settings = load_settings("default", ["policy=promote", "push=true", "test_periods=null"], ROOT)
    assert (settings.policy, settings.push, settings.test_periods) == ("promote", True, None)


@pytest.mark.parametrize(
    ("name", "override", "message"),
    [
        ("nightly", "push=true", "retrain is 'nightly'; allowed: default"),
        ("default", "push", "override is 'push'; allowed: KEY=VALUE"),
        ("default", "push=perhaps", "retrain.push: "),
        ("default", "policy=publish", "retrain.policy is 'publish'; allowed: tell, promote"),
        ("default", "forge=forgejo", "retrain.forge is 'forgejo'; allowed: github, gitlab"),
        ("default", "valid_periods=0", "retrain.valid_periods is 0; allowed: 1 or more"),
    ],
)
def test_what_is_not_allowed_is_refused_by_its_key(name: str, override: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_settings(name, [override], ROOT)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
