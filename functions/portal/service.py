"""The portal's use cases: what applicants, officials and the public can do, each in a few lines.

One read, one move of the application, one write. Knows no HTTP, no SQL, no environment; everything it needs is handed
to it by ``bootstrap``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from portal.core import ticket
from portal.core.application import Actor, Application, Event
from portal.core.draft import Draft
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.notices import Official, eligible, notice, owed
from portal.core.sop import Sop, restore
from portal.core.steps import State
from portal.core.worktime import Calendar
from portal.engines.ports import Change, Files, Mail, Records
from portal.forms.form import Form
from portal.forms.wording import choices
from portal.links import Links

OFFICIAL_LINK: Final = timedelta(days=14)
APPLICANT_LINK: Final = timedelta(days=30)
Claims = Mapping[str, Any]


@dataclass(frozen=True)
class OfficialView:
    """What an official sees behind a link.

    Attributes:
        actions: what may be decided now; empty when there is nothing to decide.
        moved_on: the event by which somebody has already acted since the link was made, or None.
        officials: everybody ever appointed, as read with the case.
    """

    application: Application
    sop: Sop
    official: Official
    actions: tuple[str, ...]
    moved_on: Event | None
    officials: Sequence[Official] = ()


@dataclass(frozen=True)
class Portal:
    """The use cases over one engine.

    Attributes:
        sop: the present edition; running applications keep theirs (``sop_of``).
        decisions: one JSON Schema per action (``decision.schema.json``, ``$defs``).
        clock: the time now, aware; ``choice`` picks a character of a text at random; ``token`` makes a secret.
        make_form: builds a form from a schema and option lists.
    """

    sop: Sop
    decisions: Mapping[str, Mapping[str, Any]]
    records: Records
    files: Files
    mail: Mail
    links: Links
    calendar: Calendar
    clock: Callable[[], datetime]
    choice: Callable[[str], str]
    token: Callable[[], str]
    make_form: Callable[[Mapping[str, Any], Mapping[str, Sequence[Mapping[str, str]]]], Form]

    # --- the applicant -----------------------------------------------------------------------------------------

    def confirm(self, number: str, read: Application | None = None) -> Application:
        """The address is real; confirming twice is confirming once. Now the first official hears of it.

        Args:
            read: the application, where it has just been read.
        """
        application = read or self.records.load(number)
        if application.state is not State.UNCONFIRMED:
            return application
        agenda = self.records.next_number(f"agenda-{self.today().year}")
        confirmed = application.confirm(agenda=str(agenda), sop=self.sop_of(application), at=self.clock())
        try:
            return self.commit(confirmed)
        except Conflict:  # the same click arrived twice, or the case has just lapsed
            return self.records.load(number)

    def withdraw(self, application: Application) -> Application:
        """Withdrawing twice is withdrawing once."""
        try:
            return self.commit(application.withdraw(sop=self.sop_of(application), at=self.clock()))
        except (Conflict, NotAllowed):
            kept = self.records.load(application.ticket)
            if kept.state is not State.WITHDRAWN:
                raise
            return kept

    def slots(self, application: Application) -> list[datetime]:
        """Free times to come, soonest first; from the next working day on."""
        visit = self.sop_of(application).step(application.step).visit
        if visit is None:
            return []
        taken = self.records.taken(self._seat_prefix())
        day, free = self.today(), []
        for _ in range(visit.days_ahead):
            day = self.calendar.add_working_days(day, 1)
            starts = self.calendar.slots(day, visit.windows_on(day), visit.length_minutes)
            free += [start for start in starts if _seats_taken(taken, self._seat(start)) < visit.capacity]
        return free

    def book(self, application: Application, slot: datetime) -> Application:
        """Take a time to come (or another one); taking the same one twice is taking it once.

        Raises:
            NotAllowed: not one of the free times (``slot_taken``): somebody may have been faster.
        """
        try:
            return self._book(application, slot)
        except (Conflict, NotAllowed):
            kept = self.records.load(application.ticket)
            if kept.slot != slot:
                raise
            return kept

    # --- the official --------------------------------------------------------------------------------------------

    def open_case(self, claims: Claims) -> OfficialView:
        """What stands behind an official's link (claims ``t`` ticket, ``s`` step, ``n`` event, ``r`` recipient).

        Raises:
            NotAllowed: no longer appointed (``not_appointed``), or one's own application (``own_application``).
        """
        application = self.records.load(claims["t"])
        sop = self.sop_of(application)
        officials = self.records.officials()
        official = self._serving(officials, claims["r"], sop.step(claims["s"]).role)
        if application.concerns(official.email, official.number, sop):
            raise NotAllowed("own_application")
        if application.turn.number == claims["n"] and not application.is_closed:
            return OfficialView(application, sop, official, application.official_actions(sop), None, officials)
        return OfficialView(application, sop, official, (), _end_of_turn(application, claims), officials)

    def decision_form(self, view: OfficialView, action: str) -> Form:
        """The form of one action, with the SOP's own lists in it."""
        lists = choices(view.sop, view.application.step, action)
        return self.make_form(self.decisions[action], lists)

    def decide(
        self, claims: Claims, action: str, raw: Mapping[str, Any], seen: int, view: OfficialView | None = None
    ) -> Application:
        """One decision, made on event ``seen``.

        Args:
            view: what ``open_case`` has just found, to be read once.

        Raises:
            Conflict: somebody acted meanwhile (``case_moved_on``; facts ``office``, ``at``, ``done``).
            Invalid: the decision lacks something; NotAllowed: not possible here.
        """
        view = view or self.open_case(claims)
        if view.moved_on or view.application.version != seen:
            raise self._moved_on(view, seen)
        if action not in view.actions:
            raise NotAllowed("action_not_now", action=action, state=view.application.state.value)
        form = self.decision_form(view, action)
        values = form.clean(raw)
        errors = [finding for finding in form.check(values, self.today()) if not finding.passable]
        if errors:
            raise Invalid(errors)
        actor = view.official.as_actor(view.sop)
        decided = view.application.decide(action, values, actor=actor, sop=view.sop, at=self.clock())
        try:
            return self.commit(decided, officials=view.officials)
        except Conflict as conflict:
            raise self._moved_on(self.open_case(claims), seen) from conflict

    def desk(self, email: str) -> list[tuple[Application, Official]]:
        """All that waits for this person, in whatever capacity, longest first; each case once.

        Raises:
            NotAllowed: holds no appointment today (``not_appointed``).
        """
        mine = [o for o in self.records.officials() if o.email.lower() == email.lower() and o.serves(self.today())]
        if not mine:
            raise NotAllowed("not_appointed")
        cases: dict[str, tuple[Application, Official]] = {}
        for official in mine:
            for application in self.records.waiting_on(official.role):
                if official in eligible(application, mine, self.sop_of(application), self.today()):
                    cases.setdefault(application.ticket, (application, official))
        return sorted(cases.values(), key=lambda case: case[0].events[-1].at)

    def has_turn(self, application: Application, email: str, officials: Iterable[Official] | None = None) -> bool:
        """May this person decide on the application now, in whatever capacity?"""
        sop = self.sop_of(application)
        officials = eligible(application, officials or self._officials(), sop, self.today())
        return bool(application.official_actions(sop)) and email.lower() in {o.email.lower() for o in officials}

    def owe_desk(self, email: str) -> None:
        """Owe somebody appointed today a link to all that waits for him, at most one an hour; others nothing."""
        at = self.clock()
        for official in self.records.officials():
            if official.email.lower() == email.lower() and official.serves(self.today()):
                actor = Actor(official.role, official.name, email=official.email.lower())
                occasion = f"again-{at:%Y-%m-%dT%H}"
                self.records.owe([notice("desk", actor, about="meja", event=0, at=at, occasion=occasion)])
                return

    def case_claims(self, application: Application, email: str) -> dict[str, Any]:
        """What an official's link to the case as it stands says."""
        turn = application.turn
        return {"t": application.ticket, "s": application.step, "n": turn.number, "r": email.lower()}

    def appoint(self, official: Official) -> int:
        """Appoint somebody, and owe word of every case that already waits for the role; returns how many."""
        self.records.appoint(official)
        told = 0
        for application in self.records.waiting_on(official.role):
            sop = self.sop_of(application)
            if official in eligible(application, [official], sop, self.today()):
                self.owe_again(application, "turn", official.as_actor(sop))
                told += 1
        return told

    # --- everybody -----------------------------------------------------------------------------------------------

    def find(self, typed: str) -> Application:
        """The application of a ticket as people type it. Raises NotFound (``ticket_unknown``), malformed or not."""
        return self.records.load(ticket.parse(typed))

    def application_form(self, sop: Sop | None = None) -> Form:
        return self.make_form((sop or self.sop).form, {})

    def sop_of(self, application: Application) -> Sop:
        """The edition of the SOP that the application runs under."""
        if application.sop_version == self.sop.version:
            return self.sop
        return restore(self.records.sop(application.sop_version), self.sop)

    def owe_again(self, application: Application, letter: str, actor: Actor) -> None:
        """Owe a fresh link to a registered address, at most one per letter and hour."""
        at = self.clock()
        occasion = f"again-{at:%Y-%m-%dT%H}"
        event = application.turn.number if letter == "turn" else application.version
        self.records.owe([notice(letter, actor, about=application.ticket, event=event, at=at, occasion=occasion)])

    # --- within --------------------------------------------------------------------------------------------------

    def commit(
        self,
        application: Application,
        *,
        draft: Draft | None = None,
        claims: Sequence[str] = (),
        officials: Iterable[Official] | None = None,
    ) -> Application:
        """Keep the newest event with all that follows from it. ``officials``: where they have just been read."""
        from portal.core import recap

        sop = self.sop_of(application)
        earlier = replace(application, events=application.events[:-1])
        change = Change(
            application=application,
            notices=owed(application, officials or self._officials(), sop, self.today()),
            draft=draft,
            claims=claims,
            releases=[seat for seat in _seats_ever(earlier) if seat not in claims],
            fact=recap.fact(application, sop, self.calendar) if application.is_closed else None,
            waits_on=application.waits_on(sop),
        )
        self.records.commit(change)
        return application

    def _book(self, application: Application, slot: datetime) -> Application:
        sop = self.sop_of(application)
        visit = sop.step(application.step).visit
        if visit is None or not application.may("book", sop) or slot not in self.slots(application):
            raise NotAllowed("slot_taken")
        slot = self.calendar.local(slot)
        for number in range(visit.capacity):
            seat = f"{self._seat(slot)}/{number}"
            try:
                return self.commit(application.book(slot, seat, sop=sop, at=self.clock()), claims=[seat])
            except Conflict as conflict:
                if conflict.code != "claim_taken":
                    raise
        raise NotAllowed("slot_taken")

    def _officials(self) -> Iterator[Official]:
        """Read when the first of them is asked for."""
        yield from self.records.officials()

    def _serving(self, officials: Iterable[Official], email: str, role: str) -> Official:
        for official in officials:
            if official.role == role and official.email.lower() == email.lower() and official.serves(self.today()):
                return official
        raise NotAllowed("not_appointed")

    def _moved_on(self, view: OfficialView, seen: int) -> Conflict:
        events = view.application.events
        event = events[seen] if 0 < seen < len(events) else view.moved_on or events[-1]
        done = view.sop.action(view.application.step_before(event), event.action).done
        office = event.actor.office or view.sop.role(view.sop.first.role).label
        return Conflict("case_moved_on", office=office, at=event.at, done=done)

    def today(self) -> date:
        """The day at the office."""
        return self.clock().astimezone(self.calendar.zone).date()

    def _seat_prefix(self) -> str:
        return f"visit/{self.sop.service}/"

    def _seat(self, slot: datetime) -> str:
        return f"{self._seat_prefix()}{slot.astimezone(self.calendar.zone):%Y-%m-%dT%H:%M}"


def _end_of_turn(application: Application, claims: Claims) -> Event:
    """The event by which the case left the hands it was in when the link was made."""
    later = application.events[claims["n"] :]
    ends = (e for e in later if e.step != claims["s"] or e.state is State.RETURNED or e.state.is_closed)
    return next(ends, application.events[-1])


def _seats_taken(taken: Sequence[str], seat: str) -> int:
    return sum(claim.startswith(f"{seat}/") for claim in taken)


def _seats_ever(application: Application) -> Iterator[str]:
    return (event.data["seat"] for event in application.events if event.action == "book")
