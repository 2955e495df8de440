"""Templates and rules of addresses compiled once in each process of the tests."""

from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class Compiled(BytecodeCache):
    """Jinja's own keeping of compiled templates by their text, in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def keep_compiled(patch: pytest.MonkeyPatch) -> None:
    """Every Flask application made from now on keeps its templates in one place."""
    patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": Compiled()})


def keep_rules(patch: pytest.MonkeyPatch) -> None:
    """An address that was taken apart for one application is not taken apart again for the next."""
    take_apart, kept = Rule._parse_rule, dict[Any, tuple[Any, ...]]()

    def once(rule: Any, text: str) -> Iterable[Any]:
        asked = text, rule.map.converters.get("service")  # the one kind of variable that is not everybody's
        if asked not in kept:
            alone: Any = Rule(text)
            alone.map, alone._trace, alone._converters = rule.map, [], {}
            kept[asked] = tuple(take_apart(alone, text)), alone._trace, alone._converters
        parts: Iterable[Any]
        parts, trace, found = kept[asked]
        rule._trace += trace
        rule._converters |= found
        rule.arguments |= found.keys()
        return parts

    patch.setattr(Rule, "_parse_rule", once)
