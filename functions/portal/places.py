"""Where a key stands in a file, so that what does not fit can be found there: TOML and JSON, by tree-sitter.

Reads what a person is still writing: of a file with a mistake in it, whatever can be made out has its line.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from portal.forms.shape import key_of

if TYPE_CHECKING:
    from tree_sitter import Node

Way = tuple[str | int, ...]


def lines(name: str, content: bytes) -> dict[str, int]:
    """The line (from 1) on which each key begins, such as ``{"steps[2].role": 311}``.

    Args:
        name: of the file; only the ending counts, and ``toml`` or ``json`` are known.
    """
    if not name.endswith((".toml", ".json")):
        return {}
    found = _toml(_root(content, name)) if name.endswith(".toml") else _json(_root(content, name), ())
    places: dict[str, int] = {}
    for way, line in found:
        for length in range(1, len(way) + 1):  # [steps.status.waiting] is also where steps.status begins
            places.setdefault(key_of(*way[:length]), line)
    return places


def line_of(key: str, places: dict[str, int]) -> int:
    """The line of a key, or else of the nearest one around it; 0 if there is none."""
    while key and key not in places:
        key = re.sub(r"(^|\.)[^.\[\]]*$|\[[0-9]+\]$", "", key)
    return places.get(key, 0)


def _root(content: bytes, name: str) -> "Node":
    from tree_sitter import Language, Parser

    if name.endswith(".toml"):
        from tree_sitter_toml import language
    else:
        from tree_sitter_json import language
    return Parser(Language(language())).parse(content).root_node


def _toml(root: "Node") -> Iterator[tuple[Way, int]]:
    tables: Counter[Way] = Counter()
    yield from _pairs(root, ())
    for part in root.named_children:
        if part.type not in ("table", "table_array_element"):
            continue
        header = next((child for child in part.named_children if child.type.endswith("key")), None)
        names = _names(header) if header else ()
        way: Way = ()
        for number, name in enumerate(names, start=1):
            way = (*way, name)
            if part.type == "table_array_element" and number == len(names):
                tables[way] += 1
            if tables[way]:
                way = (*way, tables[way] - 1)
        yield way, _line(part)
        yield from _pairs(part, way)


def _pairs(node: "Node", way: Way) -> Iterator[tuple[Way, int]]:
    for pair in node.named_children:
        if pair.type == "pair" and len(pair.named_children) > 1:
            here = (*way, *_names(pair.named_children[0]))
            yield here, _line(pair)
            yield from _within(pair.named_children[1], here)


def _within(value: "Node", way: Way) -> Iterator[tuple[Way, int]]:
    if value.type == "inline_table":
        yield from _pairs(value, way)
    if value.type == "array":
        for number, entry in enumerate(child for child in value.named_children if child.type != "comment"):
            yield (*way, number), _line(entry)
            yield from _within(entry, (*way, number))


def _names(key: "Node") -> Sequence[str]:
    """The parts of ``a.b."c d"``."""
    if key.type == "dotted_key":
        return [name for part in key.named_children for name in _names(part)]
    return [(key.text or b"").decode().strip("\"'")]


def _json(node: "Node", way: Way) -> Iterator[tuple[Way, int]]:
    if node.type == "pair" and len(node.named_children) > 1:
        name, value = node.named_children[:2]
        here = (*way, (name.text or b"").decode()[1:-1])
        yield here, _line(node)
        yield from _json(value, here)
        return
    for number, child in enumerate(node.named_children):
        here = (*way, number) if node.type == "array" else way
        if node.type == "array":
            yield here, _line(child)
        yield from _json(child, here)


def _line(node: "Node") -> int:
    return node.start_point.row + 1
