"""A report that fits: long tables are folded, and of the longest as many rows stay as there is room for.

GitHub takes a comment of 65,536 characters, GitLab one of 1,000,000; GitHub's step summary 1 MiB. Bytes are
counted, which are never fewer than characters.
"""

from dataclasses import dataclass, replace

from lockstep.core.errors import LockstepError
from lockstep.core.formatting import Table, count, markdown_table
from lockstep.review.markdown import DECIMALS, details

MAX_BYTES = 65_000  # of UTF-8
MAX_OPEN_ROWS = 12  # of a table that is not folded


@dataclass(frozen=True)
class ReportTable(Table):
    """A table of a report; its rows stand in order of weight, the last may be left out."""

    decimals: int = DECIMALS
    folded: bool = False
    remark: str = ""  # a line of Markdown above the table


Block = str | ReportTable


def render_block(block: Block, max_rows: int) -> str:
    """Return a block with at most max_rows rows, and how many are left out."""
    if isinstance(block, str):
        return block
    n_rows = len(block.rows)
    n_hidden = n_rows - max_rows
    parts = [block.remark] if block.remark else []
    if block.rows[:max_rows]:
        parts.append(markdown_table(replace(block, rows=block.rows[:max_rows])))
    if n_hidden > 0:
        parts.append(f"_{count(n_hidden)} more of {count(n_rows)} rows are left out: no room._")
    content = "\n\n".join(parts)
    if block.folded or n_rows > MAX_OPEN_ROWS:
        return details(f"{block.title}: {count(n_rows)}", content)
    return f"### {block.title}\n\n{content}"


def render(blocks: list[Block], max_rows: int) -> str:
    """Return every block that is not empty, with at most max_rows rows of a table."""
    return "\n\n".join(render_block(block, max_rows) for block in blocks if block) + "\n"


def fit(blocks: list[Block], max_bytes: int = MAX_BYTES) -> str:
    """Return the text within the limit, with as many rows of each table as fit; whole rows, whole tables.

    Raises LockstepError where not even the words between the tables fit.
    """
    filled = [block for block in blocks if isinstance(block, str) or block.rows]
    low, high = 0, max([len(b.rows) for b in filled if isinstance(b, ReportTable)], default=0)
    text = render(filled, high)
    if len(text.encode()) <= max_bytes:
        return text
    largest = render(filled, 0)
    while low < high - 1:
        middle = (low + high) // 2
        text = render(filled, middle)
        if len(text.encode()) <= max_bytes:
            low, largest = middle, text
        else:
            high = middle
    if len(largest.encode()) > max_bytes:
        raise LockstepError(f"the report's words alone are more than {count(max_bytes)} bytes")
    return largest
