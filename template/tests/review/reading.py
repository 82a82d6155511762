"""A report as a Markdown parser reads it: tables by their heads, and what is not code."""

from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark").enable("table")


def tables(text: str) -> list[list[list[str]]]:
    """Return every table's rows, the head first, each cell as shown."""
    parsed: list[list[list[str]]] = []
    for token in PARSER.parse(text):
        if token.type == "table_open":
            parsed.append([])
        elif token.type == "tr_open":
            parsed[-1].append([])
        elif token.type == "inline" and token.level and parsed and token.map and token.children:
            shown = "".join(child.content for child in token.children)
            if parsed[-1] and token.level >= 4:
                parsed[-1][-1].append(shown)
    return parsed


def outside_code(text: str) -> str:
    """Return all text that a platform would search for mentions, references and links, and raw HTML."""
    texts = []
    for token in PARSER.parse(text):
        if token.type == "html_block":
            texts.append(token.content)
        for child in token.children or []:
            if child.type not in ("code_inline", "fence", "code_block"):
                texts.append(child.content)
                texts += [str(value) for value in child.attrs.values()]
    return "\n".join(texts)
