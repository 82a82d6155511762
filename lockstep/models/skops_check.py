"""Check a skops file of a kind of Lockstep's own, before skops reads it and before the model predicts.

skops itself lets a file hold any public estimator of scikit-learn, and scikit-learn follows the numbers in a
tree unchecked. Here a file holds the exact types that its kind builds, in their places, and what compiled
code reads without a check of its own has the size and the range that this code takes for granted.
"""

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.models.file_checks import POINTS_OUTSIDE, is_within, require

if TYPE_CHECKING:
    import numpy as np

# What skops writes plain values as, by its name of the type and of what reads it.
PLAIN = {
    *(("builtins.dict", "DictNode"), ("builtins.list", "ListNode"), ("builtins.tuple", "TupleNode")),
    *(("builtins.str", "JsonNode"), ("builtins.slice", "SliceNode"), ("builtins.str", "TypeNode")),
    *(("numpy.float64", "TypeNode"), ("numpy.float32", "TypeNode"), ("numpy.dtype", "DTypeNode")),
    *(("numpy.ndarray", "NdArrayNode"), ("numpy.random._generator.Generator", "RandomGeneratorNode")),
    *((f"numpy.{name}", "NdArrayNode") for name in
      ("float64", "float32", "int64", "int32", "uint64", "uint32", "uint8", "bool", "bool_")),
}  # fmt: skip
# Types that another part of skops reads than ObjectNode.
READERS = {"sklearn.tree._tree.Tree": "TreeNode"}
LOSSES = "sklearn._loss._loss."  # read by LossNode
COLUMNS_TYPES = (  # of what prepares the columns, of any kind
    "sklearn.pipeline.Pipeline",
    "sklearn.compose._column_transformer.ColumnTransformer",
)
Node = dict[str, Any]


def allowed_nodes(types: tuple[str, ...]) -> set[tuple[str, str]]:
    """Return the nodes that a file may hold: plain values, and these types."""
    nodes = set(PLAIN)
    for name in (*COLUMNS_TYPES, *types):
        reader = "LossNode" if name.startswith(LOSSES) else READERS.get(name, "ObjectNode")
        nodes.add((name, reader))
    return nodes


def check_file(path: Path, types: tuple[str, ...]) -> None:
    """Raise ValueError, or whatever parsing raises, where a file is not one that a kind builds.

    Parameters
    ----------
    path : Path
        Of the skops file.
    types : tuple of str
        The types that the kind builds, by their full names, plain values aside.
    """
    from skops.io._protocol import PROTOCOL

    with zipfile.ZipFile(path) as archive:
        schema = json.loads(archive.read("schema.json"))
        require(schema.get("protocol") == PROTOCOL, "another version of skops wrote it")
        nodes = collect_nodes(schema)
        check_types(nodes, allowed_nodes(types))
        ambiguous = ambiguous_ids(nodes)
        for node in nodes:
            if node["__loader__"] == "NdArrayNode" and node["type"] != "json":
                read_array(archive, node)
            if node["__loader__"] == "TreeNode":
                inner = [node["__reduce__"]["args"], node["content"]]
                same = ambiguous.isdisjoint(n.get("__id__") for n in collect_nodes(inner))
                require(same, "a tree has two meanings")
                check_tree(archive, node)


def collect_nodes(schema: Node | list[Node]) -> list[Node]:
    """Return every node in a part of a file."""
    nodes, todo = list[Node](), [schema]
    while todo:
        part: Any = todo.pop()
        if isinstance(part, list):
            todo += part
        elif isinstance(part, dict):
            todo += part.values()
            if {"__class__", "__module__", "__loader__"} & part.keys():
                nodes.append(part)
    return nodes


def ambiguous_ids(nodes: list[Node]) -> set[int]:
    """Return the numbers that two different nodes have: of these skops reads the one that it meets first."""
    known: dict[int, Node] = {}
    return {
        node["__id__"]
        for node in nodes
        if "__id__" in node and known.setdefault(node["__id__"], node) != node
    }


