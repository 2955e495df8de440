"""What is the same on every engine: the editions of the services, and everything with its collaborators in hand."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.config import Settings
from portal.core import sop
from portal.core.application import Event
from portal.core.draft import Document
from portal.core.notices import Notice
from portal.core.officials import Official
from portal.core.services import Services
from portal.core.worktime import Calendar
from portal.editions import read_calendar, read_json, read_language, read_messages, read_papers, read_toml
from portal.engines.gates import Room, Scanner
from portal.engines.owed_deletions import OwesDeletions
from portal.engines.ports import Files, Mail, Message, Records
from portal.links import Links
from portal.office import Office
from portal.web.app import BLUEPRINTS, create_app
from portal.web.here import Equipment, Inbox, Receiver, Rehearsal, SentMail, TimeMachine
from portal.web.images import PageImages

if TYPE_CHECKING:
    from markupsafe import Markup

    from portal.core.rounds import Rounds
    from portal.letters.writing import Letters
    from portal.papers.printing import Press
    from portal.usecases.appointing import Appointing
    from portal.usecases.archive import Archive
    from portal.usecases.batches import Batches
    from portal.usecases.bringing import Bringing
    from portal.usecases.cases import Cases
    from portal.usecases.clockwork import Clockwork
    from portal.usecases.corrections import Corrections
    from portal.usecases.correspondence import Correspondence
    from portal.usecases.deletions import Deleting, Deletions
    from portal.usecases.dossiers import Dossiers
    from portal.usecases.entrance import Entrance
    from portal.usecases.erasing import Erasing
    from portal.usecases.experience import Experience
    from portal.usecases.genuine import Genuine
    from portal.usecases.handouts import Handouts
    from portal.usecases.intake import Intake
    from portal.usecases.outbox import Outbox
    from portal.usecases.register import Register
    from portal.usecases.signing import Signing
    from portal.usecases.visits import Visits
    from portal.usecases.watch import Watch


@dataclass(frozen=True)
class Engine:
    """What carries the portal.

    Attributes:
        original, receiver, closed, room, scanner: as in ``web.here.Equipment``; ``mark``: as in ``outbox.Outbox``.
        inbox: where emails come back to; None where the relay tells of them, or nobody reads it.
        mailbox, time_machine: a rehearsal's, which only it shows; ``switches``: what it may let fail, by name.
        deleting: where deletions are owed, and the files of who carries them out; None where nothing is owed.
    """

    records: Records
    files: Files
    mail: Mail
    links: Links
    original: Callable[[Document, str, bool], str] | None = None
    receiver: Receiver | None = None
    mark: Callable[[Message, Sequence[Notice]], Message] | None = None
    mailbox: SentMail | None = None
    time_machine: TimeMachine | None = None
    switches: Mapping[str, Any] = field(default_factory=dict)
    inbox: Inbox | None = None
    closed: str = ""
    room: Room | None = None
    scanner: Scanner | None = None
    deleting: "tuple[OwesDeletions, Deleting] | None" = None


@dataclass(frozen=True)
class House:
    """The portal with its engine, ready to serve (``web.here.UseCases``).

    What a status lookup has no use for is not loaded before somebody wants it.
    """

    office: Office
    engine: Engine
    letters: Callable[[], "Letters"]
    equipment: Equipment
    config: Any

    @cached_property
    def cases(self) -> "Cases":
        from portal.usecases.cases import Cases

        return Cases(self.office)

    @cached_property
    def visits(self) -> "Visits":
        from portal.usecases.visits import Visits

        return Visits(self.office)

    @cached_property
    def watch(self) -> "Watch":
        from portal.usecases.watch import Watch

        return Watch(self.office)

    @cached_property
    def experience(self) -> "Experience":
        from portal.usecases.experience import Experience

        return Experience(self.office)

    @cached_property
    def register(self) -> "Register":
        from portal.usecases.register import Register

        return Register(self.office, read_json(self.config.schemas / "register.schema.json")["$defs"])

    @cached_property
    def archive(self) -> "Archive":
        from portal.usecases.archive import Archive

        return Archive(self.office)

    @cached_property
    def corrections(self) -> "Corrections":
        from portal.usecases.corrections import Corrections

        return Corrections(self.office, read_messages()["clerk"]["title"])

    @property
    def deletions(self) -> "Deletions | None":
        from portal.usecases.deletions import Deletions

        return Deletions(self.office, *self.engine.deleting) if self.engine.deleting else None

    @cached_property
    def dossiers(self) -> "Dossiers":
        from portal.usecases.dossiers import Dossiers

        return Dossiers(self.office)

    @cached_property
    def erasing(self) -> "Erasing":
        from portal.usecases.erasing import Erasing

        return Erasing(self.office, self.handouts)

    @cached_property
    def handouts(self) -> "Handouts":
        from portal.usecases.handouts import Handouts

        return Handouts(self.office)

    @cached_property
    def genuine(self) -> "Genuine":
        from portal.usecases.genuine import Genuine

        return Genuine(self.office, read_messages()["emails"])

    @cached_property
    def entrance(self) -> "Entrance":
        from portal.usecases.entrance import Entrance

        return Entrance(self.office)

    @cached_property
    def intake(self) -> "Intake":
        from portal.usecases.intake import Intake

        return Intake(self.office, secrets.choice, lambda: secrets.token_hex(16))

    @cached_property
    def batches(self) -> "Batches":
        from portal.usecases.batches import Batches

        return Batches(self.intake)

    @cached_property
    def bringing(self) -> "Bringing":
        from portal.documents import inspection
        from portal.documents.waiting import Queue
        from portal.usecases.bringing import Bringing

        limits, scanner = inspection.Limits(), self.engine.scanner

        def inspect(content: bytes) -> Any:
            if scanner:
                scanner.must_be_clean(content)
            return inspection.inspect(content, limits=limits)

        join = partial(inspection.join, limits=limits)
        sizes, signatures = (limits.max_bytes, limits.max_photo), inspection.signatures
        # Fewer than a server has threads, so that slow files cannot hold up every page.
        return Bringing(self.intake, inspect, join, signatures, *sizes, Queue(places=4, standing=6).turn)

    @cached_property
    def appointing(self) -> "Appointing":
        from portal.usecases.appointing import Appointing

        return Appointing(self.office, self.cases)

    @cached_property
    def signing(self) -> "Signing":
        from portal.documents import inspection
        from portal.usecases.signing import Signing

        return Signing(self.cases, self.intake, inspection.signatures)

    @cached_property
    def correspondence(self) -> "Correspondence":
        from portal.usecases.correspondence import Correspondence

        looked_up = self.cases, self.watch, self.register, self.entrance, self.experience
        return Correspondence(self.office, *looked_up, self.letters().render, self.config.address)

    @cached_property
    def outbox(self) -> "Outbox":
        from portal.usecases.outbox import Outbox, unmarked
        from portal.usecases.pacing import Pacing

        engine, office = self.engine, self.office

        def letter(owed: Notice) -> Any:  # letters are loaded with the first that is written
            return self.correspondence.letter(owed)

        def join(written: Sequence[tuple[Notice, Any]]) -> Message:
            return self.correspondence.join(written)

        def rounds() -> "Rounds | None":
            # In a rehearsal days pass in minutes, and whoever plays wants to see each email, unless he says otherwise.
            return self.rounds if engine.mailbox is None or engine.mailbox.collecting else None

        mark = engine.mark or unmarked
        # As for the rounds.
        pacing = Pacing(office.records, partial(office.links.seal, "sent")) if engine.mailbox is None else None
        return Outbox(office.records, engine.mail, office.clock, letter, join, mark, rounds, pacing)

    @cached_property
    def rounds(self) -> "Rounds":
        """When officials' emails are collected to."""
        from portal.core.rounds import Rounds

        first, days = self.office.services.first, self.office.calendar
        return Rounds.of(first.data["reminders"], days.zone, days.is_working_day)

    @cached_property
    def clockwork(self) -> "Clockwork":
        from portal.usecases.clockwork import Clockwork

        return Clockwork(self.office, self.cases, self.watch)


