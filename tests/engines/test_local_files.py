import errno
import os
import random
import signal
import stat
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from portal.core.errors import DocumentRefused, LinkExpired, LinkForged, NotFound, Unavailable
from portal.engines.local.files import FolderFiles
from portal.engines.local.room import Room
from portal.engines.ports import UploadForm
from portal.links import Links
from tests.support.builders import AT
from tests.support.contract_files import KEY, PDF, FilesContract, Upload
from tests.support.processes import complete_lines, first_line, run, said

NEXT_PAGE = "https://tte.example/ajukan/a1/selesai?f=1"


@pytest.fixture
def files(disk: Path) -> FolderFiles:
    numbers = count()
    return FolderFiles(disk / "files", Links(["secret"]), lambda: f"r{next(numbers)}")


@pytest.fixture
def form(files: FolderFiles) -> UploadForm:
    return files.upload_form(KEY, 1_000, AT + timedelta(minutes=15), NEXT_PAGE)


def all_files(files: FolderFiles) -> list[str]:
    return sorted(path.name for path in files._root.rglob("*") if path.is_file())


class TestFolderFiles(FilesContract):
    @pytest.fixture
    def files(self, files: FolderFiles) -> FolderFiles:
        return files

    @pytest.fixture
    def upload(self, files: FolderFiles) -> Upload:
        return lambda form, content: files.receive(form.fields, BytesIO(content), AT)[1]


OUTSIDE = [
    "",
    "/",
    "..",
    ".",
    "../portal.db",
    "drafts/../../portal.db",
    "drafts/./a",
    "/etc/passwd",
    "drafts//a",
    "drafts/a/",
    "drafts/.hidden",
    "drafts/a@000001.r0",
    "drafts/a b",
    "drafts/a\n",
    "drafts\\a",
    "drafts/a\x00",
    "drafts/é",
    "drafts/" + "a" * 101,
    "a/" * 600 + "a",
]


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_key_cannot_lead_out_of_the_folder_or_to_what_is_not_a_file_of_the_portal(
    files: FolderFiles, key: str
) -> None:
    inside = files.write(KEY, b"a", PDF)
    for attempt in (
        lambda: files.write(key, b"x", PDF),
        lambda: files.stat(key),
        lambda: files.read(key, inside.version),
        lambda: files.copy(KEY, inside.version, key),
        lambda: files.upload_form(key, 10, AT, NEXT_PAGE),
    ):
        with pytest.raises(NotFound) as caught:
            attempt()
        assert caught.value.code == "file_unknown"
    assert all_files(files) == ["original@000001.r0"]


@pytest.mark.parametrize("prefix", ["", "/", "//", "../", "drafts/../", "drafts//", "."])
def test_no_prefix_can_take_more_than_a_folder_of_the_portal(files: FolderFiles, prefix: str) -> None:
    stored = files.write(KEY, b"a", PDF)
    with pytest.raises(NotFound):
        files.delete(prefix)
    assert files.stat(KEY) == stored


def test_files_are_for_their_owner_only(files: FolderFiles) -> None:
    files.write(KEY, b"a", PDF)
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [files._root, *files._root.rglob("*")]} == {0}


def test_forgetting_takes_what_a_crash_left_unfinished(files: FolderFiles) -> None:
    files.write(KEY, b"a", PDF)
    (files._root / "drafts/a1/ktp/.half@000001.r9").write_bytes(b"hal")
    files.delete("drafts/a1/")
    assert all_files(files) == []
    assert not (files._root / "drafts/a1").exists()


def test_the_form_asks_for_key_and_policy_in_order(form: UploadForm) -> None:
    assert form.url == "/unggah"
    assert list(form.fields) == ["key", "policy"]
    assert form.fields["key"] == KEY


def test_an_upload_up_to_the_limit_is_kept_and_the_browser_sent_on(files: FolderFiles, form: UploadForm) -> None:
    stored, next_page = files.receive(form.fields, BytesIO(b"x" * 1_000), AT)
    assert (stored.key, stored.size, next_page) == (KEY, 1_000, NEXT_PAGE)
    assert files.stat(KEY) == stored


@pytest.mark.parametrize(("size", "code"), [(1_001, "document_too_large"), (0, "document_empty")])
def test_an_upload_too_large_or_empty_is_refused_and_nothing_of_it_kept(
    files: FolderFiles, form: UploadForm, size: int, code: str
) -> None:
    with pytest.raises(DocumentRefused) as caught:
        files.receive(form.fields, BytesIO(b"x" * size), AT)
    assert caught.value.code == code
    assert all_files(files) == []


