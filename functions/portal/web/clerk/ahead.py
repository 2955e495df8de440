"""What the portal will do by itself in the days ahead, for a clerk who would rather know before."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from flask import Blueprint, render_template, request

from portal.core.foreseen import Foreseen
from portal.usecases.almanac import DAYS, Almanac
from portal.usecases.register import page_of
from portal.web.clerk.desk import open_lines
from portal.web.clerk.entry import reader
from portal.web.here import here

pages = Blueprint("clerk_ahead", __name__)

PATH: Final = "/petugas/akan-terjadi"

SIZE: Final = 50


@pages.get(PATH)
def show() -> str:
    """A page at a time (``hal``), by day."""
    reader()
    look = here().watch.glance()
    ahead = Almanac(here().office, here().watch, here().outbox).ahead(look)
    found, number, last = page_of(ahead, request.args.get("hal", ""), SIZE)
    return render_template(
        "clerk/ahead.html",
        days=[(day, _together(some)) for day, some in groupby(found, _day)],
        names={line.ticket: line.name for line in open_lines(look)},
        some_time=here().messages["foreseen"]["of_a_day"],
        total=len(ahead),
        number=number,
        last=last,
        within=DAYS,
    )


def _together(some: Iterable[Foreseen]) -> list[tuple[str, list[Foreseen]]]:
    """What happens in words, and all of a day to which that happens, where the first of them does."""
    told: dict[str, list[Foreseen]] = {}
    for each in some:
        told.setdefault(_said(each), []).append(each)
    return list(told.items())


def _said(each: Foreseen) -> str:
    """What happens, in words; nobody is named whose name is not known."""
    words: str = here().messages["foreseen"][each.kind]
    return words.format(whom=", ".join(filter(None, each.whom)) or "–", number=here().language.number(each.number))


def _day(each: Foreseen) -> Any:
    return here().office.calendar.local(each.at).date()
