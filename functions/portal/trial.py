"""A service tried out in memory: every way through its steps taken once, and every letter on it written.

Nothing is kept beyond it: there are no records and no files, and whatever would be written to them is refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, NoReturn

from portal.core import ticket
from portal.core.application import Application
from portal.core.draft import Document, Draft
from portal.core.errors import NotAllowed, NotFound
from portal.core.notices import Notice, notice, owed
from portal.core.officials import Official, eligible
from portal.core.parts import Step
from portal.core.progress import confirm_by
from portal.core.register import Certificate
from portal.core.requirements import Requirement
from portal.core.sop import Sop
from portal.core.steps import applicant_actions, official_actions
from portal.engines.ports import Message, UploadForm
from portal.engines.standings import Kept
from portal.forms.form import TICKED, Form
from portal.office import Office
from portal.usecases.visits import Visits

BETWEEN: Final = 20
"""Working minutes from one thing to the next."""

NOWHERE: Final = "/_pratinjau/unggah"
"""Where documents would be posted to."""

VALID: Final = timedelta(days=730)
"""For how long what is issued here stands."""


@dataclass(frozen=True)
class Scene:
    """One thing done on the way, and the emails that it owes.

    Attributes:
        step: key of the step at which it was done, if it was at one; ``done``: what, in the service's words.
        case: the application as it is afterwards, under a ticket of its own.
        later: when it was, if not as the case's newest event happened.
    """

    step: str
    done: str
    case: Application
    letters: Sequence[tuple[Notice, Message]]
    later: datetime | None = None

    @property
    def at(self) -> datetime:
        return self.later or self.case.events[-1].at


class _Refusing:
    """What nobody may write to."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._refuse

    @staticmethod
    def _refuse(*_: object, **__: object) -> NoReturn:
        raise NotAllowed("preview_only")


class Shelf(_Refusing):
    """In the place of records: the cases of the trial, its one draft, and the sample officials (``Records``, to read).

    Args:
        props: ``rehearsal.toml`` of the service.
    """

    def __init__(self, edition: Sop, props: Mapping[str, Any]) -> None:
        self._edition, self._props = edition, props
        self.cases: dict[str, Application] = {}
        self.drafts: dict[str, Draft] = {}
        self.entries: dict[str, Certificate] = {}

    def load(self, ticket: str) -> Application:
        if ticket not in self.cases:
            raise NotFound("ticket_unknown")
        return self.cases[ticket]

    def load_draft(self, id: str) -> Draft:
        if id not in self.drafts:
            raise NotFound("draft_unknown")
        return self.drafts[id]

    def save_draft(self, draft: Draft, _: Sequence[Notice] = ()) -> None:
        """Kept for as long as somebody looks at the trial, so that pages that begin one can be seen."""
        self.drafts[draft.id] = draft

    def officials(self, service: str = "") -> Sequence[Official]:
        """Those of the rehearsal, and somebody for each role that it has nobody for."""
        service, acting = self._edition.service, {role for step in self._edition.steps for role in self._acting(step)}
        named = [Official(service, **entry) for entry in self._props.get("officials", ())]
        missing = sorted(acting - {official.role for official in named})
        return [*named, *(Official(service, role, role, f"{role}@contoh.example") for role in missing)]

    def _acting(self, step: Step) -> Sequence[str]:
        return () if step.role == self._edition.applying.key else self._edition.acting(step.role)

    def waiting_on(self, service: str, role: str, unread: object = None) -> Iterator[Application]:
        return (case for case in self.cases.values() if case.waits_on(self._edition) == role)

    def count_waiting(self, service: str, role: str) -> int:
        return sum(1 for _ in self.waiting_on(service, role))

    def standings(self, service: str, roles: Sequence[str]) -> Kept:
        return Kept((), {role: [case.ticket for case in self.waiting_on(service, role)] for role in roles})

    def waiting_among(self, service: str, role: str, tickets: object, unread: object) -> Iterator[Application]:
        return self.waiting_on(service, role)

    def notices(self, _: str) -> Sequence[Notice]:
        """None is kept: each letter is written once."""
        return ()

    def certificate(self, service: str, id: str) -> Certificate:
        if id not in self.entries:
            raise NotFound("certificate_unknown")
        return self.entries[id]

    def certificates_by_end(self, *_: object, **__: object) -> Iterator[Certificate]:
        return iter(list(self.entries.values()))

    def changes(self) -> None:
        """Whoever looks again is shown it anew."""

    def _nothing(self, *_: object) -> tuple[()]:
        return ()

    taken = unsent = used = facts = facts_after = compiled = tallies = drafts_before = _nothing
    certificates = certificates_of = _nothing


