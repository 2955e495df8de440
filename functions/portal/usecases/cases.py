"""What applicants and officials do with a case: one read, one move of the application, one write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from portal.core.amending import readdressed
from portal.core.application import Actor, Application, Event
from portal.core.draft import Document, Draft
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.history import overtaking
from portal.core.notices import hourly, notice
from portal.core.officials import Official, eligible, given, stand_in
from portal.core.resending import link_again
from portal.core.sop import Sop
from portal.core.steps import State
from portal.forms.wording import Words
from portal.office import Office
from portal.usecases.desks import not_serving, sorted_out

OFFICIAL_LINK: Final = timedelta(days=14)
APPLICANT_LINK: Final = timedelta(days=30)
Claims = Mapping[str, Any]
"""What a link says: ``t`` ticket, ``s`` step, ``n`` number of the event, ``r`` recipient."""


@dataclass(frozen=True)
class OfficialView:
    """What an official sees behind a link.

    Attributes:
        actions: what may be decided now; empty when there is nothing to decide.
        moved_on: the event by which somebody has already acted since the link was made, or None.
        deputy: the Plh. who has the reader's cases today, or None.
        holder: who alone has this one, as a clerk gave it to him; None where that is nobody, the reader or his Plh.
        taken_back: does the reader decide although another has it, and knows it?
        officials: everybody ever appointed to its service, as read with the case.
    """

    application: Application
    words: Words
    official: Official
    actions: tuple[str, ...]
    moved_on: Event | None
    officials: Sequence[Official]
    deputy: Official | None = None
    holder: Official | None = None
    taken_back: bool = False

    @property
    def sop(self) -> Sop:
        """The edition that the application runs under."""
        return self.words.sop

    @property
    def instead(self) -> Official | None:
        """Who has the case in the reader's place, so that he can only take it from him knowingly."""
        return self.holder or self.deputy


