"""The version is the machinery's; an edit of lockstep/ is seen, compiled code and line ends are not."""

from pathlib import Path

import pytest

from lockstep.cli.version import digest, summary, version_facts
from lockstep.core.errors import DataError
from lockstep.core.files import write_json


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose machinery is one module."""
    (tmp_path / "lockstep").mkdir()
    (tmp_path / "lockstep/VERSION").write_text("1.2.3\n", encoding="utf-8")
    (tmp_path / "lockstep/module.py").write_bytes(b"x = 1\n")
    return tmp_path


def test_without_a_record_of_its_origin_it_is_the_template(root: Path) -> None:
    facts = version_facts(root)
    assert facts == {"version": "1.2.3", "commit": None, "is_edited": None}
    assert summary(facts).splitlines() == [
        "Lockstep 1.2.3",
        "this is the template's own repository",
    ]


@pytest.mark.parametrize(
    ("name", "content", "is_edited"),
    [
        ("module.py", b"x = 2\n", True),
        ("module.py", b"x = 1\r\n", False),
        ("other.py", b"", True),
        ("__pycache__/module.pyc", b"1", False),
    ],
)
def test_an_edit_of_the_machinery_is_seen(
    root: Path, name: str, content: bytes, is_edited: bool
) -> None:
    origin = {"commit": "abc", "sha256": digest(root / "lockstep")}
    write_json(root / "lockstep/ORIGIN.json", origin)
    path = root / "lockstep" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    assert version_facts(root) == {"version": "1.2.3", "commit": "abc", "is_edited": is_edited}


def test_an_unknown_commit_and_a_damaged_record_are_said(root: Path) -> None:
    write_json(root / "lockstep/ORIGIN.json", {"commit": None, "sha256": ""})
    assert "not recorded" in summary(version_facts(root))
    (root / "lockstep/ORIGIN.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"git checkout HEAD lockstep/ORIGIN\.json"):
        version_facts(root)
