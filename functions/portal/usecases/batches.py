"""One person who fills in for several: what he says once, the letter that he brings once, and all the cases from it.

A batch is a draft that is never sent itself. Others begin from it and become cases as any other draft does; each case
names its batch, and the batch its members, so that whoever filled in finds them on one page.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from portal.core.application import Actor, Application
from portal.core.draft import Answers, Draft
from portal.core.errors import NotAllowed, NotFound, Unreadable
from portal.core.notices import Notice, about_draft, hourly, notice
from portal.core.sop import FILLER
from portal.core.steps import State
from portal.forms.form import Form
from portal.forms.letter import BatchLetter, OwnBatch
from portal.office import Office
from portal.usecases.drafts import Drafts
from portal.usecases.intake import Intake
from portal.usecases.retention import forgotten_on

LETTER: Final = "batch_link"
PAGE: Final = "usulan"
LINK: Final = timedelta(days=30)
MOST: Final = 60
"""Members of a batch: their emails are owed in one write, which a store may hold to a hundred parts."""


@dataclass(frozen=True)
class Member:
    """Somebody who is filled in for.

    Attributes:
        id: of the draft that it began as; a ticket once that is forgotten.
        draft: not sent yet; None once there is an ``application``.
        missing: keys of the answers and documents that a draft lacks, or that are to be mended.
    """

    id: str
    name: str
    email: str
    draft: Draft | None
    application: Application | None
    missing: tuple[str, ...] = ()

    @property
    def answers(self) -> Answers:
        """What is said of him, as far as that is."""
        kept = self.draft or self.application
        return kept.form if kept else {}

    @property
    def ticket(self) -> str:
        return self.application.ticket if self.application else ""

    @property
    def is_returned(self) -> bool:
        return self.application is not None and self.application.state is State.RETURNED

    @property
    def is_closed(self) -> bool:
        return self.application is not None and self.application.is_closed

    @property
    def is_unconfirmed(self) -> bool:
        return self.application is not None and self.application.state is State.UNCONFIRMED


@dataclass(frozen=True)
class Batches:
    intake: Intake

    @property
    def office(self) -> Office:
        return self.intake.office

    def form(self, service: str) -> Form:
        """What is asked once. Raises NotFound (``batch_unoffered``): in this service everybody applies alone."""
        sop = self.office.services[service]
        if not sop.batch:
            raise NotFound("batch_unoffered")
        return Form(sop.batch["form"])

    def load(self, id: str) -> Draft:
        """Raises NotFound (``batch_unknown``): it is over, or its service has batches no more."""
        with suppress(NotFound):
            found = self.office.records.load_draft(id)
            if found.is_batch and self.office.takes_batches(found.service):
                return found
        raise NotFound("batch_unknown")

    def start(self, service: str, answers: Answers, id: str) -> Draft:
        """Keep what was said, and owe its link to the address in it; nobody else opens it. Twice is once."""
        batch = Draft(id, service, dict(answers), self.office.clock(), batch=id)
        with suppress(NotFound):
            return self.load(id)
        self.office.records.save_draft(batch, [self._link(batch)])
        return batch

    def owe_link(self, batch: Draft) -> None:
        """Owe a link to its address once more, at most one an hour."""
        self.office.records.owe([self._link(batch, hourly(self.office.clock()))])

    def email(self, batch: Draft) -> str:
        """Of whoever fills in."""
        return str(batch.form.get(self.office.services[batch.service].batch["email"], ""))

    def name(self, batch: Draft) -> str:
        return str(batch.form.get(self.office.services[batch.service].batch["name"], ""))

    def change(self, batch: Draft, answers: Answers) -> Draft:
        """What is said from now on; the address stays, as it is the one that was shown to be real."""
        kept = {self.office.services[batch.service].batch["email"]: self.email(batch)}
        self.intake.drafts.change(batch.id, lambda newest: newest.with_form({**answers, **kept}))
        return self.load(batch.id)

    def begins_with(self, batch: Draft) -> dict[str, Any]:
        """What every member's form says from the beginning: the batch's answers to the application's questions."""
        form = self.office.words(batch.service).form
        return {name: answer for name, answer in batch.form.items() if name in form.fields}

    def on_paper(self, draft: Draft) -> Answers:
        """What a paper filled in for a draft may say: its answers, and what its batch says of the letter alone."""
        with suppress(NotFound):
            batch = self.office.records.load(draft.mends).batch if draft.mends else draft.batch
            said = self.load(batch).form if batch else {}
            asked = self.office.words(draft.service).form.fields
            return {**{name: answer for name, answer in said.items() if name not in asked}, **draft.form}
        return draft.form

    def add(self, batch: Draft, people: Sequence[Answers]) -> Draft:
        """Begin an application for each of these people, all of them or none; who is there already is passed over.

        Args:
            people: answers of the application's form, tidied, what is carried over included.

        Raises:
            NotAllowed: too many (``batch_full``; fact ``most``).
        """
        sop, at = self.office.services[batch.service], self.office.clock()
        address = sop.applicant["email"]
        there = {member.email for member in self.members(batch)}
        new = [answers for answers in people if answers[address] not in there]
        if len(batch.members) + len(new) > MOST:
            raise NotAllowed("batch_full", most=MOST)
        begun = [
            Draft(self.intake.token(), batch.service, dict(said), at, batch=batch.id, number=self.intake.number(sop))
            for said in new
        ]
        for draft in begun:
            self.office.records.save_draft(draft)  # in nobody's hands before the batch names it
        owed = [each for draft in begun for each in about_draft("draft_saved", draft, sop, at)]
        self.intake.drafts.change(
            batch.id,
            lambda newest: newest.gathering([*newest.members, *(draft.id for draft in begun)]),
            lambda _: owed,
        )
        return self.load(batch.id)

    def drop(self, batch: Draft, id: str) -> None:
        """Forget somebody whose application was not sent; of a case, or one who is not there, nothing."""
        member = next((each for each in self.members(batch) if each.id == id), None)
        if member is None or member.draft is None:
            return
        self.intake.drafts.change(batch.id, lambda newest: newest.gathering(m for m in newest.members if m != id))
        self.intake.drafts.forget(member.draft)

    def members(self, batch: Draft) -> list[Member]:
        """In the order in which they were added; of whom nothing is kept any more, nothing."""
        return list(self._members(batch))

    def remind(self, batch: Draft, member: Member) -> None:
        """Owe a member the link that waits for him once more, at most one an hour: to his draft, or to confirm."""
        at, sop = self.office.clock(), self.office.services[batch.service]
        if member.draft:
            self.office.records.owe(about_draft("draft_saved", member.draft, sop, at, hourly(at)))

    def of(self, application: Application) -> Draft | None:
        """The batch of a case, while it is kept."""
        if application.batch:
            with suppress(NotFound):
                return self.load(application.batch)
        return None

    # --- within --------------------------------------------------------------------------------------------------

    def _link(self, batch: Draft, occasion: str = "") -> Notice:
        actor = Actor(FILLER, self.name(batch), email=self.email(batch))
        return notice(LETTER, actor, about=batch.id, event=0, at=self.office.clock(), occasion=occasion)

    def _members(self, batch: Draft) -> Iterator[Member]:
        letters, sop = batch.documents, self.office.services[batch.service]
        for id in batch.members:
            draft = self._draft(id)
            number = draft.ticket if draft else id
            if draft and not number:
                own = {document.requirement for document in draft.documents}
                shared = tuple(document for document in letters if document.requirement not in own)
                whole = replace(draft, documents=(*shared, *draft.documents))
                name, email = (str(draft.form.get(sop.applicant[meaning], "")) for meaning in ("name", "email"))
                yield Member(id, name, email, draft, None, self._lacking(whole))
                continue
            with suppress(NotFound, Unreadable):
                case = self.office.records.load(number)
                if not case.erased:
                    edition = self.office.sop_of(case)
                    items = tuple(case.returned["items"]) if case.state is State.RETURNED else ()
                    yield Member(id, case.value("name", edition), case.value("email", edition), None, case, items)

    def _draft(self, id: str) -> Draft | None:
        try:
            return self.intake.drafts.load(id)
        except NotFound:
            return None

    def _lacking(self, draft: Draft) -> tuple[str, ...]:
        form = self.intake.words_of(draft).form
        said = (found.field for found in form.check(draft.form, self.office.today()) if not found.passable)
        return (*said, *self.intake.missing(draft))


