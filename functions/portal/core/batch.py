"""Cases that began from one batch: what whoever filled them in hears, and which of them one disposition is of."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from portal.core.application import Actor, Application, Event
from portal.core.draft import Draft
from portal.core.notices import Notice, notice
from portal.core.sop import FILLER, Sop

LETTERS: Final[Mapping[str, str]] = {"return": "member_returned"}
"""Letter by action; of all else he reads on his page."""

FORWARD: Final = "forward"


def disposes(event: Event, step: str, sop: Sop) -> bool:
    """Is it the disposition of a letter, and no judgement of the one person that the case is about?"""
    return event.action == FORWARD and sop.step(step).kind == "disposition"


def of_one_letter(
    application: Application, event: Event, others: Iterable[Application], sop: Sop
) -> Iterator[Application]:
    """The cases of the same letter that still wait where this one did when an event disposed of it.

    Args:
        others: cases that wait for whoever decided; the letter is the same where its content is.
    """
    step, letter = application.step_before(event), _letter(application, sop)
    if not application.batch or not letter or not disposes(event, step, sop):
        return
    for other in others:
        same = other.batch == application.batch and other.ticket != application.ticket and other.step == step
        if same and _letter(other, sop) == letter:
            yield other


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


def _letter(application: Application, sop: Sop) -> str:
    """Fingerprint of the letter of a case; empty if it has none."""
    kind = sop.batch.get("letter", "")
    return next((document.sha256 for document in application.documents if document.kind == kind), "")
