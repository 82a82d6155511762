"""A skops file of strangers holds no type and no tree that could do harm."""

import json
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import pytest

from lockstep.core.errors import DataError
from lockstep.core.schema import Config
from lockstep.models.kinds import KINDS
from lockstep.models.random_forest import RandomForest
from lockstep.models.scikit import TREE_TYPES, ScikitKind
from template.tests.support.models import answer, configured, nothing, table, trained
from template.tests.support.rows import rows


def test_a_type_that_is_not_trusted_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    KINDS["linear"].save(trained(configured("linear", "binary"), "").model, path)
    with zipfile.ZipFile(path) as source:
        files = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(files["schema.json"])
    schema["__module__"], schema["__class__"] = "subprocess", "Popen"
    files["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    with pytest.raises(DataError, match=r"subprocess\.Popen"):
        KINDS["linear"].load(path)


@pytest.mark.parametrize("kind", ["random_forest", "extra_trees", "hist_gradient_boosting"])
@pytest.mark.parametrize("field", ["left", "right", "feature"])
def test_a_tree_that_points_outside_itself_is_refused(
    kind: str, field: str, tmp_path: Path
) -> None:
    model = trained(configured(kind, "binary"), "").model
    path = tmp_path / "model.skops"
    if kind != "hist_gradient_boosting":
        tree = model[-1].estimators_[0].tree_
        state = tree.__getstate__()
        state["nodes"][{"left": "left_child", "right": "right_child"}.get(field, field)][0] = 10**6
        tree.__setstate__(state)
    else:
        name = "feature_idx" if field == "feature" else field
        model[-1]._predictors[0][0].nodes[name][0] = 10**6
    KINDS[kind].save(model, path)
    with pytest.raises(DataError, match="points outside itself"):
        KINDS[kind].load(path)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    KINDS["hist_gradient_boosting"].save(
        trained(configured("hist_gradient_boosting", "binary"), "").model, path
    )
    with pytest.raises(DataError, match="types that are not trusted"):
        KINDS["linear"].load(path)


def test_an_owners_kind_keeps_its_trusted_types_and_scikit_learns_public_ones(
    tmp_path: Path,
) -> None:
    """Also one that is derived from a kind of Lockstep's own and builds another estimator."""
    from sklearn.ensemble import AdaBoostClassifier, ExtraTreesClassifier

    class OwnForest(RandomForest):
        def estimator(self, config: Config) -> Any:
            return ExtraTreesClassifier(n_estimators=3, random_state=0)

    class OwnBoosting(ScikitKind):
        name = "own_boosting"
        parameters: ClassVar = {}
        trusted_types = TREE_TYPES
        preparation = RandomForest.preparation

        def estimator(self, config: Config) -> Any:
            return AdaBoostClassifier(n_estimators=3, random_state=0)

    config, frame = configured("random_forest", "binary"), table(60, 5)
    train = rows(table(400, 1), answer(table(400, 1), "binary"))
    for kind in (OwnForest(), OwnBoosting()):
        config.model.early_stopping_rounds = 0
        model, _ = kind.fit(config, train, train, "", nothing)
        kind.save(model, tmp_path / "model.skops")
        loaded = kind.load(tmp_path / "model.skops")
        assert (kind.predict(loaded, frame, "binary") == kind.predict(model, frame, "binary")).all()
