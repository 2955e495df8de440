"""What is the same on every engine: the edition of the service, and everything with its collaborators in hand."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from portal import web
from portal.core import sop
from portal.core.language import Language
from portal.core.notices import Official
from portal.editions import read_calendar, read_json, read_messages, read_papers, read_toml
from portal.engines.ports import Files, Mail, Records
from portal.forms.form import Form
from portal.links import Links
from portal.service import Portal
from portal.web.images import PageImages

if TYPE_CHECKING:
    from portal.clockwork import Clockwork
    from portal.intake import Intake
    from portal.letters.writing import Letters
    from portal.papers.printing import Press


class Settings(Protocol):
    """What every engine's configuration says.

    Attributes:
        service: folder of the service's ``sop.toml``; the shared schemas lie beside it.
        address: public address, without a slash at the end.
        rehearsal: sample officials, mailbox, time machine; never for real cases.
    """

    @property
    def service(self) -> Path: ...
    @property
    def address(self) -> str: ...
    @property
    def rehearsal(self) -> bool: ...


@dataclass(frozen=True)
class Engine:
    """What carries the portal.

    Attributes:
        extra: what only this engine gives the pages (see ``web.Rooms``).
        given: what only this engine gives the clockwork.
    """

    records: Records
    files: Files
    mail: Mail
    links: Links
    extra: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class House:
    """The portal with its engine, ready to serve.

    What a status lookup has no use for is not loaded before somebody wants it.

    Attributes:
        letters: writes emails.
        extra: what the pages are given beside the portal (see ``web.Rooms``).
        given: what only this engine gives the clockwork.
    """

    portal: Portal
    letters: Callable[[], "Letters"]
    extra: Mapping[str, Any]
    config: Any
    given: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def intake(self) -> "Intake":
        from portal.documents import inspection
        from portal.intake import Intake

        limits = inspection.Limits()
        return Intake(self.portal, lambda content: inspection.inspect(content, limits), limits.max_bytes)

    @cached_property
    def clockwork(self) -> "Clockwork":
        from portal.clockwork import Clockwork

        return Clockwork(self.portal, lambda *given: self.letters().render(*given), self.config.address, **self.given)


def furnish(edition: sop.Sop, engine: Engine, clock: Callable[[], datetime], config: Settings) -> House:
    """The portal of an edition of the SOP on an engine."""
    calendar = read_calendar(edition, config.service)
    portal = Portal(
        sop=edition,
        decisions=read_json(config.service.parent / "decision.schema.json")["$defs"],
        records=engine.records,
        files=engine.files,
        mail=engine.mail,
        links=engine.links,
        calendar=calendar,
        clock=clock,
        choice=secrets.choice,
        token=lambda: secrets.token_hex(16),
        make_form=Form,
    )
    dates = read_messages()["dates"]
    language = Language(dates["months"], dates["days"], calendar.zone, calendar.label)
    letters = cache(partial(_letters, language))
    extra: dict[str, Any] = {"qr": _qr, "calendar_entry": lambda *given: letters().visit(*given), **engine.extra}
    extra["page_images"] = PageImages(_page_image)
    extra["press"] = cache(partial(_press, edition, config))
    if config.rehearsal:
        extra |= _rehearse(config.service, portal)
    return House(portal, letters, extra, config, engine.given)


def _letters(language: Language) -> "Letters":
    from portal.letters.writing import Letters

    return Letters(Path(__file__).parent / "letters" / "texts", language)


def _qr(text: str, **said: str) -> str:
    from portal.letters.writing import qr_svg

    return qr_svg(text, **said)


def _page_image(*asked: Any) -> bytes:
    from portal.documents.inspection import page_image

    return page_image(*asked)


def _press(edition: sop.Sop, config: Settings) -> "Press | None":
    """Prints the service's papers, if it has any."""
    from portal.papers.printing import Press

    papers_to_print = read_papers(edition, config.service)
    return Press(papers_to_print, config.address) if papers_to_print else None


def pages(house: House, names: Sequence[str] = web.ROOMS) -> Any:
    """The dynamic pages as a WSGI application, or only those of some rooms of ``web``."""
    return web.create_app(
        house.portal,
        lambda: house.intake,
        lambda: house.clockwork,
        address=house.config.address,
        rehearsal=house.config.rehearsal,
        extra=house.extra,
        names=names,
    )


def _rehearse(service: Path, portal: Portal) -> dict[str, Any]:
    """Appoint the sample officials, each of them once, and offer the sample documents."""
    data = read_toml(service / "rehearsal.toml")
    known = {(official.role, official.email.lower()) for official in portal.records.officials()}
    for sample in (Official(**entry) for entry in data.get("officials", ())):
        if (sample.role, sample.email.lower()) not in known:
            portal.records.appoint(sample)
    return {"samples": data.get("samples", []), "specimen": data.get("specimen", {})}
