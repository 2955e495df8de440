"""The files on S3 keep the contract; what signed forms and addresses permit; faults."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from botocore.exceptions import (
    ClientError,
)

from portal.core.errors import NotFound, Unavailable
from portal.engines.aws.files import S3Files
from tests.support.aws_wire import BUCKET, ON_THE_WAY, Wire, refuses_in_xml, says
from tests.support.builders import AT
from tests.support.commits import LEASE
from tests.support.contract_files import KEY, PDF, FilesContract, Upload
from tests.support.on_aws import post

pytestmark = pytest.mark.cloud


class TestS3Files(FilesContract):
    @pytest.fixture
    def files(self, files: S3Files) -> S3Files:
        return files

    @pytest.fixture
    def upload(self) -> Upload:
        return post


def signed_policy(form: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(form.fields["policy"]))
    return found


def test_the_form_is_good_for_this_key_this_size_and_this_type_only_and_not_for_long(files: S3Files) -> None:
    form = files.upload_form(KEY, 5_000, AT + timedelta(minutes=15), "https://tte.example/ajukan/a1?f=1")
    signed = signed_policy(form)
    conditions = [c if isinstance(c, list) else next(iter(c.items())) for c in signed["conditions"]]
    assert conditions[:3] == [
        ["content-length-range", 0, 64 * 1024**2],
        ("success_action_redirect", "https://tte.example/ajukan/a1?f=1"),
        ("Content-Type", "application/octet-stream"),
    ]
    assert {("bucket", BUCKET), ("key", KEY)} <= {c for c in conditions if isinstance(c, tuple)}
    assert {name for name, _ in conditions[1:]} == {"bucket", *form.fields} - {"policy", "x-amz-signature"}
    made = datetime.strptime(form.fields["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    expires = datetime.fromisoformat(signed["expiration"])
    assert timedelta(minutes=15) - timedelta(seconds=5) < expires - made <= timedelta(minutes=15, seconds=5)


def test_what_the_form_says_is_what_the_browser_must_send(files: S3Files) -> None:
    form = files.upload_form(KEY, 5_000, AT + timedelta(minutes=15), "https://tte.example/")
    assert form.url.startswith("https://")
    assert form.fields["key"] == KEY
    assert form.fields["Content-Type"] == "application/octet-stream"


def test_a_form_that_would_be_past_its_time_already_is_good_for_a_moment_only(files: S3Files) -> None:
    signed = signed_policy(files.upload_form(KEY, 5_000, AT - timedelta(days=1), "https://tte.example/"))
    assert datetime.fromisoformat(signed["expiration"]) - datetime.now().astimezone() < timedelta(seconds=3)


def test_what_is_uploaded_cannot_pose_as_a_page(files: S3Files, s3: Any) -> None:
    post(files.upload_form(KEY, 5_000, AT + timedelta(minutes=15), "https://tte.example/"), b"<script>")
    assert s3.head_object(Bucket=BUCKET, Key=KEY)["ContentType"] == "application/octet-stream"


def test_what_was_checked_keeps_its_type_also_as_a_copy(files: S3Files, s3: Any) -> None:
    pinned = files.write(KEY, b"%PDF", PDF)
    files.copy(KEY, pinned.version, "applications/T/ktp/y")
    for key in (KEY, "applications/T/ktp/y"):
        assert s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == PDF


def test_everything_is_encrypted_as_told(s3: Any) -> None:
    files = S3Files(s3, BUCKET, lambda: AT, encryption="aws:kms")
    pinned = files.write(KEY, b"%PDF", PDF)
    files.copy(KEY, pinned.version, "applications/T/ktp/y")
    for key in (KEY, "applications/T/ktp/y"):
        assert s3.head_object(Bucket=BUCKET, Key=key)["ServerSideEncryption"] == "aws:kms"
    form = files.upload_form(KEY, 5_000, AT + timedelta(minutes=15), "https://tte.example/")
    assert form.fields["x-amz-server-side-encryption"] == "aws:kms"
    assert {"x-amz-server-side-encryption": "aws:kms"} in signed_policy(form)["conditions"]


def test_an_official_s_browser_gets_the_pinned_content_by_an_address_that_is_soon_worthless(files: S3Files) -> None:
    pinned = files.write(KEY, b"checked", PDF)
    files.write(KEY, b"swapped", PDF)
    address = files.address(KEY, pinned.version, AT + timedelta(minutes=2), media_type=PDF)
    asked = parse_qs(urlsplit(address).query)
    assert asked["X-Amz-Expires"] == ["120"]
    assert asked["versionId"] == [pinned.version]
    got = requests.get(address)
    assert got.content == b"checked"
    assert (got.headers["content-type"], got.headers["content-disposition"]) == (PDF, "inline")
    assert got.headers["cache-control"] == "private, no-store"


def test_an_address_may_ask_the_browser_to_save(files: S3Files) -> None:
    pinned = files.write(KEY, b"checked", PDF)
    address = files.address(KEY, pinned.version, AT + LEASE, media_type=PDF, filename="TTE-26-4F7K-9QXM-ktp.pdf")
    assert requests.get(address).headers["content-disposition"] == 'inline; filename="TTE-26-4F7K-9QXM-ktp.pdf"'


@pytest.mark.parametrize("prefix", ["", "/"])
def test_no_prefix_can_take_everything(files: S3Files, prefix: str) -> None:
    stored = files.write(KEY, b"a", PDF)
    with pytest.raises(NotFound):
        files.delete(prefix)
    assert files.stat(KEY) == stored


def test_forgetting_takes_also_what_a_deletion_by_hand_left_behind(files: S3Files, s3: Any) -> None:
    files.write(KEY, b"a", PDF)
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    with pytest.raises(NotFound):
        files.stat(KEY)
    files.delete("drafts/a1/")
    left = s3.list_object_versions(Bucket=BUCKET)
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")


def test_a_version_id_that_s3_cannot_read_is_unknown(files: S3Files, s3: Any) -> None:
    Wire(s3).always = refuses_in_xml("InvalidArgument", 400)
    with pytest.raises(NotFound):
        files.read(KEY, "nonsense")


def test_no_version_does_not_stand_for_the_newest(files: S3Files, s3: Any) -> None:
    files.write(KEY, b"a", PDF)
    wire = Wire(s3)
    for attempt in (lambda: files.read(KEY, ""), lambda: files.copy(KEY, "", "applications/T/ktp/y")):
        with pytest.raises(NotFound):
            attempt()
    assert wire.asked == []


FILE_CALLS: dict[str, Callable[[S3Files], object]] = {
    "stat": lambda files: files.stat(KEY),
    "read": lambda files: files.read(KEY, "v"),
    "write": lambda files: files.write(KEY, b"a", PDF),
    "copy": lambda files: files.copy(KEY, "v", "applications/T/ktp/y"),
    "delete": lambda files: files.delete("drafts/a1/"),
}


@pytest.mark.parametrize("call", FILE_CALLS)
def test_a_bucket_that_cannot_answer_now_is_unavailable(files: S3Files, s3: Any, call: str) -> None:
    wire = Wire(s3)
    for fault in [*ON_THE_WAY, refuses_in_xml("SlowDown", 503), refuses_in_xml("InternalError", 500)]:
        wire.always = fault
        with pytest.raises(Unavailable) as caught:
            FILE_CALLS[call](files)
        assert caught.value.code == "store_unavailable"


@pytest.mark.parametrize("call", FILE_CALLS)
def test_a_bucket_that_was_set_up_wrongly_is_seen_as_such(files: S3Files, s3: Any, call: str) -> None:
    Wire(s3).always = refuses_in_xml("AccessDenied", 403)
    with pytest.raises(ClientError):
        FILE_CALLS[call](files)


def test_a_file_whose_transfer_breaks_off_is_unavailable_not_cut_short(files: S3Files, s3: Any) -> None:
    Wire(s3).answers["GetObject"] = [says(b"half", 200, **{"Content-Length": "8"})]
    with pytest.raises(Unavailable):
        files.read(KEY, "v")


def test_a_file_that_could_not_be_deleted_is_not_taken_for_deleted(files: S3Files, s3: Any) -> None:
    files.write(KEY, b"a", PDF)
    left = b"<DeleteResult><Error><Key>k</Key><Code>InternalError</Code></Error></DeleteResult>"
    Wire(s3).answers["DeleteObjects"] = [says(left)]
    with pytest.raises(Unavailable) as caught:
        files.delete("drafts/a1/")
    assert caught.value.facts["answer"] == "InternalError"