@dataclass(frozen=True)
class Brought:
    """What an official brings with a decision.

    Attributes:
        documents: all of the case with it; ``draft`` the one it came in, in its new version.
        said: what is kept of it with the decision.
    """

    documents: tuple[Document, ...]
    draft: Draft
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Means:
    """By what something is decided; kept with it.

    Attributes:
        device: mark of the browser; says nothing about whose it is.
        link: ``email``, the case's own, ``desk``, or ``letter``, with another case of that; empty where nobody knows.
        code: has the official typed a code in that browser?
    """

    device: str = ""
    link: str = ""
    code: bool = False

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Cases:
    """The use cases of a case, over one office."""

    office: Office

    # --- the applicant -----------------------------------------------------------------------------------------

    def confirm(self, number: str, read: Application | None = None) -> Application:
        """The address is real; confirming twice is confirming once. Now the first official hears of it.

        Args:
            read: the application, where it has just been read.
        """
        application = read or self.office.records.load(number)
        if application.state is not State.UNCONFIRMED:
            return application
        sop = self.office.sop_of(application)
        agenda = self.office.records.next_number(application.service, f"agenda-{self.office.today().year}")
        try:
            return self.office.commit(application.confirm(agenda=str(agenda), sop=sop, at=self.office.clock()))
        except Conflict:  # the same click arrived twice, or the case has just lapsed
            return self.office.records.load(number)

    def withdraw(self, application: Application) -> Application:
        """Withdrawing twice is withdrawing once."""
        sop = self.office.sop_of(application)
        try:
            return self.office.commit(application.withdraw(sop=sop, at=self.office.clock()))
        except (Conflict, NotAllowed):
            kept = self.office.records.load(application.ticket)
            if kept.state is not State.WITHDRAWN:
                raise
            return kept

    def receive(self, application: Application) -> Application:
        """The owner confirms that the product has arrived; doing so twice is doing so once."""
        sop = self.office.sop_of(application)
        try:
            return self.office.commit(application.receive(sop=sop, at=self.office.clock()))
        except (Conflict, NotAllowed):
            kept = self.office.records.load(application.ticket)
            if not kept.is_received:
                raise
            return kept

    # --- the official --------------------------------------------------------------------------------------------

    def open_case(self, claims: Claims) -> OfficialView:
        """What stands behind an official's link.

        Raises:
            NotAllowed: not appointed (``not_appointed``) or no longer (``appointment_ended``), or one's own application
                (``own_application``); or its personal data was erased (``data_erased``).
        """
        application = self.office.records.load(claims["t"]).must_be_there()
        words, officials = self.office.words_of(application), self.office.records.officials(application.service)
        acting = words.sop.acting(words.sop.step(claims["s"]).role)
        official = self._serving(officials, application.service, acting, claims["r"])
        if application.concerns(official.email, official.number, words.sop):
            raise NotAllowed("own_application")
        if application.turn.number == claims["n"] and not application.is_closed:
            actions = application.official_actions(words.sop)
            deputy = stand_in(official, officials, self.office.today())
            holder = self._holder(application, (official, deputy), officials)
            return OfficialView(application, words, official, actions, None, officials, deputy, holder)
        return OfficialView(application, words, official, (), _end_of_turn(application, claims), officials)

    def decide(
        self,
        claims: Claims,
        action: str,
        raw: Mapping[str, Any],
        seen: int,
        view: OfficialView | None = None,
        brought: Brought | None = None,
        means: Means | None = None,
    ) -> Application:
        """One decision, made on event ``seen``.

        Args:
            view: what ``open_case`` has just found, to be read once.

        Raises:
            Conflict: somebody acted meanwhile (``case_moved_on``; facts ``office``, ``at``, ``done``).
            Invalid: the decision lacks something; NotAllowed: not possible here, or another has the case and it was not
                taken from him (``deputy_serves`` of a Plh., ``case_given`` otherwise; facts ``office``, ``name``).
        """
        view = view or self.open_case(claims)
        if view.moved_on or overtaking(view.application.events, seen):
            raise self._moved_on(view, seen)
        if action not in view.actions:
            raise NotAllowed("action_not_now", action=action, state=view.application.state.value)
        if view.instead and not view.taken_back:
            raise NotAllowed("case_given" if view.holder else "deputy_serves", **_facts(view.instead, view.sop))
        form = view.words.decision_form(view.application.step, action)
        values = form.clean(raw)
        if errors := [finding for finding in form.check(values, self.office.today()) if not finding.passable]:
            raise Invalid(errors)
        actor = view.official.as_actor(view.sop)
        kept = {**(brought.said if brought else {}), **(means.said() if means else {})}
        if view.instead:
            kept["taken_over" if view.holder else "taken_back"] = ", ".join(_facts(view.instead, view.sop).values())
        decided = view.application.decide(
            action,
            {**values, **kept},
            actor=actor,
            sop=view.sop,
            at=self.office.clock(),
            documents=brought.documents if brought else None,
        )
        try:
            return self.office.commit(decided, draft=brought.draft if brought else None, officials=view.officials)
        except Conflict as conflict:
            again = self.open_case(claims)
            kept_only = again.application.version > view.application.version and not again.moved_on
            if kept_only and not overtaking(again.application.events, seen):
                return self.decide(
                    claims, action, raw, seen, replace(again, taken_back=view.taken_back), brought, means
                )
            raise self._moved_on(again, seen) from conflict

    def appointments(self, email: str, officials: Iterable[Official] | None = None) -> list[Official]:
        """What this person is appointed to today; ``officials``: everybody, where they have just been read."""
        today, address = self.office.today(), email.lower()
        appointed = self.office.officials() if officials is None else officials
        return [each for each in appointed if each.email.lower() == address and each.serves(today)]

    def desk(self, email: str, officials: Sequence[Official] = ()) -> list[tuple[Application, Official]]:
        """All that waits for this person, in whatever capacity, longest first; each case once.

        Raises:
            NotAllowed: holds no appointment today (``not_appointed``).
        """
        return self.desk_and_others(email, officials)[0]

    def desk_and_others(
        self, email: str, officials: Sequence[Official] = ()
    ) -> tuple[list[tuple[Application, Official]], list[tuple[Application, Official]]]:
        """The same, and what would wait for this person too, if no colleague had it alone. Raises as ``desk``."""
        appointed = officials or self.office.records.officials()
        return sorted_out(self.office, email, appointed, lambda his: self.office.waiting_on(his.service, his.role))

    def opens(self, email: str, officials: Iterable[Official] | None = None) -> list[Sop]:
        """The services that this person may begin for somebody today."""
        held = {(official.service, official.role) for official in self.appointments(email, officials)}
        begun = (sop for sop in self.office.services if sop.first.kind == "opening")
        return [sop for sop in begun if any((sop.service, role) in held for role in sop.acting(sop.first.role))]

    def has_turn(self, application: Application, email: str, officials: Iterable[Official] | None = None) -> bool:
        """May this person decide on the application now, in whatever capacity?"""
        sop = self.office.sop_of(application)
        officials = officials or self.office.officials(application.service)
        officials = eligible(application, officials, sop, self.office.today())
        return bool(application.official_actions(sop)) and email.lower() in {o.email.lower() for o in officials}

    def owe_desk(self, email: str) -> bool:
        """Owe somebody appointed today a link to all that waits for him, at most one an hour; others nothing.

        Returns:
            Is he?
        """
        held = self.appointments(email)[:1]
        for official in held:
            at, actor = self.office.clock(), Actor(official.role, official.name, email=official.email.lower())
            asked = notice("desk", actor, about="meja", event=0, at=at, occasion=hourly(at))
            self.office.records.owe([asked])
        return bool(held)

    @staticmethod
    def case_claims(application: Application, email: str) -> dict[str, Any]:
        """What an official's link to the case as it stands says."""
        turn = application.turn
        return {"t": application.ticket, "s": application.step, "n": turn.number, "r": email.lower()}

    def owe_again(self, application: Application, letter: str, actor: Actor) -> None:
        """Owe a fresh link to a registered address, at most one per letter and hour."""
        at = self.office.clock()
        self.office.records.owe([link_again(application, letter, actor, at=at, occasion=f"{at:%Y-%m-%dT%H}")])

    @staticmethod
    def applicant_claims(application: Application) -> dict[str, Any]:
        """What the applicant's links say; the event that set the address right, if any, so that older links end."""
        return {"t": application.ticket, **({"n": n} if (n := readdressed(application)) else {})}

    # --- within --------------------------------------------------------------------------------------------------

    def _serving(self, officials: Iterable[Official], service: str, roles: Sequence[str], email: str) -> Official:
        today, whoever = self.office.today(), (service, email.lower())
        for official in officials:
            held = official.service, official.email.lower()
            if held == whoever and official.role in roles and official.serves(today):
                return official
        raise not_serving((o for o in officials if o.service == service and o.role in roles), email, today)

    def _holder(
        self, application: Application, reader: Sequence[Official | None], officials: Sequence[Official]
    ) -> Official | None:
        """Who alone has the case, if it is none of the reader's own."""
        mine = {each.email.lower() for each in reader if each}
        holders = given(application, officials, self.office.sop_of(application), self.office.today())
        return None if any(each.email.lower() in mine for each in holders) else next(iter(holders), None)

    def _moved_on(self, view: OfficialView, seen: int) -> Conflict:
        events = view.application.events
        event = overtaking(events, seen) if 0 < seen <= len(events) else None
        return moved_on(view.application, view.sop, event or view.moved_on or events[-1])


def moved_on(application: Application, sop: Sop, event: Event) -> Conflict:
    """What somebody is told who decides on a case that this event has moved on (``case_moved_on``)."""
    done = sop.action(application.step_before(event), event.action).done
    return Conflict("case_moved_on", office=event.actor.office or sop.applying.label, at=event.at, done=done)


def _facts(official: Official, sop: Sop) -> dict[str, str]:
    actor = official.as_actor(sop)
    return {"office": actor.office, "name": actor.name}


def _end_of_turn(application: Application, claims: Claims) -> Event:
    """The event by which the case left the hands it was in when the link was made."""
    later = application.events[claims["n"] :]
    ends = (e for e in later if e.step != claims["s"] or e.state is State.RETURNED or e.state.is_closed)
    return next(ends, application.moved)
