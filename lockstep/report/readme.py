"""Blocks of README.md that commands keep current; the text around them is the owner's.

A block stands between `<!-- begin NAME -->` and `<!-- end NAME -->`; words may follow the name in the first.
README.md is no output of DVC, so its owner edits it freely, and a README without the marks stays as it is.
"""

import re
from pathlib import Path
from typing import Any

from lockstep.core.escaping import SENTENCE_LENGTH, markdown_code
from lockstep.core.files import write_text
from lockstep.core.formatting import Table, count, interval, markdown_table

Metrics = dict[str, Any]  # a file of metrics/
README = Path("README.md")


def fill_block(text: str, name: str, content: str) -> str:
    """Return the text with another content of a block; unchanged where it lacks the marks.

    Parameters
    ----------
    text : str
        Of README.md.
    name : str
        Of the block.
    content : str
        Markdown, in which text from outside is escaped.
    """
    block = re.compile(rf"(<!-- begin {name}\b[^>]*-->)\n.*?(?=<!-- end {name} -->)", re.DOTALL)
    return block.sub(lambda found: f"{found[1]}\n{content.strip()}\n", text, count=1)


def result_block(gate: Metrics, lineage: Metrics, test: Metrics, split: Metrics) -> str:
    """Return the verdict and the metrics on test with their intervals, as Markdown.

    Parameters
    ----------
    gate, lineage, test, split : dict
        Files of metrics/.
    """
    reasons = [
        f"- {markdown_code(check['reason'], SENTENCE_LENGTH)}"
        for check in gate["checks"]
        if check["passed"] is False
    ]
    rows = [
        [name, value, interval(*test["intervals"][name]), test["baseline"][name]]
        for name, value in test["metrics"].items()
    ]
    table = Table(["metric", "on test", "95 % interval", "dummy baseline"], rows)
    model, dataset = markdown_code(lineage["model"]), markdown_code(lineage["dataset"])
    first_line = (
        f"Verdict of the gate: **{gate['verdict']}**. Model {model}, data set {dataset}, "
        f"{count(split['sizes']['test'])} test rows."
    )
    return "\n".join([first_line, *reasons, "", markdown_table(table)])


def update_readme(name: str, content: str, path: Path = README) -> None:
    """Write another content of a block into README.md, where it has the block and the content differs."""
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")  # its line ends as \n
    filled = fill_block(text, name, content)
    if filled != text:
        write_text(path, filled)
