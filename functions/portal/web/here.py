"""What the pages have at hand: the use cases, the equipment of this engine, and the time of this request."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from flask import current_app, g, request
from markupsafe import Markup

from portal.core.application import Event
from portal.core.draft import Answers, Document
from portal.core.language import Language
from portal.core.sop import Sop
from portal.engines.gates import Room, Scanner
from portal.engines.ports import CameBack, Stored
from portal.forms.receipt import Receipt
from portal.office import Office
from portal.web.access import Access
from portal.web.images import PageImages
from portal.web.kept import ANSWERS, FRAMES, Charts, Kept
from portal.web.limits import UNNAMED, Limit, client_of

if TYPE_CHECKING:
    from portal.usecases.appointing import Appointing
    from portal.usecases.archive import Archive
    from portal.usecases.batches import Batches
    from portal.usecases.bringing import Bringing
    from portal.usecases.cases import Cases
    from portal.usecases.clockwork import Clockwork
    from portal.usecases.corrections import Corrections
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


class UseCases(Protocol):
    """What can be done here; what a status lookup has no use for is made when somebody first wants it."""

    @property
    def office(self) -> Office: ...
    @property
    def cases(self) -> "Cases": ...
    @property
    def visits(self) -> "Visits": ...
    @property
    def watch(self) -> "Watch": ...
    @property
    def appointing(self) -> "Appointing": ...
    @property
    def archive(self) -> "Archive": ...
    @property
    def batches(self) -> "Batches": ...
    @property
    def bringing(self) -> "Bringing": ...
    @property
    def corrections(self) -> "Corrections": ...
    @property
    def dossiers(self) -> "Dossiers": ...
    @property
    def entrance(self) -> "Entrance": ...
    @property
    def erasing(self) -> "Erasing": ...
    @property
    def genuine(self) -> "Genuine": ...
    @property
    def handouts(self) -> "Handouts": ...
    @property
    def experience(self) -> "Experience": ...
    @property
    def intake(self) -> "Intake": ...
    @property
    def register(self) -> "Register": ...
    @property
    def signing(self) -> "Signing": ...
    @property
    def outbox(self) -> "Outbox": ...
    @property
    def clockwork(self) -> "Clockwork": ...


class Press(Protocol):
    """Prints a service's papers (``papers.printing.Press``)."""

    def offers(self, document: str, *, several: bool = False) -> Sequence[tuple[Any, Any]]: ...
    def print(self, file: str, answers: Answers, people: Sequence[Answers] = ()) -> tuple[bytes, str]: ...


class Receiver(Protocol):
    """Takes posted files in where the portal is its own store (``engines.local.files.FolderFiles``)."""

    def receive(self, fields: Mapping[str, str], stream: BinaryIO, now: datetime) -> tuple[Stored, str]: ...


class Inbox(Protocol):
    """Where emails come back to, if the relay tells nothing of them (``engines.local.returns.ImapInbox``)."""

    @property
    def out_since(self) -> datetime | None:
        """Since when it cannot be read, if it could not the last time, be that before a restart."""

    def words(self, at: datetime) -> Iterator[CameBack]:
        """What is new of emails that came back; each counts as heard once the next is asked for, or there is no more.

        So a crash tells the last one twice, and loses none.

        Raises:
            Unavailable: ``inbox_unavailable``; ``facts["problem"]`` says why, and nothing of whom it belongs to.
        """


class SentMail(Protocol):
    """What a rehearsal's relay took.

    ``failing`` makes it take nothing; while ``collecting``, officials' emails come together in rounds.
    """

    failing: bool
    collecting: bool

    def messages(self) -> Sequence[Mapping[str, Any]]: ...


class Switch(Protocol):
    """Something that a rehearsal may let fail."""

    failing: bool


class TimeMachine(Protocol):
    """The rehearsal's clock, ahead of the real one by ``offset``."""

    @property
    def offset(self) -> timedelta: ...
    def forward(self, span: timedelta) -> None: ...
    def reset(self) -> None: ...


@dataclass(frozen=True)
class Rehearsal:
    """What only a rehearsal has; never for real cases.

    Attributes:
        mailbox, time_machine: None where the engine that rehearses has none.
        switches: by the name that a form has for it, what may be let fail.
        props: by service, documents to upload (``samples``) and what is drawn on them (``specimen``), as its
            ``rehearsal.toml`` describes them.
    """

    mailbox: SentMail | None
    time_machine: TimeMachine | None
    props: Mapping[str, Mapping[str, Any]]
    switches: Mapping[str, Switch] = field(default_factory=dict)


