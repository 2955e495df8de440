"""The files of documents: looked at as they come in, kept, copied under a ticket, and forgotten."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Protocol

from portal.core.draft import Document
from portal.core.errors import DocumentRefused, NotFound, PortalError, Unavailable
from portal.office import Office


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
class Custody:
    """Attributes as in ``intake.Intake``."""

    office: Office
    inspect: Callable[[bytes], Inspected]
    max_bytes: int
    token: Callable[[], str]

    def checked(self, kind: str, key: str, name: str, also: Callable[[bytes], object] = bool) -> Document:
        """What has arrived under a key, judged and kept; ``also``: what else refuses it."""
        stored = self.office.files.stat(key)
        try:
            if stored.size > self.max_bytes:
                raise DocumentRefused("document_too_large", max_mb=self.max_bytes // 1024**2)
            found = self.inspect(self.office.files.read(key, stored.version))
            also(found.content)
        except DocumentRefused:
            self.office.files.delete(key)  # and no more: what was accepted from the same form before lies beside it
            raise
        kept = self.office.files.write(f"{folder_of(key)}{self.token()}", found.content, found.media_type)
        return Document(
            kind, kept.key, kept.version, found.sha256, found.size, found.media_type, found.pages,
            self.office.clock().isoformat(), name[:120],
        )  # fmt: skip

    @contextmanager
    def copied(self, documents: Sequence[Document], number: str) -> Iterator[tuple[Document, ...]]:
        """The documents under the ticket; should the block come to nothing, no copy of them stays behind."""
        copies: list[Document] = []
        try:
            for document in documents:
                copies.append(self._under_ticket(document, number))
            yield tuple(copies)
        except PortalError:
            with suppress(Unavailable):  # in doubt a copy stays
                self.forget(copies, number)
            raise

    def forget(self, copies: Sequence[Document], number: str) -> None:
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


def folder_of(key: str) -> str:
    """Where a file lies, with what else came by the same form."""
    return key.rpartition("/")[0] + "/"
