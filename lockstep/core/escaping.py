"""Text from outside, made harmless where it goes: HTML, Markdown, a terminal, a plot, a commit's message."""

import html
import re
from collections.abc import Iterable
from typing import Any

VALUE_LENGTH, SENTENCE_LENGTH = 160, 500  # characters of a value, and of a message or reason
MARKDOWN_ENTITIES = {"|": "&#124;", "`": "&#96;"}
# Characters that act on a terminal: controls but \n and \t, and those that turn the direction of text.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
MARKUP = re.compile(r"<(?=[A-Za-z/!?])")  # the start of a tag
DATA_KEYS = ("values", "datasets")  # of a Vega-Lite specification, under which its data stand
GIT_PLAIN = (
    "_-./"  # beside letters and digits; none of them makes a reference, a mention or a trailer
)
GIT_SENTENCE = " ,:;()'\"=<>+%"


class Html(str):
    """Text that is HTML already."""


class Markdown(str):
    """Text that is Markdown already: our own words, or what this module returns."""


def visible(text: str) -> str:
    """Return the text with every character that cannot be seen, line breaks too, spelled out."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def terminal_text(value: Any) -> str:
    """Return any value as text on one line, without the characters that control a terminal."""
    return visible(str(value))


class TerminalStream:
    """A text stream that spells out what would control the terminal, whoever prints it; lines stay lines."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write the text; return how many characters were given, as streams do."""
        self.stream.write(CONTROL.sub(lambda match: visible(match[0]), text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each of the lines."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def html_text(value: Any) -> Html:
    """Return any value as HTML in which nothing is markup."""
    return Html(html.escape(str(value)))


def markdown_code(value: Any, max_length: int = VALUE_LENGTH) -> Markdown:
    """Return any value as Markdown code on one line, cut after max_length characters.

    GitHub and GitLab look for mentions, references, links and emoji in text alone, never in code (GitHub
    Flavored Markdown, 4.10 tables and 6.3 code spans; GitLab's filters skip code too). A pipe would end a
    table's cell and a backtick the code, so these two stand as entities between pieces of code.
    """
    text = visible(str(value))
    if len(text) > max_length:
        text = text[: max_length - 1] + "…"
    pieces = [piece for piece in re.split(r"([|`])", text) if piece]
    code = "".join(MARKDOWN_ENTITIES.get(piece, f"`{piece}`") for piece in pieces)
    return Markdown(code or "(empty)")


def git_name(value: Any, plain: str = GIT_PLAIN) -> str:
    """Return a name for the body of a commit's message, all but letters, digits and plain signs as %XX.

    Forges and CI act on what a message says, wherever it stands: `[skip ci]`, `closes #1`, `@name`, and on
    lines of their own at its end, such as `Signed-off-by:`.
    """
    text = str(value)
    if len(text) > VALUE_LENGTH:
        text = text[: VALUE_LENGTH - 1] + "…"
    return "".join(
        char
        if char.isalnum() or char in plain
        else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
        for char in text
    )


def git_sentence(value: Any) -> str:
    """Return a sentence of the person at the keyboard for the body of a commit's message, on one line."""
    return git_name(value, GIT_PLAIN + GIT_SENTENCE)


def plot_text(value: Any) -> str:
    """Return text for the data of a plot: nothing invisible, and no < that begins a tag.

    `dvc plots show` writes the data into a script element of its page, which `</script>` would end; a
    fullwidth sign stands in the place of such a <.
    """
    return MARKUP.sub("\uff1c", visible(str(value)))


def plot_data(value: Any) -> Any:
    """Return the data of a plot, nested lists and mappings, with every text in them as plot_text gives it."""
    if isinstance(value, dict):
        return {plot_text(key): plot_data(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plot_data(item) for item in value]
    return plot_text(value) if isinstance(value, str) else value


def plot_specification(value: Any) -> Any:
    """Return a Vega-Lite specification with its inline data as plot_data gives them; expressions stay."""
    if isinstance(value, dict):
        return {
            key: plot_data(item) if key in DATA_KEYS else plot_specification(item)
            for key, item in value.items()
        }
    return [plot_specification(item) for item in value] if isinstance(value, list) else value
