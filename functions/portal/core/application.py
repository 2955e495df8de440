"""The application: the one noun that flows through the portal.

A move returns a new application with one more event, or raises; nothing here knows the time, a store or a web page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from typing import Any, Final, Self

from portal.core import history, ledger
from portal.core.draft import Answers, Document, Draft, fingerprints
from portal.core.errors import NotAllowed, NotFound
from portal.core.events import Actor, Event
from portal.core.redaction import Chained
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import (
    State,
    after_opening,
    applicant_actions,
    follow,
    must_be_open,
    official_actions,
    opens_at,
    waits_on,
)

__all__ = ["BOOKINGS", "Actor", "Application", "Event"]

BOOKINGS: Final = ("book", "move_visit")
"""The actions by which a visit is agreed; each holds its ``slot`` and its ``seat``."""

VOUCHING: Final = ("confirm", "open", "amend")
"""Those after which an ``email`` is where letters go: confirmed, or stated or set right by somebody of the office."""


@dataclass(frozen=True)
class Application(Chained, history.Course):
    """A case, from the first sending to the archive.

    Attributes:
        ticket: the public number; also the origin of the hash chain.
        sop_version: hash of the SOP it runs under; later editions of the SOP do not touch it.
        form: what the applicant stated; ``documents`` what was brought.
        step: key of the SOP's step; ``state`` says where within it.
        events: all that happened, oldest first; the newest one's number is the version.
    """

    ticket: str
    service: str
    sop_version: str
    form: Answers
    documents: tuple[Document, ...]
    step: str
    state: State
    events: tuple[Event, ...] = field(repr=False)

    # --- moves ---------------------------------------------------------------------------------------------------

    @classmethod
    def submit(cls, draft: Draft, *, ticket: str, documents: tuple[Document, ...], sop: Sop, at: datetime) -> Self:
        """SOP step 1: the applicant sends form and documents (``documents``: the copies kept under the ticket)."""
        blank = cls(ticket, draft.service, sop.version, draft.form, documents, sop.first.key, State.UNCONFIRMED, ())
        origin = {name: said for name in ("renews", "batch") if (said := getattr(draft, name))}
        sent = {**blank._basis(), **origin}
        return blank._record("submit", sop.first.key, State.UNCONFIRMED, blank.applicant(sop), at, sent)

    @classmethod
    def open(
        cls,
        draft: Draft,
        *,
        ticket: str,
        documents: tuple[Document, ...],
        agenda: str,
        actor: Actor,
        sop: Sop,
        at: datetime,
    ) -> Self:
        """An official begins the case for somebody, and vouches for the address.

        Raises:
            NotAllowed: not what this role begins (``not_your_turn``), or one's own application.
        """
        step, state = after_opening(sop)
        blank = cls(ticket, draft.service, sop.version, draft.form, documents, step, state, ())
        if sop.first.kind != "opening" or actor.role not in sop.acting(sop.first.role):
            raise NotAllowed("not_your_turn")
        if blank.concerns(actor.email, actor.number, sop):
            raise NotAllowed("own_application")
        opened = {"agenda": agenda, "email": blank.value("email", sop), **blank._basis()}
        return blank._record("open", step, state, actor, at, opened)

    def confirm(self, *, agenda: str, sop: Sop, at: datetime) -> Self:
        """The applicant's address is real; ``agenda`` is the office's running number of the letter."""
        confirmed = {"agenda": agenda, "email": self.value("email", sop)}
        return self._move("confirm", sop, self.applicant(sop), at, confirmed)

    def decide(
        self,
        action: str,
        data: Mapping[str, Any],
        *,
        actor: Actor,
        sop: Sop,
        at: datetime,
        documents: tuple[Document, ...] | None = None,
    ) -> Self:
        """An official decides at the present step (``data`` as in ``decision.schema.json``).

        Args:
            documents: all of the case, where the official has brought one.

        Raises:
            NotAllowed: not this role's turn, somebody else's action, one's own application, or a visit is yet to come.
        """
        if action not in official_actions(sop, self.step, self.state):
            raise NotAllowed("action_not_now", action=action, state=self.state.value)
        if actor.role not in sop.acting(sop.step(self.step).role):
            raise NotAllowed("not_your_turn")
        self._of_another(actor, sop)
        must_be_open(sop, self.step, action, self.slot, at)
        if documents is None:
            return self._move(action, sop, actor, at, data)
        brought = replace(self, documents=documents)
        return brought._move(action, sop, actor, at, {**data, **brought._basis()})

    def resubmit(
        self, draft: Draft, *, documents: tuple[Document, ...], sop: Sop, at: datetime, filler: str = ""
    ) -> Self:
        """What was named is mended, by the applicant or by a ``filler``; the case goes back to whoever returned it."""
        mended = replace(self, form=draft.over(self.form).form, documents=documents)
        changed = {**mended._basis(), "items": list(draft.items), **({"filler": filler} if filler else {})}
        return mended._move("resubmit", sop, self.applicant(sop), at, changed)

    def report(self, documents: tuple[Document, ...], *, sop: Sop, at: datetime) -> Self:
        """The applicant has done what the step asks; ``documents``: all of the case, with those the step names."""
        done = replace(self, documents=documents)
        items = [document.key for document in sop.step(self.step).documents]
        return done._move("report", sop, self.applicant(sop), at, {**done._basis(), "items": items} if items else {})

    def withdraw(self, *, sop: Sop, at: datetime) -> Self:
        return self._move("withdraw", sop, self.applicant(sop), at, {})

    def lapse(self, *, sop: Sop, at: datetime) -> Self:
        """The address was not confirmed in time."""
        return self._move("lapse", sop, Actor(role="portal"), at, {})

    def book(self, slot: datetime, seat: str, *, sop: Sop, at: datetime) -> Self:
        """SOP step 6: the applicant picks a time (in the office's zone); ``seat`` keeps others off the same one."""
        return self._move("book", sop, self.applicant(sop), at, {"slot": slot.isoformat(), "seat": seat})

    def move_visit(
        self, slot: datetime, seat: str, said: Mapping[str, Any], *, by: Actor, sop: Sop, at: datetime
    ) -> Self:
        """The office has the applicant come at another time. Raises NotAllowed (``own_application``)."""
        moved = {**said, "slot": slot.isoformat(), "seat": seat}
        return self._of_another(by, sop)._move("move_visit", sop, by, at, moved)

    def cancel_visit(self, said: Mapping[str, Any], *, by: Actor | None = None, sop: Sop, at: datetime) -> Self:
        """The visit is off, and another one may be picked; ``by`` whom of the office, if not the applicant."""
        off = {**said, "slot": self.slot.isoformat() if self.slot else ""}
        actor = self.applicant(sop) if by is None else by
        return (self if by is None else self._of_another(by, sop))._move("cancel_visit", sop, actor, at, off)

    def come(self, action: str, said: Mapping[str, Any], *, by: Actor, sop: Sop, at: datetime) -> Self:
        """The applicant is at the office's desk, as agreed or unannounced. Raises NotAllowed, as ``decide`` does."""
        must_be_open(sop, self.step, action, self.slot, at)
        return self._of_another(by, sop)._move(action, sop, by, at, said)

    def receive(self, *, sop: Sop, at: datetime) -> Self:
        """The owner says that the product has arrived; at most once. Raises NotAllowed (``action_not_now``)."""
        if self.is_received:
            raise NotAllowed("action_not_now", action="receive", state=self.state.value)
        return self._move("receive", sop, self.applicant(sop), at, {})

    def correct(self, action: str, data: Mapping[str, Any], *, to: Event, by: Actor, at: datetime) -> Self:
        """What a clerk sets right outside of the SOP's course (``corrections``): it is then as after event ``to``."""
        return self._record(action, to.step, to.state, by, at, data)

    # --- questions -----------------------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        return self.events[-1].number

    @property
    def is_closed(self) -> bool:
        return self.state.is_closed

    @property
    def closing(self) -> Event | None:
        """The event that closed it, whatever was said afterwards; None while it is open."""
        after = takewhile(lambda event: event.state.is_closed, reversed(self.events))
        return min(after, key=lambda event: event.number, default=None)

    @property
    def is_received(self) -> bool:
        """Has the owner said so?"""
        return any(event.action == "receive" for event in self.events)

    def step_before(self, event: Event) -> str:
        """Key of the step at which an event happened (``event.step`` is where it led)."""
        return self.events[event.number - 2].step if event.number > 1 else event.step

    @property
    def mending(self) -> str:
        """Id of the draft in which it is mended, or brought what its step asks for: the same one until it moves."""
        return f"{self.ticket}-{self.moved.number}"

    @property
    def round(self) -> int:
        """1 for the first sending, 2 after the first mending, and so on ("pengajuan ke-N")."""
        return 1 + sum(event.action == "resubmit" for event in self.events)

    @property
    def agenda(self) -> str:
        return str(self._vouched.get("agenda", ""))

    @property
    def renews(self) -> str:
        """Id of the register's entry in whose place this is applied for; empty if there is none."""
        return str(self.events[0].data.get("renews", ""))

    @property
    def batch(self) -> str:
        """Id of the batch from which it was begun with others; empty if it was not."""
        return str(self.events[0].data.get("batch", ""))

    @property
    def slot(self) -> datetime | None:
        """When the applicant is expected, while a visit is agreed."""
        return datetime.fromisoformat(self.booking.data["slot"]) if self.booking else None

    @property
    def booking(self) -> Event | None:
        """By which the visit was agreed that is still to come."""
        agreed = (event for event in reversed(self.events) if event.action in BOOKINGS)
        return next(agreed, None) if self.state is State.BOOKED else None

    @property
    def certificate(self) -> Mapping[str, Any]:
        """Serial, valid_from and valid_until once recorded; empty before."""
        return self._newest("record")

    @property
    def returned(self) -> Mapping[str, Any]:
        """Items, reason and note of the newest return; empty if there was none."""
        return self._newest("return")

    def waits_on(self, sop: Sop) -> str:
        return waits_on(sop, self.step, self.state)

    def official_actions(self, sop: Sop) -> tuple[str, ...]:
        return official_actions(sop, self.step, self.state)

    def opens_at(self, action: str, sop: Sop) -> datetime | None:
        """From when on an official may do this, where it is a matter of time."""
        return opens_at(sop, self.step, action, self.slot)

    def may(self, action: str, sop: Sop) -> bool:
        """May the applicant do this now?"""
        return action in applicant_actions(sop, self.step, self.state)

    def document(self, kind: str) -> Document:
        if found := next((document for document in self.documents if document.kind == kind), None):
            return found
        raise NotFound("document_unknown")

    def value(self, meaning: str, sop: Sop) -> str:
        """What the form says under one of the SOP's meanings (name, email, number, position, office).

        ``<meaning>_other`` is the field for those whose answer is on no list; filled, it speaks for the list.
        """
        names = (sop.applicant.get(f"{meaning}_other", ""), sop.applicant.get(meaning, ""))
        return next((str(self.form[name]) for name in names if self.form.get(name)), "")

    def address(self, sop: Sop) -> str:
        """Where letters to the applicant go: what was vouched for, also after another one was typed while mending."""
        vouched = (e.data["email"] for e in reversed(self.events) if e.action in VOUCHING and e.data.get("email"))
        return str(next(vouched, "") or self.value("email", sop))

    def applicant(self, sop: Sop) -> Actor:
        return Actor(role=APPLICANT, name=self.value("name", sop), email=self.address(sop))

    def concerns(self, email: str, number: str, sop: Sop) -> bool:
        """Is this the application of the person with this address or staff number?"""
        addresses = {self.value("email", sop).lower(), self.address(sop).lower()}
        same_email = bool(email) and email.lower() in addresses
        return same_email or (bool(number) and number == self.value("number", sop))

    def spans(self, now: datetime) -> Iterator[tuple[str, State, datetime, datetime]]:
        """(step, state, from, until) of every stretch of time so far; the last one lasts until ``now``."""
        for event, end in history.stretches(self.events, now):
            yield event.step, event.state, event.at, end

    # --- how a move is made --------------------------------------------------------------------------------------

    def _of_another(self, by: Actor, sop: Sop) -> Self:
        if self.concerns(by.email, by.number, sop):
            raise NotAllowed("own_application")
        return self

    def _move(self, action: str, sop: Sop, actor: Actor, at: datetime, data: Mapping[str, Any]) -> Self:
        step, state = follow(sop, self.step, self.state, action)
        return self._record(action, step, state, actor, at, data)

    def _record(
        self, action: str, step: str, state: State, actor: Actor, at: datetime, data: Mapping[str, Any]
    ) -> Self:
        self.must_be_there()
        previous = self.events[-1].hash if self.events else ledger.genesis(self.ticket)
        event = Event(len(self.events) + 1, action, at, step, state, actor, dict(data), previous, "")
        entry = event.entry()
        del entry["hash"], entry["previous"]
        event = replace(event, hash=ledger.digest(previous, entry))
        return replace(self, step=step, state=state, events=(*self.events, event))

    def _basis(self) -> dict[str, Any]:
        return fingerprints(self.form, self.documents)

    @property
    def _vouched(self) -> Mapping[str, Any]:
        """What was said when the address was known to be real: the applicant confirmed it, or an official opened."""
        return self._newest("confirm") or self._newest("open")

    def _newest(self, action: str) -> Mapping[str, Any]:
        return next((event.data for event in reversed(self.events) if event.action == action), {})
