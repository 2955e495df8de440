"""What the walks for barriers share."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import template_rendered

from tests.support.city import City


@pytest.fixture
def rendered(city: City) -> Iterator[list[str]]:
    """Names of the templates of the pages that were asked for, as they are."""
    names: list[str] = []

    def note(sender: Any, template: Any, **_: Any) -> None:
        names.append(template.name)

    with template_rendered.connected_to(note):
        yield names
