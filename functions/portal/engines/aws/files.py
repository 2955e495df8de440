"""The files in an S3 bucket: what ``ports.Files`` promises. Bytes go between browser and bucket where they can."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypedDict

from botocore.exceptions import ClientError

from portal.core.draft import Document
from portal.core.errors import NotFound, Unavailable
from portal.engines.aws.faults import code, translated
from portal.engines.aws.verdicts import Verdicts
from portal.engines.ports import Stored, UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import ServerSideEncryptionType
    from mypy_boto3_s3.type_defs import (
        CopySourceTypeDef,
        DeleteMarkerEntryTypeDef,
        ObjectIdentifierTypeDef,
        ObjectVersionTypeDef,
    )

# A version id that never was is an InvalidArgument to S3.
_UNKNOWN: Final = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound", "InvalidArgument"})

UNSEEN: Final = "application/octet-stream"
"""The type of what has been uploaded and not yet looked at: a browser that got hold of it would not open it."""


LARGEST: Final = 64 * 1024**2
"""Bytes that the store takes in: whoever sends too much, or nothing, is told so by a page of ours, and not in XML."""


PROBE: Final = "malware-protection-resource-validation-object"
"""What GuardDuty puts into a bucket that it looks after, to see whether it may."""


class _Encrypted(TypedDict, total=False):
    ServerSideEncryption: "ServerSideEncryptionType"


class S3Files:
    """``ports.Files`` in a bucket that keeps versions.

    Needs the actions s3:GetObject, GetObjectVersion, GetObjectVersionTagging (with ``verdicts``), PutObject,
    DeleteObjectVersion on its objects, and
    s3:ListBucketVersions and ListBucket on the bucket; without the latter S3 calls forbidden what is not there.

    Args:
        client: signing with version 4 (``signature_version="s3v4"``) for its region's own address, so that signed
            addresses are not redirected.
        clock: the time now, which ``expires`` is compared with; signatures count in seconds from when they are made.
        encryption: what every object is encrypted with ("aws:kms", "AES256"); the bucket's own setting if empty.
        verdicts: what GuardDuty says of what lies there; None where nobody looks for malware.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        clock: Callable[[], datetime],
        encryption: 'ServerSideEncryptionType | Literal[""]' = "",
        verdicts: Verdicts | None = None,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock
        self._encryption = encryption
        self._verdicts = verdicts

    # --- straight between browser and bucket ---------------------------------------------------------------------

    def upload_form(self, key: str, max_bytes: int, expires: datetime, redirect: str) -> UploadForm:
        """The fields sign key, size and type; the file itself is posted after them, in a field named ``file``.

        S3 sends the browser on with ``bucket``, ``key`` and ``etag`` added to the redirect.
        """
        fields = {"success_action_redirect": redirect, "Content-Type": UNSEEN}
        if self._encryption:
            fields["x-amz-server-side-encryption"] = self._encryption
        with translated():
            form = self._client.generate_presigned_post(
                Bucket=self._bucket,
                Key=key,
                Fields=fields,
                Conditions=[
                    ["content-length-range", 0, max(LARGEST, max_bytes)],
                    *({name: fields[name]} for name in fields),
                ],
                ExpiresIn=self._seconds_until(expires),
            )
        return UploadForm(form["url"], form["fields"])

    def address(
        self, key: str, version: str, expires: datetime, *, media_type: str, filename: str = "", shown: bool = True
    ) -> str:
        """A short-lived signed address at which a browser gets exactly the pinned content.

        Args:
            media_type: what the browser is told that it is.
            filename: what it is called when somebody saves it, plain ASCII without quotes.
            shown: by the browser itself; else saved at once.
        """
        disposition = "inline" if shown else "attachment"
        if filename:
            disposition += f'; filename="{filename}"'
        with translated():
            return self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "VersionId": version,
                    "ResponseContentType": media_type,
                    "ResponseContentDisposition": disposition,
                    "ResponseCacheControl": "private, no-store",
                },
                ExpiresIn=self._seconds_until(expires),
            )

    # --- files ---------------------------------------------------------------------------------------------------

    def stat(self, key: str) -> Stored:
        with _missing_is_unknown(), translated():
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        return Stored(key, found["VersionId"], found["ContentLength"])

    def read(self, key: str, version: str) -> bytes:
        with _missing_is_unknown(), translated():
            found = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=_pinned(version))
            return found["Body"].read()

    def write(self, key: str, content: bytes, media_type: str) -> Stored:
        with translated():
            written = self._client.put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType=media_type, **self._encrypted()
            )
        return Stored(key, written["VersionId"], len(content))

    def copy(self, key: str, version: str, target: str) -> str:
        source: CopySourceTypeDef = {"Bucket": self._bucket, "Key": key, "VersionId": _pinned(version)}
        with _missing_is_unknown(), translated():
            # Without its tags, which only GuardDuty may set.
            copied = self._client.copy_object(
                Bucket=self._bucket, Key=target, CopySource=source, TaggingDirective="REPLACE", **self._encrypted()
            )
        return copied["VersionId"]

    def delete(self, prefix: str) -> None:
        self.must_be_some(prefix)
        name = prefix.removesuffix("/")
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix)
        with translated():
            # All are known before the first goes: a page of what has gone meanwhile may begin too late.
            for page in list(pages):  # of at most 1,000, as many as one deletion takes
                found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
                self._delete([v for v in found if v["Key"] == prefix or v["Key"].startswith(f"{name}/")])

    def must_be_judged(self, document: Document) -> None:
        if self._verdicts is None:
            return
        with _missing_is_unknown(), translated():
            answer = self._client.get_object_tagging(
                Bucket=self._bucket, Key=document.key, VersionId=_pinned(document.version)
            )
        self._verdicts.judge(document, {tag["Key"]: tag["Value"] for tag in answer["TagSet"]})

    def is_leaving(self, prefix: str) -> bool:
        return False

    def delete_for_good(self, target: str, version: str) -> None:
        """As ``usecases.deletions.Deleting``: what S3 says is gone is looked for once more."""
        if version:
            with translated():
                self._delete([{"Key": target, "VersionId": version}])
        else:
            self.delete(target)
        left = [each for _, each in self.versions(target)]
        if version in left if version else left:
            raise Unavailable("store_unavailable")

    def versions(self, target: str) -> list[tuple[str, str]]:
        """Key and version of a file, or of all below a beginning that ends with a slash; of what says that it was
        deleted, too."""
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=target)
        with translated():
            found = [each for page in pages for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))]
        pairs = [(each["Key"], each["VersionId"]) for each in found]
        return [(key, version) for key, version in pairs if target.endswith("/") or key == target]

    @staticmethod
    def must_be_some(prefix: str) -> None:
        """Raises NotFound (``file_unknown``) for everything."""
        if not prefix.removesuffix("/"):
            raise NotFound("file_unknown")

    def every(self) -> Iterator[Stored]:
        """As ``moving.MovableFiles``."""
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket)
        of_one: list[Stored] = []
        gone = ""
        with translated():
            # By key, and of each key the newest first; what was deleted and can only be brought back stays behind.
            for each in (version for page in pages for version in page.get("Versions", ())):
                stored = Stored(each["Key"], each["VersionId"], each["Size"])
                if stored.key in (gone, PROBE):
                    continue
                if not of_one or of_one[0].key != stored.key:
                    yield from reversed(of_one)
                    of_one, gone = [], "" if each["IsLatest"] else stored.key
                if not gone:
                    of_one.append(stored)
        yield from reversed(of_one)

    def forget_everything(self) -> None:
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket)
        with translated():
            for page in pages:
                self._delete([*page.get("Versions", ()), *page.get("DeleteMarkers", ())])

    # --- within --------------------------------------------------------------------------------------------------

    def _delete(self, versions: Sequence["ObjectVersionTypeDef | DeleteMarkerEntryTypeDef"]) -> None:
        if not versions:
            return
        named: list[ObjectIdentifierTypeDef] = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions]
        answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": named, "Quiet": True})
        # The request succeeds although objects remain.
        for problem in answer.get("Errors", ()):
            raise Unavailable("store_unavailable", answer=problem.get("Code", ""))

    def _seconds_until(self, moment: datetime) -> int:
        return max(1, int((moment - self._clock()).total_seconds()))

    def _encrypted(self) -> _Encrypted:
        return {"ServerSideEncryption": self._encryption} if self._encryption else {}


def _pinned(version: str) -> str:
    # An empty one would stand for the newest.
    if not version:
        raise NotFound("file_unknown")
    return version


@contextmanager
def _missing_is_unknown() -> Iterator[None]:
    try:
        yield
    except ClientError as problem:
        if code(problem) in _UNKNOWN:
            raise NotFound("file_unknown") from problem
        raise
