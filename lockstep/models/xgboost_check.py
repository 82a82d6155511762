"""Check an XGBoost model's file before XGBoost reads it, which follows the numbers in it unchecked."""

import json
import re
from typing import TYPE_CHECKING, Any

from lockstep.models import ubjson
from lockstep.models.file_checks import POINTS_OUTSIDE, integer, is_within, require

if TYPE_CHECKING:
    import numpy as np

OBJECTIVES = ("binary:logistic", "multi:softprob", "reg:squarederror")
LEARNER = {
    *("attributes", "feature_names", "feature_types", "gradient_booster", "learner_model_param"),
    "objective",
}
NODE_ARRAYS = (  # one value a node
    *("base_weights", "default_left", "left_children", "loss_changes", "parents"),
    *("right_children", "split_conditions", "split_indices", "split_type", "sum_hessian"),
)
CATEGORY_ARRAYS = (
    "categories",
    "categories_nodes",
    "categories_segments",
    "categories_sizes",
)
SCORE = re.compile(r"-?[0-9]+(\.[0-9]+)?(E-?[0-9]+)?")


def check_model(content: bytes, columns_name: str) -> dict[str, Any]:
    """Check the bytes of a model; return its columns: numeric names, and values of categorical ones.

    Parameters
    ----------
    content : bytes
        As UBJSON.
    columns_name : str
        The attribute that holds the columns, as JSON.

    Raises
    ------
    ValueError
        Or whatever parsing raises, where it is not whole, or not of the form that XGBoost writes here.
    """
    model = ubjson.parse(content)
    require(set(model) == {"learner", "version"}, "it has other parts")
    require(len(model["version"]) == 3, "its version is none")
    learner = model["learner"]
    require(set(learner) == LEARNER, "its learner has other parts")
    columns = check_columns(learner["attributes"].get(columns_name))
    n_columns = len(columns["numeric"]) + len(columns["categories"])
    types = ["float"] * len(columns["numeric"]) + ["c"] * len(columns["categories"])
    require(learner["feature_types"] == types, "its columns have other types")
    require(learner["feature_names"] == [], "it names columns")
    n_outputs = check_outputs(learner, n_columns)
    check_booster(learner["gradient_booster"], columns, n_outputs)
    return columns


def check_columns(text: object) -> dict[str, Any]:
    """Return the columns in an attribute's text. Raises ValueError where it holds none."""
    require(isinstance(text, str), "it holds no columns, so it was not written by this project")
    columns: dict[str, Any] = json.loads(str(text))
    require(set(columns) == {"numeric", "categories"}, "its columns are none")
    require(isinstance(columns["categories"], dict), "its categories are none")
    lists = [columns["numeric"], *columns["categories"].values()]
    for names in lists:
        require(isinstance(names, list), "its columns are no lists")
        require(all(isinstance(name, str) for name in names), "its columns are no texts")
    return columns


def check_outputs(learner: dict[str, Any], n_columns: int) -> int:
    """Return how many values the model gives a row. Raises ValueError where its parameters disagree."""
    params, objective = learner["learner_model_param"], learner["objective"]
    require(integer(params["num_feature"]) == n_columns, "it counts other columns")
    require(integer(params["num_target"]) == 1, "it has several targets")
    require(objective["name"] in OBJECTIVES, "its objective is none of this project's")
    n_classes = integer(params["num_class"])
    is_multiclass = objective["name"] == "multi:softprob"
    require((2 <= n_classes < 10**6) if is_multiclass else n_classes == 0, "its classes are none")
    if is_multiclass:
        known = integer(objective["softmax_multiclass_param"]["num_class"])
        require(known == n_classes, "it counts its classes twice, differently")
    n_outputs = max(n_classes, 1)
    scores = params["base_score"].removeprefix("[").removesuffix("]").split(",")
    require(all(SCORE.fullmatch(score) for score in scores), "its base score is no number")
    require(len(scores) in (1, n_outputs), "it has other base scores")
    return n_outputs


