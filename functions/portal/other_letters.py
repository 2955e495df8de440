"""The letters of a service that no step of it owes: of drafts, of a clerk, of time, of the register; each written once.

Plays on from what a trial has played, on cases of their own, and like it keeps nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from portal.core import amending, corrections, register
from portal.core.application import Actor, Application
from portal.core.batch import owed as owed_to_filler
from portal.core.clerks import clerks
from portal.core.clocks import due
from portal.core.draft import Draft
from portal.core.errors import NotAllowed
from portal.core.notices import APPLICANT_LETTERS, Notice, about_draft, notice
from portal.core.parts import StatusText
from portal.core.register import Certificate
from portal.core.resending import owed_by_any
from portal.core.sop import APPLICANT, FILLER
from portal.core.steps import State, office_actions
from portal.engines.ports import Message
from portal.trial import Scene, Trial

WAITED: Final = timedelta(days=3)
"""How long a draft or an applicant waits here until a letter reminds of it."""

LATER: Final = timedelta(days=30)
"""After so long everybody has been reminded of whatever waits, and a clerk has it on his list."""


@dataclass(frozen=True)
class OtherLetters:
    """Attributes:
    join: writes the one email of several notices to the same person (``correspondence.Correspondence.join``).
    reasons: for what may be recorded in the register, keys of the service's reasons.
    """

    trial: Trial
    join: Callable[[Sequence[Notice]], Message]
    reasons: Callable[[str], Sequence[str]]

    def play(self) -> list[Scene]:
        """Each with its letters; a service without a register, visits or batches has none of theirs."""
        self.trial.others = []
        for part in (
            self._drafts,
            self._corrections,
            self._visits,
            self._register,
            self._batch,
            self._time,
            self._office,
        ):
            self.trial.others += part()
        return self.trial.others

    # --- of drafts, and of what is filled in for several -----------------------------------------------------------

    def _drafts(self) -> Iterator[Scene]:
        sop, self.trial.now = self.trial.edition, self._first.at
        by = self._official(sop.first.key).email if sop.first.kind == "opening" else ""
        draft = replace(self.trial.begun(), opened_by=by)
        self.trial.shelf.save_draft(draft)
        yield self._told("draft_saved", about_draft("draft_saved", draft, sop, self.trial.now))
        self.trial.now = self._opening(self.trial.now + WAITED)
        yield self._told("draft_waiting", about_draft("draft_waiting", draft, sop, self.trial.now))

    def _batch(self) -> Iterator[Scene]:
        trial, sop, name = self.trial, self.trial.edition, self.trial.words["clerk"]
        if not sop.batch:
            return
        trial.now, filler = self._first.at, Actor(FILLER, name, email="usulan@contoh.example")
        said = {sop.batch["name"]: filler.name, sop.batch["email"]: filler.email}
        kept = Draft("usulan", sop.service, said, trial.now, batch="usulan")
        member = replace(trial.begun(), id="rekan", batch=kept.id)
        for draft in (replace(kept, members=(member.id,)), member):
            trial.shelf.save_draft(draft)
        yield self._told("batch_link", [notice("batch_link", filler, about=kept.id, event=0, at=trial.now)])
        yield self._told("colleague_begun", about_draft("draft_saved", member, sop, trial.now))
        trial.now = self._opening(trial.now + WAITED)
        yield self._told("colleague_waiting", about_draft("draft_waiting", member, sop, trial.now))
        returned = self._where(lambda case: case.state is State.RETURNED)
        for case in returned[:1]:
            first = replace(case.events[0], data={**case.events[0].data, "batch": kept.id})
            of_it = self._apart(replace(case, events=(first, *case.events[1:])))
            yield self._told("member_returned", [owed_to_filler(of_it, kept, sop)], of_it)

    # --- of a clerk ------------------------------------------------------------------------------------------------

    def _corrections(self) -> Iterator[Scene]:
        sop, note, by = self.trial.edition, self.trial.words["note"], self._clerk
        heard = corrections.UNDOABLE & APPLICANT_LETTERS.keys()
        for case in self._where(lambda case: case.moved.action in heard)[:1]:
            at, day = self._soon(case), self.trial.office.calendar.local(case.moved.at).date()
            undone = corrections.undo(case, note, by=by, closed=day, today=day, at=at)
            yield self._corrected("undone", undone)
        for case in self._where(lambda case: case.state is State.WAITING and bool(case.address(sop)))[:1]:
            address, at = sop.applicant["email"], self._soon(case)
            form = {**case.form, address: f"baru.{case.form[address]}"}
            yield self._corrected("amended", amending.amend(case, form, note, by=by, sop=sop, at=at))
            yield self._corrected("new_link", amending.resend(case, APPLICANT, note, by=by, sop=sop, at=at))
            whom = self.trial.able(case)[0].as_actor(sop)
            yield self._corrected("assigned", amending.assign(case, whom, note, by=by, sop=sop, at=at))

    def _visits(self) -> Iterator[Scene]:
        sop, said, by = self.trial.edition, {"note": self.trial.words["note"]}, self._clerk
        for case in self._where(lambda case: case.slot is not None)[:1]:
            at, slot = self._soon(case), case.slot or case.events[-1].at
            later = self.trial.office.calendar.next_opening(slot + timedelta(days=1))
            yield self._corrected("visit_moved", case.move_visit(later, "", said, by=by, sop=sop, at=at))
            yield self._corrected("visit_cancelled", case.cancel_visit(said, by=by, sop=sop, at=at))
            came = {"reason": said["note"], "slot": slot.isoformat()}
            if "walk_in" in office_actions(sop, case.step, case.state):
                yield self._corrected("visit_done", case.come("walk_in", came, by=by, sop=sop, at=at))

    # --- of the register -------------------------------------------------------------------------------------------

    def _register(self) -> Iterator[Scene]:
        trial, sop = self.trial, self.trial.edition
        made = (register.handed_over(scene.case, sop, trial.office.calendar) for scene in trial.scenes)
        entry = next((each for each in made if each), None)
        if entry is None:
            return
        holder, keeper = Actor(APPLICANT, entry.name, email=entry.email), self._official(sop.steps[-1].key)
        trial.shelf.entries[entry.id] = entry
        if entry.valid_until:
            early = timedelta(days=register.soon(sop))
            trial.now = self._opening(self._start(entry.valid_until - early))
            yield self._told("expiring", [notice("expiring", holder, about=entry.about, event=0, at=trial.now)])
            listed = notice("expiring_list", keeper, about=f"register/{sop.service}", event=0, at=trial.now)
            yield self._told("expiring_list", [listed])
        trial.now = self._opening(self._start(entry.issued))
        for letter, action in (("changed", "change"), ("revoked", "revoke")):
            for reason in self.reasons(action)[:1]:
                after = self._recorded(entry, action, reason, keeper)
                yield self._told(letter, [notice(letter, holder, about=after.about, event=after.version, at=trial.now)])

    def _recorded(self, entry: Certificate, action: str, reason: str, by: Actor) -> Certificate:
        """An entry of its own of which that is recorded."""
        said, now = {"reason": reason, "note": self.trial.words["note"]}, self.trial.now
        today, own = self.trial.office.today(), replace(entry, id=self.trial.number())
        what: dict[str, Any] = {"on": today, "by": by, "at": now, "today": today}
        moved = {"office": f"{entry.office} {self.trial.words['answer']}".strip()}
        after = own.revoke(said, **what) if action == "revoke" else own.change(moved, said, **what)
        self.trial.shelf.entries[after.id] = after
        return after

    # --- of time, and of the office as a whole ---------------------------------------------------------------------

    def _time(self) -> Iterator[Scene]:
        trial, sop, been = self.trial, self.trial.edition, set[StatusText]()
        for case in self._where(lambda case: case.waits_on(sop) == APPLICANT and case.state is not State.UNCONFIRMED):
            if (said := sop.status(case.step, case.state)) not in been:
                been.add(said)
                trial.now = self._opening(case.entered.at + WAITED)
                told = case.applicant(sop), case.entered.number
                reminder = notice("still_waiting", told[0], about=case.ticket, event=told[1], at=trial.now)
                yield self._told("still_waiting", [reminder], case)
        for case in self._where(lambda case: case.state is State.WAITING)[:1]:
            reader = self.trial.able(case)[0].as_actor(sop)
            trial.now = self._soon(case)
            yield self._told("desk", [notice("desk", reader, about="meja", event=0, at=trial.now)])
            yield self._told("duty", [notice("duty", reader, about="meja", event=0, at=trial.now)])
            yield from self._together()
            yield from self._overdue()
            trial.now = self._opening(case.entered.at + LATER)
            yield self._told("reminder", [notice("reminder", reader, about="meja", event=0, at=trial.now)])

    def _overdue(self) -> Iterator[Scene]:
        """At the moment at which the SOP's time for a step is over, where it says one that ends before any digest."""
        for case in self._where(lambda case: case.state is State.WAITING):
            runs_out = due(case, self.trial.edition, self.trial.office.calendar)
            if runs_out is None:
                continue
            self.trial.now, reader = runs_out, self.trial.able(case)[0].as_actor(self.trial.edition)
            told = notice("overdue", reader, about=case.ticket, event=case.turn.number, at=runs_out)
            with suppress(NotAllowed):  # the digest tells of it by then
                yield self._told("overdue", [told], case)
                return

    def _together(self) -> Iterator[Scene]:
        """Several letters that one official gets in one."""
        theirs = [
            owed for scene in self.trial.scenes for owed, _ in scene.letters if owed.letter in ("turn", "decided")
        ]
        for owed in theirs[:1]:
            some = [each for each in theirs if each.recipient == owed.recipient][:3]
            yield Scene("", self._title("digest"), self._first.case, [(owed, self.join(some))], self.trial.now)

    def _office(self) -> Iterator[Scene]:
        trial, clerk = self.trial, self._clerk
        case, at = self._first.case, trial.now
        for letter, about in (("escalation", "petugas"), ("unattended", self._stuck())):
            yield self._told(letter, [notice(letter, clerk, about=about, event=0, at=at)] if about else [])
        asked = trial.office.clock().replace(second=0, microsecond=0).isoformat()
        applicant = Actor(APPLICANT, "", email=case.address(trial.edition).lower())
        for owed in (
            notice("address_moved", self._official(trial.edition.steps[-1].key), about="meja", event=0, at=at),
            notice("clerk_link", clerk, about="petugas", event=0, at=at),
            notice("code", clerk, about="kode/petugas", event=0, at=at, occasion=asked),
            notice("tickets", applicant, about="tickets", event=0, at=at),
        ):
            yield self._told(owed.letter, [owed])

    def _stuck(self) -> str:
        """Ticket of a case that is on a clerk's list by now."""
        return next((case.ticket for case in self._where(lambda case: not case.is_closed)), "")

    # --- within ----------------------------------------------------------------------------------------------------

    @property
    def _first(self) -> Scene:
        return self.trial.scenes[0]

    @property
    def _clerk(self) -> Actor:
        found = clerks(self.trial.office.services.office)[0]
        return found.as_actor(self.trial.words["clerk"])

    def _official(self, step: str) -> Actor:
        """Somebody who acts at a step, or at the first one where an official does."""
        sop = self.trial.edition
        steps = [sop.step(step), *sop.steps]
        roles = [role for each in steps if each.role != sop.applying.key for role in sop.acting(each.role)]
        held = self.trial.shelf.officials()
        return next(o for role in roles for o in held if o.role == role).as_actor(sop)

    def _where(self, is_so: Callable[[Application], bool]) -> list[Application]:
        return [scene.case for scene in self.trial.scenes if is_so(scene.case)]

    def _soon(self, case: Application) -> datetime:
        """The next working minutes after what happened last; it is that time then."""
        self.trial.now = self._opening(case.events[-1].at + timedelta(minutes=20))
        return self.trial.now

    def _opening(self, at: datetime) -> datetime:
        return self.trial.office.calendar.next_opening(at)

    def _start(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.trial.office.calendar.zone)

    def _apart(self, case: Application) -> Application:
        """Under a ticket of its own."""
        own = replace(case, ticket=self.trial.number())
        self.trial.shelf.cases[own.ticket] = own
        return own

    def _corrected(self, title: str, case: Application) -> Scene:
        own = self._apart(case)
        told = owed_by_any(own, self.trial.shelf.officials(), self.trial.edition, self.trial.office.today())
        return self._told(title, told, own)

    def _told(self, title: str, owed: Iterable[Notice], case: Application | None = None) -> Scene:
        letters = [(each, self.trial.compose(each)) for each in owed]
        return Scene("", self._title(title), case or self._first.case, letters, self.trial.now)

    def _title(self, key: str) -> str:
        return str(self.trial.words["other_letters"][key])
