"""Taking applications in: drafts, sending, and mending what was returned.

Everything up to the moment an application exists, or comes back; the case itself is the business of ``cases``, and how
documents get into a draft that of ``bringing``.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal.core import ticket
from portal.core.application import Actor, Application
from portal.core.draft import Document, Draft
from portal.core.errors import Conflict, Finding, Invalid, NotAllowed, NotFound, Unavailable
from portal.core.history import again, overtaking
from portal.core.requirements import Requirement
from portal.core.sop import Sop
from portal.forms.wording import Words
from portal.office import Office
from portal.usecases.custody import Custody
from portal.usecases.drafts import TRIES, Drafts


@dataclass(frozen=True)
class Intake:
    """The use cases of an applicant before there is a case.

    Attributes:
        choice: picks a character of a text at random; ``token`` makes a secret.
    """

    office: Office
    choice: Callable[[str], str]
    token: Callable[[], str]

    # --- the applicant: draft ------------------------------------------------------------------------------------

    def start(
        self,
        service: str,
        form: Mapping[str, Any],
        opened_by: str = "",
        renews: str = "",
        id: str = "",
        names: Collection[str] = (),
    ) -> Draft:
        """Keep what was typed, and owe an email with which to resume it: to an address, or to the official.

        Args:
            opened_by: address of the official who fills the form in for somebody.
            renews: id of the register's entry in whose place a newer one is applied for.
            id: of the page that was filled in, where it has one: sent again, it is the same draft.
            names: the questions of that page; sent again, only their answers change.
        """
        at = self.office.clock()
        number = self.number(self.office.services[service])
        draft = Draft(id or self.token(), service, dict(form), at, opened_by=opened_by, renews=renews, number=number)
        try:
            self.office.records.save_draft(draft, self.drafts.resumption(draft))
        except Conflict:
            return self.answer(draft.id, form, names or form.keys())
        return draft

    def draft(self, id: str) -> Draft:
        """With the letter of its batch, if it has one.

        Raises NotFound (``draft_unknown``), also for one past its days that the sweep has not met yet.
        """
        return self.drafts.with_letter(self.drafts.load(id))

    def expires_at(self, draft: Draft) -> datetime:
        """When a draft that nobody sends is forgotten."""
        return self.drafts.expires_at(draft)

    def change_form(self, id: str, form: Mapping[str, Any]) -> Draft:
        """What was typed, typed anew; a changed address gets the email for resuming too."""

        # A notice already owed to this address stays the one it is; only a new address gets another.
        return self.drafts.change(id, lambda draft: draft.with_form(form), self.drafts.resumption).with_form(form)

    def answer(
        self, id: str, answers: Mapping[str, Any], names: Collection[str], over: Mapping[str, Any] | None = None
    ) -> Draft:
        """What was typed on one page of the form, as ``Drafts.answer`` takes it."""
        return self.drafts.answer(id, answers, names, self.office.words(self.draft(id).service).form, over)

    def missing(self, draft: Draft) -> tuple[str, ...]:
        """Keys of the documents still to be brought, by somebody with the draft's answers."""
        asked = self.asked(draft)
        needed = [each for each in asked if each.is_needed(draft.form)]
        return tuple(
            each.key for each in needed if not each.among(draft.documents) or self.drafts.is_untouched(each, draft)
        )

    def asked(self, draft: Draft) -> tuple[Requirement, ...]:
        """The documents of an application, but for what its batch has brought; of a batch its letter.

        Of a case those to be mended, or that its step asks for.
        """
        sop = self.sop_of(draft)
        if draft.is_batch:
            return tuple(each for each in sop.requirements if each.key == sop.batch.get("letter"))
        if not draft.mends:
            shared = {document.requirement for document in draft.documents if draft.shares(document)}
            return tuple(each for each in sop.requirements if each.key not in shared)
        return tuple(document for document in sop.documents if document.key in draft.items)

    def sop_of(self, draft: Draft) -> Sop:
        """The edition a draft is checked against: that of the application it mends, or the present one."""
        return self.words_of(draft).sop

    def words_of(self, draft: Draft) -> Words:
        """The same edition, in words."""
        if draft.mends:
            return self.office.words_of(self.office.records.load(draft.mends))
        return self.office.words(draft.service)

    def submit(self, id: str, read: Draft | None = None) -> Application:
        """SOP step 1. Sending twice is sending once: the second time answers with the same application.

        Args:
            read: the draft, as whoever sends it has read it over.

        Raises:
            Conflict: it has been changed since (``draft_changed``).
            Invalid: the form breaks a rule (of today), or documents are missing (finding with the document's key).
            NotAllowed: begun by an official who may not: not (or no longer) appointed to it, or for himself.
        """
        first = read
        for attempt in range(TRIES):
            draft, read = read or self.draft(id), None
            if draft.ticket:
                return self.office.records.load(draft.ticket)
            if first and draft.version != first.version:
                raise Conflict("draft_changed")  # nobody sends what he has not read
            self._must_be_complete(draft)
            try:
                return self._submit(draft, self._ticket(draft, attempt))
            except Conflict:
                continue  # a ticket already taken, or the same draft sent at the same moment
        raise Conflict("try_again")

    def mending(self, application: Application) -> Draft:
        """The draft in which a case is mended, or brought what its step asks for; looking at it keeps nothing.

        It is the same one each time. What was brought before to a step that the case is at again stays.

        Raises:
            NotAllowed: nothing is to be brought (``action_not_now``).
        """
        sop = self.office.sop_of(application)
        brings = application.may("report", sop)
        if not brings and not application.may("resubmit", sop):
            raise NotAllowed("action_not_now", action="resubmit", state=application.state.value)
        named = [each.key for each in sop.step(application.step).documents] if brings else application.returned["items"]
        return self.collecting(application, named, keeping=brings)

    def collecting(self, application: Application, named: Sequence[str], *, keeping: bool) -> Draft:
        """A draft in which of a case only what is named may change, the same one for each of its events.

        Args:
            keeping: documents that are named stay until others take their place; those of several files do so anyway.
        """
        try:
            return self.office.records.load_draft(application.mending).over(application.form)
        except NotFound:
            words = self.office.words_of(application)
            fields = words.form.only(named).fields
            documents = [each.key for each in words.sop.documents if each.key in named or each.depends_on(fields)]
            items = (*documents, *fields)
            replaced = {each.key for each in words.sop.documents if each.key in named and each.files == 1}
            kept = tuple(each for each in application.documents if keeping or each.requirement not in replaced)
            return Draft(
                id=application.mending,
                service=application.service,
                form=application.form,
                created_at=self.office.clock(),
                documents=kept,
                version=0,
                mends=application.ticket,
                items=items,
            )

    def begin_mending(self, application: Application) -> Draft:
        """The draft of ``mending``, kept from now on, so that something can be changed in it."""
        return self.keep(self.mending(application))

    def keep(self, draft: Draft) -> Draft:
        """A draft that was only looked at, kept from now on."""
        if draft.version:
            return draft
        kept = replace(draft, version=1)
        try:
            self.office.records.save_draft(kept)
        except Conflict:  # another click was faster
            return self.office.records.load_draft(draft.id)
        return kept

    def resubmit(self, application: Application, filler: str = "") -> Application:
        """Send what was mended; the case goes back to the step that returned it.

        Args:
            filler: name of whoever has mended it for the applicant.
        """
        draft = self.mending(application)
        self._must_be_complete(draft)
        at = self.office.clock()
        with self.custody.copied(draft.documents, application.ticket) as documents:
            sop = self.office.sop_of(application)
            mended = application.resubmit(draft, documents=documents, sop=sop, at=at, filler=filler)
            kept = self.office.commit(mended, draft=draft.sent_as(application.ticket))
        with suppress(Unavailable):  # the case is safe already; what could not be deleted goes when all its files do
            self.custody.forget(application.documents, application.ticket)
        return kept

    def report(self, application: Application, seen: int) -> Application:
        """The applicant has done what the step asks, and says so; twice is once.

        Args:
            seen: number of the event that the page with the button showed.

        Raises:
            Invalid: documents that the step asks for are missing (finding with the document's key).
            Conflict: the case has moved on, or moved at this moment.
        """
        sop = self.office.sop_of(application)
        if again(application.events, seen, "report"):
            return application
        if overtaking(application.events, seen) or not application.may("report", sop):
            raise Conflict("action_not_now", action="report", state=application.state.value)
        at, draft = self.office.clock(), None
        if sop.step(application.step).documents:
            draft = self.mending(application)
            if missing := self.missing(draft):
                raise Invalid(Finding(kind, "") for kind in missing)
        brought = draft.documents if draft else application.documents
        with self.custody.copied(brought, application.ticket) as documents:
            done = application.report(documents, sop=sop, at=at)
            kept = self.office.commit(done, draft=draft and draft.sent_as(application.ticket))
        with suppress(Unavailable):  # as for what was mended
            self.custody.forget(application.documents, application.ticket)
        return kept

    def number(self, sop: Sop) -> str:
        """A ticket for an application that may come to be; nobody is told of it before."""
        return ticket.new(sop.ticket_prefix, self.office.today().year, self.choice)

    # --- within ---

    @property
    def drafts(self) -> Drafts:
        return Drafts(self.office)

    @property
    def custody(self) -> Custody:
        return Custody(self.office, self.token)

    def _ticket(self, draft: Draft, attempt: int) -> str:
        """The number drawn for it, so that copies of a sending that was cut short lie where the next one's do; another
        if somebody has that by now, or another year has begun, or the service is called otherwise."""
        fresh = self.number(self.office.services[draft.service])
        is_good = draft.number.rsplit("-", 2)[0] == fresh.rsplit("-", 2)[0]
        return draft.number if is_good and not attempt else fresh

    def _submit(self, draft: Draft, number: str) -> Application:
        sop = self.office.services[draft.service]
        with self.custody.copied(draft.documents, number) as documents:
            application = self._begun(draft, number, documents, sop)
            # The case runs under this edition for good, so that is kept before it.
            self.office.records.keep_sop(sop.version, sop.snapshot())
            return self.office.commit(application, draft=draft.sent_as(number))

    def _begun(self, draft: Draft, number: str, documents: tuple[Document, ...], sop: Sop) -> Application:
        """The case as it begins: sent by the applicant, or opened by an official."""
        at = self.office.clock()
        if not draft.opened_by and sop.first.kind != "opening":
            return Application.submit(draft, ticket=number, documents=documents, sop=sop, at=at)
        actor = self._opener(draft.opened_by, sop)
        agenda = str(self.office.records.next_number(sop.service, f"agenda-{self.office.today().year}"))
        return Application.open(draft, ticket=number, documents=documents, agenda=agenda, actor=actor, sop=sop, at=at)

    def _opener(self, email: str, sop: Sop) -> Actor:
        roles, today = sop.acting(sop.first.role), self.office.today()
        for official in self.office.officials(sop.service):
            held = official.service, official.email.lower()
            if held == (sop.service, email) and official.role in roles and official.serves(today):
                return official.as_actor(sop)
        raise NotAllowed("not_appointed")

    def _must_be_complete(self, draft: Draft) -> None:
        form = self.words_of(draft).form
        findings = [finding for finding in form.check(draft.form, self.office.today()) if not finding.passable]
        findings += [Finding(kind, "") for kind in self.missing(draft)]
        if findings:
            raise Invalid(findings)
