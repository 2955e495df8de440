"""Lambda: every night, forgets drafts and documents past their days and erases records past their years, closes
applications never confirmed, looks after the register, and completes the list of cases."""

from datetime import timedelta
from typing import Any, Final

from portal.bootstrap_aws import discreet, rests, warm
from portal.house import House
from portal.usecases.retention import Retention
from portal.usecases.upkeep import Upkeep

LOOK_BACK: Final = timedelta(days=31)
"""Nights that may fail and are made up for; what is older is looked at only when asked for ``{"everything": true}``."""


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, int]:
    """How many are gone, and how much there was to do about the register."""
    house = house or warm()
    if rests(house):
        return {}
    swept = None if event.get("everything") else house.office.today() - LOOK_BACK
    return {
        "expired": house.clockwork.expire(),
        "forgotten": Retention(house.office, swept).forget_documents(),
        "erased": house.clockwork.forgetting.forget_records(),
        "register": Upkeep(house.office).look_after_register(),
        "listed": house.archive.complete(),
    }
