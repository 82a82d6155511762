"""A value is changed in place: it reads back as asked, and every other line stays byte for byte."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lockstep.composition.yaml_edit import delete, emitted, has, parsed, put

TEXT = """\
# head
a: 1  # one

list: [x, y,  # why
  z]
block:  # of items
  - p
  # before q
  - 'q'
m:  # mapping
  b: {k: v, "dotted.key": null}
  a key: "s"   # spaced

text: >-
  folded
  words
none:
last: 2013-08"""

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="$\\\ufeff"))
    | st.sampled_from(
        ["1e-05", "null", "yes", "a: b", "x #y", "1", "~", "a, b]", "é", "two\nlines"]
    )
)
values = scalars | st.lists(scalars, max_size=4) | st.dictionaries(st.sampled_from("kvw"), scalars)
paths = st.sampled_from(
    [
        ("a",), ("list",), ("block",), ("m",), ("m", "b"), ("m", "b", "dotted.key"), ("m", "a key"),
        ("text",), ("none",), ("last",), ("new",), ("m", "new.key"), ("m", "b", "n"),
        ("m", "new", "deep"), ("none", "under"),
    ]
)  # fmt: skip


def lines_outside(text: str, top: object) -> list[str]:
    """The lines of the other top-level keys, comments and blank lines with them."""
    kept, inside = [], False
    for line in text.splitlines():
        if line[:1] not in (" ", "#", "", "]"):
            inside = line.split(":")[0] == top
        if not inside or line[:1] in ("#", ""):
            kept.append(line)
    return kept


@given(paths, values)
def test_what_is_put_reads_back_and_the_rest_stays(keys: Any, value: Any) -> None:
    expected: Any = parsed(TEXT)
    node = expected
    for one in keys[:-1]:
        if not isinstance(node.get(one), dict):
            node[one] = {}
        node = node[one]
    node[keys[-1]] = value
    text = put(TEXT, keys, value)
    assert parsed(text) == expected
    assert lines_outside(text, keys[0]) == lines_outside(TEXT, keys[0])


@given(paths.filter(lambda keys: has(TEXT, keys)))
def test_a_deleted_key_is_gone_and_the_rest_stays(keys: Any) -> None:
    expected: Any = parsed(TEXT)
    node = expected
    for one in keys[:-1]:
        node = node[one]
    del node[keys[-1]]
    text = delete(TEXT, keys)
    assert parsed(text) == expected
    assert lines_outside(text, keys[0]) == lines_outside(TEXT, keys[0])


@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), st.booleans(), st.data())
def test_a_list_of_either_style_becomes_another(old: list[int], flow: bool, data: Any) -> None:
    new = data.draw(st.lists(st.integers(0, 5), max_size=5))
    text = "# c\n" + yaml.safe_dump({"a": {"l": old, "z": 1}}, default_flow_style=flow)
    assert parsed(put(text, ("a", "l"), new)) == {"a": {"l": new, "z": 1}}


@pytest.mark.parametrize(
    ("keys", "value", "old", "new"),
    [
        (("a",), 1e-05, "a: 1  # one", "a: 1.0e-05  # one"),
        (("list",), ["x", "y", "z", "w"], "  z]", "  z, w]"),
        (("list",), ["x", "y"], "[x, y,  # why\n  z]", "[x, y  # why\n]"),
        (("block",), ["p", "q", "r"], "  - 'q'", "  - 'q'\n  - r"),
        (("block",), ["q"], "  - p\n", ""),
        (("block",), [], ":  # of items\n  - p\n  # before q\n  - 'q'", ": []  # of items"),
        (("m", "b", "k"), None, "k: v", "k: null"),
        (("m", "x.y"), {"t": [1]}, "# spaced", "# spaced\n  x.y: {t: [1]}"),
        (("none",), "1", "none:", "none: '1'"),
    ],
)
def test_only_the_intended_characters_change(keys: Any, value: Any, old: str, new: str) -> None:
    assert put(TEXT, keys, value) == TEXT.replace(old, new, 1)


def test_line_ends_of_windows_stay() -> None:
    assert put("a:\r\n  b: 1\r\nc: 2\r\n", ("a", "d"), 3) == "a:\r\n  b: 1\r\n  d: 3\r\nc: 2\r\n"


def test_the_last_key_of_a_mapping_leaves_it_empty() -> None:
    assert delete("p:  # of\n  a: 1\nq: 2\n", ("p", "a")) == "p: {}  # of\nq: 2\n"


def test_an_edit_that_would_change_more_is_refused() -> None:
    with pytest.raises(ValueError, match=r"b\.k cannot be edited in place"):
        put("a: &x {k: 1}\nb: *x\n", ("b", "k"), 2)


def test_text_and_number_are_told_apart() -> None:
    assert [emitted(one) for one in ("1e-05", 1e-05, "1", 1)] == ["'1e-05'", "1.0e-05", "'1'", "1"]