def test_the_limit_is_named_in_megabytes(files: FolderFiles) -> None:
    form = files.upload_form(KEY, 5 * 2**20, AT, NEXT_PAGE)
    with pytest.raises(DocumentRefused) as caught:
        files.receive(form.fields, BytesIO(bytes(5 * 2**20 + 1)), AT)
    assert caught.value.facts == {"max_mb": "5"}


def test_no_more_than_a_byte_past_the_limit_is_read(files: FolderFiles, form: UploadForm) -> None:
    endless = BytesIO(b"x" * 1_000_000)
    with pytest.raises(DocumentRefused):
        files.receive(form.fields, endless, AT)
    assert endless.tell() == 1_001


def test_an_upload_that_breaks_off_leaves_nothing(files: FolderFiles, form: UploadForm) -> None:
    class Breaking(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(500)

    with pytest.raises(Unavailable):
        files.receive(form.fields, Breaking(b"x" * 900), AT)
    assert all_files(files) == []


def test_a_form_that_is_sent_again_holds_one_file(files: FolderFiles, form: UploadForm) -> None:
    """Nobody fills the disk with one form; what may just be looked at, and what lies under other keys, stays."""
    files.write(f"{KEY}-2", b"of another form", "application/pdf")
    for number in range(40):
        stored, _ = files.receive(form.fields, BytesIO(b"%d" % number), AT)
    assert files.read(KEY, stored.version) == b"39"
    assert len(all_files(files)) == 3


def test_without_room_an_upload_is_refused_unread(disk: Path, form: UploadForm) -> None:
    room = Room(disk, 1000, lambda _: 999)
    full = FolderFiles(disk / "files", Links(["secret"]), lambda: "r", must_have_room=room.must_suffice)
    file = BytesIO(b"x")
    with pytest.raises(Unavailable) as caught:
        full.receive(form.fields, file, AT)
    assert (caught.value.code, file.tell(), all_files(full)) == ("store_full", 0, [])


@pytest.mark.parametrize(("free", "scarce"), [(0, True), (999, True), (1000, False)])
def test_room_is_scarce_below_what_is_to_stay_free(disk: Path, free: int, scarce: bool) -> None:
    assert Room(disk, 1000, lambda _: free).is_scarce is scarce
    assert Room(disk, 1).is_scarce is False


def test_a_form_past_its_time_is_expired(files: FolderFiles, form: UploadForm) -> None:
    with pytest.raises(LinkExpired) as caught:
        files.receive(form.fields, BytesIO(b"x"), AT + timedelta(minutes=16))
    assert caught.value.code == "upload_form_expired"
    claims: Any = caught.value.facts["claims"]
    assert claims["redirect"] == NEXT_PAGE
    assert not files._root.exists()


def foreign_policy(purpose: str = "upload", secret: str = "secret") -> str:
    claims = {"key": KEY, "max": 10, "redirect": NEXT_PAGE}
    return Links([secret]).sign(purpose, claims, AT + timedelta(minutes=1))


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "drafts/other/ktp"},
        {"key": ""},
        {"policy": ""},
        {"policy": "nonsense"},
        {"policy": foreign_policy(secret="another")},
        {"policy": foreign_policy(purpose="finish")},
    ],
)
def test_a_form_that_was_tampered_with_is_refused(
    files: FolderFiles, form: UploadForm, changed: dict[str, Any]
) -> None:
    with pytest.raises(LinkForged) as caught:
        files.receive({**form.fields, **changed}, BytesIO(b"x"), AT)
    assert caught.value.code == "upload_form_forged"
    assert not files._root.exists()


@pytest.mark.parametrize("missing", ["key", "policy"])
def test_a_form_without_one_of_its_fields_is_refused(files: FolderFiles, form: UploadForm, missing: str) -> None:
    fields = {name: value for name, value in form.fields.items() if name != missing}
    with pytest.raises(LinkForged):
        files.receive(fields, BytesIO(b"x"), AT)


OUT_OF_ROOM_FOR_FILES = """
import resource, sys
from itertools import count
from pathlib import Path
from portal.engines.local.files import FolderFiles
from portal.core.errors import Unavailable
from portal.links import Links
numbers = count()
files = FolderFiles(Path(sys.argv[1]), Links(["secret"]), lambda: f"r{next(numbers)}")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    files.write("drafts/a1/ktp", bytes(200_000), "application/pdf")
except Unavailable as problem:
    print(problem.code)
files.write("drafts/a1/ktp", bytes(50_000), "application/pdf")
"""


def test_when_the_system_refuses_to_write_on_nothing_half_written_is_left(disk: Path) -> None:
    assert said(run(OUT_OF_ROOM_FOR_FILES, disk / "files")) == ["store_unavailable"]
    (only,) = (path for path in (disk / "files").rglob("*") if path.is_file())
    assert only.stat().st_size == 50_000


