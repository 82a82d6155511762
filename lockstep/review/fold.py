"""A report that fits: long tables are folded, and of the longest as many rows stay as there is room for.

GitHub takes a comment of 65,536 characters, GitLab one of 1,000,000; GitHub's step summary 1 MiB. Bytes are
counted, which are never fewer than characters.
"""

from dataclasses import dataclass
from typing import Any

from lockstep.core.errors import LockstepError
from lockstep.review.markdown import details, table

LIMIT = 65_000  # bytes of UTF-8
OPEN = 12  # rows of a table that is not folded


@dataclass(frozen=True)
class Table:
    """A table with its title, which are our own words; rows in order of weight, the last may be left out."""

    title: str
    head: list[str]
    rows: list[list[Any]]
    folded: bool = False
    remark: str = ""  # a line of Markdown above the table


Block = str | Table


def one(block: Block, most: int) -> str:
    """A block with at most so many rows; how many are left out is said."""
    if isinstance(block, str):
        return block
    shown, left = block.rows[:most], len(block.rows) - most
    parts = [block.remark] if block.remark else []
    if shown:
        parts.append(table(block.head, shown))
    if left > 0:
        parts.append(f"_{left:,} more of {len(block.rows):,} rows are left out: no room._")
    inner = "\n\n".join(parts)
    if block.folded or len(block.rows) > OPEN:
        return details(f"{block.title}: {len(block.rows):,}", inner)
    return f"### {block.title}\n\n{inner}"


def rendered(blocks: list[Block], most: int) -> str:
    """Every block that has something, with at most so many rows of a table."""
    return "\n\n".join(one(block, most) for block in blocks if block) + "\n"


def fitted(blocks: list[Block], limit: int = LIMIT) -> str:
    """The text within the limit, with as many rows of each table as fit; whole rows, whole tables.

    Raises LockstepError where not even the words between the tables fit.
    """
    kept = [block for block in blocks if not isinstance(block, Table) or block.rows]
    low, high = 0, max([len(b.rows) for b in kept if isinstance(b, Table)], default=0)
    text = rendered(kept, high)
    if len(text.encode()) <= limit:
        return text
    best = rendered(kept, 0)
    while low < high - 1:
        middle = (low + high) // 2
        text = rendered(kept, middle)
        if len(text.encode()) <= limit:
            low, best = middle, text
        else:
            high = middle
    if len(best.encode()) > limit:
        raise LockstepError(f"the report's words alone are more than {limit:,} bytes")
    return best
