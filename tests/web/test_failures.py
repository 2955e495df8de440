"""What fails around the portal, and what everybody finds afterwards: all of it or nothing, once, and in plain words."""

import base64
import json
import logging
import re
import resource
import sqlite3
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from markupsafe import escape
from werkzeug.test import TestResponse

import compilation
import expiry
import feedback
import mailer
import reminder
from portal.background import Background
from portal.bootstrap import build
from portal.bootstrap_aws import RunFailed
from portal.config import Config
from portal.core import errors, ticket
from portal.core.application import Actor
from portal.core.notices import Official, notice
from portal.core.steps import State
from portal.editions import read_messages
from portal.engines.aws.feedback import HEADER
from portal.outbox import LEASE
from tests.support import document_specimens as specimens
from tests.support.stage import (
    EMAIL,
    FORM,
    KABID,
    KADIS,
    OTHER_VERIFIKATOR,
    SAYS,
    SECRETS,
    STATISTISI,
    TO_VERIFIKATOR,
    VERIFIKATOR,
    WAYS,
    WORKS,
    InProcess,
    Session,
    Stage,
)

MESSAGES = read_messages()["errors"]
FULL = MESSAGES["store_unavailable"]["sentence"]


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path, patient=False)
    yield made
    made.close()


# --- The disk is full, the database is held --------------------------------------------------------------------------


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
        for path in ("/status", f"/status/{number}", "/permohonan", f"/telaah/{number}", "/rekap", "/sehat"):
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
    draft = stage.draft()
    before = stage.dump()
    again = replace(stage.intake, choice=draw(taken.replace("-", "")[5:12] * 5))
    with pytest.raises(errors.Conflict):
        again.submit(draft.id)
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


