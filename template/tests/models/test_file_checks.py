"""A model file that anybody changed is refused in one line or predicts: no crash, no hang, no other type."""

import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lockstep.core.errors import DataError
from lockstep.models import ubjson
from lockstep.models.kinds import KINDS
from lockstep.training import bundle
from template.tests.support.models import configured, saved, table, trained
from template.tests.support.workspace import environment
from tests.closure import ROOT

MUTATIONS = 40  # of each kind, in a process of its own
SECONDS = 60
# Parameters under which a file has other parts than by default.
HONEST: dict[str, list[dict[str, Any]]] = {
    "catboost": [
        {"grow_policy": "Depthwise"},
        {"grow_policy": "Lossguide", "max_leaves": 8, "one_hot_max_size": 10},
        {"max_ctr_complexity": 3, "border_count": 1000},
    ],
    "xgboost": [{"gamma": 1.0, "max_depth": 8}, {"gamma": 1e6}, {"max_cat_to_onehot": 100}],
    "lightgbm": [{"min_gain_to_split": 1e6}, {"max_cat_to_onehot": 1, "min_data_in_leaf": 2}],
    "random_forest": [{"max_depth": None}, {"min_samples_leaf": 300}],
    "hist_gradient_boosting": [{"min_samples_leaf": 300}],
    "linear": [{"fit_intercept": False}],
}


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, so that no training goes on from the snapshot of another."""
    monkeypatch.chdir(tmp_path)


def bundle_of(kind: str, task: str, folder: Path, **params: object) -> Path:
    """A sealed bundle of a kind."""
    config = configured(kind, task)
    config.model.params.update(params)
    fitted = trained(config, f"checks-{kind}-{task}-{len(params)}")
    fitted.signature["classes"] = [0, 1, 2] if task == "multiclass" else [0, 1]
    saved(fitted, folder)
    return folder


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_mutated_file_never_crashes_or_hangs(kind: str, tmp_path: Path) -> None:
    folder = bundle_of(kind, "multiclass", tmp_path / "bundle")
    command = [sys.executable, "-m", "template.tests.support.mutations", str(folder)]
    done = subprocess.run(
        [*command, "0", str(MUTATIONS)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-200:] + done.stderr[-2000:]
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert outcomes["refused"] > 0 and sum(outcomes.values()) == MUTATIONS


@pytest.mark.parametrize(
    ("kind", "number"), [(k, n) for k in HONEST for n in range(len(HONEST[k]))]
)
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_what_a_kind_writes_passes_its_check(
    kind: str, number: int, task: str, tmp_path: Path
) -> None:
    loaded = bundle.load(bundle_of(kind, task, tmp_path / "bundle", **HONEST[kind][number]))
    assert loaded.predict(table(60, 5)).shape == (60,)


def refused(kind: str, path: Path) -> str:
    """The line with which a kind refuses a file."""
    with pytest.raises(DataError) as refusal:
        KINDS[kind].load(path)
    assert str(refusal.value).isprintable()
    return str(refusal.value)


# --- scikit-learn -----------------------------------------------------------------------------------------


def pipeline_with(estimator: Any) -> Any:
    """The random forest's pipeline with another estimator in the forest's place."""
    model = trained(configured("random_forest", "binary"), "").model
    model.steps[-1] = ("model", estimator(model.steps[-1][1]))
    return model


def test_a_forest_inside_of_a_public_estimator_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """OneVsRest knows no columns of its own, so a forest within it read column 2 * 10^8: signal 11."""
    from sklearn.multiclass import OneVsRestClassifier

    def wrapped(forest: Any) -> Any:
        tree = forest.estimators_[0].tree_
        state = tree.__getstate__()
        state["nodes"]["feature"][0] = 2 * 10**8
        tree.__setstate__(state)
        forest.n_features_in_ = 10**9
        outer = OneVsRestClassifier(forest)
        outer.estimators_, outer.n_features_in_ = [forest], 10**9
        return outer

    KINDS["random_forest"].save(pipeline_with(wrapped), tmp_path / "model.skops")
    assert "sklearn.multiclass.OneVsRestClassifier" in refused(
        "random_forest", tmp_path / "model.skops"
    )


@pytest.mark.parametrize("name", ["DecisionTreeClassifier", "ExtraTreesClassifier", "Pipeline"])
def test_an_estimator_that_the_kind_does_not_build_is_refused(name: str, tmp_path: Path) -> None:
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.pipeline import Pipeline

    def other(forest: Any) -> Any:
        if name == "DecisionTreeClassifier":
            return forest.estimators_[0]  # a type of the file, but no estimator of the kind
        return Pipeline([("model", forest)]) if name == "Pipeline" else ExtraTreesClassifier()

    KINDS["random_forest"].save(pipeline_with(other), tmp_path / "model.skops")
    assert name in refused("random_forest", tmp_path / "model.skops")


def rewritten(path: Path, change: Any) -> Path:
    """A skops file whose schema was changed."""
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(members["schema.json"])
    change(schema)
    members["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)
    return path


def first_tree(part: Any) -> Any:
    """The first tree of a schema."""
    if isinstance(part, dict) and part.get("__loader__") == "TreeNode":
        return part
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return next(filter(None, map(first_tree, inner)), None)


@pytest.mark.parametrize("field", ["node_count", "n_outputs", "same id"])
def test_a_tree_that_counts_more_than_it_has_is_refused_before_it_is_read(
    field: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.skops"
    KINDS["random_forest"].save(trained(configured("random_forest", "binary"), "").model, path)

    def change(schema: Any) -> None:
        tree = first_tree(schema)
        count = tree["content"]["content"]["node_count"]
        if field == "node_count":
            count["content"] = "100000000"
        elif field == "n_outputs":
            tree["__reduce__"]["args"]["content"][2]["content"] = "100000000"
        else:  # skops would read the first part of this number
            schema["decoy"] = {**count, "content": "100000000"}

    assert "a tree" in refused("random_forest", rewritten(path, change))


def test_a_rare_category_outside_of_the_matrix_is_refused(tmp_path: Path) -> None:
    model = trained(configured("linear", "binary"), "").model
    encoder = model.steps[0][1].transformers_[1][1]
    encoder._infrequent_indices[0] = np.array([1])
    encoder._default_to_infrequent_mappings[0] = np.array([0, 2, 10**9])
    KINDS["linear"].save(model, tmp_path / "model.skops")
    assert "no column" in refused("linear", tmp_path / "model.skops")


# --- XGBoost, LightGBM, CatBoost ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("split_indices", 2 * 10**8, "column that is not there"),
        ("left_children", 0, "points outside itself"),
        ("right_children", 10**6, "points outside itself"),
        ("categories_segments", 10**6, "categories overlap"),
        ("categories", 2**30, "a category is not there"),
    ],
)
def test_a_number_of_xgboosts_trees_that_leads_outside_is_refused(
    name: str, value: int, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.ubj"
    KINDS["xgboost"].save(trained(configured("xgboost", "binary"), "").model, path)
    content = bytearray(path.read_bytes())
    form = ">q" if name == "categories_segments" else ">i"
    at = content.index(struct.pack(">q", len(name)) + name.encode())
    while True:  # the first tree that has such a number
        place = at + 8 + len(name) + len(b"[$l#L")
        if struct.unpack_from(">q", content, place)[0]:
            break
        at = content.index(struct.pack(">q", len(name)) + name.encode(), at + 1)
    struct.pack_into(form, content, place + 8, value)
    path.write_bytes(content)
    assert words in refused("xgboost", path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 10**6,
        b'{"learner": {}}',
        b"[$L#L" + b"\x7f" * 8,
        b"[#L" + b"\x7f" * 8,
        b"{}x",
    ],
)
def test_what_is_no_ubjson_is_refused_at_once(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        ubjson.parse(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("split_feature=", "split_feature=9"),
        ("left_child=1", "left_child=0"),
        ("right_child=", "right_child=99"),
        ("cat_boundaries=0 1", "cat_boundaries=0 9"),
        ("num_leaves=7", "num_leaves=70"),
        ("tree_sizes=", "tree_sizes=9"),
        ("max_feature_idx=3", "max_feature_idx=300000000"),
        ("end of trees", "parameters:\n[x: y]\nend of parameters\n"),
    ],
)
def test_a_line_of_lightgbms_text_that_leads_outside_is_refused(
    old: str, new: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.lightgbm.json"
    KINDS["lightgbm"].save(trained(configured("lightgbm", "binary"), "").model, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert old in content["model"]
    content["model"] = content["model"].replace(old, new, 1)
    path.write_text(json.dumps(content), encoding="utf-8")
    assert "not a whole LightGBM model" in refused("lightgbm", path)


@pytest.mark.parametrize("number", [2**31 - 1, -1, 10**6])
def test_a_split_of_catboosts_trees_that_leads_outside_is_refused(
    number: int, tmp_path: Path
) -> None:
    path = tmp_path / "model.cbm"
    model = trained(configured("catboost", "binary"), "split").model
    KINDS["catboost"].save(model, path)
    content = path.read_bytes()
    start = struct.pack("<4i", 0, 3, 6, 9)  # of the trees' start offsets
    at = content.index(start)
    path.write_bytes(content[: at + 4] + struct.pack("<i", number) + content[at + 8 :])
    assert "not a whole CatBoost model (a tree" in refused("catboost", path)


# --- what a bundle predicts -------------------------------------------------------------------------------


def test_a_model_of_other_columns_or_classes_than_its_signature_is_refused(tmp_path: Path) -> None:
    folder = bundle_of("linear", "multiclass", tmp_path / "bundle")
    signature = json.loads((folder / "signature.json").read_text(encoding="utf-8"))
    for change in ({"classes": [0, 1]}, {"numeric": ["other"]}, {"numeric": []}):
        (folder / "signature.json").write_text(
            json.dumps({**signature, **change}), encoding="utf-8"
        )
        bundle.seal(folder)
        with pytest.raises(DataError, match=r"bundle: its model (cannot predict|predicts other)"):
            bundle.load(folder)
