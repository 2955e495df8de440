"""Lambda: every night, forgets drafts and documents past their days and erases records past their years, closes
applications never confirmed, looks after the register, and completes the list of cases."""

from datetime import timedelta
from typing import Any, Final

from portal.bootstrap_aws import discreet, rests, warm
from portal.house import House
from portal.usecases.retention import Retention
from portal.usecases.upkeep import Upkeep

LOOK_BACK: Final = timedelta(days=31)
"""The first night makes up for so many before it, each other for all since the last that did not fail; what is older is
looked at only when asked for ``{"everything": true}``."""


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, int]:
    """How many are gone, and how much there was to do about the register."""
    house = house or warm()
    if rests(house):
        return {}
    retention = Retention(house.office, house.office.today() - LOOK_BACK)
    if event.get("everything"):
        retention.begin_anew()
    return {
        "expired": house.clockwork.expire(),
        "forgotten": retention.forget_documents(),
        "erased": house.clockwork.forgetting.forget_records(),
        "register": Upkeep(house.office).look_after_register(),
        "listed": house.archive.complete(),
    }
