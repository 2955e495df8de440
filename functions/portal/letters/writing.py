"""What leaves the portal as text: emails from the letters' files, and calendar entries.

Every sentence is in ``letters/texts/``; this module never sends anything and never decides who gets what.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portal.core.application import Event
from portal.core.language import Language
from portal.core.parts import Step
from portal.core.patience import Stuck
from portal.core.progress import Waiting, because
from portal.core.sop import Sop
from portal.engines.ports import Message
from portal.forms.letter import CaseLetter, Letter
from portal.letters import icalendar, markup

if TYPE_CHECKING:
    from jinja2 import Environment

WITH_CALENDAR: Final = frozenset({"booked", "visit_moved", "visit_cancelled", "visit_done"})
"""Letters that carry the visit as a calendar entry, or take it out of calendars."""


class Letters:
    """The letters of a folder, one text file each: the subject on the first line, then the body (see ``markup``).

    Files that begin with ``_`` are parts of letters; ``_foot.txt`` ends each of them.

    Args:
        folder: of the ``*.txt`` files and of ``base.html``, which the HTML of every email lives in.
        language: how dates and numbers are written.
        stuck: the words for each reason of the clerk's list: what is ``said``, and what to ``do``.
        code: of an email of this letter, by which its reader can tell that it is ours; ``check``: where he asks.
        forecast: the words for what a forecast rests on (``progress.because``).
    """

    def __init__(
        self,
        folder: Path,
        language: Language,
        stuck: Mapping[str, Mapping[str, str]] | None = None,
        code: Callable[[str], str] = lambda _: "",
        check: str = "",
        forecast: Mapping[str, Any] | None = None,
    ) -> None:
        self._folder = folder
        self._code, self._check = code, check
        self._language = language
        self._stuck = stuck or {}
        self._forecast = forecast or {}

    def render(self, letter: str, to: str, values: Letter) -> Message:
        """The email of a letter, as text and as HTML.

        Args:
            values: all that the letter's file may say.

        Raises:
            jinja2.UndefinedError: the letter names something else.
        """
        sop, context = values.sop, {field.name: getattr(values, field.name) for field in fields(values)}
        subject, body = self._write(f"{letter}.txt", context)
        foot = "\n".join(self._write("_foot.txt", {**context, "code": self._code(letter), "check": self._check}))
        subject = f"{sop['office']['mail_prefix']} {subject}"
        text = f"{markup.plain(body)}\n\n{markup.plain(foot)}\n"
        page = self._pages.get_template("base.html")
        html = page.render(subject=subject, sop=sop, body=markup.blocks(body), foot=markup.blocks(foot))
        calendar = ""
        if letter in WITH_CALENDAR and isinstance(values, CaseLetter):
            calendar = self.visit(values.application.ticket, values.event, values.edition, step=values.at_step)
        return Message(to, subject, text, html, calendar)

    def visit(self, ticket: str, booking: Event, sop: Sop, at: datetime | None = None, step: Step | None = None) -> str:
        """The calendar entry (iCalendar) of a visit; that of a later event of the case takes its place in calendars.

        Args:
            booking: the event by which it was agreed or called off; ``at`` when the entry is handed out, if not then.
            step: whose visit it is, if not that of the step where the event led.

        Raises:
            ValueError: the event is not of a step with visits.
        """
        step = step or sop.step(booking.step)
        if step.visit is None:
            raise ValueError(f"not a visit: {step.key}")
        office = sop.data["office"]
        summary, description = self._write("_calendar.txt", {"sop": sop.data, "step": step, "ticket": ticket})
        return icalendar.entry(
            uid=f"{ticket}.{step.key}@{office['email'].rpartition('@')[2]}",
            sequence=booking.number,
            stamp=booking.at,
            start=datetime.fromisoformat(booking.data["slot"]),
            minutes=step.visit.length_minutes,
            summary=summary,
            description=markup.plain(description),
            location=step.visit.place,
            organizer=(office["name"], office["email"]),
            handed_out=at,
            cancelled=booking.action in ("cancel_visit", "walk_in"),
        )

    def _write(self, file: str, context: Mapping[str, Any]) -> tuple[str, str]:
        """The first line, plain, and the rest, with its markup."""
        text = self._texts.get_template(file).render(context)
        head, _, rest = text.strip("\n").partition("\n")
        return markup.one_line(head), rest

    @cached_property
    def _texts(self) -> "Environment":
        # Not escaped, as it becomes plain text; ``_pages`` makes the HTML, from the finished text.
        environment = self._environment(autoescape=False, finalize=markup.value)
        environment.filters.update(
            date=self._language.date,
            day=self._language.day,
            month=self._language.month,
            time=self._language.time,
            moment=self._language.moment,
            number=self._language.number,
            instant=datetime.fromisoformat,
            midway=_midway,
            why=lambda reason: self._stuck[reason]["said"],
            remedy=lambda reason: self._stuck[reason]["do"],
            because=lambda reason: because(reason, self._forecast, own=True),
            of_one_product=_of_one_product,
        )
        return environment

    @cached_property
    def _pages(self) -> "Environment":
        return self._environment(autoescape=True)

    def _environment(self, **options: Any) -> "Environment":
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        return Environment(  # noqa: S701
            loader=FileSystemLoader(self._folder),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,  # a part that is included ends its own line
            **options,
        )


def _of_one_product(cases: Sequence[Waiting | Stuck]) -> str:
    """`` Sertifikat Elektronik`` where all cases are about that; nothing where each has to say it for itself."""
    products = {case.product for case in cases}
    return f" {products.pop()}" if len(products) == 1 else ""


def _midway(text: str) -> str:
    """A heading's words in the middle of a sentence: "Telaah Kepala Dinas" as "telaah ...", "TTE" as it is."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
