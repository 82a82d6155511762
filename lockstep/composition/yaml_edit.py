"""Change one value in a YAML text in place: what is not changed stays byte for byte.

The text is edited at the marks that PyYAML gives each node, then parsed again as OmegaConf parses conf/:
an edit that would do anything else than asked raises ValueError.
"""

from difflib import SequenceMatcher
from typing import Any

import yaml
from omegaconf import OmegaConf

Keys = tuple[str | int, ...]


def parsed(text: str) -> Any:
    """The value of a YAML text as OmegaConf reads it, interpolations as they are written."""
    return OmegaConf.to_container(OmegaConf.create(text)) if text.strip() else {}


def emitted(value: Any, flow: bool = False) -> str:
    """The value on one line, collections in flow style; a string in quotes only where it needs them."""
    if isinstance(value, dict):
        pairs = (f"{emitted(key, True)}: {emitted(item, True)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(emitted(item, True) for item in value) + "]"
    if value is None:
        return "null"

    def dumped(style: str | None) -> str:
        options: dict[str, Any] = {"width": float("inf"), "allow_unicode": True}
        # a list of one: the emitter then knows which characters its surroundings forbid
        text = str(yaml.safe_dump([value], default_flow_style=flow, default_style=style, **options))
        return text.rstrip("\n")[1:-1] if flow else text.rstrip("\n")[2:]

    styles = [None, "'", '"'] if isinstance(value, str) else [None]
    for style in styles:
        text = dumped(style)
        if "\n" not in text and repr(parsed(f"a: {text}")["a"]) == repr(value):
            return text
    raise ValueError(f"{value!r} has no form in YAML that reads back the same")


def end(text: str, node: yaml.Node) -> int:
    """Where the node's own text ends; a block collection's mark lies after the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end(text, last[1] if isinstance(node, yaml.MappingNode) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        start = node.start_mark.index
        return start + len(text[start : node.end_mark.index].rstrip())
    return int(node.end_mark.index)


def line_end(text: str, index: int) -> int:
    """Where the line ends that holds the index, its line break not counted."""
    found = text.find("\n", index)
    found = len(text) if found < 0 else found
    return found - 1 if text[found - 1 : found] == "\r" else found


def spans(text: str, node: yaml.CollectionNode) -> list[tuple[int, int]]:
    """Where each entry of a mapping or item of a list starts and ends."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(one, one) for one in node.value]
    return [(key.start_mark.index, end(text, value)) for key, value in pairs]


def replaced(text: str, node: yaml.Node, after: int, value: str) -> str:
    """Another value in the node's place; `after` is where its key's colon ends, or a list's item starts."""
    start, stop = node.start_mark.index, end(text, node)
    if start == stop:  # a key without a value
        return text[:after] + " " + value + text[after:]
    if "\n" not in text[after:start]:
        return text[:start] + value + text[stop:]
    beside = line_end(text, after)  # a block: its lines go, the comment beside its key stays
    return f"{text[:after]} {value}{text[after:beside]}{text[line_end(text, stop) :]}"


def removed(text: str, node: yaml.CollectionNode, number: int) -> str:
    """Without one entry of a collection that has others."""
    there = spans(text, node)
    start, stop = there[number]
    if not node.flow_style:
        first, following = text.rfind("\n", 0, start) + 1, text.find("\n", stop) + 1
        return text[:first] + (text[following:] if following else "")
    if number + 1 < len(there):
        return text[:start] + text[there[number + 1][0] :]
    before = there[number - 1][1]
    if "#" in text[before:start]:  # a comment on the entry before
        comma = text.index(",", before)
        return text[:comma] + text[comma + 1 : start].rstrip(" ") + text[stop:]
    return text[:before] + text[stop:]


def inserted(text: str, node: yaml.CollectionNode, number: int, entry: str) -> str:
    """With one entry more before that number, or after the last, of a collection that has some."""
    there = spans(text, node)
    if not node.flow_style:
        dash = "- " if isinstance(node, yaml.SequenceNode) else ""
        line = " " * node.start_mark.column + dash + entry
        feed = "\r\n" if "\r\n" in text else "\n"
        if number < len(there):
            place = text.rfind("\n", 0, there[number][0]) + 1
            return text[:place] + line + feed + text[place:]
        place = line_end(text, there[-1][1])
        return text[:place] + feed + line + text[place:]
    if number < len(there):
        place = there[number][0]
        return f"{text[:place]}{entry}, {text[place:]}"
    place = there[-1][1]
    return f"{text[:place]}, {entry}{text[place:]}"


