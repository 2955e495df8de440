"""What every engine's files must do. An engine's test file subclasses ``FilesContract`` and says how to open them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from portal.core.errors import NotFound
from portal.engines.ports import Files, Stored, UploadForm
from tests.support.builders import AT

PDF = "application/pdf"
KEY = "drafts/a1/ktp/x7-_Q.1/original"

Upload = Callable[[UploadForm, bytes], str]


def is_unknown(question: Callable[[], object]) -> bool:
    with pytest.raises(NotFound) as caught:
        question()
    return caught.value.code == "file_unknown"


class FilesContract:
    @pytest.fixture
    def files(self) -> Files:
        """An empty store."""
        raise NotImplementedError

    @pytest.fixture
    def upload(self, files: Files) -> Upload:
        """Posts a form with a file as a browser does, at ``AT``; returns where it is sent afterwards."""
        raise NotImplementedError

    def test_a_file_comes_back_as_it_was_written(self, files: Files) -> None:
        content = bytes(range(256)) * 1000
        stored = files.write(KEY, content, PDF)
        assert (stored.key, stored.size) == (KEY, 256_000)
        assert files.stat(KEY) == stored
        assert files.read(KEY, stored.version) == content

    def test_what_was_never_written_is_unknown(self, files: Files) -> None:
        stored = files.write(KEY, b"a", PDF)
        other = "drafts/a1/ktp/other"
        assert is_unknown(lambda: files.stat(other))
        assert is_unknown(lambda: files.stat("drafts/a1/ktp"))
        assert is_unknown(lambda: files.read(other, stored.version))
        assert is_unknown(lambda: files.copy(other, stored.version, "applications/T/ktp"))
        assert is_unknown(lambda: files.stat("applications/T/ktp"))

    def test_a_version_that_never_was_is_unknown(self, files: Files) -> None:
        stored = files.write(KEY, b"a", PDF)
        assert is_unknown(lambda: files.read(KEY, stored.version + "0"))
        assert is_unknown(lambda: files.read(KEY, "../" + stored.version))
        assert is_unknown(lambda: files.read(KEY, ""))

    def test_a_later_file_under_the_same_key_leaves_the_pinned_one_as_it_was(self, files: Files) -> None:
        pinned = files.write(KEY, b"checked", PDF)
        later = files.write(KEY, b"something else", PDF)
        assert later.version != pinned.version
        assert files.read(KEY, pinned.version) == b"checked"
        assert files.read(KEY, later.version) == b"something else"
        assert files.stat(KEY) == later

    def test_the_newest_version_is_found_also_after_many(self, files: Files) -> None:
        for number in range(12):
            newest = files.write(KEY, b"x" * number, PDF)
        assert files.stat(KEY) == newest

    def test_a_copy_is_of_the_pinned_content_and_a_file_of_its_own(self, files: Files) -> None:
        pinned = files.write(KEY, b"checked", PDF)
        files.write(KEY, b"something else", PDF)
        version = files.copy(KEY, pinned.version, "applications/T/ktp/y")
        files.delete("drafts/a1/")
        assert files.stat("applications/T/ktp/y") == Stored("applications/T/ktp/y", version, 7)
        assert files.read("applications/T/ktp/y", version) == b"checked"

    def test_forgetting_takes_all_below_with_every_version_and_no_neighbour(self, files: Files) -> None:
        gone = [files.write(KEY, text, PDF) for text in (b"one", b"two")]
        gone.append(files.write("drafts/a1/surat", b"three", PDF))
        kept = [files.write(key, b"kept", PDF) for key in ("drafts/a11/ktp", "drafts/a/ktp", "drafts/a1.b", "a1/ktp")]
        files.delete("drafts/a1/")
        assert all(is_unknown(partial(files.read, s.key, s.version)) for s in gone)
        assert all(is_unknown(partial(files.stat, s.key)) for s in gone)
        assert [files.stat(s.key) for s in kept] == kept

    def test_forgetting_a_key_takes_that_file_only(self, files: Files) -> None:
        files.write("drafts/a1/ktp/x", b"1", PDF)
        kept = files.write("drafts/a1/ktp/xy", b"2", PDF)
        files.delete("drafts/a1/ktp/x")
        assert is_unknown(lambda: files.stat("drafts/a1/ktp/x"))
        assert files.stat(kept.key) == kept

    def test_forgetting_twice_or_what_never_was_is_no_fault(self, files: Files) -> None:
        files.write(KEY, b"1", PDF)
        for prefix in ("drafts/a1/", "drafts/a1/", "drafts/never/", "never/at/all/"):
            files.delete(prefix)

    def test_a_great_many_files_are_forgotten_at_once(self, files: Files) -> None:
        # S3 deletes at most 1,000 in one request.
        keys = [f"drafts/a1/{number % 7}/{number}" for number in range(1_010)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: files.write(key, b"x", PDF), keys))
        files.delete("drafts/a1/")
        assert all(is_unknown(partial(files.stat, key)) for key in keys[::100] + keys[-2:])

    def test_a_key_used_anew_does_not_revive_what_was_pinned_before(self, files: Files) -> None:
        before = files.write(KEY, b"before", PDF)
        files.delete("drafts/a1/")
        files.write(KEY, b"after", PDF)
        assert is_unknown(lambda: files.read(KEY, before.version))

    def test_two_writers_of_one_key_at_once_both_keep_what_they_wrote(self, files: Files) -> None:
        contents = [bytes([number]) * 2_000 for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            stored = list(pool.map(lambda content: files.write(KEY, content, PDF), contents))
        assert [files.read(KEY, s.version) for s in stored] == contents
        assert files.stat(KEY) in stored

    def test_a_browser_uploads_with_the_form_and_is_sent_on(self, files: Files, upload: Upload) -> None:
        form = files.upload_form(KEY, 1_000, AT + timedelta(minutes=15), "http://localhost/ajukan/a1/selesai?f=1")
        went = upload(form, b"%PDF-1.7 \x00\xff")
        assert went.startswith("http://localhost/ajukan/a1/selesai?f=1")
        stored = files.stat(KEY)
        assert stored.size == 11
        assert files.read(KEY, stored.version) == b"%PDF-1.7 \x00\xff"

    def test_an_upload_after_the_check_does_not_touch_what_was_checked(self, files: Files, upload: Upload) -> None:
        form = files.upload_form(KEY, 1_000, AT + timedelta(minutes=15), "http://localhost/")
        upload(form, b"checked")
        checked = files.stat(KEY)
        upload(form, b"swapped")
        assert files.read(KEY, checked.version) == b"checked"
