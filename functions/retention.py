"""Lambda: every night, forgets drafts past their days and closes applications that were never confirmed."""

from typing import Any

from portal.bootstrap_aws import warm
from portal.house import House


def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, int]:
    """How many are gone."""
    return {"expired": (house or warm()).clockwork.expire()}
