"""Taking applications in: drafts, uploads, sending, and mending what was returned.

Everything up to the moment an application exists, or comes back; the case itself is the business of ``cases``.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from portal.core import ticket
from portal.core.application import Actor, Application
from portal.core.draft import Document, Draft
from portal.core.errors import (
    Conflict,
    DocumentRefused,
    Finding,
    Invalid,
    NotAllowed,
    NotFound,
    PortalError,
    Unavailable,
)
from portal.core.notices import Notice, notice
from portal.core.requirements import Requirement
from portal.core.sop import APPLICANT, Sop
from portal.engines.ports import UploadForm
from portal.forms.wording import Words
from portal.office import Office

UPLOAD_FORM: Final = timedelta(hours=1)
TRIES: Final = 5
"""How often a write that met another one is tried on fresh data before the person is told."""


class Inspected(Protocol):
    """What a document check found (``documents.inspection.Inspected``)."""

    @property
    def content(self) -> bytes: ...
    @property
    def media_type(self) -> str: ...
    @property
    def pages(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...


@dataclass(frozen=True)
class Intake:
    """The use cases of an applicant before there is a case.

    Attributes:
        inspect: checks a document's content and returns what to keep.
        max_bytes: largest file taken.
        choice: picks a character of a text at random; ``token`` makes a secret.
    """

    office: Office
    inspect: Callable[[bytes], Inspected]
    max_bytes: int
    choice: Callable[[str], str]
    token: Callable[[], str]

    # --- the applicant: draft ------------------------------------------------------------------------------------

    def start(self, service: str, form: Mapping[str, Any]) -> Draft:
        """Keep what was typed, and owe the address an email with which to resume it."""
        draft = Draft(self.token(), service, dict(form), self.office.clock())
        self.office.records.save_draft(draft, self._resumption(draft))
        return draft

    def draft(self, id: str) -> Draft:
        """Raises NotFound (``draft_unknown``), also for one past its days that the sweep has not met yet."""
        draft = self.office.records.load_draft(id)
        if not draft.mends and self.office.clock() > self.expires_at(draft):
            raise NotFound("draft_unknown")
        return draft

    def expires_at(self, draft: Draft) -> datetime:
        """When a draft that nobody sends is forgotten."""
        return draft.expires_at(self.office.services[draft.service].data["draft_days"])

    def change_form(self, id: str, form: Mapping[str, Any]) -> Draft:
        """What was typed, typed anew; a changed address gets the email for resuming too."""
        draft = self.draft(id).with_form(form)
        # A notice already owed to this address stays the one it is; only a new address gets another.
        self.office.records.save_draft(draft, self._resumption(draft))
        return draft

    def upload_form(self, draft: Draft, kind: str, redirect: Callable[[str], str]) -> tuple[UploadForm, str]:
        """The signed form for one document, and the token with which the browser reports that it is there.

        Args:
            redirect: address to go to afterwards without JavaScript, made from that token.
        """
        self._requirement(draft, kind)
        key = f"{draft.folder}{kind}/{self.token()}/original"
        expires = self.office.clock() + UPLOAD_FORM
        if not draft.mends:  # nobody sweeps up what arrives after the draft is gone
            expires = min(expires, self.expires_at(draft))
        finish = self.office.links.sign("finish", {"d": draft.id, "k": kind, "f": key}, expires)
        return self.office.files.upload_form(key, self.max_bytes, expires, redirect(finish)), finish

    def accept_upload(self, id: str, finish: str, name: str = "") -> Document:
        """Check a file that has arrived, and pin it to the draft in place of an earlier one.

        Raises:
            DocumentRefused: not acceptable; nothing of it is kept and the draft is as it was.
            NotFound: nothing has arrived (``file_unknown``).
        """
        claims = self.office.links.read("finish", finish, self.office.clock())
        if claims["d"] != id:
            raise NotFound("draft_unknown")
        self._requirement(self.draft(id), claims["k"])
        try:
            document = self._checked(claims["k"], claims["f"], name)
        except NotFound:
            pinned = self.draft(id).document(claims["k"])
            if pinned and _folder(pinned.key) == _folder(claims["f"]):
                return pinned  # the same upload, reported twice
            raise
        try:
            before = self._change_draft(id, lambda draft: draft.with_document(document))
        except PortalError:
            with suppress(Unavailable, NotFound):  # in doubt it stays
                if self.office.records.load_draft(id).document(document.kind) != document:
                    self.office.files.delete(document.key)
            raise
        # What came in may still say where a photo was taken; only what was checked and cleaned is kept.
        self.office.files.delete(claims["f"])
        old = before.document(document.kind)
        if old and old.key.startswith(before.folder):
            # A form may serve for a second file; what was kept of the first then lies beside that of the other.
            beside = _folder(old.key) == _folder(document.key)
            self.office.files.delete(old.key if beside else _folder(old.key))
        return document

    def remove_document(self, id: str, kind: str) -> None:
        before = self._change_draft(id, lambda draft: draft.without_document(kind))
        old = before.document(kind)
        if old and old.key.startswith(before.folder):
            self.office.files.delete(_folder(old.key))

    def missing(self, draft: Draft) -> tuple[str, ...]:
        """Keys of the documents still to be brought, by somebody with the draft's answers."""
        requirements = self.sop_of(draft).requirements
        return tuple(r.key for r in requirements if r.is_needed(draft.form) and not r.among(draft.documents))

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
            read: the draft, where it has just been read.

        Raises:
            Invalid: the form breaks a rule (of today), or documents are missing (finding with the document's key).
        """
        for _ in range(TRIES):
            draft, read = read or self.draft(id), None
            if draft.ticket:
                return self.office.records.load(draft.ticket)
            self._must_be_complete(draft)
            try:
                return self._submit(draft)
            except Conflict:
                continue  # a ticket already taken, or the same draft sent at the same moment
        raise Conflict("try_again")

    def mending(self, application: Application) -> Draft:
        """The draft in which a returned application is mended, the same one each time; looking at it keeps nothing.

        Raises:
            NotAllowed: nothing is to be mended (``action_not_now``).
        """
        sop = self.office.sop_of(application)
        if not application.may("resubmit", sop):
            raise NotAllowed("action_not_now", action="resubmit", state=application.state.value)
        id = f"{application.ticket}-{application.version}"
        try:
            return self.office.records.load_draft(id)
        except NotFound:
            named = application.returned["items"]
            fields = self.office.words_of(application).form.only(named).fields
            documents = [each.key for each in sop.requirements if each.key in named or _depends(each, fields)]
            items = (*documents, *fields)
            kept = tuple(document for document in application.documents if document.requirement not in named)
            return Draft(
                id, application.service, application.form, self.office.clock(), kept, 0, "", application.ticket, items
            )

    def begin_mending(self, application: Application) -> Draft:
        """The draft of ``mending``, kept from now on, so that something can be changed in it."""
        draft = self.mending(application)
        if draft.version:
            return draft
        kept = replace(draft, version=1)
        try:
            self.office.records.save_draft(kept)
        except Conflict:  # another click was faster
            return self.office.records.load_draft(draft.id)
        return kept

    def resubmit(self, application: Application) -> Application:
        """Send what was mended; the case goes back to the step that returned it."""
        draft = self.mending(application)
        self._must_be_complete(draft)
        at = self.office.clock()
        with self._copied(draft.documents, application.ticket) as documents:
            mended = application.resubmit(draft, documents=documents, sop=self.office.sop_of(application), at=at)
            kept = self.office.commit(mended, draft=draft.sent_as(application.ticket))
        with suppress(Unavailable):  # the case is safe already; what could not be deleted goes when all its files do
            self._forget(application.documents, application.ticket)
        return kept

    # --- within ---

    def _submit(self, draft: Draft) -> Application:
        at, sop = self.office.clock(), self.office.services[draft.service]
        number = ticket.new(sop.ticket_prefix, self.office.today().year, self.choice)
        with self._copied(draft.documents, number) as documents:
            application = Application.submit(draft, ticket=number, documents=documents, sop=sop, at=at)
            # The case runs under this edition for good, so that is kept before it.
            self.office.records.keep_sop(sop.version, sop.snapshot())
            return self.office.commit(application, draft=draft.sent_as(number))

    def _change_draft(self, id: str, change: Callable[[Draft], Draft]) -> Draft:
        """Apply a change to the newest draft, whoever else is writing it; returns the draft as it was before."""
        for _ in range(TRIES):
            before = self.draft(id)
            try:
                self.office.records.save_draft(change(before))
            except Conflict:
                continue
            return before
        raise Conflict("try_again")

    def _checked(self, kind: str, key: str, name: str) -> Document:
        stored = self.office.files.stat(key)
        try:
            if stored.size > self.max_bytes:
                raise DocumentRefused("document_too_large", max_mb=self.max_bytes // 1024**2)
            found = self.inspect(self.office.files.read(key, stored.version))
        except DocumentRefused:
            self.office.files.delete(key)  # and no more: what was accepted from the same form before lies beside it
            raise
        kept = self.office.files.write(f"{_folder(key)}{self.token()}", found.content, found.media_type)
        return Document(
            kind, kept.key, kept.version, found.sha256, found.size, found.media_type, found.pages,
            self.office.clock().isoformat(), name[:120],
        )  # fmt: skip

    @contextmanager
    def _copied(self, documents: Sequence[Document], number: str) -> Iterator[tuple[Document, ...]]:
        """The documents under the ticket; should the block come to nothing, no copy of them stays behind."""
        copies: list[Document] = []
        try:
            for document in documents:
                copies.append(self._under_ticket(document, number))
            yield tuple(copies)
        except PortalError:
            with suppress(Unavailable):  # in doubt a copy stays
                self._forget(copies, number)
            raise

    def _forget(self, copies: Sequence[Document], number: str) -> None:
        """Delete the copies that no application has; the ticket may be somebody else's by now."""
        try:
            kept = {document.key for document in self.office.records.load(number).documents}
        except NotFound:
            kept = set()
        for copy in copies:
            if copy.key not in kept:
                self.office.files.delete(copy.key)

    def _under_ticket(self, document: Document, number: str) -> Document:
        folder = f"applications/{number}/"
        if document.key.startswith(folder):
            return document
        key = f"{folder}{document.kind}/{self.token()}"
        return replace(document, key=key, version=self.office.files.copy(document.key, document.version, key))

    def _must_be_complete(self, draft: Draft) -> None:
        form = self.words_of(draft).form
        findings = [finding for finding in form.check(draft.form, self.office.today()) if not finding.passable]
        findings += [Finding(kind, "") for kind in self.missing(draft)]
        if findings:
            raise Invalid(findings)

    def _requirement(self, draft: Draft, kind: str) -> None:
        if not any(kind in requirement.kinds for requirement in self.sop_of(draft).requirements):
            raise NotFound("document_unknown")

    def _resumption(self, draft: Draft) -> tuple[Notice, ...]:
        fields = self.office.services[draft.service].applicant
        name, email = (str(draft.form.get(fields[meaning], "")) for meaning in ("name", "email"))
        if not email or draft.mends:
            return ()
        actor = Actor(APPLICANT, name, email=email)
        return (notice("draft_saved", actor, about=draft.id, event=0, at=self.office.clock()),)


def _depends(requirement: Requirement, fields: Container[str]) -> bool:
    """Can what is mended make this document needed?"""
    return requirement.required_if is not None and requirement.required_if.field in fields


def _folder(key: str) -> str:
    return key.rpartition("/")[0] + "/"
