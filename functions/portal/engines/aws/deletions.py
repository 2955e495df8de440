"""What is owed to be deleted from the bucket: kept in the table by who may not delete, until who may has done it.

Only one function's role may delete a version of a document (``infra/template.yaml``). What goes with a decision, an
erased case or a forgotten draft, is owed in that decision's own transaction.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from portal.core.draft import Document
from portal.core.errors import NotFound
from portal.engines.aws.dynamodb import Item, Key, Table, Write
from portal.engines.aws.files import S3Files
from portal.engines.owed_deletions import Deletion
from portal.engines.ports import Stored, UploadForm

DELETIONS: Final = "DELETION"

_DECIDED: Final = "decided"
"""Stands where the version does; no version of S3's is called so."""


class DynamoDeletions:
    """What ``owed_deletions.OwesDeletions`` promises."""

    _table: Table

    def owe_deletion(self, target: str, versions: Sequence[str] = ("",)) -> None:
        for version in versions:
            self._table.transact([Write(_item(target, version))])

    def owes_deletion(self, beginning: str) -> bool:
        return any(True for _ in self._table.partition(DELETIONS, beginning))

    def owed_deletions(self) -> Iterator[Deletion]:
        for item in self._table.partition(DELETIONS):
            target, _, why = item["SK"].partition("#")
            yield Deletion(target, "" if why == _DECIDED else why, decided=why == _DECIDED)

    def deletion_done(self, deletion: Deletion) -> None:
        self._table.delete(_key(deletion.target, _DECIDED if deletion.decided else deletion.version))


def decided(target: str) -> Write:
    """All below it is to go, as a decision says that is written with it."""
    return Write(_item(target, _DECIDED))


def draft_folder(item: Item) -> str:
    """Beginning of the keys of a draft's files, as ``Draft.folder``, also of one that cannot be read any more."""
    kind = "drafts" if "expires_at" in item else "mending"
    return f"{kind}/{item['PK'].removeprefix('DRAFT#')}/"


class OwingFiles:
    """``ports.Files`` of who may not delete: what is to go is owed, and done by another (``usecases.deletions``).

    Needs of ``S3Files``'s actions all but s3:DeleteObjectVersion.

    Attributes:
        files: the bucket, of who may not delete.
    """

    def __init__(self, files: S3Files, owed: DynamoDeletions) -> None:
        self.files = files
        self._owed = owed

    def upload_form(self, key: str, max_bytes: int, expires: datetime, redirect: str) -> UploadForm:
        return self.files.upload_form(key, max_bytes, expires, redirect)

    def stat(self, key: str) -> Stored:
        found = self.files.stat(key)
        if self._owed.owes_deletion(_key(key, found.version)["SK"]):
            raise NotFound("file_unknown")
        return found

    def read(self, key: str, version: str) -> bytes:
        return self.files.read(key, version)

    def write(self, key: str, content: bytes, media_type: str) -> Stored:
        return self.files.write(key, content, media_type)

    def copy(self, key: str, version: str, target: str) -> str:
        return self.files.copy(key, version, target)

    def delete(self, prefix: str) -> None:
        if _is_all_of_one(prefix):
            self.files.must_be_some(prefix)
            self._owed.owe_deletion(prefix)
            return
        # The versions there are: another file may come in by the same form before these have gone.
        for key, version in self.files.versions(prefix):
            self._owed.owe_deletion(key, [version])

    def must_be_judged(self, document: Document) -> None:
        self.files.must_be_judged(document)

    def is_leaving(self, prefix: str) -> bool:
        return self._owed.owes_deletion(prefix)


def _is_all_of_one(prefix: str) -> bool:
    """``drafts/5b0c/`` or ``applications/TTE-26-4F7K-9QXM/``, in which nothing is to come any more."""
    return prefix.endswith("/") and prefix.count("/") <= 2


def _item(target: str, why: str) -> Item:
    return dict(_key(target, why))


def _key(target: str, why: str) -> Key:
    """``DELETION``, ``drafts/5b0c/ktp/9d1e/original#<version>``, ``applications/TTE-26-4F7K-9QXM/#decided``"""
    return {"PK": DELETIONS, "SK": f"{target}#{why}"}
