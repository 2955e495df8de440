"""Lambda: every night, forgets drafts and documents past their days and closes applications never confirmed."""

from datetime import timedelta
from typing import Any, Final

from portal.bootstrap_aws import discreet, warm
from portal.house import House
from portal.retention import Retention

LOOK_BACK: Final = timedelta(days=31)
"""Nights that may fail and are made up for; what is older is looked at only when asked for ``{"everything": true}``."""


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, int]:
    """How many are gone."""
    house = house or warm()
    swept = None if event.get("everything") else house.office.today() - LOOK_BACK
    return {"expired": house.clockwork.expire(), "forgotten": Retention(house.office, swept).forget_documents()}
