"""Erasing what is kept about one person, who has asked for it: told before, done for good, and accounted for after.

It is accounted for first, as what leaves the portal is; only of what goes by itself, files and drafts go before. What
is done again is done once, and what was cut short can be done again: a case goes last of all that is kept about it, and
until then is found by the person's number as before.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portal.core.application import Actor, Application
from portal.core.draft import Draft
from portal.core.erasing import Ground, Stays, Verdict, erase, judge, judge_entry
from portal.core.errors import NotAllowed, NotFound, Unavailable
from portal.core.handouts import ERASED, OVER
from portal.core.listing import line
from portal.core.persons import known_by
from portal.core.register import Certificate, handed_over
from portal.core.sop import Sop
from portal.office import Office
from portal.usecases.dossiers import Dossier
from portal.usecases.drafts import Drafts
from portal.usecases.handouts import Handouts

NIK: Final = 16
"""Digits: a number that a form asks of nobody but its applicant."""


@dataclass(frozen=True)
class Item:
    """One thing that is kept about a person: a case with its entry, an entry from before the portal, or a draft.

    Attributes:
        verdict: may it go.
    """

    service: str
    verdict: Verdict
    case: Application | None = None
    entry: Certificate | None = None
    draft: Draft | None = None

    @property
    def name(self) -> str:
        """Its ticket, or the entry's id; empty of a draft, whose own name opens it."""
        return self.case.ticket if self.case else self.entry.id if self.entry else ""