def furnish(services: Services, engine: Engine, clock: Callable[[], datetime], config: Settings) -> House:
    """The portal of some services on an engine; the office's hours are the same for all of them."""
    schemas = config.schemas
    calendar = read_calendar(services.first, schemas / services.first.service)
    decisions = read_json(schemas / "decision.schema.json")["$defs"]
    office = Office(services, decisions, engine.records, engine.files, engine.links, calendar, clock)
    letters = cache(partial(_letters, calendar, office, config.address))

    def calendar_entry(ticket: str, booking: Event, of: sop.Sop, at: datetime) -> str:
        return letters().visit(ticket, booking, of, at)

    equipment = Equipment(
        qr=_qr,
        calendar_entry=calendar_entry,
        page_images=PageImages(_page_image),
        press=cache(partial(_press, services, config)),
        receipt=partial(_receipt, schemas),
        rebuilt=_rebuilt,
        original=engine.original,
        receiver=engine.receiver,
        inbox=engine.inbox,
        rehearsal=_rehearse(services, schemas, office.records, engine) if config.rehearsal else None,
        closed=engine.closed,
        room=engine.room,
        scanner=engine.scanner,
        lets_unnamed_go=config.rehearsal and not config.proxy,
    )
    return House(office, engine, letters, equipment, config)


