"""What every kind inherits: a search's trainer, the check that its library is there."""

import numpy as np
import pytest

from lockstep.core.errors import ConfigError
from lockstep.models.base import ModelKind, TrainingData
from lockstep.models.kinds import KINDS
from lockstep.models.linear import Linear
from template.tests.support.models import answer, configured, nothing, table


class Absent(Linear):
    name = "absent"
    library = "no_such_library"
    extra = "absent"


def test_a_kind_whose_library_is_absent_names_its_extra() -> None:
    assert not Absent().is_installed
    with pytest.raises(ConfigError, match="needs the package no_such_library; install the extra"):
        Absent().require_installed()
    Linear().require_installed()


def test_the_inherited_trainer_predicts_what_the_kinds_own_does() -> None:
    train, valid = table(400, 1), table(150, 2)
    target = answer(train, "binary")
    data = TrainingData(train, target, valid, answer(valid, "binary"), lambda _: np.ones(400))
    config = configured("linear", "binary")
    kind = KINDS["linear"]
    inherited = ModelKind.trainer(kind, config, data)(config, nothing)
    assert inherited.tobytes() == kind.trainer(config, data)(config, nothing).tobytes()


def test_the_number_of_steps_is_the_parameter_that_limits_them() -> None:
    assert KINDS["catboost"].steps({"iterations": 7}) == 7
    assert KINDS["catboost"].steps({}) is None and KINDS["linear"].steps({"max_iter": 7}) is None
