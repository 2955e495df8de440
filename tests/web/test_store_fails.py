"""The disk is full, the database is held: all of it is kept or nothing, and it is said in plain words."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from werkzeug.test import TestResponse

from portal.core import errors
from portal.editions import read_messages
from tests.support import document_specimens as specimens
from tests.support.builders import draw
from tests.support.sessions import WORKS, Session
from tests.support.stage import PAPER, Stage
from tests.support.ways import EMAIL, FORM

pytestmark = pytest.mark.long

MESSAGES = read_messages()["errors"]
FULL = MESSAGES["store_unavailable"]["sentence"]


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path, patient=False)
    yield made
    made.close()


@contextmanager
def held(stage: Stage) -> Iterator[None]:
    """Somebody else has the database to himself: a backup gone wrong, say."""
    other = sqlite3.connect(stage.data / "portal.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def disk_full(after: int) -> Iterator[None]:
    """For this process no file can grow beyond so many bytes: the system itself refuses to write on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


TROUBLES: dict[str, Callable[[Stage], Any]] = {
    "held": held,
    "full": lambda _stage: disk_full(0),
    "full after 2 kB": lambda _stage: disk_full(2048),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("rule", WORKS)
def test_what_cannot_be_kept_is_said_so_and_works_when_sent_again(impatient: Stage, rule: str, trouble: str) -> None:
    session, before = Session(impatient, rule), impatient.dump()
    with TROUBLES[trouble](impatient):
        answer = session.answer(csrf=session.csrf)
    assert answer.status_code == 503
    assert FULL in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert impatient.dump() == before, "half of it was kept"
    assert session.post(csrf=session.csrf) in (200, 303, 422)
    assert impatient.dump() != before


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_draft_a_link_and_a_file_that_cannot_be_kept_are_said_so(impatient: Stage, trouble: str) -> None:
    number, draft = impatient.case("confirm"), impatient.draft(kinds=())
    siti = impatient.browser()
    siti.get(impatient.draft_link(draft))
    html = lxml.html.fromstring(siti.get(f"/ajukan/{draft.id}/berkas").get_data())
    upload = next(form for form in html.forms if form.action == "/unggah")
    parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in upload.fields.items() if v]
    file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = ("".join(parts) + file).encode() + specimens.pdf(pages=9) + b"\r\n--b--\r\n"

    def ask() -> dict[str, TestResponse]:
        browser = impatient.browser()
        return {
            "draft": browser.post("/ajukan", data=FORM),
            "link": browser.post("/tautan", data={"tiket": number, "email": EMAIL}),
            "file": browser.post("/unggah", data=body, content_type="multipart/form-data; boundary=b"),
        }

    before = impatient.dump()
    with TROUBLES[trouble](impatient):
        answers = ask()
    if trouble == "held":  # a file needs no database
        assert answers.pop("file").status_code == 303
        impatient.office.files.delete(upload.fields["key"])
    for answer in answers.values():
        assert (answer.status_code, FULL in answer.text, "Retry-After" in answer.headers) == (503, True, True)
    assert impatient.dump() == before
    assert [answer.status_code for answer in ask().values()] == [303, 200, 303]


def test_while_somebody_writes_everybody_can_read(impatient: Stage) -> None:
    number = impatient.case("confirm")
    browser = impatient.browser()
    for link in (impatient.link("permohonan", number), impatient.link("telaah", number)):
        browser.get(link)
    with held(impatient):
        for path in ("/status", f"/status/{number}", f"/permohonan/{number}", f"/telaah/{number}", "/rekap", "/sehat"):
            assert browser.get(path).status_code == 200, path


def test_a_monitor_is_told_when_the_records_do_not_answer(impatient: Stage) -> None:
    impatient.close()
    (impatient.data / "portal.sqlite").rename(impatient.data / "away")
    (impatient.data / "portal.sqlite").mkdir()
    answer = impatient.browser().get("/sehat")
    assert (answer.status_code, answer.json) == (503, {"ok": False, "records": False})
    assert impatient.browser().get("/status/TTE-26-2222-222K").status_code in (404, 503)


def test_copies_of_a_sending_that_came_to_nothing_do_not_stay(stage: Stage) -> None:
    """A picture of somebody's identity card under a ticket that nobody has would be swept up by nobody."""
    taken = stage.case()
    stage.intake = replace(stage.intake, choice=draw(taken.replace("-", "")[5:12] * 6))
    draft = stage.draft()
    before = stage.dump()
    with pytest.raises(errors.Conflict):
        stage.intake.submit(draft.id)
    assert stage.dump() == before
    kept = stage.load(taken).documents
    assert all(stage.office.files.read(document.key, document.version) for document in kept)


def test_documents_that_need_no_mending_survive_a_mending_that_came_to_nothing(impatient: Stage) -> None:
    number = impatient.case("confirm", "return")
    application = impatient.load(number)
    draft = impatient.intake.begin_mending(application)
    impatient.records.save_draft(draft.with_document(impatient.document(draft, "ktp")))
    before = impatient.dump()
    with held(impatient), pytest.raises(errors.Unavailable):
        impatient.intake.resubmit(application)
    assert impatient.dump() == before
    mended = impatient.intake.resubmit(application)
    assert all(impatient.office.files.read(document.key, document.version) for document in mended.documents)


def test_before_the_disk_is_full_no_documents_are_taken_in_and_all_else_goes_on(tmp_path: Path) -> None:
    """Who was about to begin reads so before he types; decisions and emails are small."""
    stage = Stage(tmp_path)
    number, draft = stage.case("confirm"), stage.draft(kinds=())
    form, _ = stage.bringing.upload_form(draft, "ktp", str)
    stage.close()
    full = Stage(tmp_path, stage.clock, keep_free=10**9)
    told = MESSAGES["store_full"]["title"]
    for path in ("/ajukan", "/ajukan/orang-lain"):
        begun = full.browser().get(path)
        assert (begun.status_code, told in begun.text, "Retry-After" in begun.headers) == (503, True, True)
    begun_before = full.browser()
    begun_before.get(full.draft_link(draft), follow_redirects=True)
    assert f"/ajukan/{draft.id}" in begun_before.get("/ajukan").text, "who has begun finds it there, and may send it"
    files = {**form.fields, "file": (BytesIO(PAPER), "ktp.pdf")}
    refused = full.browser().post("/unggah", data=files, content_type="multipart/form-data")
    assert (refused.status_code, told in refused.text) == (503, True)
    assert not [path for _, path in full.dump()[1] if draft.id in path]

    full.act(number, "forward")
    assert full.load(number).step == "telaah_kabid"
    assert [mail["to"] for mail in full.mail()][-2:]
    health: Any = full.browser().get("/sehat").json
    assert (health["room"], health["ok"], health["records"]) == (False, False, True)
    assert full.browser().get(f"/status/{number}").status_code == 200
    full.close()
