"""What happens without anybody asking: owed emails go out, officials are reminded, drafts and unconfirmed cases expire,
the recap is added up.

The same functions run in the background thread of one machine and in scheduled handlers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from portal.compilation import Compilation
from portal.core.application import Actor, Application
from portal.core.errors import Conflict, MailDeferred, MailRefused, NotAllowed, NotFound, PortalError
from portal.core.notices import Notice, Official, notice
from portal.core.progress import confirm_by, deadline, standard
from portal.core.sop import APPLICANT, Sop
from portal.engines.ports import Message
from portal.forms.wording import awaited, described
from portal.retention import Retention
from portal.service import APPLICANT_LINK, OFFICIAL_LINK, Portal
from portal.watch import Watch

LEASE: Final = timedelta(minutes=2)
"""How long a sender may hold a notice; longer than any relay's time-out."""

OUTDATED: Final = "outdated"
UNMISSED: Final = frozenset({"draft_unknown", "not_appointed"})
"""Why an email is dropped without anybody having to know: what it is about is gone, or its reader left the office."""


def _unmarked(_: Notice) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Clockwork:
    """Attributes:
    render: makes the email of a notice from a letter and its context (``papers.Letters.render``).
    address: public address of the portal, without a slash at the end.
    mark: headers by which the relay's later word about an email (it came back, say) finds its notice again.
    """

    portal: Portal
    render: Callable[[str, str, dict[str, Any]], Message]
    address: str
    mark: Callable[[Notice], Mapping[str, str]] = _unmarked

    @property
    def watch(self) -> Watch:
        """The cases that need attention."""
        return Watch(self.portal)

    @cached_property
    def retention(self) -> Retention:
        """The sweep of files past their days, which remembers when it last swept."""
        return Retention(self.portal)

    @cached_property
    def compilation(self) -> Compilation:
        """The recap's sums, which remember when they were last brought up to date."""
        return Compilation(self.portal)

    def send_due(self, most: int = 50, claim: Callable[[datetime, timedelta], Notice | None] | None = None) -> int:
        """Send owed emails that are due; returns how many were taken by the relay.

        A crash between sending and settling repeats an email; it never loses one.

        Args:
            claim: takes hold of the next one, as ``Records.claim_notice`` does, which it is by default.
        """
        sent = 0
        for _ in range(most):
            held = (claim or self.portal.records.claim_notice)(self.portal.clock(), LEASE)
            if held is None:
                break
            sent += self._send(held)
        return sent

    def red_list(self, unsent: Iterable[Notice] | None = None) -> list[Notice]:
        """Emails the clerk must know of: hopeless, or undelivered past the deadline; not those that were dropped.

        Args:
            unsent: all of them, where they have been looked up already.
        """
        now, found = self.portal.clock(), self.portal.records.unsent() if unsent is None else unsent
        return [owed for owed in found if owed.is_red(now)]

    def try_again(self) -> int:
        """Hopeless emails of the red list are due again, as after an address was mended; returns how many.

        The others on it are tried anyway.
        """
        hopeless = [owed for owed in self.red_list() if owed.hopeless]
        for owed in hopeless:
            self.portal.records.settle_notice(owed.renewed(self.portal.clock()))
        return len(hopeless)

    def drop(self, about: str) -> int:
        """A person has seen to what the emails of the red list about a ticket or draft had to say; returns how many."""
        red = [owed for owed in self.red_list() if owed.about == about]
        for owed in red:
            self.portal.records.settle_notice(owed.dropped(self.portal.clock()))
        return len(red)

    def chores(self) -> tuple[Callable[[], int], ...]:
        """What is to be looked at now and then, one independent of the other."""
        swept, summed = self.retention.forget_documents, self.compilation.compile_recap
        return self.remind, self.escalate, self.remind_visits, self.expire, swept, summed

    def remind(self) -> int:
        """Owe every official one digest a working day while a case has waited too long; returns how many are owed."""
        if not self._office_has_opened():
            return 0
        today, patience = self.portal.today(), self._policy["after_working_days"]
        serving = {o.email.lower(): o for o in self.portal.records.officials() if o.serves(today)}
        digests = [
            self._digest("reminder", Actor(official.role, official.name, email=email))
            for email, official in serving.items()
            if any(self.watch.has_waited(case, patience) for case, _ in self.portal.desk(email))
        ]
        self.portal.records.owe(digests)
        return len(digests)

    def escalate(self) -> int:
        """Owe the office's own mailbox one list a working day of what has waited far too long; returns how many cases.

        Also of cases that nobody is appointed for, of whom therefore nobody is reminded.
        """
        late = self._far_too_late() if self._office_has_opened() else []
        if late:
            office = self.portal.sop.data["office"]
            self.portal.records.owe([self._digest("escalation", Actor("", office["short"], email=office["email"]))])
        return len(late)

    def remind_visits(self) -> int:
        """Owe applicants a word a day before their visit, unless they have booked it since; returns how many."""
        now, ahead = self.portal.clock(), timedelta(days=self._policy["visit_days_before"])
        owed = [
            self._visit_reminder(application)
            for application in self.watch.with_officials()
            if application.slot and application.events[-1].at < application.slot - ahead <= now < application.slot
        ]
        self.portal.records.owe(owed)
        return len(owed)

    def expire(self) -> int:
        """Forget drafts past their days with their files, and close applications never confirmed; returns how many."""
        now, days = self.portal.clock(), timedelta(days=self.portal.sop.data["draft_days"])
        gone = 0
        for application in self.portal.records.waiting_on(APPLICANT):
            gone += self._lapse(application, now)
        for draft in self.portal.records.drafts_before(now - days):
            if not draft.mends or self._is_mended(draft.mends, draft.id):
                self.portal.files.delete(draft.folder)
                self.portal.records.delete_draft(draft.id)
                gone += 1
        return gone

    # --- within --------------------------------------------------------------------------------------------------

    def _send(self, held: Notice) -> bool:
        now = self.portal.clock()
        try:
            if self._is_outdated(held, now):
                self.portal.records.settle_notice(held.dropped(now, OUTDATED))
                return False
            message = self.compose(held)
            self.portal.mail.send(replace(message, headers={**message.headers, **self.mark(held)}), now)
        except MailRefused as problem:
            self.portal.records.settle_notice(held.failed(_answer(problem), now, hopeless=True))
        except MailDeferred as problem:
            self.portal.records.settle_notice(held.failed(_answer(problem), now))
        except (NotFound, NotAllowed) as problem:
            # What it was about has expired, or the person holds no office any more: there is nothing left to say.
            unmissed = problem.code in UNMISSED
            settled = held.dropped(now, problem.code) if unmissed else held.failed(problem.code, now, hopeless=True)
            self.portal.records.settle_notice(settled)
        except Exception as problem:
            # One email that cannot be written must not hold up the others. The kind only: the rest may be personal.
            self.portal.records.settle_notice(held.failed(type(problem).__name__, now))
        else:
            self.portal.records.settle_notice(held.delivered(now))
            return True
        return False

    def compose(self, owed: Notice) -> Message:
        """The email of a notice, with a link minted now."""
        if owed.event == 0 and owed.letter == "draft_saved":
            return self._compose_draft(owed)
        if owed.letter in ("reminder", "desk"):
            return self._compose_desk(owed)
        if owed.letter == "escalation":
            return self._compose_escalation(owed)
        application = self.portal.records.load(owed.about)
        sop = self.portal.sop_of(application)
        event = application.events[owed.event - 1]
        before = application.events[owed.event - 2] if owed.event > 1 else event
        context = {
            "sop": sop.data,
            "edition": sop,
            "application": application,
            "event": event,
            "before": before,
            "step": sop.step(event.step),
            "at_step": sop.step(before.step),
            "action": sop.action(before.step, event.action),
            "facts": lambda said: described(application, said, sop, self.portal.decisions),
            "waits_on": awaited(sop, event.step, event.state),
            "form": self.portal.application_form(sop),
            "name": owed.name,
            "office": next((o.as_actor(sop).office for o in self._appointments(owed)), ""),
            "due": self._due(application, sop),
            "until": self._until(owed, application, sop),
            "link": self._link(owed, application),
            "status_link": f"{self.address}/status/{application.ticket}",
        }
        return self.render(owed.letter, owed.recipient, context)

    def _compose_draft(self, owed: Notice) -> Message:
        draft = self.portal.records.load_draft(owed.about)
        expires = draft.expires_at(self.portal.sop.data["draft_days"])
        token = self.portal.links.sign("draft", {"d": draft.id, "r": owed.recipient}, expires)
        link = f"{self.address}/ajukan/lanjut/{token}"
        context = {"sop": self.portal.sop.data, "name": owed.name, "link": link, "expires": expires}
        return self.render(owed.letter, owed.recipient, context)

    def _compose_desk(self, owed: Notice) -> Message:
        cases = [case for case, _ in self.portal.desk(owed.recipient)]
        patience = self._policy["after_working_days"]
        context = {
            "sop": self.portal.sop.data,
            "name": owed.name,
            "cases": [self.watch.told(case) for case in cases],
            "late": [self.watch.told(case) for case in cases if self.watch.has_waited(case, patience)],
            "until": self.portal.clock() + OFFICIAL_LINK,
            "link": self._signed("meja", {"r": owed.recipient.lower()}, OFFICIAL_LINK),
        }
        return self.render(owed.letter, owed.recipient, context)

    def _compose_escalation(self, owed: Notice) -> Message:
        context = {
            "sop": self.portal.sop.data,
            "name": owed.name,
            "cases": [self.watch.told(case) for case in self._far_too_late()],
            "days": self._policy["escalate_after_working_days"],
        }
        return self.render(owed.letter, owed.recipient, context)

    def _due(self, application: Application, sop: Sop) -> datetime | None:
        """By when the SOP's minutes will have passed; None when they do not run or have passed already."""
        found = standard(application, sop, self.portal.calendar, self.portal.clock())
        return datetime.fromisoformat(found["until"]) if found and not found["late"] else None

    def _until(self, owed: Notice, application: Application, sop: Sop) -> datetime:
        """Until when what the letter asks for is possible: confirming, or opening its link."""
        if owed.letter == "confirm_address":
            return confirm_by(application, sop)
        return self.portal.clock() + (APPLICANT_LINK if owed.role == APPLICANT else OFFICIAL_LINK)

    def _link(self, owed: Notice, application: Application) -> str:
        if owed.letter == "confirm_address":
            return self._signed("konfirmasi", {"t": application.ticket}, APPLICANT_LINK)
        if owed.role == APPLICANT:
            return self._signed("permohonan", {"t": application.ticket}, APPLICANT_LINK)
        if owed.letter == "decided":
            return ""
        if not self._appointments(owed):  # the link would open nothing, and the letter names the applicant
            raise NotAllowed("not_appointed")
        # The case as the letter tells it: should it have moved on by now, the link says so and who did it.
        event = application.events[owed.event - 1]
        told = replace(application, step=event.step, state=event.state, events=application.events[: owed.event])
        return self._signed("telaah", self.portal.case_claims(told, owed.recipient), OFFICIAL_LINK)

    def _signed(self, page: str, claims: dict[str, Any], life: timedelta) -> str:
        return f"{self.address}/{page}/{self.portal.links.sign(page, claims, self.portal.clock() + life)}"

    def _appointments(self, owed: Notice) -> list[Official]:
        today, email = self.portal.today(), owed.recipient.lower()
        officials = (o for o in self.portal.records.officials() if o.email.lower() == email)
        return [o for o in officials if o.role == owed.role and o.serves(today)]

    @property
    def _policy(self) -> Mapping[str, int]:
        policy: Mapping[str, int] = self.portal.sop.data["reminders"]
        return policy

    def _office_has_opened(self) -> bool:
        """Is it a working day, and not before its first hour?"""
        intervals = self.portal.calendar.intervals(self.portal.today())
        return bool(intervals) and intervals[0][0] <= self.portal.clock()

    def _far_too_late(self) -> list[Application]:
        patience = self._policy["escalate_after_working_days"]
        watch = self.watch
        late = [application for application in watch.with_officials() if watch.has_waited(application, patience)]
        return sorted(late, key=lambda application: application.events[-1].at)

    def _digest(self, letter: str, actor: Actor) -> Notice:
        """About no one case, so that it stays the same digest when the cases in it change during the day."""
        occasion = f"{letter}-{self.portal.today()}"
        return notice(letter, actor, about="meja", event=0, at=self.portal.clock(), occasion=occasion)

    def _visit_reminder(self, application: Application) -> Notice:
        sop, slot = self.portal.sop_of(application), application.slot
        actor = application.applicant(sop)
        about, event, at = application.ticket, application.version, self.portal.clock()
        return notice("visit_tomorrow", actor, about=about, event=event, at=at, occasion=f"visit-{slot}")

    def _is_outdated(self, owed: Notice, now: datetime) -> bool:
        """Would it remind of a visit that has passed, or is agreed no more? The relay may have been down for long."""
        if owed.letter != "visit_tomorrow":
            return False
        application = self.portal.records.load(owed.about)
        return application.version != owed.event or application.slot is None or application.slot <= now

    def _lapse(self, application: Application, now: datetime) -> bool:
        """Close a case whose address was not confirmed in time; False if there is time yet."""
        sop = self.portal.sop_of(application)
        until = deadline(application, sop)
        if until is None or now <= until:
            return False
        try:
            self.portal.commit(application.lapse(sop=sop, at=now))
        except Conflict:
            return False  # confirmed at the last moment
        return True

    def _is_mended(self, ticket: str, id: str) -> bool:
        try:
            application = self.portal.records.load(ticket)
        except NotFound:
            return True  # the case itself is gone
        return id != f"{ticket}-{application.version}"


def _answer(problem: PortalError) -> str:
    return str(problem.facts.get("answer", problem.code))
