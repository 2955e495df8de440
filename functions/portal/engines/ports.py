"""What the portal asks of an engine: records, files, mail. Whatever keeps these promises can carry the portal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from portal.core.application import Application
from portal.core.draft import Document, Draft
from portal.core.listing import Line, Unread, passed_over
from portal.core.notices import Identity, Notice, Shares, alone
from portal.core.officials import Official
from portal.core.recap import Tally
from portal.core.register import Certificate
from portal.core.standing import Standing
from portal.engines.accounts import Accounts
from portal.engines.registers import Registers
from portal.engines.standings import Standings
from portal.engines.sweeps import Sweeps
from portal.engines.uses import Uses

Fact = Mapping[str, Any]
"""What the recap keeps of a closed application for good: no personal data (``recap.fact``)."""

MOST_IN_ONE: Final = 100
"""Notices in one email."""


@dataclass(frozen=True)
class Change:
    """All that one move writes, in one transaction.

    Attributes:
        application: with its newest event, the one to write.
        notices: the emails it owes; ``draft``: the one it came from, already in its new version.
        claims: names nobody else may hold (a visit slot); ``releases`` gives names up.
        fact: what the recap keeps, when the application closes.
        waits_on: who has to act now, a role or ``APPLICANT``; empty when closed.
        certificates: the register's entries that it makes or changes, each in its new version.
        corrections: what the recap has to hear of these besides (``register.corrections``).
        line: the case in the list of all; ``standing``: how it stands, while it is open.
        reopened: the day of closing, where the case was closed before this event: what the recap kept of it is gone.
    """

    application: Application
    notices: Sequence[Notice] = ()
    draft: Draft | None = None
    claims: Sequence[str] = ()
    releases: Sequence[str] = ()
    fact: Fact | None = None
    waits_on: str = ""
    certificates: Sequence[Certificate] = ()
    corrections: Sequence[Fact] = ()
    line: Line | None = None
    standing: Standing | None = None
    reopened: str = ""


@dataclass(frozen=True)
class Compiled:
    """How far the facts of a month are added up.

    Attributes:
        month: of closing, ``2026-11``; ``through``: the last day whose facts are in its tally, ``2026-11-18``.
        cases: how many facts that were.
    """

    month: str
    through: str
    cases: int


@dataclass(frozen=True)
class CameBack:
    """An email that did not arrive, or that its recipient does not want.

    Attributes:
        identities: of all notices that went in it.
        problem: why, in the words of our relay and of the recipient's.
        final: True if another try is pointless: there is no such mailbox, or the relay will not send there any more.
    """

    identities: Sequence[Identity]
    problem: str
    final: bool


class Records(Accounts, Standings, Registers, Uses, Sweeps, Protocol):
    """Applications with their events, drafts, owed emails, appointments; durable once a call returns.

    What belongs to a service is kept apart from what belongs to another, under the service's key.

    Every method may raise ``errors.Unavailable`` (``store_unavailable``); then nothing was written.
    """

    def load(self, ticket: str) -> Application:
        """Raises NotFound (``ticket_unknown``), or Unreadable (``case_unreadable``; facts ``ticket``, ``problem``)."""

    def commit(self, change: Change) -> None:
        """Write all of it or nothing.

        Raises:
            Conflict: this event number exists already (``event_taken``), the draft has moved on (``draft_changed``),
                an entry of the register has (``certificate_changed``), or somebody holds one of the claims
                (``claim_taken``).
        """

    def waiting_on(
        self, service: str, role: str, unread: Callable[[Unread], object] = passed_over
    ) -> Iterator[Application]:
        """Open applications of a service that this role (or ``sop.APPLICANT``) has to act on, longest waiting first.

        ``unread`` is told of each that cannot be read, and the others go on.
        """

    def count_waiting(self, service: str, role: str) -> int:
        """How many applications ``waiting_on`` would yield, without loading them."""

    def lines(self, service: str) -> Iterator[Line]:
        """All cases of a service, open and closed, in no order: one short entry each, and no case is read for it."""

    def lines_by_age(self, service: str, most: int, place: str = "", *, newer: bool = False) -> Sequence[Line]:
        """Lines beside a place (``Line.place``), no others: of cases sent before it, the last first; none at the end.

        Args:
            place: from the last case that was sent, if empty; or from the first.
            newer: of cases sent after it, the first first.
        """

    def place_lines(self, service: str) -> int:
        """Put what an older portal kept where the above reads no more than it tells; returns how many were put."""

    def keep_lines(self, lines: Sequence[Line]) -> None:
        """Keep the lines of cases that have none yet; of the others, what their own last move wrote stays."""

    def load_draft(self, id: str) -> Draft:
        """Raises NotFound (``draft_unknown``)."""

    def save_draft(self, draft: Draft, notices: Sequence[Notice] = ()) -> None:
        """Keep version n over n - 1 (1 over nothing). Raises Conflict (``draft_changed``)."""

    def drafts_before(self, created_before: datetime) -> Iterator[Draft]:
        """Drafts made earlier than that, oldest first; one that cannot be read is passed over."""

    def delete_draft(self, id: str) -> None:
        """Forget it, if it is still there, and the emails owed about it: somebody who never applied leaves nothing."""

    def owe(self, notices: Sequence[Notice]) -> None:
        """Queue emails that no event owes (reminders, renewed links); one already queued stays as it is."""

    def claim_notice(self, now: datetime, lease: timedelta, shares: Shares = alone) -> Notice | None:
        """The longest-due notice that is owed and not hopeless, held by the caller for ``lease``; None if none is.

        Of those to one person that share an email one is given out at a time, until it is settled or its lease over:
        whoever has it has the others by ``claim_also``.
        """

    def claim_also(
        self, held: Notice, wanted: Callable[[Notice], bool], now: datetime, lease: timedelta
    ) -> Sequence[Notice]:
        """What else is owed to the recipient of a held notice, wanted and held by nobody; now held by the caller.

        Due or not, as one may wait for another try that need not wait for it any more; not what is hopeless, and at
        most ``MOST_IN_ONE``, oldest first. What falls due within two of ``lease`` somebody may hold, by a clock
        that is ahead perhaps, so it is left alone.
        """

    def goes_first(self, held: Notice, since: datetime, now: datetime) -> bool:
        """Has its recipient been sent nothing since then? From now on this one was, also if it is asked again.

        Of several askers at the same moment one is told so.
        """

    def settle_notice(self, notice: Notice) -> None:
        """Keep what became of it (``delivered``, ``failed``, ``put_off`` or ``dropped``), unless it is settled.

        A sender whose lease ran out may settle late. That it was sent is true whoever holds the notice by now; all else
        is for the present holder to say, and the number of attempts tells holders apart.
        """

    def came_back(self, word: CameBack, at: datetime) -> None:
        """All that went in an email is unsent after all: hopeless if that is final, else due again hours after ``at``.

        Told twice is told once, and word of what was never owed changes nothing.
        """

    def unsent(self) -> Iterator[Notice]:
        """Owed emails not yet taken by the relay nor dropped, oldest first."""

    def notices(self, about: str) -> Sequence[Notice]:
        """All emails about a ticket, a draft or an entry, sent, dropped or owed, oldest first."""

    def officials(self, service: str = "") -> Sequence[Official]:
        """Everybody ever appointed, in order of appointment; or to one service, and then no others are read."""

    def appoint(self, official: Official, notices: Sequence[Notice] = ()) -> None:
        """Add an appointment and queue what it owes; one of the same service, role, email, first day is replaced."""

    def keep_sop(self, version: str, snapshot: str) -> None:
        """Keep a SOP's snapshot under its version, once."""

    def sop(self, version: str) -> str:
        """Raises NotFound (``sop_unknown``)."""

    def next_number(self, service: str, series: str) -> int:
        """1, 2, 3 ... per series of a service; a number is never given twice, but one may be skipped."""

    def taken(self, prefix: str) -> Sequence[str]:
        """Claims held that begin with ``prefix``."""

    def facts(self, service: str, closed: str = "") -> Iterator[Fact]:
        """Facts of a service by day of closing: all, or those of cases closed in ``2026-08`` (a year, month or day)."""

    def facts_after(self, service: str, day: str) -> Iterator[Fact]:
        """Facts of cases closed later than ``2026-08-03``, by day of closing; all of them if no day is given."""

    def keep_tally(self, service: str, compiled: Compiled, tally: Tally) -> None:
        """Put a month's tally in the place of the one before."""

    def compiled(self, service: str) -> Sequence[Compiled]:
        """The months that have a tally, oldest first; the tallies themselves are not read."""

    def tallies(self, service: str, after: str = "") -> Iterator[tuple[Compiled, Tally]]:
        """All tallies, oldest month first, or only those of the months after ``2026-08``."""