class Samples(_Refusing):
    """In the place of files: the sample documents of the service (``Files``, to read); ``draw`` makes one."""

    def __init__(self, props: Mapping[str, Any], draw: Callable[[str, Mapping[str, Any]], tuple[bytes, str]]) -> None:
        self._props, self._draw = props, draw

    def of(self, requirement: Requirement, at: datetime) -> Document:
        """The document that an applicant brings here; the first sample for it, or one that nobody can open."""
        entries = (each for each in self._props.get("samples", ()) if each.get("document") == requirement.key)
        entry = next(entries, {"name": "", "file": f"{requirement.key}.pdf"})
        is_picture = entry["file"].endswith((".jpg", ".jpeg"))
        media_type = "image/jpeg" if is_picture else "application/pdf"
        pages = len(entry.get("pages", ("",)))
        key = str(entry["name"])
        return Document(
            requirement.key, key, "1", "0" * 64, 100_000, media_type, pages, at.isoformat(), str(entry["file"])
        )

    def upload_form(self, *_: object) -> UploadForm:
        return UploadForm(NOWHERE, {})

    def read(self, key: str, version: str) -> bytes:
        if not key:
            raise NotFound("file_unknown")
        return self._draw(key, self._props)[0]


@dataclass
class Trial:
    """The walk through one service.

    Attributes:
        office: with a ``Shelf`` for its records and this trial's ``clock``.
        compose: writes the email of a notice (``correspondence.Correspondence.compose``).
        words: what made-up people are called and say: ``name``, ``clerk``, ``answer``, ``note``.
        choice: picks one character of a string, for ticket numbers.
        now: the time of the scene that is played or looked at.
        others: scenes of letters that no step owes (``other_letters``).
    """

    office: Office
    shelf: Shelf
    samples: Samples
    compose: Callable[[Notice], Message]
    words: Mapping[str, Any]
    choice: Callable[[str], str]
    now: datetime
    scenes: list[Scene] = field(default_factory=list)
    others: list[Scene] = field(default_factory=list)

    @property
    def edition(self) -> Sop:
        return self.office.services.first

    def play(self) -> list[Scene]:
        """Every scene there is, in the order of the steps; each place of a case is gone on from once."""
        been: set[tuple[str, str]] = set()
        ahead = [self._begin()]
        while ahead:
            scene = ahead.pop(0)
            self.scenes.append(scene)
            place = (scene.case.step, scene.case.state.value)
            if place not in been:
                been.add(place)
                ahead += [self._go_on(scene.case, action) for action in self._ways(scene.case)]
        self.scenes.sort(key=lambda scene: self.edition.number(scene.step))
        return self.scenes

    # --- how a scene comes about -----------------------------------------------------------------------------------

    def _begin(self) -> Scene:
        sop, draft, number = self.edition, self.begun(), self.number()
        documents = tuple(self.samples.of(each, self.now) for each in sop.requirements if each.is_needed(draft.form))
        if sop.first.kind != "opening":
            sent = Application.submit(draft, ticket=number, documents=documents, sop=sop, at=self.now)
            return self._scene(sop.first.key, "submit", sent)
        officials, roles = self.shelf.officials(), sop.acting(sop.first.role)
        opener = next(official for official in officials if official.role in roles).as_actor(sop)
        opened = Application.open(
            draft, ticket=number, documents=documents, agenda="1", actor=opener, sop=sop, at=self.now
        )
        return self._scene(sop.first.key, "open", opened)

    def _ways(self, case: Application) -> Iterator[str]:
        """What can be done next: by officials, if there is one; by the applicant; by the portal."""
        sop = self.edition
        if self.able(case):
            yield from official_actions(sop, case.step, case.state)
        yield from applicant_actions(sop, case.step, case.state)
        if case.state.value == "unconfirmed":
            yield "lapse"

    def _go_on(self, case: Application, action: str) -> Scene:
        sop, calendar = self.edition, self.office.calendar
        at = calendar.add_minutes(calendar.next_opening(case.events[-1].at), BETWEEN)
        self.now = max(at, case.opens_at(action, sop) or at)
        if action == "lapse":
            self.now = max(self.now, confirm_by(case, sop))
        return self._scene(case.step, action, self._moved(replace(case, ticket=self.number()), action))

    def _moved(self, case: Application, action: str) -> Application:
        sop, at, draft = self.edition, self.now, self.begun()
        if action == "confirm":
            return case.confirm(agenda="1", sop=sop, at=at)
        if action == "withdraw":
            return case.withdraw(sop=sop, at=at)
        if action == "lapse":
            return case.lapse(sop=sop, at=at)
        if action == "book":
            return case.book(self._slot(case), "", sop=sop, at=at)
        if action == "cancel_visit":
            return case.cancel_visit({}, sop=sop, at=at)
        if action == "receive":
            return case.receive(sop=sop, at=at)
        if action == "resubmit":
            return case.resubmit(draft, documents=case.documents, sop=sop, at=at)
        documents = (*case.documents, *(self.samples.of(each, at) for each in sop.step(case.step).documents))
        if action == "report":
            return case.report(documents, sop=sop, at=at)
        actor = self.able(case)[0].as_actor(sop)
        signed = {"signed_by": [actor.name], "signed_at": at.date().isoformat()} if action == "sign" else {}
        said = {**decision(self.office, sop.service, self.words, case.step, action), **signed}
        brought = documents if action == "sign" else None
        return case.decide(action, said, actor=actor, sop=sop, at=at, documents=brought)

    def _scene(self, step: str, action: str, case: Application) -> Scene:
        self.shelf.cases[case.ticket], self.now = case, case.events[-1].at
        told = [*owed(case, self.shelf.officials(), self.edition, self.office.today())]
        if action == "book":
            whom, event = case.applicant(self.edition), case.moved.number
            told.append(notice("visit_tomorrow", whom, about=case.ticket, event=event, at=self.now))
        letters = [(each, self.compose(each)) for each in told]
        return Scene(step, self.edition.action(step, action).done or action, case, letters)

    # --- what the made-up people are and say -------------------------------------------------------------------------

    def able(self, case: Application) -> Sequence[Official]:
        return eligible(case, self.shelf.officials(), self.edition, self.office.today())

    def number(self) -> str:
        return ticket.new(self.edition.ticket_prefix, self.now.year, self.choice)

    def begun(self) -> Draft:
        meanings, form = self.edition.applicant, self.office.words(self.edition.service).form
        raw = {name: answer(each, self.words["answer"], self.office.today()) for name, each in form.fields.items()}
        raw[meanings["name"]] = self.words["name"]
        return Draft("pratinjau", self.edition.service, form.clean(raw), self.now)

    def _slot(self, case: Application) -> datetime:
        """The first time that is offered; of visits that have none within reach, some working hour."""
        tomorrow = self.office.calendar.next_opening(self.now + timedelta(days=1))
        return next(iter(Visits(self.office).slots(case)), tomorrow)


def decision(office: Office, service: str, words: Mapping[str, str], step: str, action: str) -> dict[str, Any]:
    """What an official says with a decision who fills in everything that is asked; ``words`` as for ``Trial``."""
    form: Form = office.words(service).decision_form(step, action)
    said = office.decisions[action]["properties"]
    raw: dict[str, Any] = {}
    for name, asked in form.fields.items():
        day = office.today() + (VALID if "after" in said[name] else timedelta())
        typed = words["note"] if asked.widget == "textarea" else words["answer"]
        all_of_it = asked.widget == "checkboxes" and said[name].get("complete")
        raw[name] = [option.value for option in asked.options] if all_of_it else answer(asked, typed, day)
    return form.clean(raw)


def answer(asked: Any, otherwise: str, day: date) -> str:
    """What somebody with nothing to hide says to a question: its first choice, its example, or some word."""
    offered = [option.value for option in asked.options if option.active]
    if offered:
        return str(offered[0])
    if asked.widget == "checkbox":
        return TICKED
    return day.isoformat() if asked.widget == "date" else str(asked.example or otherwise)
