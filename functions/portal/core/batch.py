"""What whoever fills in for several people hears of their cases, besides the applicants themselves."""

from collections.abc import Mapping
from typing import Final

from portal.core.application import Actor, Application
from portal.core.draft import Draft
from portal.core.notices import Notice, notice
from portal.core.sop import FILLER, Sop

LETTERS: Final[Mapping[str, str]] = {"return": "member_returned"}
"""Letter by action; of all else he reads on his page."""


def is_news(application: Application) -> bool:
    """Has its newest event to be told to whoever filled it in with others?"""
    return bool(application.batch) and application.events[-1].action in LETTERS


def owed(application: Application, batch: Draft, sop: Sop) -> Notice:
    """The email that the newest event owes him.

    Args:
        sop: the present edition, by which the batch's answers are named.
    """
    name, email = (str(batch.form.get(sop.batch[meaning], "")) for meaning in ("name", "email"))
    event = application.events[-1]
    actor = Actor(FILLER, name, email=email)
    return notice(LETTERS[event.action], actor, about=application.ticket, event=event.number, at=event.at)