def pages(house: House, names: Sequence[str] = BLUEPRINTS) -> Any:
    """The dynamic pages as a WSGI application, or only those of some modules of ``web``."""
    return create_app(house, house.equipment, address=house.config.address, names=names)


def _letters(calendar: Calendar, office: Office, address: str) -> "Letters":
    from portal.letters.writing import Letters
    from portal.usecases.genuine import Genuine

    folder, words = Path(__file__).parent / "letters" / "texts", read_messages()
    code = Genuine(office, words["emails"]).code
    language, check = read_language(calendar), f"{address}/cek-email"
    return Letters(folder, language, words["stuck"], code, check, words["forecast"])


def _qr(text: str) -> "Markup":
    from portal.papers import qr

    return qr.svg(text)


def _rebuilt(content: bytes) -> bytes:
    from portal.documents.inspection import rebuilt

    return rebuilt(content)


def _page_image(*asked: Any) -> bytes:
    from portal.documents.inspection import page_image

    return page_image(*asked)


def _press(services: Services, config: Settings, service: str) -> "Press | None":  # None: it has no papers
    from portal.papers.printing import Press

    to_print, site = read_papers(services[service], config.schemas / service), config.address + services.base(service)
    return Press(to_print, site.rstrip("/")) if to_print else None


def _receipt(schemas: Path, receipt: Any) -> bytes:
    from portal.editions import read_letterheads
    from portal.papers import receipts, sheet_pdf

    return sheet_pdf.draw(receipts.sheet(receipt, read_letterheads(schemas).emblem))


def _rehearse(services: Services, schemas: Path, records: Records, engine: Engine) -> Rehearsal:
    """Appoint the sample officials, each of them once, and offer the sample documents."""
    known, props = {(each.service, each.role, each.email.lower()) for each in records.officials()}, {}
    for service in (edition.service for edition in services):
        data = read_toml(schemas / service / "rehearsal.toml")
        for sample in (Official(service, **entry) for entry in data.get("officials", ())):
            if (service, sample.role, sample.email.lower()) not in known:
                records.appoint(sample)
        props[service] = {"samples": data.get("samples", []), "specimen": data.get("specimen", {})}
    return Rehearsal(engine.mailbox, engine.time_machine, props, engine.switches)