def filler(office: Office, draft: Draft) -> str:
    """Name of whoever fills a draft in for its applicant, as it stands in the draft, or else in his batch.

    Raises:
        NotFound: neither says it, or the service has batches no more.
    """
    name = office.services[draft.service].batch.get("name", "")
    said = draft.form.get(name) or office.records.load_draft(draft.batch).form.get(name)
    if not said:
        raise NotFound("draft_unknown")
    return str(said)


def letter(office: Office, owed: Notice, signed: Callable[[str, dict[str, Any], timedelta], str]) -> BatchLetter:
    """What the email with a batch's link may say. Raises NotFound (``draft_unknown``): it is over."""
    batch = office.records.load_draft(owed.about)
    link = signed(PAGE, {"d": batch.id, "r": owed.recipient}, LINK)
    return BatchLetter(office.services[batch.service].data, owed.name, link, office.clock() + LINK)


def of_address(
    office: Office, address: str, signed: Callable[[str, dict[str, Any], timedelta], str]
) -> Iterator[OwnBatch]:
    """Those that this address, in lower case, fills in for others, with a new link to each."""
    for draft in office.records.drafts_before(office.clock() + timedelta(days=1)):
        if not (draft.is_batch and office.takes_batches(draft.service)):
            continue
        sop = office.services[draft.service]
        email = str(draft.form.get(sop.batch["email"], ""))
        if email.lower() == address:
            yield OwnBatch(sop.data["product"], len(draft.members), signed(PAGE, {"d": draft.id, "r": email}, LINK))


def note(office: Office, draft: Draft) -> None:
    """What became of a member, in its batch, before its draft is forgotten."""
    if draft.ticket and draft.batch and not draft.is_batch:
        with suppress(NotFound):

            def noted(batch: Draft) -> Draft:
                return batch.gathering(draft.ticket if member == draft.id else member for member in batch.members)

            Drafts(office).change(draft.batch, noted)


def is_over(office: Office, batch: Draft) -> bool:
    """Is nothing of it unsent or open, and are the files of all its cases forgotten?"""
    return all(_is_past(office, id, batch.service) for id in batch.members)


def _is_past(office: Office, id: str, service: str) -> bool:
    number = id
    with suppress(NotFound):
        number = office.records.load_draft(id).ticket
    if not number:
        return False
    try:
        case = office.records.load(number)
    except NotFound:
        return True
    until = forgotten_on(case, office.services[service], office.calendar) if service in office.services else None
    return case.is_closed and (until is None or until <= office.today())