@dataclass(frozen=True)
class Equipment:
    """What the pages are given beside the use cases; None where an engine, a mode or a service has none.

    Attributes:
        qr: a text as a QR code, inline SVG.
        calendar_entry: of a ticket's booked visit, an iCalendar text to be handed out at that time.
        press: prints a service's papers; made when first wanted.
        receipt: a receipt as PDF.
        rebuilt: the pages of a PDF in a file of their own (``documents.inspection.rebuilt``).
        original: address from which a browser fetches a document, by the name that it is saved under, and whether it is
            shown rather than saved; None: from the portal.
        inbox: where emails come back to, if anybody reads it.
        receiver: takes posted files in; None: browsers post straight to the store.
        lets_unnamed_go: is whoever cannot be told apart never held back (``asker``)? Only in a rehearsal.
        scanner: None where nobody looks for malware.
        room: None where a store has room without end.
        closed: why nothing is shown or taken in, a code of ``messages.toml``; empty while all is in order.
    """

    qr: Callable[[str], Markup]
    calendar_entry: Callable[[str, Event, Sop, datetime], str]
    page_images: PageImages
    press: Callable[[str], Press | None]
    receipt: Callable[[Receipt], bytes]
    rebuilt: Callable[[bytes], bytes]
    original: Callable[[Document, str, bool], str] | None = None
    receiver: Receiver | None = None
    inbox: Inbox | None = None
    rehearsal: Rehearsal | None = None
    closed: str = ""
    lets_unnamed_go: bool = False
    room: Room | None = None
    scanner: Scanner | None = None


@dataclass(frozen=True)
class Here:
    """One portal's pages, as ``current_app.extensions["portal"]``.

    Attributes:
        address: public address of the portal, without a slash at the end.
        messages: the parsed ``messages.toml``.
        limits: by name, as in ``app.LIMITS``.
        answers: pages that anybody may see, as they were shown last; ``frames``: what stands around every page.
    """

    use_cases: UseCases
    equipment: Equipment
    language: Language
    access: Access
    address: str
    messages: Mapping[str, Any]
    limits: Mapping[str, Limit]
    charts: Charts = field(default_factory=Charts)
    answers: Kept[str] = field(default_factory=lambda: Kept(ANSWERS))
    frames: Kept[Markup] = field(default_factory=lambda: Kept(FRAMES))

    @property
    def office(self) -> Office:
        return self.use_cases.office

    @property
    def cases(self) -> "Cases":
        return self.use_cases.cases

    @property
    def visits(self) -> "Visits":
        return self.use_cases.visits

    @property
    def watch(self) -> "Watch":
        return self.use_cases.watch

    @property
    def appointing(self) -> "Appointing":
        return self.use_cases.appointing

    @property
    def dossiers(self) -> "Dossiers":
        return self.use_cases.dossiers

    @property
    def archive(self) -> "Archive":
        return self.use_cases.archive

    @property
    def corrections(self) -> "Corrections":
        return self.use_cases.corrections

    @property
    def erasing(self) -> "Erasing":
        return self.use_cases.erasing

    @property
    def genuine(self) -> "Genuine":
        return self.use_cases.genuine

    @property
    def handouts(self) -> "Handouts":
        return self.use_cases.handouts

    @property
    def entrance(self) -> "Entrance":
        return self.use_cases.entrance

    @property
    def experience(self) -> "Experience":
        return self.use_cases.experience

    @property
    def batches(self) -> "Batches":
        return self.use_cases.batches

    @property
    def bringing(self) -> "Bringing":
        return self.use_cases.bringing

    @property
    def intake(self) -> "Intake":
        return self.use_cases.intake

    @property
    def register(self) -> "Register":
        return self.use_cases.register

    @property
    def signing(self) -> "Signing":
        return self.use_cases.signing

    @property
    def outbox(self) -> "Outbox":
        return self.use_cases.outbox

    @property
    def clockwork(self) -> "Clockwork":
        return self.use_cases.clockwork

    @property
    def rehearsal(self) -> Rehearsal:
        """Asked for by pages that only a rehearsal has."""
        if self.equipment.rehearsal is None:
            raise LookupError("not a rehearsal")
        return self.equipment.rehearsal


def turn_to(service: str) -> Sop:
    """From now on this request is about that service: its pages speak in its words. Returns its present edition."""
    g.service = service
    return present()


def spoken() -> Mapping[str, Any]:
    """The words that this request's pages speak in: of the service it is about, or the office's own."""
    return present().data if "service" in g else here().office.services.general


def present() -> Sop:
    """The present edition of the service that this request is about; of none in particular, the first one's."""
    services = here().office.services
    return services[g.service] if "service" in g else services.first


def here() -> Here:
    """The present application's ``Here``."""
    found: Here = current_app.extensions["portal"]
    return found


def asker() -> str:
    """Whose bucket this request counts in (``limits``); empty for whoever plays a rehearsal on this machine."""
    unnamed = "" if here().equipment.lets_unnamed_go else UNNAMED
    return client_of(request.remote_addr) or unnamed


def now() -> datetime:
    """The portal's time, the same all through one request."""
    if "now" not in g:
        g.now = here().office.clock()
    moment: datetime = g.now
    return moment
