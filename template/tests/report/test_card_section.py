"""The model card is shown as text, without its header."""

import pytest

from lockstep.report.card_section import body, card


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("---\nlicense: cc0\n---\n\n# birds\n\n---\nend\n", "# birds\n\n---\nend"),
        ("# birds\n---\nend\n", "# birds\n---\nend"),
        ("", ""),
    ],
)
def test_the_header_is_left_out(text: str, shown: str) -> None:
    assert body(text) == shown


def test_nothing_of_the_card_is_markup() -> None:
    assert "&lt;script&gt;" in card("<script>") and "<script>" not in card("<script>")
