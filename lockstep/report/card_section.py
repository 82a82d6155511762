"""The report's section with the model card, as reports/model_card.md has it, its header aside."""

import html

from lockstep.report.page import Html, paragraph


def body(card: str) -> str:
    """The card's Markdown without its YAML header."""
    parts = card.split("---\n", 2)
    return parts[2].strip() if len(parts) == 3 and not parts[0] else card.strip()


def card(text: str) -> Html:
    """The card as text, folded: it repeats much of the page, in the form that travels with the model."""
    shown = html.escape(body(text))
    told = paragraph("It lies in the bundle as README.md, with a header that Hugging Face reads.")
    style = "white-space:pre-wrap;overflow-wrap:anywhere"
    return Html(
        f'{told}<details><summary>Read the card</summary><pre style="{style}">{shown}</pre></details>'
    )
