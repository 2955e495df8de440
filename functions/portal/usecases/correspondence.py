"""Composes the email of a notice: what its letter may say of the case as it stands now, and a link minted now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from portal.core.application import VOUCHING, Application
from portal.core.errors import NotAllowed
from portal.core.forecast import expect
from portal.core.history import assignment
from portal.core.notices import OF_A_BATCH, Notice
from portal.core.officials import Official
from portal.core.outdated import is_for_another, is_outdated, is_told_otherwise
from portal.core.progress import confirm_by, reasons, standard
from portal.core.register import Certificate, keeps_register, soon
from portal.core.rounds import SPENT
from portal.core.sop import APPLICANT, FILLER, Sop
from portal.core.steps import State
from portal.engines.ports import Message
from portal.forms.letter import (
    CaseLetter,
    CertificateLetter,
    CodeLetter,
    ColleagueLetter,
    DeskLetter,
    DigestLetter,
    DraftLetter,
    DutyLetter,
    EndingLetter,
    EntranceLetter,
    EscalationLetter,
    Letter,
    OwnCase,
    TicketsLetter,
)
from portal.office import Office
from portal.usecases import batches, tickets
from portal.usecases.cases import APPLICANT_LINK, OFFICIAL_LINK, Cases
from portal.usecases.codes import LETTER as CODE
from portal.usecases.codes import Codes
from portal.usecases.entrance import PURPOSE, Entrance
from portal.usecases.experience import Experience
from portal.usecases.register import Register
from portal.usecases.upkeep import contacts, ending_soon
from portal.usecases.watch import Watch


@dataclass(frozen=True)
class Correspondence:
    """Attributes:
    render: makes the email of a letter's file and what it may say (``letters.writing.Letters.render``).
    address: public address of the portal, without a slash at the end.
    """

    office: Office
    cases: Cases
    watch: Watch
    register: Register
    entrance: Entrance
    experience: Experience
    render: Callable[[str, str, Letter], Message]
    address: str

    def compose(self, owed: Notice) -> Message:
        """The email of a notice. Raises as ``letter`` does."""
        return self.render(owed.letter, owed.recipient, self.letter(owed))

    def join(self, written: Sequence[tuple[Notice, Letter]]) -> Message:
        """The one email of some notices to the same person, each with its ``letter``."""
        # Of those that tell how things stand when they are sent, one says it all.
        alone = {owed.letter if owed.letter in SPENT else owed.identity: (owed, said) for owed, said in written}
        (owed, said), *further = alone.values()
        return self.render(
            "digest" if further else owed.letter, owed.recipient, self._digest(written) if further else said
        )

    def letter(self, owed: Notice) -> Letter:
        """What the email of a notice may say.

        Raises:
            NotFound: what it is about is gone.
            NotAllowed: its reader holds no office any more (``not_appointed``), what was about to end has ended
                (``certificate_ended``), a code is good no more (``code_expired``), the case has moved on since it was
                owed (``outdated``), nothing is stuck any more (``not_stuck``), or no open case is of that address
                (``no_tickets``).
        """
        if owed.letter in ("draft_saved", "draft_waiting", *OF_A_BATCH.values()):
            return self._about_draft(owed)
        if owed.letter == batches.LETTER:
            return batches.letter(self.office, owed, self._signed)
        if owed.letter == "duty":
            return self._about_duty(owed)
        if owed.letter == CODE:
            return self._about_code(owed)
        if owed.letter in ("reminder", "desk"):
            return self._about_desk(owed)
        if owed.letter in ("escalation", "unattended"):
            return self._about_stuck(owed)
        if owed.letter == "address_moved":
            return Letter(self.office.services.general, owed.name, "")
        if owed.letter == "clerk_link":
            return self._about_entrance(owed)
        if owed.letter == tickets.LETTER:
            return self._about_tickets(owed)
        if owed.letter in ("expiring", "revoked", "changed"):
            return self._about_certificate(owed)
        if owed.letter == "expiring_list":
            return self._about_ending(owed)
        return self._about_case(owed)

    def _digest(self, written: Sequence[tuple[Notice, Letter]]) -> DigestLetter:
        (owed, said), *_ = written

        def of(*letters: str) -> list[CaseLetter]:
            return [each for notice, each in written if notice.letter in letters and isinstance(each, CaseLetter)]

        desks = [each for _, each in written if isinstance(each, DeskLetter)][:1]
        turns = {turn.application.ticket: turn for turn in (*of("turn"), *of("assigned"))}  # given to the reader: once
        return DigestLetter(
            sop=said.sop,
            name=owed.name,
            link=self._signed("meja", {"r": owed.recipient}, OFFICIAL_LINK),
            turns=list(turns.values()),
            visits=of("visit_booked"),
            receipts=of("decided"),
            overdue=[each for each in of("overdue") if each.application.ticket not in turns],
            late=[case for desk in desks for case in desk.late],
            vacant=[case for desk in desks for case in desk.vacant],
            below=[case for desk in desks for case in desk.below],
            until=self.office.clock() + OFFICIAL_LINK,
        )

    def _about_certificate(self, owed: Notice) -> CertificateLetter:
        _, service, id = owed.about.split("/")
        entry, today = self.office.records.certificate(service, id), self.office.today()
        recorded = entry.recorded[owed.event - 2] if owed.event else None
        if recorded is None and not entry.standing(today).is_running:
            raise NotAllowed("certificate_ended")
        until = max(self.office.clock() + APPLICANT_LINK, self._last_moment(entry))
        claims = {"s": service, "c": id, "r": owed.recipient}
        return CertificateLetter(
            sop=self.register.sop(service).data,
            name=owed.name,
            link="" if recorded else f"{self.address}/perpanjang/{self.office.links.sign('perpanjang', claims, until)}",
            certificate=entry,
            facts=self.register.facts(entry),
            days=((entry.valid_until or today) - today).days,
            recorded=recorded,
            reason=self.register.reason(entry, recorded) if recorded else "",
            changes=self.register.changes(entry, recorded) if recorded else {},
            until=until,
        )

    def _about_ending(self, owed: Notice) -> EndingLetter:
        sop = self.register.sop(owed.about.partition("/")[2])
        if owed.role and not any(keeps_register(o, sop) for o in self.cases.appointments(owed.recipient)):
            raise NotAllowed("not_appointed")
        entries = ending_soon(self.office.records, sop, self.office.today())
        offices = {office for office, email in contacts(sop).items() if email.lower() == owed.recipient}
        return EndingLetter(
            sop=sop.data,
            name=owed.name,
            link=self._signed("meja", {"r": owed.recipient}, OFFICIAL_LINK) if owed.role else "",
            entries=[entry for entry in entries if owed.role or entry.office in offices],
            days=soon(sop),
            until=self.office.clock() + OFFICIAL_LINK,
        )

    def _last_moment(self, entry: Certificate) -> datetime:
        """The end of an entry's last day, or of today if it never ends."""
        day = (entry.valid_until or self.office.today()) + timedelta(days=1)
        return datetime.combine(day, time.min, self.office.calendar.zone)

    def _about_case(self, owed: Notice) -> CaseLetter:
        application = self.office.records.load(owed.about).must_be_there()
        words = self.office.words_of(application)
        sop, event = words.sop, application.events[owed.event - 1]
        if (
            is_outdated(owed, application)
            or is_for_another(owed, application, sop)
            or self._has_gone(owed, application)
            or (owed.letter == "overdue" and self._is_told_elsewhere(owed, application))
        ):
            raise NotAllowed("outdated")
        before = application.events[owed.event - 2] if owed.event > 1 else event
        vouched = any(each.action in VOUCHING for each in application.events)
        return CaseLetter(
            sop=sop.data,
            # Anybody may have typed the name and somebody else's address beside it.
            name=owed.name if vouched or owed.role != APPLICANT else "",
            link=self._link(owed, application),
            application=application,
            edition=sop,
            event=event,
            before=before,
            step=sop.step(event.step),
            at_step=sop.first if owed.event == 1 else sop.step(before.step),
            action=sop.action(before.step, event.action),
            facts=lambda said: words.said(application, said),
            waits_on=words.awaited(event.step, event.state),
            form=words.form,
            office=next((official.as_actor(sop).office for official in self._appointments(owed, application)), ""),
            due=self._due(application, sop),
            until=self._until(owed, application, sop),
            **self._forecast(owed, application, sop),
            status_link=f"{self.address}/status/{application.ticket}",
        )

    def _has_gone(self, owed: Notice, application: Application) -> bool:
        """Would it say that it is the turn of one from whom the clerk has given it to another meanwhile?"""
        if owed.letter not in ("turn", "overdue") or owed.is_asked_for or assignment(application.events) is None:
            return False
        return not self.cases.has_turn(application, owed.recipient)

    def _is_told_elsewhere(self, owed: Notice, application: Application) -> bool:
        """Does the digest of every working day tell of it by now, or has another word of it gone, or will?"""
        told = is_told_otherwise(owed, self.office.records.notices(owed.about))
        return told or any(self.watch.look_at([application]).each(lambda _, how: [self.watch.is_due(how)]))

    def _about_draft(self, owed: Notice) -> DraftLetter:
        draft = self.office.records.load_draft(owed.about)
        sop = self.office.services[draft.service]
        expires = draft.expires_at(sop.data["draft_days"])
        token = self.office.links.sign("draft", {"d": draft.id, "r": owed.recipient}, expires)
        said = sop.data, owed.name, f"{self.address}/ajukan/lanjut/{token}", expires
        return ColleagueLetter(*said, batches.filler(self.office, draft)) if draft.batch else DraftLetter(*said)

    def _about_duty(self, owed: Notice) -> DutyLetter:
        taken = [(case, by) for case, by in self.cases.desk(owed.recipient) if by.role == owed.role]
        if not taken:
            raise NotAllowed("outdated")
        turns = []
        for case, _ in taken:
            turn = replace(owed, letter="turn", about=case.ticket, event=case.turn.number, occasion="again-")
            turns.append(self._about_case(turn))
        edition, by = self.office.sop_of(taken[0][0]), taken[0][1]
        return DutyLetter(
            sop=self.office.services[by.service].data,
            name=owed.name,
            link=self._signed("meja", {"r": owed.recipient}, OFFICIAL_LINK),
            office=by.as_actor(edition).office,
            turns=turns,
            last=by.until,
            until=self.office.clock() + OFFICIAL_LINK,
        )

    def _about_code(self, owed: Notice) -> CodeLetter:
        code, until = Codes(self.office).code(owed.about, owed.recipient, owed.occasion)
        return CodeLetter(self.office.services.first.data, owed.name, "", f"{code[:3]} {code[3:]}", until)

    def _about_desk(self, owed: Notice) -> DeskLetter:
        look = self.watch.look_at(case for case, _ in self.cases.desk(owed.recipient))
        own = {case.ticket for case, _ in look.waits}
        posts = {(held.service, held.role): None for held in self.cases.appointments(owed.recipient)}
        # In the words of the service that the reader serves; of the others he need not hear.
        services = list(dict.fromkeys(service for service, _ in posts))
        known = self.office.services
        glance = self.watch.glance() if owed.letter == "reminder" else None
        vacancies, held_up = (self.watch.vacancies(glance), self.watch.held_up(glance)) if glance else ((), ())
        return DeskLetter(
            sop=known[services[0]].data if len(services) == 1 else known.general,
            name=owed.name,
            link=self._signed("meja", {"r": owed.recipient.lower()}, OFFICIAL_LINK),
            cases=list(look.each(lambda case, how: [self.watch.told(case, how)])),
            late=list(look.each(lambda case, how: [self.watch.told(case, how)] if self.watch.is_due(how) else [])),
            vacant=[self.watch.told(case, how) for case, how, above in vacancies if above & posts.keys()],
            below=[
                self.watch.told(case, how)
                for case, how, above, _ in held_up
                if case.ticket not in own and above & posts.keys()
            ],
            until=self.office.clock() + OFFICIAL_LINK,
        )

    def _about_stuck(self, owed: Notice) -> EscalationLetter:
        stuck = self.watch.cases_stuck()
        if owed.letter == "unattended":
            stuck = [each for each in stuck if owed.about in (each.ticket, f"peran/{each.service}/{each.role}")]
            if not stuck:
                raise NotAllowed("not_stuck")
        return EscalationLetter(self.office.services.general, owed.name, "", stuck)

    def _about_entrance(self, owed: Notice) -> EntranceLetter:
        name, until = self.entrance.clerk(owed.recipient).name, self.office.clock() + OFFICIAL_LINK
        link = f"{self.address}/petugas/masuk/{self.office.links.sign(PURPOSE, {'r': owed.recipient}, until)}"
        return EntranceLetter(self.office.services.first.data, name, link, until)

    def _about_tickets(self, owed: Notice) -> TicketsLetter:
        """Looked for only here, where nobody waits who could learn from the answer whether there is any."""
        found = [case for case in self.watch.open() if self._is_of(case, owed.recipient)]
        several = list(batches.of_address(self.office, owed.recipient, self._signed))
        if not (found or several):
            raise NotAllowed("no_tickets")
        until = self.office.clock() + APPLICANT_LINK
        return TicketsLetter(self.office.services.general, "", "", [self._own(case) for case in found], several, until)

    def _is_of(self, case: Application, address: str) -> bool:
        return case.address(self.office.sop_of(case)).lower() == address

    def _own(self, case: Application) -> OwnCase:
        sop = self.office.sop_of(case)
        page = "konfirmasi" if case.state is State.UNCONFIRMED else "permohonan"
        link = self._signed(page, self.cases.applicant_claims(case), APPLICANT_LINK)
        return OwnCase(case.ticket, sop.data["product"], sop.status(case.step, case.state).label, link)

    def _due(self, application: Application, sop: Sop) -> datetime | None:
        """By when the SOP's time will have passed; None when it does not run, has passed already, or is not said."""
        found = standard(application, sop, self.office.calendar, self.office.clock())
        until = found["until"] if found and not found["late"] else None
        return datetime.fromisoformat(until) if until else None

    def _forecast(self, owed: Notice, application: Application, sop: Sop) -> dict[str, Any]:
        """When all of it is usually over, for whom it is; as its status page says."""
        usual = self.experience.of(application) if owed.role == APPLICANT else {}
        if not usual:
            return {"expected": None, "why": ()}
        forecast = expect(application, sop, self.office.calendar, self.office.clock(), usual)
        expected = forecast.at.get(sop.steps[-1].key) if forecast.is_usual else None
        return {"expected": expected, "why": reasons(forecast, sop)}

    def _until(self, owed: Notice, application: Application, sop: Sop) -> datetime:
        if owed.letter == "confirm_address":
            return confirm_by(application, sop)
        return self.office.clock() + (APPLICANT_LINK if owed.role in (APPLICANT, FILLER) else OFFICIAL_LINK)

    def _link(self, owed: Notice, application: Application) -> str:
        if owed.letter == "confirm_address":
            return self._signed("konfirmasi", self.cases.applicant_claims(application), APPLICANT_LINK)
        if owed.letter in ("decided", "address_left"):
            return ""
        if owed.role == FILLER:
            return self._signed(batches.PAGE, {"d": application.batch, "r": owed.recipient}, APPLICANT_LINK)
        if owed.role == APPLICANT:
            return self._signed("permohonan", self.cases.applicant_claims(application), APPLICANT_LINK)
        if not self._appointments(owed, application):  # the link would open nothing, and the letter names the applicant
            raise NotAllowed("not_appointed")
        # The case as the letter tells it: should it have moved on by now, the link says so and who did it.
        event = application.events[owed.event - 1]
        told = replace(application, step=event.step, state=event.state, events=application.events[: owed.event])
        return self._signed("telaah", self.cases.case_claims(told, owed.recipient), OFFICIAL_LINK)

    def _signed(self, page: str, claims: dict[str, Any], life: timedelta) -> str:
        return f"{self.address}/{page}/{self.office.links.sign(page, claims, self.office.clock() + life)}"

    def _appointments(self, owed: Notice, application: Application) -> list[Official]:
        """Those under which the reader has to do with the case."""
        held = self.cases.appointments(owed.recipient, self.office.records.officials(application.service))
        return [official for official in held if official.role == owed.role]