@dataclass(frozen=True)
class Erasing:
    office: Office
    handouts: Handouts

    # --- before ------------------------------------------------------------------------------------------------------

    def plan(self, dossier: Dossier) -> list[Item]:
        """All that is kept, and what of it may go."""
        found = {case.ticket for case in dossier.cases}
        entered = [entry.ticket for entry in dossier.certificates if entry.ticket and entry.ticket not in found]
        behind = {case.ticket: case for case in self.office.each(entered)}  # found by what the register has set right
        entries = [entry for entry in dossier.certificates if entry.ticket not in found | behind.keys()]
        today, services = self.office.today(), self.office.services
        return [
            *(self._case(case, dossier) for case in (*dossier.cases, *behind.values())),
            *(Item(e.service, judge_entry(e, services[e.service], today), entry=e) for e in entries),
            # Nobody has decided on a draft, so that the office has nothing to keep of it.
            *(Item(d.service, Verdict(grounds=(Ground.OVER,)), draft=d) for d in dossier.drafts),
        ]

    def tells_who(self, text: str, dossier: Dossier) -> bool:
        """Would a text that stays say whose data it was: by name, number or address?"""
        said, digits = text.casefold(), "".join(filter(str.isdecimal, text))
        known = set(dossier.keys)
        for case in dossier.cases:
            known |= {*known_by(case.form.values()), case.value("name", self._sop(case)).casefold()}
        known |= {entry.name.casefold() for entry in dossier.certificates}
        return any(each in said or (each.isdecimal() and each in digits) for each in known if each)

    def lacks(self, dossier: Dossier, ground: Ground | None, reason: str) -> list[str]:
        """Codes of all for which ``erase`` would refuse such words."""
        lacks = "reason_missing" if not reason else "reason_tells_who" if self.tells_who(reason, dossier) else ""
        return [code for code in ("" if self._going(dossier, ground) else "nothing_to_erase", lacks) if code]

    # --- then --------------------------------------------------------------------------------------------------------

    def erase(self, dossier: Dossier, ground: Ground | None, reason: str, by: Actor) -> Sequence[Item]:
        """Erase what may go on this ground, or on none; returns what has gone.

        Args:
            reason: how it was asked for; it stays, and says nothing of whose data it was.

        Raises:
            NotAllowed: no reason (``reason_missing``), or one that says who it was (``reason_tells_who``); nothing that
                may go on this ground (``nothing_to_erase``); or a case of whoever would erase it.
            Conflict: something has happened meanwhile (``event_taken``); what came before it has gone.
            Unavailable: the same, of a store that cannot answer.
        """
        for code in self.lacks(dossier, ground, reason):
            raise NotAllowed(code)
        going = self._going(dossier, ground)
        for item in going:
            if item.case:
                said = {"ground": self._ground(item, ground).value, "reason": reason}
                self._erase_case(item.case, item.entry, said, by)
            elif item.entry:
                self.handouts.keep(ERASED, by, 1, (item.name,))
                self.office.records.forget_certificate(item.service, item.entry.id)
        if drafts := [item.draft for item in going if item.draft]:
            self.handouts.keep(ERASED, by, len(drafts))
            self._forget(drafts)
        with suppress(Unavailable):  # the clockwork comes back to it
            self.office.records.scrub()
        return going

    def erase_over(self, ticket: str) -> bool:
        """Erase a case whose term is over, which nobody asks for; False where it is not, or was erased before.

        Raises:
            Conflict: something has happened to it meanwhile (``event_taken``).
            Unavailable: the store cannot answer; what was begun is done by the next try.
            Unreadable: nobody can say when it was closed.
        """
        case = self.office.records.load(ticket)
        if case.erased or not self._verdict(case).allows(None):
            return False
        said = {"ground": Ground.OVER.value, "reason": ""}
        self._erase_case(case, self._entry(case), said, Actor("portal"), OVER)
        return True

    def is_done(self, ticket: str = "") -> bool:
        """Are the files of an erased case gone, and not only to go; or those of all?"""
        return not self.office.files.is_leaving(_folder(ticket) if ticket else "")

    def is_accounted_for(self, application: Application) -> bool:
        """Is it told apart from the case itself that its data was erased, by this very tombstone? Of others, True."""
        stone = application.erased
        proof = {each.proof for each in self.office.records.handouts() if application.ticket in each.tickets}
        return stone is None or stone.hash in proof

    # --- within ------------------------------------------------------------------------------------------------------

    def _going(self, dossier: Dossier, ground: Ground | None) -> list[Item]:
        return [item for item in self.plan(dossier) if item.verdict.allows(ground)]

    def _case(self, case: Application, dossier: Dossier) -> Item:
        if not self._is_applicant(case, dossier):
            return Item(case.service, Verdict(Stays.OTHERS), case)
        return Item(case.service, self._verdict(case), case, self._entry(case))

    def _verdict(self, case: Application) -> Verdict:
        """May a case go, with its entry in the register if it has one?"""
        closed = self.office.calendar.local((case.closing or case.moved).at).date()
        return judge(case, self._entry(case), self.office.services[case.service], closed, self.office.today())

    def _entry(self, case: Application) -> Certificate | None:
        """Of what was issued by the case; as it would be, where the register has not taken it up yet."""
        try:
            return self.office.records.certificate(case.service, case.ticket)
        except NotFound:
            return handed_over(case, self._sop(case), self.office.calendar)

    def _is_applicant(self, case: Application, dossier: Dossier) -> bool:
        """Is it about the person himself, and not only his address in what he filled in for somebody?"""
        sop = self._sop(case)
        own = known_by([case.value("email", sop), case.address(sop), case.value("number", sop)])
        own |= {key for entry in dossier.certificates if entry.ticket == case.ticket for key in dossier.keys}
        found = dossier.keys & (own | known_by(case.form.values()))
        return bool(found & own) or any(each.isdecimal() and len(each) == NIK for each in found)

    def _erase_case(
        self, case: Application, entry: Certificate | None, said: dict[str, str], by: Actor, what: str = ERASED
    ) -> None:
        office, sop, at = self.office, self._sop(case), self.office.clock()
        bare = erase(case, said, by=by, sop=sop, at=at)
        if what == OVER:  # tried again at every round, so that only what could go is accounted for
            self._clear(case)
        self.handouts.keep(what, by, 1, (case.ticket,), bare.events[-1].hash)
        if what != OVER:
            self._clear(case)
        if entry:
            office.records.forget_certificate(entry.service, entry.id)
        office.records.erase(bare, line(bare, sop))

    def _clear(self, case: Application) -> None:
        """Its files, and the drafts that became it or mend it."""
        self.office.files.delete(_folder(case.ticket))
        self._forget(draft for draft in self._drafts() if case.ticket in (draft.ticket, draft.mends))

    def _drafts(self) -> Iterator[Draft]:
        return self.office.records.drafts_before(self.office.clock() + timedelta(days=1))

    def _forget(self, drafts: Iterator[Draft] | Sequence[Draft]) -> None:
        for draft in drafts:
            Drafts(self.office).forget(draft)

    def _sop(self, case: Application) -> Sop:
        """Its edition; where that is gone, today's, which means the same by its fields."""
        try:
            return self.office.sop_of(case)
        except NotFound:
            return self.office.services[case.service]

    @staticmethod
    def _ground(item: Item, ground: Ground | None) -> Ground:
        return Ground.OVER if ground is None or Ground.OVER in item.verdict.grounds else ground


def _folder(ticket: str) -> str:
    return f"applications/{ticket}/"
