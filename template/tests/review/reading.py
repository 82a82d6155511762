"""A report as a Markdown parser reads it: tables by their heads, and what is not code."""

from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark").enable("table")


def tables(text: str) -> list[list[list[str]]]:
    """Every table's rows, the head first, each cell as shown."""
    found: list[list[list[str]]] = []
    for token in PARSER.parse(text):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and token.level and found and token.map and token.children:
            shown = "".join(child.content for child in token.children)
            if found[-1] and token.level >= 4:
                found[-1][-1].append(shown)
    return found


def outside_code(text: str) -> str:
    """All text that a platform would search for mentions, references and links, and raw HTML."""
    said = []
    for token in PARSER.parse(text):
        if token.type == "html_block":
            said.append(token.content)
        for child in token.children or []:
            if child.type not in ("code_inline", "fence", "code_block"):
                said.append(child.content)
                said += [str(value) for value in child.attrs.values()]
    return "\n".join(said)