def check_types(nodes: list[Node], allowed: set[tuple[str, str]]) -> None:
    """Raise ValueError that names the first type which is not allowed."""
    for node in nodes:
        name = f"{node['__module__']}.{node['__class__']}"
        require((name, node["__loader__"]) in allowed, f"types that are not trusted: {name!a}")


def read_array(archive: zipfile.ZipFile, node: Node) -> "np.ndarray":
    """Return the array of a node. Raises ValueError where it has another size than it says, or objects."""
    import numpy as np

    require(node["type"] == "numpy", "an array is none")
    content = archive.read(node["file"])
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    require(version in ((1, 0), (2, 0)), "an array is of another version")
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    else:
        shape, _, dtype = np.lib.format.read_array_header_2_0(stream)
    size = dtype.itemsize
    for length in shape:
        require(0 <= length <= len(content), "an array is cut off")
        size *= length
    require(not dtype.hasobject and size == len(content) - stream.tell(), "an array is cut off")
    array: np.ndarray = np.load(io.BytesIO(content), allow_pickle=False)
    return array


def plain(node: Node) -> Any:
    """Return the value of a node that is a number or a text."""
    require(node["__loader__"] == "JsonNode", "a number is none")
    return json.loads(node["content"])


def check_tree(archive: zipfile.ZipFile, node: Node) -> None:
    """Raise ValueError where scikit-learn, which reads a tree as it says, would read beyond its arrays."""
    arguments, state = node["__reduce__"]["args"]["content"], node["content"]["content"]
    require(len(arguments) == 3 and plain(arguments[2]) == 1, "a tree has several outputs")
    classes = read_array(archive, arguments[1])
    require(classes.shape == (1,) and classes.dtype == "int64", "a tree has other classes")
    nodes, values = (read_array(archive, state[name]) for name in ("nodes", "values"))
    n_nodes = plain(state["node_count"])
    require(
        type(n_nodes) is int and nodes.shape == (n_nodes,) and n_nodes > 0,
        "a tree counts other nodes",
    )
    require(values.shape == (n_nodes, 1, int(classes[0])), "a tree counts other values")
    require(type(plain(state["max_depth"])) is int, "a tree has no depth")


# --- the model that was read ------------------------------------------------------------------------------


def type_name(part: object) -> str:
    """Return the full name of an object's exact type."""
    return f"{type(part).__module__}.{type(part).__qualname__}"


def check_model(model: Any, estimators: tuple[str, ...]) -> None:
    """Raise ValueError where a model is not a preparation of columns and one of these estimators, whole."""
    require(
        type_name(model) == COLUMNS_TYPES[0] and len(model.steps) == 2, "it is no pipeline of two"
    )
    columns, estimator = model.steps[0][1], model.steps[1][1]
    require(type_name(columns) == COLUMNS_TYPES[1], "it prepares no columns")
    require(type_name(estimator) in estimators, f"its estimator is {type_name(estimator)}")
    width = vars(estimator).get("n_features_in_")
    require(type(width) is int and width >= 0, "its estimator knows no columns")
    require("_in_fit" not in vars(estimator), "its estimator is not fitted")
    parts = [part for _, part, _ in columns.transformers_]
    for part in parts:
        check_preparation(part)
    check_trees(estimator, int(width or 0))


def check_preparation(part: Any) -> None:
    """Raise ValueError where a transformer is none that a kind prepares columns with, or not whole."""
    name = type(part).__name__
    if isinstance(part, str):
        require(part in ("drop", "passthrough"), "it prepares no columns")
    elif name == "Pipeline":
        for _, step in part.steps:
            require(type(step).__name__ != "Pipeline", "it prepares no columns")
            check_preparation(step)
    elif name == "OneHotEncoder":
        check_one_hot(part)
    elif name == "FunctionTransformer":
        require(
            part.func is None and part.inverse_func is None, "it prepares columns by a function"
        )
    else:
        require(
            name in ("SimpleImputer", "StandardScaler", "OrdinalEncoder"), "it prepares no columns"
        )


