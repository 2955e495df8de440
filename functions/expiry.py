"""Lambda: every night, forgets drafts and documents past their days and erases records past their years, closes
applications never confirmed, looks after the register, and completes the list of cases."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from portal.bootstrap_aws import discreet, rests, warm
from portal.house import House
from portal.usecases.retention import Retention
from portal.usecases.upkeep import Upkeep

log = logging.getLogger(__name__)

LOOK_BACK: Final = timedelta(days=31)
"""The first night makes up for so many before it, each other for all since the last that did not fail; what is older is
looked at only when asked for ``{"everything": true}``."""


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, int]:
    """How many are gone, and how much there was to do about the register.

    Each is done whatever becomes of the others, as what stops one may do so every night.

    Raises:
        Exception: the first problem, when all has been tried.
    """
    house = house or warm()
    if rests(house):
        return {}
    retention = Retention(house.office, house.office.today() - LOOK_BACK)
    if event.get("everything"):
        retention.begin_anew()
    chores: dict[str, Callable[[], int]] = {
        "expired": house.clockwork.expire,
        "forgotten": retention.forget_documents,
        "erased": house.clockwork.forgetting.forget_records,
        "register": Upkeep(house.office).look_after_register,
        "listed": house.archive.complete,
    }
    done, problems = dict[str, int](), list[Exception]()
    for name, chore in chores.items():
        try:
            done[name] = chore()
        except Exception as problem:
            log.error("%s: %s", name, type(problem).__name__)
            problems.append(problem)
    if problems:
        raise problems[0]
    return done
