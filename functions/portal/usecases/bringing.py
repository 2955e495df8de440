"""How documents get into a draft: sent, checked, joined where they are several photos, put in order, taken away."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

from portal.core.draft import Document, Draft
from portal.core.errors import Conflict, DocumentRefused, NotFound, PortalError, Unavailable
from portal.engines.ports import UploadForm
from portal.usecases.custody import folder_of
from portal.usecases.drafts import TRIES
from portal.usecases.intake import Intake

UPLOAD_FORM: Final = timedelta(hours=1)
MOST_PHOTOS: Final = 10
"""Photos of one document: more do not fit into a file that is sent on, and can be read."""


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
    @property
    def warnings(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Bringing:
    """Attributes:
    inspect: checks a document's content and returns what to keep.
    join: makes one document of several pictures, in their order.
    signatures: refuses a letter that is not signed as a whole.
    max_bytes: largest PDF taken; ``max_upload``: largest file, as photos are shrunk.
    turn: around a check, by the file's key, seconds to wait and whose draft it is; only so many are made at one time.
    """

    intake: Intake
    inspect: Callable[[bytes], Inspected]
    join: Callable[[Sequence[bytes]], Inspected]
    signatures: Callable[[bytes], object]
    max_bytes: int
    max_upload: int
    turn: Callable[..., AbstractContextManager[None]]

    def upload_form(
        self, draft: Draft, kind: str, redirect: Callable[[str], str], *, adds: bool = False
    ) -> tuple[UploadForm, str]:
        """The signed form for one file, and the token with which the browser reports that it is there.

        Args:
            redirect: address to go to afterwards without JavaScript, made from that token.
            adds: the file is a further photo of the document, and not in its place.
        """
        self.must_be_asked(draft, kind)
        office = self.intake.office
        key = f"{draft.folder}{kind}/{self.intake.token()}/original"
        expires = office.clock() + UPLOAD_FORM
        if not draft.mends and not draft.is_batch:  # nobody sweeps up what arrives after the draft is gone
            expires = min(expires, self.intake.expires_at(draft))
        claims = {"d": draft.id, "k": kind, "f": key} | ({"a": True} if adds else {})
        finish = office.links.sign("finish", claims, expires)
        largest = self.max_bytes if kind in self.intake.sop_of(draft).letters else self.max_upload
        return office.files.upload_form(key, largest, expires, redirect(finish)), finish

    def accept(self, id: str, finish: str, name: str = "", patience: float = 0.0) -> Document:
        """Check a file that has arrived, and pin it to the draft: in place of an earlier one, or as its next photo.

        Args:
            patience: seconds to wait for one's turn.

        Raises:
            Unavailable: it could not be looked at now (``documents_waiting``: others are before it); it may be reported
                again, and need not be sent again.
            DocumentRefused: not acceptable; nothing of it is kept and the draft is as it was.
            NotFound: nothing has arrived (``file_unknown``).
        """
        claims = self.intake.office.links.read("finish", finish, self.intake.office.clock())
        kind, key = claims["k"], claims["f"]
        if claims["d"] != id:
            raise NotFound("draft_unknown")
        draft = self.intake.draft(id)
        self.must_be_asked(draft, kind)
        try:
            with self.turn(key, patience, id):
                checked = self._checked(kind, key, name, is_letter=kind in self.intake.sop_of(draft).letters)
        except NotFound:
            pinned = self.intake.draft(id).document(kind)
            if pinned and any(folder_of(file.key) == folder_of(key) for file in pinned.files):
                return pinned  # the same upload, reported twice
            raise
        try:
            document = self._add(id, checked) if "a" in claims else self._put(id, checked)
        except DocumentRefused:
            for unwanted in (key, checked.key):  # and no more, as above
                self.intake.office.files.delete(unwanted)
            raise
        # What came in may still say where a photo was taken; only what was checked and cleaned is kept.
        self.intake.office.files.delete(key)
        return document

    def arrange(self, id: str, kind: str, mark: str, place: int | None) -> None:
        """Move a photo of a document to another place, or take it away; of one that is not there, nothing.

        Args:
            mark: SHA-256 of the photo.
            place: 0 for the first; None takes it away.
        """

        def arranged(photos: tuple[Document, ...]) -> tuple[Document, ...]:
            moved = next((photo for photo in photos if photo.sha256 == mark), None)
            if moved is None:
                return photos
            others = [photo for photo in photos if photo is not moved]
            if place is not None:
                others.insert(max(0, place), moved)
            return tuple(others)

        self._rejoin(id, kind, arranged)

    def remove(self, id: str, kind: str) -> None:
        """Take a document off the draft, with all its photos."""
        before = self.intake.drafts.change(id, lambda draft: draft.without_document(kind))
        self._sweep(before, kind, ())

    def must_be_asked(self, draft: Draft, kind: str) -> None:
        """Raises NotFound (``document_unknown``): no such document is asked for in this draft."""
        if not any(kind in document.kinds for document in self.intake.asked(draft)):
            raise NotFound("document_unknown")

    # --- within ---

    def _checked(self, kind: str, key: str, name: str, *, is_letter: bool) -> Document:
        """What has arrived under a key, judged and kept."""
        files = self.intake.office.files
        stored = files.stat(key)
        try:
            if stored.size > self.max_upload:
                raise DocumentRefused("document_too_large", max_mb=self.max_upload // 1024**2)
            found = self.inspect(files.read(key, stored.version))
            if is_letter:
                self.signatures(found.content)
        except DocumentRefused:
            files.delete(key)  # and no more: what was accepted from the same form before lies beside it
            raise
        return self._kept(kind, folder_of(key), found, name)

    def _kept(self, kind: str, folder: str, found: Inspected, name: str) -> Document:
        kept = self.intake.office.files.write(f"{folder}{self.intake.token()}", found.content, found.media_type)
        return Document(
            kind, kept.key, kept.version, found.sha256, found.size, found.media_type, found.pages,
            self.intake.office.clock().isoformat(), name[:120], warnings=tuple(found.warnings),
        )  # fmt: skip

    def _put(self, id: str, document: Document) -> Document:
        try:
            before = self.intake.drafts.change(id, lambda draft: draft.with_document(document))
        except PortalError:
            with suppress(Unavailable, NotFound):  # in doubt it stays
                if self.intake.office.records.load_draft(id).document(document.kind) != document:
                    self.intake.office.files.delete(document.key)
            raise
        self._sweep(before, document.kind, document.files)
        return document

    def _add(self, id: str, photo: Document) -> Document:
        """Raises DocumentRefused: one of them is no photo (``document_page_no_photo``), or there are too many."""

        def longer(photos: tuple[Document, ...]) -> tuple[Document, ...]:
            if not photo.photos:
                raise DocumentRefused("document_page_no_photo")
            if any(other.sha256 == photo.sha256 for other in photos):
                return photos  # sent twice
            if len(photos) >= MOST_PHOTOS:
                raise DocumentRefused("document_too_many_photos", most=MOST_PHOTOS)
            return (*photos, photo)

        document = self._rejoin(id, photo.kind, longer)
        if document is None:
            raise NotFound("document_unknown")
        if photo.key not in {file.key for file in document.files}:
            self.intake.office.files.delete(photo.key)
        return document

    def _rejoin(
        self, id: str, kind: str, change: Callable[[tuple[Document, ...]], tuple[Document, ...]]
    ) -> Document | None:
        """Make the document anew of what ``change`` makes of its photos; returns it, None where there is none.

        Raises:
            DocumentRefused: it is no document of photos (``document_page_no_photo``).
            Conflict: others keep changing it.
        """
        for _ in range(TRIES):
            draft = self.intake.draft(id)
            document = draft.document(kind)
            photos = document.photos if document else ()
            if document and not photos:
                raise DocumentRefused("document_page_no_photo")
            changed = change(photos)
            if changed == photos:
                return document
            if not changed:
                self.remove(id, kind)
                return None
            made = self._joined(draft, kind, changed)

            def put(newest: Draft, made: Document = made, document: Document | None = document) -> Draft:
                if newest.document(kind) != document:
                    raise Conflict("draft_changed")
                return newest.with_document(made)

            try:
                before = self.intake.drafts.change(id, put)
            except PortalError as problem:
                if made.sheets:
                    self.intake.office.files.delete(made.key)
                if isinstance(problem, Conflict):
                    continue
                raise
            self._sweep(before, kind, made.files)
            return made
        raise Conflict("try_again")

    def _joined(self, draft: Draft, kind: str, photos: tuple[Document, ...]) -> Document:
        if len(photos) == 1:
            return replace(photos[0], kind=kind, sheets=())
        files = self.intake.office.files
        found = self.join([files.read(photo.key, photo.version) for photo in photos])
        folder = f"{draft.folder}{kind}/{self.intake.token()}/"
        kept = self._kept(kind, folder, found, photos[0].name)
        warnings = tuple(dict.fromkeys(warning for photo in photos for warning in photo.warnings))
        return replace(kept, sheets=photos, warnings=warnings)

    def _sweep(self, before: Draft, kind: str, kept: Sequence[Document]) -> None:
        """Delete what lay in the draft's folder for a document, but for what is kept of it."""
        old = before.document(kind)
        keys = {file.key for file in kept}
        for file in old.files if old else ():
            # It is there already if the answer to the first try of writing it was lost.
            if file.key in keys or not file.key.startswith(before.folder):
                continue
            # A form may serve for a second file; what was kept of the first then lies beside that of the other.
            folder = folder_of(file.key)
            beside = any(folder_of(key) == folder for key in keys)
            self.intake.office.files.delete(file.key if beside else folder)
