"""Drafts as they are kept: read within their days, and changed by several at once without loss."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from portal.core.draft import Answers, Draft, answers_to
from portal.core.errors import Conflict, NotFound, Unreadable
from portal.core.notices import Notice, about_draft
from portal.core.requirements import Requirement
from portal.forms.form import Form
from portal.office import Office

TRIES: Final = 5
"""How often a write that met another one is tried on fresh data before the person is told."""


@dataclass(frozen=True)
class Drafts:
    office: Office

    def load(self, id: str) -> Draft:
        """Raises NotFound (``draft_unknown``), also for one past its days that the sweep has not met yet."""
        draft = self.office.records.load_draft(id)
        lives = draft.mends or draft.is_batch
        if not lives and self.office.clock() > self.expires_at(draft):
            raise NotFound("draft_unknown")
        return draft

    def with_letter(self, draft: Draft) -> Draft:
        """The draft with the letter of its batch, where it has none of its own; that stays the batch's, and is not kept
        with it."""
        if not draft.batch or draft.is_batch or draft.ticket:
            return draft
        with suppress(NotFound):
            letters = self.office.records.load_draft(draft.batch).documents
            own = {document.requirement for document in draft.documents}
            more = tuple(document for document in letters if document.requirement not in own)
            return replace(draft, documents=(*more, *draft.documents))
        return draft

    def expires_at(self, draft: Draft) -> datetime:
        """When a draft that nobody sends is forgotten."""
        return draft.expires_at(self.office.services[draft.service].data["draft_days"])

    def forget(self, draft: Draft) -> None:
        """It and its files; with them the copies under the ticket drawn for it, should its sending have been cut short
        for good."""
        self.office.files.delete(draft.folder)
        if draft.number and not draft.ticket:
            with suppress(Unreadable):  # somebody's case, whatever is the matter with it
                self._forget_copies(draft.number)
        self.office.records.delete_draft(draft.id)

    def _forget_copies(self, number: str) -> None:
        try:
            self.office.records.load(number)
        except NotFound:
            self.office.files.delete(f"applications/{number}/")

    def change(
        self, id: str, change: Callable[[Draft], Draft], owed: Callable[[Draft], Sequence[Notice]] = lambda _: ()
    ) -> Draft:
        """Apply a change to the newest draft, whoever else is writing it; returns the draft as it was before.

        Args:
            owed: the emails that the changed draft owes; one already owed stays the one it is.
        """
        for _ in range(TRIES):
            before = self.load(id)
            changed = change(before)
            try:
                self.office.records.save_draft(changed, owed(changed))
            except Conflict:
                continue
            return before
        raise Conflict("try_again")

    def answer(
        self,
        id: str,
        answers: Answers,
        names: Collection[str],
        form: Form,
        over: Answers | None = None,
    ) -> Draft:
        """What was typed on one page of the form; the other pages' answers stay, unless these make them meaningless.

        Args:
            answers: to the questions ``names``; one without an answer has been emptied.
            over: the answers that whoever typed had before him; None: whatever is there.

        Raises:
            Conflict: there are other answers to these questions by now (``draft_changed``).
        """
        typed = answers_to(answers, names)

        def answered(draft: Draft) -> Draft:
            if over is not None and answers_to(draft.form, names) not in (answers_to(over, names), typed):
                raise Conflict("draft_changed")
            others = answers_to(draft.form, draft.form.keys() - set(names))
            return draft.with_form(form.clean({**others, **typed}))

        return answered(self.change(id, answered, self.resumption))

    def resumption(self, draft: Draft) -> tuple[Notice, ...]:
        """The email with which to resume it: to the address in it, or to the official who opened it; one an address."""
        return about_draft("draft_saved", draft, self.office.services[draft.service], self.office.clock())

    def is_untouched(self, requirement: Requirement, draft: Draft) -> bool:
        """Are the files of a document that was returned still all those, and no others, that were returned?"""
        if requirement.files == 1 or not draft.mends:
            return False
        application = self.office.records.load(draft.mends)
        returned = application.may("resubmit", self.office.sop_of(application))
        return returned and requirement.among(draft.documents) == requirement.among(application.documents)
