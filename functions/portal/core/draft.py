"""What an applicant has typed and uploaded but not sent: the beginning of an application, or its mending."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from portal.core import ledger
from portal.core.errors import NotAllowed

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """An uploaded file as the portal describes it (``document.schema.json``).

    Attributes:
        kind: key of a requirement of the SOP; from its second file on with a number, such as ``sk-2``.
        key: where the file lies; ``version`` pins that content in stores that keep versions.
        sha256: of the content kept, hexadecimal.
        size: bytes.
        name: the file's name on the applicant's device, shown back only to the applicant.
        sheets: the photos that were joined into it, in their order, each as it would be kept alone; of a draft only.
        warnings: what was measured in it that may make it hard to read: ``dark``, ``blurred``, ``glare``, ``cut``,
            ``empty``.
    """

    kind: str
    key: str
    version: str
    sha256: str
    size: int
    media_type: str
    pages: int
    uploaded_at: str
    name: str = ""
    sheets: tuple["Document", ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def requirement(self) -> str:
        return requirement_of(self.kind)

    @property
    def photos(self) -> tuple["Document", ...]:
        """The photos that it is made of, so that others can be put beside them; none of a PDF that somebody brought."""
        return self.sheets or ((self,) if self.media_type.startswith("image/") else ())

    @property
    def files(self) -> tuple["Document", ...]:
        """All that lies in the store for it."""
        return (self, *self.sheets)


def answers_to(form: Answers, names: Container[str]) -> dict[str, Any]:
    """Of a form's answers, those to these questions."""
    return {name: answer for name, answer in form.items() if name in names}


def fingerprints(form: Answers, documents: Iterable[Document]) -> dict[str, Any]:
    """Of what officials decide upon, for an event to hold, so that the chain covers form and documents too."""
    return {
        "form": sha256(ledger.canonical(form)).hexdigest(),
        "documents": {document.kind: document.sha256 for document in documents},
    }


def requirement_of(kind: str) -> str:
    """Key of the requirement that a file of this kind is of."""
    return kind.partition("-")[0]


@dataclass(frozen=True)
class Draft:
    """What an applicant has typed and uploaded but not sent.

    Attributes:
        version: 1, 2, 3 ...; a store keeps version n only over n - 1; 0 while no store has it.
        ticket: once sent, the application it became; ``number``: the ticket drawn for it at its beginning, under which
            its documents may lie from the moment it is sent. Empty in drafts that began before there was one.
        mends: the ticket of an application with the applicant: returned for mending, or at a task of his; ``items``
            then names what may change.
        renews: id of the register's entry in whose place a newer one is applied for.
        opened_by: address of the official who fills it in for somebody; empty for the applicant's own.
        batch: id of the draft from which it was begun with others; a batch is its own.
        members: of a batch, the ids of the drafts that began from it, or the tickets they became; oldest first.
    """

    id: str
    service: str
    form: Answers
    created_at: datetime
    documents: tuple[Document, ...] = ()
    version: int = 1
    ticket: str = ""
    mends: str = ""
    items: tuple[str, ...] = ()
    renews: str = ""
    opened_by: str = ""
    batch: str = ""
    members: tuple[str, ...] = ()
    number: str = ""

    @property
    def is_batch(self) -> bool:
        """Is it never sent itself, and what others are begun from?"""
        return self.batch == self.id

    def document(self, kind: str) -> Document | None:
        return next((document for document in self.documents if document.kind == kind), None)

    @property
    def folder(self) -> str:
        """Beginning of the keys of its files: what mends or gathers lies apart, as it may wait longer than others."""
        return f"{'mending' if self.mends or self.is_batch else 'drafts'}/{self.id}/"

    def with_form(self, form: Answers) -> "Draft":
        """The draft with what was typed; of a mending draft only the named fields change."""
        self._must_be_open()
        if self.items:
            untouched = {name: value for name, value in self.form.items() if name not in self.items}
            form = {**untouched, **{name: value for name, value in form.items() if name in self.items}}
        return replace(self, form=dict(form), version=self.version + 1)

    def over(self, form: Answers) -> "Draft":
        """A mending draft upon what the case says now: only the named fields are the draft's."""
        kept = {name: value for name, value in form.items() if name not in self.items}
        return replace(self, form=kept | {name: value for name, value in self.form.items() if name in self.items})

    def with_document(self, document: Document) -> "Draft":
        """The draft with this document in place of an earlier one of its kind."""
        kept = self.without_document(document.kind)
        return replace(kept, documents=(*kept.documents, document))

    def without_document(self, kind: str) -> "Draft":
        self._must_be_open()
        if self.items and requirement_of(kind) not in self.items:
            raise NotAllowed("not_to_be_mended", item=kind)
        documents = tuple(document for document in self.documents if document.kind != kind)
        return replace(self, documents=documents, version=self.version + 1)

    def shares(self, document: Document) -> bool:
        """Is it the letter of its batch, and not its own?"""
        return bool(self.batch) and not document.key.startswith(self.folder)

    def gathering(self, members: Iterable[str]) -> "Draft":
        """The batch with these members, each once."""
        return replace(self, members=tuple(dict.fromkeys(members)), version=self.version + 1)

    def sent_as(self, ticket: str) -> "Draft":
        self._must_be_open()
        return replace(self, ticket=ticket, version=self.version + 1)

    def expires_at(self, days: int) -> datetime:
        return self.created_at + timedelta(days=days)

    def _must_be_open(self) -> None:
        if self.ticket:
            raise NotAllowed("draft_already_sent", ticket=self.ticket)