def check_one_hot(encoder: Any) -> None:
    """Raise ValueError where a category would be put into a column outside of the matrix."""
    import numpy as np

    if "categories_" not in vars(encoder):
        return  # of no column, never fitted: it cannot transform
    require(
        encoder.drop_idx_ is None and encoder._drop_idx_after_grouping is None,
        "it drops categories",
    )
    mappings, rare = encoder._default_to_infrequent_mappings, encoder._infrequent_indices
    counts = encoder._n_features_outs
    require(
        len(mappings) == len(rare) == len(counts) == len(encoder.categories_), "it lacks categories"
    )
    for categories, mapping, few, n_columns in zip(
        encoder.categories_, mappings, rare, counts, strict=True
    ):
        n_categories = len(categories)
        require(type(categories) is np.ndarray and categories.ndim == 1, "it lacks categories")
        require((mapping is None) == (few is None), "its rare categories are none")
        if mapping is None:
            require(n_columns == n_categories, "it has other columns")
            continue
        require(
            mapping.shape == (n_categories,) and mapping.dtype.kind == "i", "it lacks categories"
        )
        require(
            few.ndim == 1 and few.dtype.kind == "i" and len(few), "its rare categories are none"
        )
        require(is_within(few, 0, n_categories), "its rare categories are none")
        require(is_within(mapping, 0, int(n_columns)), "a category is put into no column")
        require(0 < n_columns <= n_categories, "it has other columns")


def check_trees(estimator: Any, width: int) -> None:
    """Raise ValueError where a tree of an estimator points outside itself or to no column."""
    kind = type(estimator).__name__
    if kind.startswith(("RandomForest", "ExtraTrees")):
        single = kind.replace("RandomForest", "DecisionTree").replace("ExtraTrees", "ExtraTree")
        require(type(estimator.estimators_) is list and estimator.estimators_, "it has no trees")
        for member in estimator.estimators_:
            require(type(member).__name__ == single, "its trees are of another type")
            tree = member.tree_
            require(type(tree).__name__ == "Tree", "its trees are none")
            inner = tree.children_left != -1
            check_nodes(inner, tree.children_left, tree.children_right, tree.feature, width)
    elif kind.startswith("HistGradientBoosting"):
        check_boosting(estimator, width)


def check_boosting(estimator: Any, width: int) -> None:
    """Raise ValueError where a boosted tree points outside itself, or splits by scikit-learn's categories."""
    mapper = estimator._bin_mapper
    require(
        estimator.is_categorical_ is None and estimator._preprocessor is None, "it has categories"
    )
    require(type(mapper).__name__ == "_BinMapper", "its columns have no bins")
    require(
        len(mapper.is_categorical_) == width and not mapper.is_categorical_.any(),
        "it has categories",
    )
    require(type(estimator._predictors) is list and estimator._predictors, "it has no trees")
    for step in estimator._predictors:
        require(len(step) == estimator.n_trees_per_iteration_, "a step lacks trees")
        for predictor in step:
            require(type(predictor).__name__ == "TreePredictor", "its trees are none")
            nodes = predictor.nodes
            inner = nodes["is_leaf"] == 0
            require(not nodes["is_categorical"].any(), "a tree splits by categories")
            check_nodes(inner, nodes["left"], nodes["right"], nodes["feature_idx"], width)


def check_nodes(
    inner: "np.ndarray",
    left: "np.ndarray",
    right: "np.ndarray",
    column: "np.ndarray",
    n_columns: int,
) -> None:
    """Raise ValueError where an inner node's children are no later nodes, or its column is not there."""
    import numpy as np

    own = np.flatnonzero(inner)
    require(len(inner), "a tree is empty")
    for child in (left[own].astype("int64"), right[own].astype("int64")):
        require((child > own).all() and is_within(child, 0, len(inner)), POINTS_OUTSIDE)
    require(is_within(column[own].astype("int64"), 0, n_columns), POINTS_OUTSIDE)
