"""What happens without anybody asking: owed emails go out, officials are reminded, drafts and unconfirmed cases expire.

The same functions run in the background thread of one machine and in scheduled handlers.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from portal.application import Actor, Application, Event
from portal.engines.ports import Message
from portal.errors import Conflict, MailDeferred, MailRefused, NotAllowed, NotFound, PortalError
from portal.notices import Notice, Official, eligible, notice
from portal.service import APPLICANT_LINK, OFFICIAL_LINK, Portal
from portal.sop import APPLICANT, Sop
from portal.steps import State
from portal.wording import awaited, described

LEASE: Final = timedelta(minutes=2)
"""How long a sender may hold a notice; longer than any relay's time-out."""


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

    def red_list(self) -> list[Notice]:
        """Emails the clerk must know of: hopeless, or undelivered past the deadline."""
        now = self.portal.clock()
        return [unsent for unsent in self.portal.records.unsent() if unsent.is_red(now)]

    def remind(self) -> int:
        """Owe every official one digest a working day while a case has waited too long; returns how many are owed."""
        today = self.portal.today()
        if not self.portal.calendar.is_working_day(today):
            return 0
        waiting: defaultdict[str, list[tuple[Application, Official]]] = defaultdict(list)
        for role in {step.role for step in self.portal.sop.steps}:
            for application in self.portal.records.waiting_on(role):
                if application.state.clock_runs and self._is_late(application):
                    sop = self.portal.sop_of(application)
                    for official in eligible(application, self.portal.records.officials(), sop, today):
                        waiting[official.email.lower()].append((application, official))
        digests = [self._digest(cases, f"reminder-{today}") for cases in waiting.values()]
        self.portal.records.owe(digests)
        return len(digests)

    def remind_visits(self) -> int:
        """Owe applicants a word about tomorrow's visit; returns how many are owed."""
        days = self.portal.sop.data["reminders"]["visit_days_before"]
        ahead = self.portal.today() + timedelta(days=days)
        owed = []
        for step in self.portal.sop.steps:
            for application in self.portal.records.waiting_on(step.role):
                slot = application.slot
                if slot and application.step == step.key and slot.astimezone(self.portal.calendar.zone).date() == ahead:
                    owed.append(self._to_applicant(application, "visit_tomorrow", f"visit-{ahead}"))
        self.portal.records.owe(owed)
        return len(owed)

    def expire(self) -> int:
        """Forget drafts past their days with their files, and close applications never confirmed; returns how many."""
        now, days = self.portal.clock(), timedelta(days=self.portal.sop.data["draft_days"])
        gone = 0
        for application in self.portal.records.waiting_on(APPLICANT):
            if application.state is State.UNCONFIRMED and now > application.events[-1].at + days:
                gone += self._lapse(application, now)
        for draft in self.portal.records.drafts_before(now - days):
            if not draft.mends or self._is_mended(draft.mends, draft.id):
                self.portal.files.delete(f"drafts/{draft.id}/")
                self.portal.records.delete_draft(draft.id)
                gone += 1
        return gone

    # --- within --------------------------------------------------------------------------------------------------

    def _send(self, held: Notice) -> bool:
        now = self.portal.clock()
        try:
            message = self.compose(held)
            self.portal.mail.send(replace(message, headers={**message.headers, **self.mark(held)}), now)
        except MailRefused as problem:
            self.portal.records.settle_notice(held.failed(_answer(problem), now, hopeless=True))
        except MailDeferred as problem:
            self.portal.records.settle_notice(held.failed(_answer(problem), now))
        except (NotFound, NotAllowed) as problem:
            # What it was about has expired, or the person holds no office any more: there is nothing left to say.
            self.portal.records.settle_notice(held.failed(problem.code, now, hopeless=True))
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
            "until": self._until(owed, event),
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
        context = {
            "sop": self.portal.sop.data,
            "name": owed.name,
            "cases": [self._entry(case) for case in cases],
            "late": [self._entry(case) for case in cases if case.state.clock_runs and self._is_late(case)],
            "until": self.portal.clock() + OFFICIAL_LINK,
            "link": self._signed("meja", {"r": owed.recipient.lower()}, OFFICIAL_LINK),
        }
        return self.render(owed.letter, owed.recipient, context)

    def _entry(self, case: Application) -> dict[str, Any]:
        """A case in a list: its ticket, the name of its step, since when it waits."""
        step = self.portal.sop_of(case).step(case.step)
        return {"ticket": case.ticket, "step": step.name, "since": case.events[-1].at}

    def _due(self, application: Application, sop: Sop) -> datetime | None:
        """By when the SOP's minutes have passed; None when they do not run or have passed already."""
        if not application.state.clock_runs:
            return None
        due = self.portal.calendar.add_minutes(application.turn.at, sop.step(application.step).minutes)
        return due if due > self.portal.clock() else None

    def _until(self, owed: Notice, event: Event) -> datetime:
        """Until when what the letter asks for is possible: confirming, or opening its link."""
        if owed.letter == "confirm_address":
            return event.at + timedelta(days=self.portal.sop.data["draft_days"])
        return self.portal.clock() + (APPLICANT_LINK if owed.role == APPLICANT else OFFICIAL_LINK)

    def _link(self, owed: Notice, application: Application) -> str:
        if owed.letter == "confirm_address":
            return self._signed("konfirmasi", {"t": application.ticket}, APPLICANT_LINK)
        if owed.role == APPLICANT:
            return self._signed("permohonan", {"t": application.ticket}, APPLICANT_LINK)
        if owed.letter == "decided":
            return ""
        # The case as the letter tells it: should it have moved on by now, the link says so and who did it.
        event = application.events[owed.event - 1]
        told = replace(application, step=event.step, state=event.state, events=application.events[: owed.event])
        return self._signed("telaah", self.portal.case_claims(told, owed.recipient), OFFICIAL_LINK)

    def _signed(self, page: str, claims: dict[str, Any], life: timedelta) -> str:
        return f"{self.address}/{page}/{self.portal.links.sign(page, claims, self.portal.clock() + life)}"

    def _appointments(self, owed: Notice) -> list[Official]:
        officials = self.portal.records.officials()
        return [o for o in officials if o.role == owed.role and o.email.lower() == owed.recipient.lower()]

    def _is_late(self, application: Application) -> bool:
        patience = self.portal.sop.data["reminders"]["after_working_days"]
        since = application.events[-1].at.astimezone(self.portal.calendar.zone).date()
        return self.portal.calendar.add_working_days(since, patience) <= self.portal.today()

    def _digest(self, cases: list[tuple[Application, Official]], occasion: str) -> Notice:
        application, official = cases[0]
        actor = official.as_actor(self.portal.sop_of(application))
        # About the longest-waiting case, so that the identity is a ticket's; the letter lists them all.
        return notice("reminder", actor, about=application.ticket, event=application.version, at=self.portal.clock(),
                      occasion=occasion)  # fmt: skip

    def _to_applicant(self, application: Application, letter: str, occasion: str) -> Notice:
        sop = self.portal.sop_of(application)
        actor = Actor(APPLICANT, application.value("name", sop), email=application.value("email", sop))
        at = self.portal.clock()
        return notice(letter, actor, about=application.ticket, event=application.version, at=at, occasion=occasion)

    def _lapse(self, application: Application, now: datetime) -> bool:
        try:
            self.portal.commit(application.lapse(sop=self.portal.sop_of(application), at=now))
        except Conflict:
            return False  # confirmed at the last moment
        return True

    def _is_mended(self, ticket: str, id: str) -> bool:
        application = self.portal.records.load(ticket)
        return id != f"{ticket}-{application.version}"


def _answer(problem: PortalError) -> str:
    return str(problem.facts.get("answer", problem.code))