def found(text: str, keys: Keys) -> list[tuple[Any, int, int]]:
    """From the root down as far as the keys lead: each node, its number in its parent, where it may start."""
    root = yaml.compose(text, yaml.SafeLoader)
    if root is None:
        return []
    way: list[tuple[Any, int, int]] = [(root, 0, 0)]
    node: Any = root
    for one in keys:
        if isinstance(node, yaml.MappingNode):
            names = [key.value for key, _ in node.value]
            if str(one) not in names:
                break
            number = names.index(str(one))
            key, node = node.value[number]
            way.append((node, number, text.index(":", key.end_mark.index) + 1))
        elif isinstance(node, yaml.SequenceNode) and one in range(len(node.value)):
            node = node.value[one]
            way.append((node, int(one), node.start_mark.index))
        else:
            break
    return way


def has(text: str, keys: Keys) -> bool:
    """Whether the text itself gives a value at the keys."""
    return len(found(text, keys)) == len(keys) + 1


def listed(text: str, keys: Keys, old: list[Any], new: list[Any]) -> str:
    """A list brought from old to new item by item, so that what stays is not touched."""
    matcher = SequenceMatcher(None, list(map(repr, old)), list(map(repr, new)), autojunk=False)
    for _, low, high, first, last in reversed(matcher.get_opcodes()):
        node = found(text, keys)[-1][0]
        both = min(high - low, last - first)
        for number in reversed(range(low + both, high)):
            text = removed(text, found(text, keys)[-1][0], number)
        for value in reversed(new[first + both : last]):
            node = found(text, keys)[-1][0]
            text = inserted(text, node, low + both, emitted(value, bool(node.flow_style)))
        for number in reversed(range(low, low + both)):
            if repr(old[number]) != repr(value := new[first + number - low]):
                item, _, after = found(text, (*keys, number))[-1]
                text = replaced(text, item, after, emitted(value, bool(node.flow_style)))
    return text


def proven(text: str, keys: Keys, expected: Any) -> str:
    """The text, if it reads as expected."""
    try:
        now = parsed(text)
    except yaml.YAMLError:
        now = None
    if repr(now) != repr(expected):
        raise ValueError(f"{'.'.join(map(str, keys))} cannot be edited in place")
    return text


def at(value: Any, keys: Keys) -> Any:
    """The part of a value that the keys lead to."""
    for one in keys:
        value = value[one]
    return value


def put(text: str, keys: Keys, value: Any) -> str:
    """With the value at the keys, mappings added where they lack. Raises ValueError if it cannot be."""
    expected: Any = parsed(text)
    way = found(text, keys)
    depth = max(len(way) - 1, 0)
    whole, rest = at(expected, keys[:depth]), keys[depth:]
    new = value
    for one in reversed(rest):
        new = {one: new}
    if not way:
        text = f"{text}{emitted(rest[0])}: {emitted(new[rest[0]])}\n"
    else:
        node, _, after = way[-1]
        flow = any(bool(one.flow_style) for one, _, _ in way[:-1])
        if rest and whole and isinstance(node, yaml.MappingNode):
            inside = bool(node.flow_style)
            entry = f"{emitted(rest[0], inside)}: {emitted(new[rest[0]], inside)}"
            text = inserted(text, node, len(node.value), entry)
        elif isinstance(whole, list) and whole and isinstance(value, list) and value:
            text = listed(text, keys, whole, value)
        else:
            text = replaced(text, node, after, emitted(new, flow))
    if rest and isinstance(whole, dict):
        whole.update(new)
    elif depth:
        at(expected, keys[: depth - 1])[keys[depth - 1]] = new
    return proven(text, keys, expected)


def delete(text: str, keys: Keys) -> str:
    """The text without the key, which it has. Raises ValueError if it cannot be."""
    expected: Any = parsed(text)
    (parent, _, after), (_, number, _) = found(text, keys)[-2:]
    siblings = at(expected, keys[:-1])
    del siblings[keys[-1]]
    if siblings:
        text = removed(text, parent, number)
    elif len(keys) == 1:
        text = text[: parent.start_mark.index] + "{}" + text[end(text, parent) :]
    else:
        text = replaced(text, parent, after, "{}")
    return proven(text, keys, expected)
