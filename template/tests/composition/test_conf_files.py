"""A value is set in a file of conf/: it reads back as asked, comments and all other values stay."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.composition.conf_files import (
    ABSENT,
    composed,
    differences,
    dotted,
    menu_groups,
    parsed,
    read_text,
    set_choice,
    set_in_force,
    set_value,
)
from lockstep.core.errors import ConfigError
from template.tests.support.workspace import choose, replace
from tests.closure import ROOT

TEXT = """\
# head
a: 1  # first

list: [x, y]
block:  # of items
  - p
  # before q
  - 'q'
m:  # mapping
  b: {k: v, "dotted.key": null}
  a key: "s"   # spaced
none:
last: 2013-08
"""
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="$\\\ufeff\u2028\u2029")
    )
    | st.sampled_from(
        ["1e-05", "null", "yes", "off", "a: b", "x #y", "1", "12:30", "~", "a, b]", ""]
    )
)
PATHS = st.sampled_from(
    [("a",), ("m", "b", "k"), ("m", "b", "dotted.key"), ("m", "a key"), ("none",), ("last",), ("new",),
     ("m", "new.key"), ("m", "new", "deep"), ("none", "under")]
)  # fmt: skip


def comments(text: str) -> list[str]:
    """Return the comments of a YAML text whose values hold no number sign."""
    return re.findall(r"# \w.*", text)


@given(PATHS, SCALARS)
def test_a_value_that_is_set_reads_back_and_the_rest_stays(keys: Any, value: Any) -> None:
    expected: Any = parsed(TEXT)
    node = expected
    for key in keys[:-1]:
        node[key] = {} if node.get(key) is None else node[key]
        node = node[key]
    node[keys[-1]] = value
    text = set_value(TEXT, keys, value)
    assert repr(parsed(text)) == repr(expected)
    if "#" not in str(value):
        assert comments(text) == comments(TEXT)


@pytest.mark.parametrize(
    ("keys", "value", "old", "new"),
    [
        (("a",), 2, "a: 1  # first", "a: 2  # first"),
        (("m", "b", "k"), None, "k: v", "k: null"),
        (("block", 1), "r", "- 'q'", "- 'r'"),
        (("last",), "2013-09", "last: 2013-08", "last: 2013-09"),
        (("last",), "2013-09-01", "last: 2013-08", "last: '2013-09-01'"),
        (("last",), "12:30", "last: 2013-08", "last: '12:30'"),
    ],
)
def test_only_the_line_of_the_value_changes(keys: Any, value: Any, old: str, new: str) -> None:
    text = set_value(TEXT, keys, value).replace("none: null", "none:")
    assert text == TEXT.replace(old, new, 1)


def test_line_ends_of_windows_stay() -> None:
    assert set_value("a:\r\n  b: 1\r\nc: 2\r\n", ("a", "b"), 3) == "a:\r\n  b: 3\r\nc: 2\r\n"


def test_a_list_stays_as_far_indented_as_it_was() -> None:
    for text in ("a:\n- x\nb: 1\n", "a:\n  - x\nb: 1\n", "a:\n    - x\nb: 1\n"):
        assert set_value(text, ("b",), 2) == text.replace("b: 1", "b: 2")


def test_an_edit_that_would_change_more_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"b\.k cannot be set to 2: it would not read back"):
        set_value("a: &x {k: 1}\nb: *x\n", ("b", "k"), 2)
    with pytest.raises(ConfigError, match=r"a\.k cannot be set"):
        set_value("a: text\n", ("a", "k"), 2)


def test_of_the_menu_one_line_changes() -> None:
    menu = read_text(ROOT / "conf/config.yaml")
    text = set_choice(menu, "experiment", "some_preset")
    changed = [
        line for line, old in zip(text.splitlines(), menu.splitlines(), strict=True) if line != old
    ]
    assert len(changed) == 1 and changed[0].startswith("  - experiment: some_preset # -S")
    assert "_self_" in menu_groups(menu)
    with pytest.raises(ConfigError, match=r"conf/config\.yaml has no `colour:`"):
        set_choice(menu, "colour", "red")


def test_differences_name_what_changed_came_and_went() -> None:
    old, new = {"a": {"b": 1, "c": [1], "d": 0}, "e": 1}, {"a": {"b": 1.0, "c": [1], "f": None}}
    assert differences(old, new) == {
        ("e",): ABSENT, ("a", "d"): ABSENT, ("a", "b"): 1.0, ("a", "f"): None,
    }  # fmt: skip
    assert dotted(("a", "b.c", "d")) == "a.'b.c'.d"


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A copy of conf/ on penguins, without a preset."""
    copied = shutil.copytree(ROOT / "conf", tmp_path / "conf")
    for group, name in (("dataset", "penguins"), ("split", "random"), ("experiment", "null")):
        choose(copied / "config.yaml", group, name)
    return copied


def test_a_value_is_set_in_the_file_of_its_group(conf: Path) -> None:
    before = {path: path.read_bytes() for path in conf.rglob("*.yaml")}
    set_in_force(conf, {("split", "valid_share"): 0.25})
    assert composed(conf)[0]["split"]["valid_share"] == 0.25
    changed = [path for path, content in before.items() if path.read_bytes() != content]
    assert changed == [conf / "split/random.yaml"]
    assert "valid_share: 0.25  # of all rows" in read_text(changed[0])


def test_a_value_that_a_preset_sets_is_set_there(conf: Path) -> None:
    preset = conf / "experiment/mine.yaml"
    preset.write_text("# @package _global_\nsplit:\n  valid_share: 0.3  # mine\n", encoding="utf-8")
    choose(conf / "config.yaml", "experiment", "mine")
    set_in_force(conf, {("split", "valid_share"): 0.25, ("seed",): 7})
    assert "valid_share: 0.25 # mine" in read_text(preset)
    assert composed(conf)[0]["split"]["valid_share"] == 0.25 and composed(conf)[0]["seed"] == 7


def test_a_value_that_cannot_win_is_named(conf: Path) -> None:
    replace(conf / "config.yaml", "  - debug: null", "  - debug@model: few\n  - debug: null")
    (conf / "debug/few.yaml").write_text("threshold: f1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"model\.threshold cannot be set in conf/"):
        set_in_force(conf, {("model", "threshold"): "0.5"})


@pytest.mark.parametrize("value", ["${oc.env:SECRET}-06", ["x", "${seed}"], {"k": "\\${x}"}])
def test_a_value_that_would_be_filled_in_is_not_set(value: Any) -> None:
    with pytest.raises(ConfigError, match=r"last.* is .*allowed: a value without"):
        set_value(TEXT, ("last",), value)


def test_a_text_that_looks_like_more_of_the_file_is_set_as_one_text() -> None:
    edited = set_value("train_until: '2013'\n", ("train_until",), "a'\nkind: 'random")
    assert parsed(edited) == {"train_until": "a'\nkind: 'random"}