def check_booster(booster: dict[str, Any], columns: dict[str, Any], n_outputs: int) -> None:
    """Raise ValueError where the trees are not those that the model counts, or one is not whole."""
    import numpy as np

    require(booster["name"] == "gbtree", "its booster is not gbtree")
    model = booster["model"]
    counts, trees = model["gbtree_model_param"], model["trees"]
    require(isinstance(trees, list), "its trees are no list")
    require(integer(counts["num_trees"]) == len(trees), "it counts other trees")
    require(integer(counts["num_parallel_tree"]) == 1, "it has parallel trees")
    for names in model.get("cats", {}).values():
        require(len(names) == 0, "it holds categories of its own")
    outputs = np.asarray(model["tree_info"])
    require(len(outputs) == len(trees), "it counts other trees")
    require(
        np.array_equal(outputs, np.arange(len(trees)) % n_outputs), "its trees give other outputs"
    )
    steps = np.asarray(model["iteration_indptr"])
    require(np.array_equal(steps, np.arange(0, len(trees) + 1, n_outputs)), "its steps are others")
    for number, tree in enumerate(trees):
        require(tree["id"] == number, "its trees are out of order")
        check_tree(tree, columns)


def check_tree(tree: dict[str, Any], columns: dict[str, Any]) -> None:
    """Raise ValueError where a node points outside of its tree, to no column, or to no category."""
    import numpy as np

    arrays = {name: np.asarray(tree[name]) for name in (*NODE_ARRAYS, *CATEGORY_ARRAYS)}
    require(set(tree) == {*arrays, "id", "tree_param"}, "a tree has other parts")
    params, n_nodes = tree["tree_param"], len(arrays["left_children"])
    n_numeric, n_columns = (
        len(columns["numeric"]),
        len(columns["numeric"]) + len(columns["categories"]),
    )
    require(n_nodes >= 1 and integer(params["num_nodes"]) == n_nodes, "a tree counts other nodes")
    require(integer(params["num_feature"]) == n_columns, "a tree counts other columns")
    require(integer(params["size_leaf_vector"]) in (0, 1), "a leaf has several values")
    deleted = integer(params["num_deleted"])
    require(deleted < n_nodes, "a tree counts other nodes")
    for name in NODE_ARRAYS:
        require(arrays[name].shape == (n_nodes,), "a tree's arrays differ in length")
    for name in ("left_children", "right_children", "parents", "split_indices", *CATEGORY_ARRAYS):
        require(
            arrays[name].dtype.kind in "iu" or not len(arrays[name]), "a tree's numbers are none"
        )
    left, right = (arrays[f"{side}_children"].astype("int64") for side in ("left", "right"))
    is_inner = left != -1
    require(np.array_equal(is_inner, right != -1), "a node has one child")
    inner = np.flatnonzero(is_inner)
    for child in (left[inner], right[inner]):
        require((child > inner).all() and is_within(child, 0, n_nodes), POINTS_OUTSIDE)
        require(np.array_equal(arrays["parents"][child], inner), "a child has another parent")
    require(is_within(arrays["parents"][1:], 0, 2**31), "a node has no parent")
    require(
        is_within(arrays["split_indices"], 0, n_columns), "a tree splits a column that is not there"
    )
    require(
        is_within(arrays["split_type"], 0, 2) and is_within(arrays["default_left"], 0, 2),
        "a flag is none",
    )
    check_categories(arrays, n_numeric, [len(values) for values in columns["categories"].values()])


def check_categories(arrays: dict[str, "np.ndarray"], n_numeric: int, n_values: list[int]) -> None:
    """Raise ValueError where a split by categories names other categories than its column has."""
    import numpy as np

    nodes, starts = arrays["categories_nodes"], arrays["categories_segments"]
    sizes, codes = arrays["categories_sizes"], arrays["categories"]
    require(
        np.array_equal(nodes, np.flatnonzero(arrays["split_type"])), "categories of other nodes"
    )
    require(len(starts) == len(sizes) == len(nodes), "a tree's categories are cut off")
    ends = np.cumsum(sizes)
    require(is_within(sizes, 0, len(codes) + 1), "a tree's categories are cut off")
    require(np.array_equal(starts, ends - sizes), "a tree's categories overlap")
    require((ends[-1] if len(ends) else 0) == len(codes), "a tree's categories are cut off")
    for node, start, end in zip(nodes, starts, ends, strict=True):
        column = int(arrays["split_indices"][node]) - n_numeric
        require(column >= 0, "a numeric column is split by categories")
        require(is_within(codes[start:end], 0, max(n_values[column], 1)), "a category is not there")
