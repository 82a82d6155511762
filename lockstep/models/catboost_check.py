"""Check a CatBoost model's file before CatBoost reads it, which follows the numbers in it unchecked.

A .cbm is a FlatBuffer of CatBoost's schema (catboost/libs/model/flatbuffers), and after it the tables of
statistics of categories. Text and embedding features, which no kind here has, are refused.
"""

import struct
from typing import TYPE_CHECKING

from lockstep.models.file_checks import POINTS_OUTSIDE, is_within, require

if TYPE_CHECKING:
    import numpy as np

MAGIC, FORMAT, TABLES = b"CBM1", b"FlabuffersModel_v1", b"static_provider_v1"
BINS = 254  # values of a feature that share one byte
MEAN, COUNTERS = (2, 3), (4, 5)  # types of a statistic of categories; the others are of classes
NO_HASH = 2**64 - 1  # of an empty place in a table


class Table:
    """A table of a FlatBuffer: its fields by their numbers, every read checked against the buffer's ends."""

    def __init__(self, buffer: bytes, at: int) -> None:
        self.buffer, self.at = buffer, at
        start = at - self.read("<i", at)
        size, _ = self.read("<H", start), self.read("<H", start + 2)
        require(size >= 4 and size % 2 == 0, "a table is none")
        self.offsets = [self.read("<H", start + place) for place in range(4, size, 2)]

    def read(self, form: str, at: int) -> int:
        """Return the number of a form at a place."""
        require(0 <= at <= len(self.buffer) - struct.calcsize(form), "it is cut off")
        return int(struct.unpack_from(form, self.buffer, at)[0])

    def place(self, field: int) -> int | None:
        """Return where a field lies; None where it is absent."""
        offset = self.offsets[field] if field < len(self.offsets) else 0
        return self.at + offset if offset else None

    def number(self, field: int, form: str = "<i", default: int = 0) -> int:
        """Return a field that is a number."""
        place = self.place(field)
        return default if place is None else self.read(form, place)

    def target(self, place: int) -> int:
        """Return where the offset at a place points to."""
        return place + self.read("<I", place)

    def child(self, field: int) -> "Table":
        """Return a field that is a table. Raises ValueError where it is absent."""
        place = self.place(field)
        if place is None:
            raise ValueError("a part is absent")
        return Table(self.buffer, self.target(place))

    def content(self, field: int, size: int) -> bytes:
        """Return the bytes of a field that is a vector of items of this size; none where it is absent."""
        place = self.place(field)
        if place is None:
            return b""
        start = self.target(place)
        n_bytes = self.read("<I", start) * size
        require(n_bytes <= len(self.buffer) - start - 4, "it is cut off")
        return self.buffer[start + 4 : start + 4 + n_bytes]

    def array(self, field: int, dtype: str) -> "np.ndarray":
        """Return a field that is a vector of numbers."""
        import numpy as np

        return np.frombuffer(self.content(field, np.dtype(dtype).itemsize), dtype)

    def children(self, field: int) -> list["Table"]:
        """Return a field that is a vector of tables."""
        place = self.place(field)
        if place is None:
            return []
        start, n_items = self.target(place) + 4, len(self.content(field, 4)) // 4
        return [Table(self.buffer, self.target(start + 4 * item)) for item in range(n_items)]

    def texts(self, field: int) -> list[bytes]:
        """Return a field that is a vector of texts."""
        place = self.place(field)
        if place is None:
            return []
        start, n_items = self.target(place) + 4, len(self.content(field, 4)) // 4
        result = []
        for item in range(n_items):
            at = self.target(start + 4 * item)
            size = self.read("<I", at)
            require(size <= len(self.buffer) - at - 4, "it is cut off")
            result.append(self.buffer[at + 4 : at + 4 + size])
        return result


def check_model(content: bytes) -> None:
    """Check the bytes of a .cbm.

    Raises ValueError, or whatever parsing raises, where it is not whole, or a number in it leads outside.
    """
    require(content[:4] == MAGIC and len(content) >= 12, "it does not begin as a model")
    size = struct.unpack_from("<I", content, 4)[0]
    require(8 <= size <= len(content) - 8, "it is cut off")
    core, rest = content[8 : 8 + size], content[8 + size :]
    root = Table(core, struct.unpack_from("<I", core)[0])
    require(root.content(0, 1) == FORMAT, "its format is another")
    parts = root.texts(3)
    require(parts in ([], [TABLES]), "it has other parts")
    trees = root.child(1)
    n_classes, types = check_tables(rest) if parts else (0, set())
    require(parts or not rest, "it goes on after its end")
    n_bins, n_buckets = check_features(trees, n_classes, types)
    check_trees(trees, n_bins, n_buckets)


