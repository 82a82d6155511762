"""Check a LightGBM model's text before LightGBM reads it, which follows the numbers in it unchecked."""

import re
from typing import TYPE_CHECKING

from lockstep.models.file_checks import POINTS_OUTSIDE, integer, is_within, require

if TYPE_CHECKING:
    import numpy as np

HEADER = {
    *("version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx"),
    *("objective", "feature_names", "feature_infos", "tree_sizes"),
}
OBJECTIVE = re.compile(r"binary sigmoid:1|regression|multiclass num_class:([0-9]{1,6})")
# Of a tree's text: values for each inner node, for each leaf, and of its splits by categories.
NODE_INTEGERS = ("split_feature", "decision_type", "left_child", "right_child", "internal_count")
NODE_NUMBERS = ("split_gain", "threshold", "internal_value", "internal_weight")
LEAF_NUMBERS = ("leaf_value", "leaf_weight", "leaf_count")
SINGLE = ("num_leaves", "num_cat", "is_linear", "shrinkage")
CATEGORIES = ("cat_boundaries", "cat_threshold")
END = re.compile(r"end of trees\n\nfeature_importances:\n(Column_[0-9]+=[0-9]+\n)*\n*")
MAX_DEPTH = 5000  # LightGBM goes down a tree by recursion


def fields(block: str) -> dict[str, str]:
    """Return NAME=VALUE lines by name. Raises ValueError where one is none, or a name comes twice."""
    result: dict[str, str] = {}
    for line in block.split("\n"):
        if line:
            name, equals, value = line.partition("=")
            require(equals and name not in result, f"{line[:40]!r} is no line of a model")
            result[name] = value
    return result


def integers(text: str) -> "np.ndarray":
    """Return whole numbers with spaces between. Raises ValueError for anything else."""
    import numpy as np

    require(re.fullmatch(r"(-?[0-9]{1,10}( -?[0-9]{1,10})*)?", text), "a number is none")
    return np.array(text.split(), dtype="int64")


def numbers(text: str) -> "np.ndarray":
    """Return numbers with spaces between. Raises ValueError for anything else."""
    import numpy as np

    return np.array([float(word) for word in text.split(" ")] if text else [], dtype="float64")


def check_text(text: str, n_columns: int) -> None:
    """Raise ValueError where a text is not a model of this many columns, as LightGBM writes it.

    Parameters
    ----------
    text : str
        Up to the importances of the columns, without parameters.
    n_columns : int
        That the model is fitted on.
    """
    require(text.isascii() and "\0" not in text and "\r" not in text, "it is no plain text")
    head, _, rest = text.partition("\n\n")
    require(head.startswith("tree\n"), "it does not begin as a model")
    header = fields(head.removeprefix("tree\n"))
    require(set(header) == HEADER and header["version"] == "v4", "its head has other lines")
    require(integer(header["max_feature_idx"]) == n_columns - 1, "it counts other columns")
    require(integer(header["label_index"]) == 0, "its head has other lines")
    for name in ("feature_names", "feature_infos"):
        require(len(header[name].split(" ")) == n_columns, "it counts other columns")
    check_outputs(header)
    n_outputs = integer(header["num_tree_per_iteration"])
    sizes = integers(header["tree_sizes"])
    require(len(sizes) and len(sizes) % n_outputs == 0, "it counts other trees")
    start = 0
    for number, size in enumerate(sizes):
        block = rest[start : start + int(size)]
        title, _, body = block.partition("\n")
        require(size > 0 and len(block) == size, "a tree is cut off")
        require(title == f"Tree={number}" and body.endswith("\n\n\n"), "a tree is cut off")
        check_tree(fields(body), n_columns)
        start += int(size)
    require(END.fullmatch(rest[start:]), "it does not end as a model")


def check_outputs(header: dict[str, str]) -> None:
    """Raise ValueError where the head counts its outputs differently in different places."""
    match = OBJECTIVE.fullmatch(header["objective"])
    require(match, "its objective is none of this project's")
    n_outputs = int(match[1]) if match and match[1] else 1
    require(n_outputs >= 1, "it has no output")
    for name in ("num_class", "num_tree_per_iteration"):
        require(integer(header[name]) == n_outputs, "it counts other outputs")


def check_tree(tree: dict[str, str], n_columns: int) -> None:
    """Raise ValueError where a node points outside of its tree, to no column, or to no category."""
    import numpy as np

    n_leaves, n_categorical = integer(tree["num_leaves"]), integer(tree["num_cat"])
    require(n_leaves >= 1 and tree["is_linear"] == "0", "a tree is none")
    float(tree["shrinkage"])
    n_nodes = n_leaves - 1
    names = {*SINGLE, *NODE_INTEGERS, *NODE_NUMBERS, *LEAF_NUMBERS}
    require(set(tree) - set(CATEGORIES) <= names, "a tree has other lines")
    if n_nodes == 0:
        require(n_categorical == 0 and len(numbers(tree["leaf_value"])) == 1, "a tree is none")
        require(
            not any(tree.get(name) for name in (*NODE_INTEGERS, *NODE_NUMBERS)), "a tree is none"
        )
        return
    require(
        set(tree) == names | (set(CATEGORIES) if n_categorical else set()), "a tree lacks lines"
    )
    nodes = {name: integers(tree[name]) for name in NODE_INTEGERS}
    values = {name: numbers(tree[name]) for name in (*NODE_NUMBERS, *LEAF_NUMBERS)}
    for name in (*NODE_INTEGERS, *NODE_NUMBERS):
        require(len({**nodes, **values}[name]) == n_nodes, "a tree's lines differ in length")
    for name in LEAF_NUMBERS:
        require(len(values[name]) == n_leaves, "a tree's lines differ in length")
    require(
        is_within(nodes["split_feature"], 0, n_columns), "a tree splits a column that is not there"
    )
    require(is_within(nodes["decision_type"], 0, 12), "a split is of no type")
    check_shape(nodes["left_child"], nodes["right_child"], n_leaves)
    is_categorical = (nodes["decision_type"] & 1) == 1
    places = values["threshold"][is_categorical]
    require(
        np.array_equal(np.sort(places), np.arange(n_categorical)), "a split by categories has none"
    )
    if n_categorical:
        bounds, words = integers(tree["cat_boundaries"]), integers(tree["cat_threshold"])
        require(len(bounds) == n_categorical + 1 and bounds[0] == 0, "categories are cut off")
        require((np.diff(bounds) > 0).all() and bounds[-1] == len(words), "categories are cut off")
        require(is_within(words, 0, 2**32), "categories are cut off")


def check_shape(left: "np.ndarray", right: "np.ndarray", n_leaves: int) -> None:
    """Raise ValueError where the nodes are no tree: each later node and each leaf is a child once."""
    import numpy as np

    children = np.concatenate([left, right])
    parents = np.concatenate([np.arange(len(left))] * 2)
    inner, leaves = children >= 0, ~children[children < 0]
    require(np.array_equal(np.sort(leaves), np.arange(n_leaves)), POINTS_OUTSIDE)
    require(np.array_equal(np.sort(children[inner]), np.arange(1, len(left))), POINTS_OUTSIDE)
    require((children[inner] > parents[inner]).all(), POINTS_OUTSIDE)
    depth = [0] * len(left)
    for node, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        for child in pair:
            if child >= 0:
                depth[child] = depth[node] + 1
    require(max(depth) < MAX_DEPTH, "a tree is too deep")
