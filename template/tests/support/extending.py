"""The blocks of docs/extending.md, which tests apply, and components of a test's own."""

import re
from pathlib import Path
from typing import NamedTuple

from tests.closure import ROOT

PAGE = ROOT / "docs/extending.md"
BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")
HEAD = re.compile(r"# (\S+\.(?:py|yaml))( \(add\))?")


class Block(NamedTuple):
    """A block of the page with a file's name in its first line."""

    path: str
    is_addition: bool
    text: str


def sections() -> dict[str, list[Block]]:
    """Return the page's blocks by the heading that they stand under."""
    parts = re.split(r"(?m)^## (.+)$", PAGE.read_text(encoding="utf-8"))
    return {
        title: [parse_block(text) for language, text in BLOCK.findall(body) if language != "sh"]
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def parse_block(text: str) -> Block:
    """Return a block by its first line, which must name a file."""
    head, rest = text.split("\n", 1)
    match = HEAD.fullmatch(head)
    assert match, f"{PAGE.name}: {head!r} names no file"
    return Block(match[1], bool(match[2]), rest)


def example(path: str) -> str:
    """Return the page's block that is the whole of a file."""
    blocks = [block for blocks in sections().values() for block in blocks]
    [text] = [block.text for block in blocks if block.path == path and not block.is_addition]
    return text


def write_component(root: Path, group: str, name: str, text: str | None = None) -> Path:
    """Write components/GROUP/NAME.py below a root: this text, or the page's example of the name."""
    path = root / "components" / group / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or example(f"components/{group}/{name}.py"), encoding="utf-8")
    return path
