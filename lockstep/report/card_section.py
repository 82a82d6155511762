"""The report's section with the model card: reports/model_card.md without its header."""

import html

from lockstep.core.escaping import Html
from lockstep.report.page import paragraph


def body(card: str) -> str:
    """Return the card's Markdown without its YAML header."""
    parts = card.split("---\n", 2)
    return parts[2].strip() if len(parts) == 3 and not parts[0] else card.strip()


def card(text: str) -> Html:
    """Return the card as text, folded: it repeats much of the page, as it travels with the model."""
    remark = paragraph("It lies in the bundle as README.md, with a header that Hugging Face reads.")
    style = "white-space:pre-wrap;overflow-wrap:anywhere"
    return Html(
        f"{remark}<details><summary>Read the card</summary>"
        f'<pre style="{style}">{html.escape(body(text))}</pre></details>'
    )