def test_a_root_that_cannot_be_a_folder_is_unavailable(disk: Path) -> None:
    (disk / "file").touch()
    files = FolderFiles(disk / "file", Links(["secret"]), lambda: "r")
    with pytest.raises(Unavailable) as caught:
        files.write(KEY, b"a", PDF)
    assert caught.value.code == "store_unavailable"


FILE_WRITER = """
import sys
from hashlib import sha256
from itertools import count
from pathlib import Path
from portal.engines.local.files import FolderFiles
from portal.links import Links
numbers = count()
files = FolderFiles(Path(sys.argv[1]), Links(["secret"]), lambda: f"{sys.argv[2]}-{next(numbers)}")
for number in range(100_000):
    content = sha256(str(number).encode()).digest() * 3_000
    stored = files.write(f"drafts/{number % 5}/ktp", content, "application/pdf")
    print(stored.key, stored.version, number, flush=True)
"""


def test_killed_at_any_moment_every_file_acknowledged_is_there_and_none_is_half_there(
    disk: Path, files: FolderFiles
) -> None:
    root = disk / "files"
    for round in range(3):
        writer = run(FILE_WRITER, root, f"k{round}")
        # In the first round one file of each key, however slow the machine is.
        first = "".join(first_line(writer) for _ in range(1 if round else 5))
        time.sleep(random.uniform(0, 0.15))
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        for key, version, number in map(str.split, complete_lines(first + rest)):
            assert files.read(key, version) == sha256(number.encode()).digest() * 3_000
    whole = [path.stat().st_size for path in root.rglob("*@*") if not path.name.startswith(".")]
    assert set(whole) == {96_000}
    assert all(files.stat(f"drafts/{number}/ktp").size == 96_000 for number in range(5))


# --- how much one draft may take ---


def test_a_draft_takes_no_more_files_than_an_application_can_need(files: FolderFiles, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.engines.local.files.MOST_FILES", 3)
    for number in range(3):
        by_form(files, f"drafts/a1/ktp/{number}/original")
    with pytest.raises(DocumentRefused, match="draft_full"):
        by_form(files, "drafts/a1/ktp/3/original")
    assert len(all_files(files)) == 3
    by_form(files, "drafts/b2/ktp/1/original")
    files.delete("drafts/a1/ktp/0/")
    by_form(files, "drafts/a1/ktp/4/original")


def test_nor_more_bytes(files: FolderFiles, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.engines.local.files.MOST_BYTES", 2 * len(CONTENT))
    for number in range(2):
        by_form(files, f"drafts/a1/ktp/{number}/original")
    with pytest.raises(DocumentRefused, match="draft_full"):
        by_form(files, "drafts/a1/kk/1/original")


CONTENT = b"%PDF-1.4 isi"


def by_form(files: FolderFiles, key: str) -> None:
    """Sent by a form for this key."""
    form = files.upload_form(key, 1_000, AT + timedelta(minutes=15), NEXT_PAGE)
    files.receive(form.fields, BytesIO(CONTENT), AT)


@pytest.mark.parametrize("refusal", ["EPERM", "EACCES", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK"])
def test_a_copy_takes_no_room_of_its_own_where_it_can_and_outlives_what_it_is_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    kept = FolderFiles(tmp_path, Links(["kunci"]), iter("abcdef").__next__)
    stored = kept.write("drafts/a1/ktp/x", b"isi", "image/jpeg")
    first = kept.copy(stored.key, stored.version, "applications/T/ktp/y")
    monkeypatch.setattr(os, "link", refusing(refusal))
    second = kept.copy(stored.key, stored.version, "applications/T/ktp/z")
    kept.delete("drafts/a1/")
    assert kept.read("applications/T/ktp/y", first) == kept.read("applications/T/ktp/z", second) == b"isi"
    assert [path.stat().st_nlink for path in sorted((tmp_path / "applications/T/ktp").iterdir())] == [1, 1]


@pytest.mark.parametrize("trouble", ["EIO", "ENOSPC", "EROFS"])
def test_a_copy_is_not_tried_otherwise_where_the_disk_itself_is_in_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    kept = FolderFiles(tmp_path, Links(["kunci"]), iter("abcdef").__next__)
    stored = kept.write("drafts/a1/ktp/x", b"isi", "image/jpeg")
    monkeypatch.setattr(os, "link", refusing(trouble))
    with pytest.raises(Unavailable, match="store_unavailable"):
        kept.copy(stored.key, stored.version, "applications/T/ktp/y")
    assert all_files(kept) == [f"x@{stored.version}"]


def refusing(name: str) -> Callable[..., None]:
    def link(*_: object) -> None:
        raise OSError(getattr(errno, name), "of this file system")

    return link
