"""What a command lists: in words for people, or as JSON for programs, whose keys stay what they are."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="As a JSON list of objects, for programs.")
"""An option of every command that lists something."""


def say_json(entries: Iterable[Mapping[str, Any]]) -> None:
    """Days and moments as ISO text."""
    click.echo(json.dumps(list(entries), ensure_ascii=False, indent=1, default=_plain))


def facts_of(thing: object, *names: str) -> dict[str, Any]:
    """These attributes of a thing, under their names."""
    return {name: getattr(thing, name) for name in names}


def _plain(value: Any) -> str:
    return str(value.isoformat())