# --- Several people at one moment ------------------------------------------------------------------------------------


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Results of works that all begin at the same moment."""
    ready = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        ready.wait(timeout=20)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [done.result(timeout=60) for done in [threads.submit(run, work) for work in works]]


def test_of_eight_officials_deciding_at_once_one_wins_and_the_others_see_who_and_when(stage: Stage) -> None:
    number = stage.case(*TO_VERIFIKATOR)
    emails = [f"verifikator.{n}@tarakankota.go.id" for n in range(8)]
    for email in emails:
        stage.records.appoint(Official("verifikator", f"Nama {email}", email))
    decisions = [("dispatch", SAYS["dispatch"]), ("return", SAYS["return"]), ("reject", SAYS["reject"])]
    sessions = []
    for position, email in enumerate(emails):
        browser = stage.browser()
        page = browser.get(stage.link("telaah", number, email), follow_redirects=True)
        csrf = lxml.html.fromstring(page.get_data()).xpath("//input[@name='csrf']/@value")[0]
        action, said = decisions[position % 3]
        data = {**said, "tindakan": action, "csrf": csrf, "peristiwa": "5"}
        sessions.append(lambda browser=browser, data=data: browser.post(f"/telaah/{number}/putuskan", data=data))
    answers = at_once(*sessions)

    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7
    application = stage.load(number)
    assert application.version == 6
    assert application.first_damage() is None
    winner = emails[[answer.status_code for answer in answers].index(303)]
    assert application.events[5].actor.email == winner
    moment = stage.app.extensions["portal"].language.moment(application.events[5].at)
    for answer in answers:
        if answer.status_code == 409:
            assert f"sudah ditindaklanjuti oleh Verifikator Sertifikat Elektronik pada {moment}" in answer.text
            assert "tidak disimpan" in answer.text
    receipts = [mail for mail in stage.mail() if "Bukti keputusan" in mail["subject"] and mail["to"] in emails]
    assert [mail["to"] for mail in receipts] == [winner]


def test_of_eight_applicants_who_want_one_time_one_gets_it_and_the_others_can_pick_another(stage: Stage) -> None:
    numbers = [stage.case(*WAYS["invited"], email=f"siti.{n}@tarakankota.go.id") for n in range(8)]
    slot = stage.visits.slots(stage.load(numbers[0]))[0]
    posts = []
    for number in numbers:
        browser = stage.browser()
        browser.get(stage.link("permohonan", number))
        page = lxml.html.fromstring(browser.get("/permohonan/jadwal").get_data())
        data = {"csrf": page.xpath("//input[@name='csrf']/@value")[0], "jadwal": slot.isoformat()}
        posts.append(lambda browser=browser, data=data: browser.post("/permohonan/jadwal", data=data))
    answers = at_once(*posts)

    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7
    assert [stage.load(number).slot for number in numbers].count(slot) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert MESSAGES["slot_taken"]["sentence"] in answer.text
            offered = lxml.html.fromstring(answer.get_data()).xpath("//input[@name='jadwal']/@value")
            assert offered
            assert slot.isoformat() not in offered


def test_a_draft_sent_eight_times_at_once_is_one_application_with_one_set_of_files(stage: Stage) -> None:
    session = Session(stage, "/ajukan/<draft>/periksa")
    cookie = session.browser.get_cookie("draf", path=session.path.removesuffix("/periksa"))

    def send() -> TestResponse:
        window = stage.browser()
        window.set_cookie("draf", cookie.value, path=cookie.path)
        return window.post(session.path, data={**session.fields, "csrf": session.csrf})

    answers = at_once(*[send] * 8)
    assert {answer.status_code for answer in answers} == {303}
    tickets = [application.ticket for application in stage.records.waiting_on("applicant")]
    assert len(tickets) == 1
    files = [path for path, _ in stage.dump()[1] if "/applications/" in path]
    assert len(files) == 4
    assert all(tickets[0] in path for path in files)
    assert len([mail for mail in stage.mail() if "Konfirmasikan" in mail["subject"]]) == 1


@pytest.mark.parametrize(
    ("rule", "action"),
    [("/konfirmasi", "confirm"), ("/permohonan/batal", "withdraw"), ("/permohonan/jadwal", "book")],
)
def test_the_same_click_twice_in_a_row_and_four_times_at_once_is_one_and_no_refusal(
    stage: Stage, rule: str, action: str
) -> None:
    for clicks in ("in a row", "at once"):
        session = Session(stage, rule)
        name = rule.split("/")[1]
        cookie = session.browser.get_cookie(name, path=f"/{name}")

        def click(session: Session = session, cookie: Any = cookie) -> int:
            window = stage.browser()
            window.set_cookie(cookie.key, cookie.value, path=cookie.path)
            return window.post(session.path, data={**session.fields, "csrf": session.csrf}).status_code

        answers = at_once(*[click] * 4) if clicks == "at once" else [click(), click()]
        assert set(answers) == {303}, clicks
        number = stage.office.links.read(f"cookie.{name}", cookie.value, stage.clock.at)["t"]
        assert [event.action for event in stage.load(number).events].count(action) == 1


# --- Email -----------------------------------------------------------------------------------------------------------


def test_with_the_relay_down_for_eight_days_nothing_is_lost_and_the_clerk_knows(stage: Stage) -> None:
    stage.mail()
    stage.mailbox.failing = True
    before = len(stage.mailbox.messages())
    waiting = stage.case("confirm")
    returned = stage.case("confirm", "return", email="wati@tarakankota.go.id")
    booked = stage.case(*WAYS["booked"], email="budi@tarakankota.go.id")
    background = Background(stage.outbox, stage.clockwork)
    for quarter in range(8 * 4 + 1):
        background.round(chores=True)
        if quarter != 7 * 4:  # to the very second seven days
            assert bool(stage.outbox.red_list()) is (quarter > 7 * 4), quarter
        stage.clock.forward(hours=6)
    assert len(stage.mailbox.messages()) == before
    health = stage.browser().get("/sehat").json
    assert (health["ok"], health["red"] > 0, health["oldest_unsent_seconds"] > 8 * 24 * 3600) == (False, True, True)
    owed = {(n.about, n.letter, n.recipient) for n in stage.records.unsent() if not n.hopeless}
    assert {about for about, _, _ in owed} >= {waiting, returned, booked}

    stage.mailbox.failing = False
    stage.clock.forward(hours=7)
    sent = stage.mail()[before:]
    # Of a draft that was sent long ago, the link to go on with it has no meaning any more: that is dropped.
    assert list(stage.records.unsent()) == []
    assert len(sent) >= len(owed)
    assert sorted({mail["to"] for mail in sent}) >= sorted({recipient for _, _, recipient in owed})
    kadis = stage.official_in_person(KADIS)
    assert kadis.decide(waiting, "forward", **SAYS["forward"]).status == 200


class Crash(BaseException):
    """The power goes."""


class CrashesAfterSending:
    """A relay that takes the message, and nobody lives to note it down."""

    def __init__(self, mailbox: Any, times: int) -> None:
        self.mailbox, self.times = mailbox, times

    def send(self, message: Any, at: datetime) -> None:
        self.mailbox.send(message, at)
        if self.times:
            self.times -= 1
            raise Crash


def test_a_crash_between_sending_and_noting_it_repeats_an_email_and_loses_none(stage: Stage) -> None:
    stage.case("confirm")
    owed = len(list(stage.records.unsent()))
    outbox = replace(stage.outbox, mail=CrashesAfterSending(stage.mailbox, times=2))
    for _ in range(2):
        with pytest.raises(Crash):
            outbox.send_due()
    outbox.send_due()
    assert len(list(stage.records.unsent())) == 2, "held for a while by senders that are no more"
    stage.clock.forward(seconds=LEASE.total_seconds())
    outbox.send_due()
    assert list(stage.records.unsent()) == []
    subjects = [(mail["to"], mail["subject"]) for mail in stage.mailbox.messages()]
    assert len(subjects) == owed + 2
    assert len(set(subjects)) == owed


def test_an_email_that_cannot_be_written_holds_up_no_other_and_is_told_to_the_clerk(stage: Stage) -> None:
    actor, at = Actor("applicant", "SITI RAHASIA", email=EMAIL), stage.clock()
    gone = notice("draft_saved", actor, about="a draft that was forgotten meanwhile", event=0, at=at)
    broken = notice("surat_yang_tidak_ada", actor, about=stage.case(), event=1, at=at)
    stage.records.owe([replace(first, due_at=at - timedelta(days=1)) for first in (gone, broken)])
    stage.case("confirm", email="wati@tarakankota.go.id")
    stage.outbox.send_due()

    assert {mail["to"] for mail in stage.mailbox.messages()} == {EMAIL, "wati@tarakankota.go.id", KADIS}
    left = {n.letter: n for n in stage.records.unsent() if n.letter in (gone.letter, broken.letter)}
    assert "draft_saved" not in left, "there is nothing left to say, and nobody to miss it"
    assert (left["surat_yang_tidak_ada"].problem, left["surat_yang_tidak_ada"].hopeless) == ("TemplateNotFound", False)
    assert left["surat_yang_tidak_ada"].due_at > stage.clock.at
    assert stage.outbox.send_due() == 0
    stage.clock.forward(days=8)
    stage.outbox.send_due()
    assert "surat_yang_tidak_ada" in {n.letter for n in stage.outbox.red_list()}


def test_a_chore_that_fails_does_not_keep_the_others_from_their_turn(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    damaged, draft = stage.case("confirm"), stage.draft(kinds=("ktp",))
    stage.mail()
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        database.execute('UPDATE application SET body = \'{"nama": "RAHASIA"}\' WHERE ticket = ?', (damaged,))
    database.close()
    stage.clock.forward(days=8)
    owed = notice("desk", Actor("kabid", "Kabid", email=KABID), about="meja", event=0, at=stage.clock())
    stage.records.owe([owed])
    Background(stage.outbox, stage.clockwork).round(chores=True)
    with pytest.raises(errors.NotFound):
        stage.records.load_draft(draft.id)
    assert [mail["to"] for mail in stage.mailbox.messages()][-1] == KABID
    assert "remind failed: KeyError" in caplog.text
    assert "RAHASIA" not in caplog.text


# --- Links -----------------------------------------------------------------------------------------------------------


def opened(stage: Stage, link: str) -> TestResponse:
    return stage.browser().get(link, follow_redirects=True)


def test_a_link_changed_in_any_character_opens_nothing_else(stage: Stage) -> None:
    number, other = stage.case("confirm"), stage.case("confirm")
    draft = stage.draft()
    before = stage.dump()
    for link in (stage.link("permohonan", number), stage.draft_link(draft)):
        place, _, token = link.rpartition("/")
        genuine = stage.browser().get(link).headers["Location"]
        for position, character in enumerate(token):
            changed = token[:position] + ("A" if character != "A" else "B") + token[position + 1 :]
            answer = stage.browser().get(f"{place}/{changed}")
            # The last character of a signature holds bits that mean nothing: it is the same signature then.
            assert answer.status_code == 403 or answer.headers["Location"] == genuine, position
            if answer.status_code == 403:
                assert MESSAGES["link_forged"]["title"] in answer.text
        for cut in (1, 5, 20, len(token) // 2, len(token) - 1):
            assert stage.browser().get(f"{place}/{token[:-cut]}").status_code in (303, 403, 404)
    assert other not in opened(stage, stage.link("permohonan", number)).text
    assert stage.dump() == before


def test_a_link_of_another_page_ticket_or_person_opens_only_what_it_was_made_for(stage: Stage) -> None:
    number, other = stage.case("confirm"), stage.case("confirm", email="wati@tarakankota.go.id")
    pages = ("konfirmasi", "permohonan", "telaah", "meja")
    tokens = {page: stage.link(page, number, KADIS).rpartition("/")[2] for page in pages}
    for page in pages:
        for made_for, token in tokens.items():
            answer = stage.browser().get(f"/{page}/{token}")
            assert answer.status_code == (303 if page == made_for else 403), (page, made_for)
        for purpose in ("csrf", "finish", "upload", "cookie.permohonan", "draft"):
            token = stage.office.links.sign(purpose, {"t": number, "r": KADIS, "d": "x"}, stage.clock.at + LEASE)
            assert stage.browser().get(f"/{page}/{token}").status_code == 403, (page, purpose)
    browser = stage.browser()
    browser.get(stage.link("permohonan", other))
    browser.get(stage.link("telaah", other))
    assert number not in browser.get("/permohonan").text
    answer = browser.get(f"/telaah/{number}")
    assert answer.status_code == 403
    assert MESSAGES["link_needed"]["title"] in answer.text
    assert "SITI" not in answer.text


def test_a_link_whose_time_is_over_is_renewed_to_the_registered_address_and_once_an_hour(stage: Stage) -> None:
    number, unconfirmed = stage.case("confirm"), stage.case(email="wati@tarakankota.go.id")
    stage.mail()
    owners = {
        stage.link("permohonan", number, minutes=1): EMAIL,
        stage.link("konfirmasi", unconfirmed, minutes=1): "wati@tarakankota.go.id",
        stage.link("telaah", number, minutes=1): KADIS,
        stage.link("meja", number, KADIS, minutes=1): KADIS,
    }
    stage.clock.forward(hours=2)
    for link, owner in owners.items():
        page = opened(stage, link)
        assert page.status_code == 410
        assert MESSAGES["link_expired"]["title"] in page.text
        form = next(form for form in lxml.html.fromstring(page.get_data()).forms if form.action == "/tautan")
        asked = {**dict(form.form_values()), "email": "jahat@tarakankota.go.id", "tiket": unconfirmed}
        before = len(stage.mail())
        told = [stage.browser().post("/tautan", data=asked) for _ in range(3)]
        assert {answer.status_code for answer in told} == {200}
        assert [mail["to"] for mail in stage.mail()[before:]] == [owner]
        fresh = stage.mail()[-1]["links"][0]
        assert opened(stage, fresh.removeprefix("http://localhost")).status_code == 200
        stage.clock.forward(hours=1)
        stage.browser().post("/tautan", data=asked)
        assert [mail["to"] for mail in stage.mail()[before:]] == [owner] * 2


def test_asking_for_a_link_tells_nobody_whether_there_is_one(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.mail()
    genuine = stage.link("permohonan", number, minutes=1).rpartition("/")[2]
    stage.clock.forward(hours=1)
    asked: list[dict[str, str]] = [
        {"tiket": number, "email": EMAIL},
        {"tiket": number, "email": "orang.lain@tarakankota.go.id"},
        {"tiket": "TTE-26-2222-222K", "email": EMAIL},
        {"tiket": "x", "email": "\0"},
        {"token": genuine},
        {"token": genuine[:-5] + "AAAAA"},
        {},
    ]
    answers = [stage.browser().post("/tautan", data=fields) for fields in asked]
    assert len({(answer.status_code, answer.get_data(), str(answer.headers)) for answer in answers}) == 1
    officials = [{"halaman": "meja", "email": email} for email in (KADIS, "orang.lain@tarakankota.go.id")]
    officials += [{"halaman": "telaah", "tiket": number, "email": email} for email in (KADIS, KABID)]
    told = [stage.browser().post("/tautan", data=fields) for fields in officials]
    assert {answer.status_code for answer in told} == {200}
    assert told[0].get_data() == told[1].get_data()
    assert told[2].get_data() == told[3].get_data()
    assert {mail["to"] for mail in stage.mail()} == {EMAIL, KADIS}


def test_a_used_link_says_what_has_become_of_it(stage: Stage) -> None:
    number, lapsed = stage.case(), stage.case("lapse")
    confirming = stage.link("konfirmasi", number)
    stage.act(number, "confirm")
    assert "sudah dikonfirmasi" in opened(stage, confirming).text
    assert "Tidak dikonfirmasi" in opened(stage, stage.link("konfirmasi", lapsed)).text
    telaah = stage.link("telaah", number)
    stage.act(number, "forward")
    page = opened(stage, telaah)
    assert "sudah ditindaklanjuti oleh Kepala Dinas" in page.text
    assert not [secret for secret in SECRETS if secret in page.text]
    draft = stage.draft()
    link = stage.draft_link(draft)
    sent = stage.intake.submit(draft.id)
    assert sent.ticket in opened(stage, link).text


def test_somebody_whose_appointment_ended_since_the_email_reads_and_decides_nothing(stage: Stage) -> None:
    session = Session(stage, "/telaah/<number>/putuskan")
    kadis = next(official for official in stage.records.officials() if official.email == KADIS)
    stage.records.appoint(replace(kadis, until=date(2026, 11, 22)))
    before = stage.dump()
    answer = session.answer(csrf=session.csrf)
    assert (answer.status_code, MESSAGES["not_appointed"]["title"] in answer.text) == (403, True)
    assert "SITI" not in session.browser.get(session.path.removesuffix("/putuskan")).text
    assert stage.dump() == before


def test_nobody_opens_or_decides_on_his_own_application_by_address_or_by_number(stage: Stage) -> None:
    kadis = next(official for official in stage.records.officials() if official.email == KADIS)
    stage.records.appoint(replace(kadis, number="197001012000121001"))
    for own in ({"email": KADIS}, {"nip": "197001012000121001", "nik": "6473014101700001"}):
        number = stage.case("confirm", **own)
        link = f"/telaah/{stage.sign('telaah', stage.cases.case_claims(stage.load(number), KADIS))}"
        before = stage.dump()
        page = opened(stage, link)
        assert (page.status_code, MESSAGES["own_application"]["title"] in page.text) == (403, True)
        assert stage.dump() == before


def test_after_a_new_key_old_links_work_and_after_the_old_key_is_gone_they_do_not(tmp_path: Path) -> None:
    first = Stage(tmp_path)
    number = first.case("confirm")
    old, keys = first.link("permohonan", number), tmp_path / "kunci"
    first.close()
    keys.write_text(keys.read_text("utf-8") + "kunci-baru-yang-cukup-panjang\n", "utf-8")
    second = Stage(tmp_path)
    new = second.link("permohonan", number)
    assert [opened(second, link).status_code for link in (old, new)] == [200, 200]
    second.close()
    keys.write_text("kunci-baru-yang-cukup-panjang\n", "utf-8")
    third = Stage(tmp_path)
    assert opened(third, new).status_code == 200
    assert opened(third, old).status_code == 403
    third.close()


def test_servers_that_start_for_the_first_time_at_one_moment_share_one_key(tmp_path: Path) -> None:
    config = Config.from_environment({}, data=tmp_path, rehearsal=True)
    houses = at_once(*[lambda: build(config)] * 6)
    now = datetime.now(UTC)
    for one in houses:
        for other in houses:
            assert other.office.links.read("x", one.office.links.sign("x", {"a": 1}, now + LEASE), now) == {"a": 1}
    assert [path.name for path in tmp_path.iterdir() if "kunci" in path.name] == ["kunci"]
    for house in houses:
        house.office.records.close()
        house.engine.mailbox.close()


# --- What is told to whom --------------------------------------------------------------------------------------------


def test_an_unknown_ticket_and_what_is_none_get_the_very_same_answer(stage: Stage) -> None:
    stage.case()
    unknown = [ticket.new("TTE", 2026, draw(letters)) for letters in ("2345678", "ABCDEFG")]
    malformed = ["TTE-26-2222-2222", "x", "%00", "TTE-26", "A" * 300, "%ff", "..", "<b>"]

    def told(answer: TestResponse, typed: str) -> tuple[bytes, str]:
        """All but what was typed, which stays in the field for mending, and its length."""
        answer.headers.pop("Content-Length")
        return answer.get_data().replace(f'value="{escape(typed)}"'.encode(), b'value=""'), str(answer.headers)

    for headers in ({}, {"Accept": "application/json"}):
        asked = {typed: stage.browser().get(f"/status/{typed}", headers=headers) for typed in (*unknown, *malformed)}
        assert {answer.status_code for answer in asked.values()} == {404}
        assert len({told(answer, typed) for typed, answer in asked.items()}) == 1
    typed = [stage.browser().get(f"/status?tiket={number}") for number in (*unknown, "TTE-26-2222-2222")]
    bare = {a.get_data().replace(a.request.args["tiket"].encode(), b"") for a in typed}
    assert len(bare) == 1


def draw(letters: str) -> Callable[[str], str]:
    """Chance that always falls out like this."""
    drawn = iter(letters)
    return lambda _alphabet: next(drawn)


def test_the_time_it_takes_tells_nothing_that_the_number_itself_does_not(stage: Stage) -> None:
    """Only a lookup in the database lies between an unknown ticket and a misspelt one; anybody can tell these apart."""
    unknown, misspelt = ticket.new("TTE", 2026, draw("2345678")), "TTE-26-2345-6782"
    browser = stage.browser()
    taken: dict[str, list[float]] = {unknown: [], misspelt: []}
    for _ in range(60):
        for number, times in taken.items():
            began = time.perf_counter()
            assert browser.get(f"/status/{number}").status_code == 404
            times.append(time.perf_counter() - began)
    # The quickest of many: whatever else this machine is doing only ever adds to it.
    assert abs(min(taken[unknown]) - min(taken[misspelt])) < 0.003


class Watching(InProcess):
    """A browser that notes every address it asks for, is sent to, or names as where it came from."""

    addresses: list[str]

    def _open(self, request: Any) -> Any:
        self.addresses.append(request.full_url)
        answer = self.client.open(
            request.full_url.removeprefix(self.address),
            method=request.get_method(),
            data=request.data,
            headers=request.headers,
        )
        self.addresses.append(answer.headers.get("Location", ""))
        return super()._open(request)


def test_a_whole_story_leaves_no_personal_data_in_logs_addresses_subjects_or_public_pages(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger().debug("listening")
    answers = {**FORM, "nik": "6473 0145 0190 0001", "nip": "19900105 201503 2 001", "hp": "0812-0000-0000"}
    siti = stage.applicant(**{name: value for name, value in answers.items() if name != "diisi_oleh"})
    siti.browser = Watching(stage.browser())
    watched = siti.browser.addresses = []
    siti.fill_in(nik="1", nama_ktp="RAHASIA!!")
    siti.apply()
    siti.confirm()
    number = siti.ticket
    people = {email: stage.official_in_person(email) for email in (KADIS, KABID, STATISTISI, VERIFIKATOR)}
    for person in people.values():
        person.browser = Watching(stage.browser())
        person.browser.addresses = watched
    acts = [
        (KADIS, "forward"),
        (KABID, "return"),
        (KABID, "forward"),
        (STATISTISI, "forward"),
        (VERIFIKATOR, "dispatch"),
    ]
    acts += [(VERIFIKATOR, action) for action in ("accept", "invite", "attend", "record", "hand_over")]
    for email, action in acts:
        said = {**SAYS.get(action, {})}
        people[email].decide(number, action, **said)
        if action == "return":
            siti.mend(jabatan="Analis Rahasia Ahli Muda")
        if action == "invite":
            siti.pick()
            stage.clock.forward(days=1)
    assert stage.load(number).state is State.DONE
    tokens = {link.rpartition("/")[2] for mail in stage.mail() for link in mail["links"] if "/status/" not in link}
    stage.browser().get(f"/permohonan/{next(iter(tokens))}x")

    log = "\n".join(record.getMessage() + str(record.exc_info or "") for record in caplog.records)
    assert "listening" in log
    told = {"the log": log, "addresses": "\n".join(watched), "subjects": "\n".join(m["subject"] for m in stage.mail())}
    for path in (f"/status/{number}", f"/status/{number}?format=json", "/rekap", "/rekap.csv", "/sehat"):
        told[path] = stage.browser().get(path).text
    for place, text in told.items():
        assert not [secret for secret in SECRETS if secret in text], place
        assert not [email for email in (KADIS, KABID, VERIFIKATOR, OTHER_VERIFIKATOR) if email in text], place
    assert not [token for token in tokens if token in log]
    pages = [address for address in watched if address.rpartition("/")[2] not in tokens]
    assert not [address for address in pages if b"rahasia" in unpacked(address)]


def unpacked(address: str) -> bytes:
    """What the last part of an address says to somebody who can read base64."""
    payload = "".join(re.findall(r"[A-Za-z0-9_-]", address.rpartition("/")[2].partition(".")[0]))
    return base64.urlsafe_b64decode(payload[: len(payload) // 4 * 4] + "====")


def test_a_fault_of_our_own_is_a_page_for_people_and_a_line_without_persons_in_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    number = stage.case("confirm")
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        damaged = '{"service":"penerbitan","sop_version":"","form":{},"documents":[{"RAHASIA 6473014501900001":1}]}'
        database.execute("UPDATE application SET body = ?", (damaged,))
    database.close()
    browser = stage.browser()
    browser.get(stage.sign("x", {}))
    answer = browser.get(f"/status/{number}")
    assert answer.status_code == 500
    assert "Terjadi gangguan pada portal" in answer.text
    for inside in ("Traceback", "TypeError", "RAHASIA", "sqlite", ".py"):
        assert inside not in answer.text
    assert "/status/<ticket>: TypeError in" in caplog.text
    assert "RAHASIA" not in caplog.text
    assert number not in caplog.text


# --- functions on AWS ---


@pytest.mark.parametrize("function", [mailer, reminder, compilation, expiry, feedback])
def test_what_a_function_fails_over_is_not_told_to_its_log(function: Any) -> None:
    class House:
        def __getattr__(self, name: str) -> Any:
            raise ValueError(f"siti.contoh@tarakankota.go.id cannot be read ({name})")

    identity = ["TTE-26-4F7K-9QXM", 3, "turn", EMAIL, ""]
    complaint = {
        "eventType": "Complaint",
        "complaint": {},
        "mail": {"headers": [{"name": HEADER, "value": json.dumps(identity)}]},
    }
    with pytest.raises(RunFailed) as failed:
        function.handler({"detail": complaint}, None, House())
    assert str(failed.value).startswith("ValueError in __getattr__:")
    assert "siti" not in "".join(traceback.format_exception(failed.value))