def check_features(trees: Table, n_classes: int, types: set[int]) -> tuple[int, int]:
    """Return how many splits the features offer, and in how many bytes a row's values lie.

    Parameters
    ----------
    trees : Table
    n_classes : int
        The fewest classes that a table of statistics counts.
    types : set of int
        Of those tables.
    """
    for field in (12, 13, 18):  # text, estimated, embedding
        require(not trees.content(field, 4), "it has features of text")
    categorical, numeric, one_hot, statistics = (trees.children(field) for field in (4, 5, 6, 7))
    places = [feature.number(1, default=-1) for feature in categorical]
    places += [feature.number(2, default=-1) for feature in numeric]
    require(sorted(places) == list(range(len(places))), "its columns are not in their places")
    for features, place in ((categorical, 0), (numeric, 1)):
        indexes = [feature.number(place, default=-1) for feature in features]
        require(indexes == list(range(len(features))), "its columns are not in their places")
    used = {n for n, feature in enumerate(categorical) if feature.number(3, "<B", 1)}
    sizes = [len(feature.array(3, "<f4")) for feature in numeric]
    for feature in one_hot:
        require(feature.number(0, default=-1) in used, "a split is of no column")
        sizes.append(len(feature.array(1, "<i4")))
    for feature in statistics:
        check_statistic(feature.child(0), used, len(numeric), n_classes, types)
        sizes.append(len(feature.array(1, "<f4")))
    return sum(sizes), sum((size + BINS - 1) // BINS for size in sizes)


def check_statistic(
    statistic: Table, used: set[int], n_numeric: int, n_classes: int, types: set[int]
) -> None:
    """Raise ValueError where a statistic is of a column or a class that is not there."""
    base = statistic.child(0)
    kind = base.number(1, "<b")
    require(kind in types, "a statistic has no table")
    if kind not in (*MEAN, *COUNTERS):
        require(0 <= statistic.number(1) < n_classes, "a statistic is of no class")
    combination = base.child(0)
    columns = {int(column) for column in combination.array(0, "<i4")}
    columns |= {column for (column,) in struct.iter_unpack("<i4x", combination.content(2, 8))}
    require(columns <= used, "a statistic is of no column")
    for (column,) in struct.iter_unpack("<i4x", combination.content(1, 8)):
        require(0 <= column < n_numeric, "a statistic is of no column")


def check_tables(rest: bytes) -> tuple[int, set[int]]:
    """Check the tables of statistics; return the fewest classes that one counts, and their types."""
    n_tables, at = struct.unpack_from("<I", rest)[0], 4
    classes, types = [2**31], set()
    for _ in range(n_tables):
        size = struct.unpack_from("<I", rest, at)[0]
        require(8 <= size <= len(rest) - at - 4, "a table is cut off")
        buffer = rest[at + 4 : at + 4 + size]
        kind, n_classes = check_table(Table(buffer, struct.unpack_from("<I", buffer)[0]))
        types.add(kind)
        if kind not in (*MEAN, *COUNTERS):
            classes.append(n_classes)
        at += 4 + size
    require(at == len(rest), "it goes on after its end")
    return min(classes), types


def check_table(table: Table) -> tuple[int, int]:
    """Check that a table's hashes lead into it and that a search in it ends; return its type and classes."""
    import numpy as np

    base = table.child(0)
    kind, n_classes = base.number(1, "<b"), table.number(4)
    require(0 <= kind <= 5, "a statistic is of no type")
    check_combination(base.child(0))
    buckets = table.array(1, "<u1")
    places = np.frombuffer(buckets.tobytes(), np.dtype([("hash", "<u8"), ("place", "<u4")]))
    n_places = len(places)
    require(n_places > 0 and n_places & (n_places - 1) == 0, "a table's size is none")
    is_empty = places["hash"] == NO_HASH
    require(is_empty.any(), "a table has no end")
    if kind in MEAN:
        size = 8
    elif kind in COUNTERS:
        size = 4
    else:
        require(2 <= n_classes < 10**6, "a table counts other classes")
        size = 4 * n_classes
    values = table.content(2, 1)
    require(table.place(2) is not None and len(values) % size == 0, "a table is cut off")
    require(is_within(places["place"][~is_empty], 0, len(values) // size), "a table leads outside")
    return kind, n_classes


def check_combination(combination: Table) -> None:
    """Raise ValueError where the columns of a statistic are not whole."""
    for field, size in ((0, 4), (1, 8), (2, 8)):
        combination.content(field, size)


def check_trees(trees: Table, n_bins: int, n_buckets: int) -> None:
    """Raise ValueError where a tree splits by what is not there, or leads to a leaf that is not there."""
    import numpy as np

    dimension = trees.number(0)
    require(1 <= dimension < 10**6, "it has no output")
    splits, sizes, starts = (trees.array(field, "<i4").astype("int64") for field in (1, 2, 3))
    leaves, weights = trees.array(8, "<f8"), trees.array(9, "<f8")
    require(is_within(splits, 0, n_bins), "a tree splits what is not there")
    require(is_within(sizes, 0, len(splits) + 1), "a tree is cut off")
    require(np.array_equal(starts, np.cumsum(sizes) - sizes), "a tree is cut off")
    require(sizes.sum() == len(splits), "a tree is cut off")
    steps = np.frombuffer(trees.content(10, 4), "<u2").reshape(-1, 2).astype("int64")
    leaf_places = trees.array(11, "<u4").astype("int64")
    if len(steps):
        require(len(steps) == len(leaf_places) == len(splits), "a tree is cut off")
        require((sizes > 0).all(), "a tree is cut off")
        ends = np.repeat(starts + sizes, sizes)
        for side in steps.T:
            require((np.arange(len(side)) + side < ends).all(), POINTS_OUTSIDE)
        is_last = (steps == 0).any(axis=1)
        require(
            is_within(leaf_places[is_last], 0, len(leaves) - dimension + 1), "a tree has no leaf"
        )
        n_leaves = len(leaves) // dimension
    else:
        require(is_within(sizes, 0, 17) and not len(leaf_places), "a tree is too deep")
        n_leaves = int((2**sizes).sum())
    require(len(leaves) == n_leaves * dimension, "a tree has other leaves")
    require(len(weights) in (0, n_leaves), "a tree has other leaves")
    require(len(trees.array(16, "<f8")) in (0, dimension), "it has other outputs")
    bins = trees.content(17, 4)
    if trees.place(17) is not None:
        packed = np.frombuffer(bins, np.dtype([("bucket", "<u2"), ("mask", "u1"), ("split", "u1")]))
        require(len(packed) == len(splits), "a tree is cut off")
        require(
            is_within(packed["bucket"], 0, max(n_buckets, 1)), "a tree splits what is not there"
        )