@runtime_checkable
class Streamed(Protocol):
    """What records can do as well whose store tells of a new owed email at once, by a stream of its keys."""

    def claim_under(
        self, key: Mapping[str, str], now: datetime, lease: timedelta, shares: Shares = alone
    ) -> Notice | None:
        """The notice of this key, held by the caller for ``lease``; None if it is not there, not due or held already.

        Nor while somebody else has one with which it shares an email, as above.

        The stream may tell of a notice before ``Records.claim_notice`` finds it. The key is the store's own, by the
        names of its parts: ``{"PK": "NOTICE#...", "SK": "0003#turn#..."}``. After Unavailable, whether the notice is
        held shows once its lease would be over.
        """

    def unsent_or_returned(self) -> Sequence[tuple[Notice, bool]]:
        """``Records.unsent``, each with whether it came back and was not tried since."""


@runtime_checkable
class BacksUp(Protocol):
    """What records can do as well that lie in a file on this machine."""

    def backup(self, target: Path) -> None:
        """A whole, consistent copy in another file, while the portal goes on writing; raises Unavailable."""


@dataclass(frozen=True)
class UploadForm:
    """A form with which a browser posts one file straight to the store: where to, and its hidden fields in order."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Stored:
    """A file as it lies in the store; ``version`` pins this content."""

    key: str
    version: str
    size: int


class Files(Protocol):
    """Bytes under keys made by the portal, such as ``drafts/<id>/ktp/<random>``; every method may raise Unavailable."""

    def upload_form(self, key: str, max_bytes: int, expires: datetime, redirect: str) -> UploadForm:
        """A short-lived signed form for exactly this key; without JavaScript the browser goes to ``redirect`` after."""

    def stat(self, key: str) -> Stored:
        """The newest file of a key.

        Raises:
            NotFound: there is none, or it was forgotten (``file_unknown``). Of what was forgotten with a whole draft or
                ticket that may be said only when it is gone (``is_leaving``), as nobody asks for it any more.
        """

    def read(self, key: str, version: str) -> bytes:
        """Exactly the pinned content. Raises NotFound (``file_unknown``)."""

    def write(self, key: str, content: bytes, media_type: str) -> Stored:
        """Durable when it returns."""

    def copy(self, key: str, version: str, target: str) -> str:
        """The pinned content under another key; returns the version there. Raises NotFound (``file_unknown``)."""

    def delete(self, prefix: str) -> None:
        """Forget the file of a key, or all below ``drafts/a1/``, with every version; nothing to forget is fine.

        It is gone when this returns, or owed to be deleted (``is_leaving``). What comes in later by the same form
        stays, unless all of a draft or a ticket was forgotten.
        Never a neighbour whose name merely begins the same. Raises NotFound (``file_unknown``) for everything.
        """

    def must_be_judged(self, document: Document) -> None:
        """Has somebody found no malware in it, where the store has that looked for?

        Raises:
            DocumentRefused: ``judged_infected``, ``judged_unreadable``, or nobody has looked and nobody will any more
                (``judged_never``); fact ``file``.
            Unavailable: nobody has looked yet (``document_unjudged``).
        """

    def is_leaving(self, prefix: str) -> bool:
        """Is something whose key begins so still to be deleted, which was forgotten before?"""


@dataclass(frozen=True)
class Message:
    """An email ready to be sent.

    Attributes:
        calendar: an iCalendar text, attached if not empty.
        returns_to: address to which servers report that it did not arrive; the sender's own if empty.
    """

    to: str
    subject: str
    text: str
    html: str
    calendar: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    returns_to: str = ""


class Mail(Protocol):
    def send(self, message: Message, at: datetime) -> None:
        """Hand it to the relay.

        Raises:
            MailRefused: can never be delivered.
            MailDeferred: not now; ``facts["relay"]`` is True where the relay would take no other message either.
        """


@runtime_checkable
class Lingers(Protocol):
    """What mail can do as well that keeps its connection from one message to the next."""

    def let_go(self) -> None:
        """Nothing more is to be sent for now."""
