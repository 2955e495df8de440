"""What comes out the same every time is worked out once in each process of the tests: each makes many portals.

Templates are compiled, TOML is parsed and schemas are applied as ever; what was seen before, letter by letter, is not
gone through again.
"""

import json
import pickle
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest

from portal import editions
from portal.forms.form import validate


@contextmanager
def worked_out_once() -> Iterator[None]:
    """As long as it lasts, portals of this process share what they would all find out by themselves."""
    parse = tomllib.loads
    parsed, valid = lru_cache(100)(lambda text: pickle.dumps(parse(text))), set[tuple[str, str]]()

    def validate_once(schema: Any, data: Any, *where: Any) -> None:
        pair = json.dumps(schema), json.dumps(data, default=repr)
        if pair not in valid:
            validate(schema, data, *where)
            valid.add(pair)

    with pytest.MonkeyPatch.context() as patch:
        if "flask" in sys.modules:  # no test of this process asks for pages otherwise
            from tests.support.compiled import keep_compiled, keep_rules

            keep_compiled(patch)
            keep_rules(patch)
        patch.setattr(tomllib, "loads", lambda text, **how: parse(text, **how) if how else pickle.loads(parsed(text)))
        patch.setattr(editions, "validate", validate_once)
        yield
