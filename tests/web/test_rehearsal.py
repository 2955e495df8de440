"""The rehearsal: a mailbox instead of a relay, a clock that can be moved, sample documents, and where to begin."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask import Flask

from portal.bootstrap import TimeMachine, build, wsgi
from portal.config import Config
from portal.core import progress
from portal.core.application import Application
from portal.core.draft import Document
from portal.core.errors import NotFound, Unavailable
from tests.support.browser_without_javascript import Page
from tests.support.server import rehearsal_of
from tests.support.stage import KADIS, InProcess, Stage
from tests.support.ways import EMAIL, FORM, WAYS

FIELDS = {"id", "to", "subject", "text", "html", "links", "sent_at"}


def page(stage: Stage, path: str) -> Page:
    answer = stage.browser().get(path)
    return Page(path, answer.status_code, dict(answer.headers), answer.data)


# --- the mailbox ---


def test_before_anything_happened_the_mailbox_is_empty(stage: Stage) -> None:
    assert "Belum ada email." in page(stage, "/_mailbox").text
    assert stage.browser().get("/_mailbox.json").get_json() == []


def test_every_email_is_there_newest_first_for_people_and_oldest_first_for_programs(stage: Stage) -> None:
    number = stage.case("confirm")
    sent = stage.mail()
    listed = stage.browser().get("/_mailbox.json").get_json()
    shown = page(stage, "/_mailbox")

    assert [mail["subject"] for mail in listed] == [mail["subject"] for mail in sent]
    assert shown.html.xpath("//article/h2/text()") == [mail["subject"] for mail in reversed(sent)]
    assert all(mail.keys() == FIELDS for mail in listed)
    assert [mail["to"] for mail in listed] == [EMAIL, EMAIL, *(mail["to"] for mail in listed[2:])]
    assert {mail["to"] for mail in listed[2:]} == {EMAIL, KADIS}
    assert [mail["id"] for mail in listed] == sorted(mail["id"] for mail in listed)
    assert number in shown.text
    assert f"Kepada {KADIS} · 23 November 2026 08.0" in shown.text


def test_the_links_of_an_email_lead_where_they_should(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.mail()
    links = page(stage, "/_mailbox").html.xpath("//a[@class='mail-link']/@href")
    answers = [InProcess(stage.browser()).get(link) for link in links]
    assert [answer.status for answer in answers] == [200] * len(links)
    pages = {answer.url.removeprefix("http://localhost").replace(number, "<ticket>") for answer in answers}
    assert pages >= {"/konfirmasi/<ticket>", "/permohonan/<ticket>", "/telaah/<ticket>"}
    assert stage.load(number).version == 2


def test_an_email_is_shown_shut_off_from_the_portal(stage: Stage) -> None:
    """Its own styles stand in the email, which no other page may have."""
    stage.draft(kinds=())
    (mail,) = stage.mail()
    shown = page(stage, f"/_mailbox/{mail['id']}")
    policy = shown.headers["Content-Security-Policy"]
    assert shown.body.decode() == mail["html"]
    assert "<style" in mail["html"]
    assert "style-src 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    sandbox = policy.partition("sandbox")[2].split()
    assert sandbox
    assert not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(sandbox)
    for path in ("/_mailbox", "/_latihan", "/_jam", "/status"):
        assert "unsafe-inline" not in page(stage, path).headers["Content-Security-Policy"]


@pytest.mark.parametrize("id", ["0", "99", "x", "-1", "1e0", "1.0"])
def test_an_email_that_is_none_is_not_found(stage: Stage, id: str) -> None:
    stage.draft(kinds=())
    stage.mail()
    assert page(stage, f"/_mailbox/{id}").status == 404


def test_the_relay_can_fail_and_work_again_and_nothing_is_lost(stage: Stage) -> None:
    browser = InProcess(stage.browser())
    shown = browser.get("/_mailbox")
    down = browser.submit(shown, shown.form("/_mailbox/relai"), "Matikan relai")
    assert "Relai email sedang dimatikan" in down.text
    stage.case("confirm")
    assert stage.mail() == []
    assert "Belum ada email." in browser.get("/_mailbox").text

    up = browser.submit(down, down.form("/_mailbox/relai"), "Nyalakan relai")
    assert "Relai email sedang dimatikan" not in up.text
    stage.clock.forward(minutes=1)
    assert len(stage.mail()) == 4


# --- the time machine ---


class Rehearsal:
    """A portal on its own clock, as ``make run`` starts it."""

    def __init__(self, data: Path) -> None:
        given = {"data": data, "address": "http://localhost", "rehearsal": True}
        self.house = build(Config.from_environment({"SITE": str(data / "none")}, **given))
        self.app: Flask = wsgi(self.house)
        self.office, self.cases, self.visits = self.house.office, self.house.cases, self.house.visits
        self.machine: Any = self.house.engine.time_machine

    def move(self, button: str) -> Page:
        browser = InProcess(self.app.test_client())
        clock = browser.get("/_jam")
        return browser.submit(clock, clock.form("/_jam"), button)

    def close(self) -> None:
        kept: tuple[Any, Any] = self.office.records, self.house.engine.mailbox
        for each in kept:
            each.close()


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    made = Rehearsal(tmp_path)
    yield made
    made.close()


def ahead(rehearsal: Rehearsal) -> timedelta:
    return rehearsal.office.clock() - datetime.now(UTC)


@pytest.mark.parametrize(
    ("button", "span"),
    [
        ("Maju satu jam", timedelta(hours=1)),
        ("Maju satu hari", timedelta(days=1)),
        ("Maju delapan hari", timedelta(days=8)),
    ],
)
def test_the_clock_goes_forward_and_says_so(rehearsal: Rehearsal, button: str, span: timedelta) -> None:
    assert "lebih cepat" not in rehearsal.move("Kembali ke jam sebenarnya").text
    moved = rehearsal.move(button)
    assert abs(ahead(rehearsal) - span) < timedelta(seconds=2)
    assert f"lebih cepat {span.days} hari {span.seconds // 3600} jam 0 menit" in moved.text
    rehearsal.move(button)
    assert abs(ahead(rehearsal) - 2 * span) < timedelta(seconds=2)


def test_the_clock_comes_back(rehearsal: Rehearsal) -> None:
    rehearsal.move("Maju delapan hari")
    assert "lebih cepat" not in rehearsal.move("Kembali ke jam sebenarnya").text
    assert abs(ahead(rehearsal)) < timedelta(seconds=2)


def test_the_clock_goes_to_the_hour_the_office_opens_each_time_on(rehearsal: Rehearsal) -> None:
    seen = []
    for _ in range(4):
        rehearsal.move("jam buka kantor")
        now = rehearsal.office.clock()
        assert rehearsal.office.calendar.is_open(now)
        assert rehearsal.office.calendar.minutes_between(now - timedelta(minutes=1), now) == 0
        seen.append(rehearsal.office.today())
    assert len(set(seen)) >= 3  # the first may still be an opening of today
    assert seen == sorted(seen)


def test_where_the_clock_stands_outlives_a_restart(tmp_path: Path) -> None:
    first = Rehearsal(tmp_path)
    first.move("Maju delapan hari")
    first.close()
    second = Rehearsal(tmp_path)
    assert abs(ahead(second) - timedelta(days=8)) < timedelta(seconds=2)
    second.close()


@pytest.mark.parametrize("kept", ["", "x", "1.5", "\x00"])
def test_a_clock_that_cannot_be_read_is_the_real_one(tmp_path: Path, kept: str) -> None:
    (tmp_path / "jam").write_text(kept)
    assert TimeMachine(tmp_path / "jam").offset == timedelta()


@pytest.mark.parametrize("move", ["", "x", "mundur"])
def test_other_moves_than_those_offered_are_refused(rehearsal: Rehearsal, move: str) -> None:
    assert rehearsal.app.test_client().post("/_jam", data={"maju": move}).status_code == 400
    assert abs(ahead(rehearsal)) < timedelta(seconds=2)


def test_what_is_due_at_the_new_time_is_done_at_once(rehearsal: Rehearsal) -> None:
    draft = rehearsal.house.intake.start("penerbitan", {"nama_ktp": "Siti Contoh", "email": "siti@tarakankota.go.id"})
    rehearsal.move("Maju satu hari")
    assert rehearsal.office.records.load_draft(draft.id) == draft
    for _ in range(4):
        rehearsal.move("Maju delapan hari")
    with pytest.raises(NotFound):
        rehearsal.office.records.load_draft(draft.id)


def test_a_case_goes_on_after_the_clock_was_set_back(stage: Stage) -> None:
    """Its newest event then lies in the future; nothing may stumble over that."""
    stage.clock.forward(days=8)
    number = stage.case("confirm")
    stage.clock.forward(days=-8)
    for path in (
        f"/status/{number}",
        stage.link("permohonan", number),
        stage.link("telaah", number),
        "/rekap",
        "/sehat",
    ):
        assert InProcess(stage.browser()).get(path).status == 200
    for chore in stage.clockwork.chores():
        chore()
    for action in WAYS["done"][1:]:
        stage.act(number, action)
    case = stage.load(number)
    assert (case.state, case.first_damage()) == ("done", None)
    assert min(next(stage.records.facts("penerbitan"))["minutes"].values()) == 0
    assert InProcess(stage.browser()).get("/rekap").status == 200


# --- samples, and where to begin ---


def test_the_first_page_leads_to_everything_and_names_the_sample_officials(stage: Stage) -> None:
    start = page(stage, "/_latihan")
    for path in ("/ajukan", "/_mailbox", "/_jam", "/rekap"):
        assert start.href(path)
    for official in stage.records.officials():
        assert official.email in start.text
        assert official.as_actor(stage.office.services.first).office in start.text
    assert page(stage, "/ajukan").html.xpath("//aside//a/@href") == ["/_mailbox", "/_jam"]


def test_every_sample_can_be_fetched_and_is_what_its_label_says(stage: Stage) -> None:
    start = page(stage, "/_latihan")
    shown = {link.get("href"): link.getparent().text_content() for link in start.html.xpath("//ul/li/a[@download]")}
    assert len(shown) == len(rehearsal_of(stage.house).props["penerbitan"]["samples"])
    for spec in rehearsal_of(stage.house).props["penerbitan"]["samples"]:
        answer = stage.browser().get(f"/_contoh/penerbitan/{spec['file']}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{spec["file"]}"'
        assert ("akan ditolak" in shown[f"/_contoh/penerbitan/{spec['file']}"]) == ("refused" in spec)
        if "refused" not in spec:
            assert stage.bringing.inspect(answer.data).media_type == answer.mimetype


@pytest.mark.parametrize("name", ["tidak-ada.pdf", "rehearsal.toml", "../sop.toml", "%2e%2e/sop.toml", "ktp"])
def test_only_samples_can_be_fetched(stage: Stage, name: str) -> None:
    assert stage.browser().get(f"/_contoh/{name}").status_code == 404


def test_the_rehearsal_says_that_it_is_one_on_every_page(stage: Stage) -> None:
    for path in ("/ajukan", "/status", "/rekap", "/_latihan", "/tidak-ada"):
        assert "data di sini tidak nyata" in lxml.html.fromstring(stage.browser().get(path).data).text_content()


# --- to what falls due, and to a day ---


def test_the_clock_goes_to_what_falls_due_next_and_the_page_says_that_it_is_late(rehearsal: Rehearsal) -> None:
    assert "Tidak ada yang akan jatuh tempo" in rehearsal.move("jatuh tempo").text
    assert abs(ahead(rehearsal)) < timedelta(seconds=2)
    number = a_case(rehearsal)
    rehearsal.house.outbox.send_due()
    until = standard(rehearsal.office.records.load(number), rehearsal.office)
    rehearsal.move("jatuh tempo")
    assert timedelta() < rehearsal.office.clock() - until <= timedelta(minutes=2)


def a_case(rehearsal: Rehearsal) -> str:
    """Confirmed, with the first official."""
    draft = rehearsal.house.intake.start("penerbitan", FORM)
    kinds = [each.key for each in rehearsal.office.services.first.requirements]
    documents = tuple(Document(kind, "x", "1", "0" * 64, 1, "application/pdf", 1, "2026-11-23") for kind in kinds)
    case = Application.submit(
        draft, ticket="TTE-26-4F7K-9QXM", documents=documents, sop=rehearsal.office.services.first,
        at=rehearsal.office.clock(),
    )  # fmt: skip
    sop = rehearsal.office.services.first
    rehearsal.office.records.keep_sop(sop.version, sop.snapshot())
    rehearsal.office.records.delete_draft(draft.id)
    return rehearsal.cases.confirm(rehearsal.office.commit(case).ticket).ticket


def standard(case: Application, office: Any) -> datetime:
    found = progress.standard(case, office.sop_of(case), office.calendar, office.clock())
    assert found
    return datetime.fromisoformat(found["until"])


def test_the_clock_goes_to_a_day_at_the_hour_the_office_opens(rehearsal: Rehearsal) -> None:
    page = InProcess(rehearsal.app.test_client())
    day = rehearsal.office.calendar.add_working_days(rehearsal.office.today(), 7)
    clock = page.get("/_jam")
    page.submit(clock, clock.form("/_jam", "tanggal"), "Maju ke tanggal", tanggal=day.isoformat())
    assert rehearsal.office.today() == day
    opening = rehearsal.office.calendar.intervals(day)[0][0]
    assert timedelta() <= rehearsal.office.clock() - opening < timedelta(seconds=5)


@pytest.mark.parametrize("typed", ["", "x", "2020-01-01", "2026-13-01", "9999-12-31", "0001-01-01"])
def test_what_is_no_day_to_go_to_is_said_and_stays_typed(rehearsal: Rehearsal, typed: str) -> None:
    answer = rehearsal.app.test_client().post("/_jam", data={"maju": "tanggal", "tanggal": typed})
    assert answer.status_code == 422
    assert "Pilih tanggal sesudah hari ini" in answer.text
    assert f'value="{typed}"' in answer.text
    assert abs(ahead(rehearsal)) < timedelta(seconds=2)


# --- what may fail ---


@pytest.mark.parametrize("name", ["penyimpanan data", "penyimpanan berkas"])
def test_a_store_can_fail_and_work_again_and_nothing_is_lost(stage: Stage, name: str) -> None:
    number, browser = stage.case(), InProcess(stage.browser())
    browser.get(stage.link("permohonan", number))
    path = f"/status/{number}" if name.endswith("data") else f"/permohonan/{number}/berkas/ktp"
    before, clock = stage.dump(), browser.get("/_jam")
    down = browser.submit(clock, clock.form("/_gangguan", f"Matikan {name}"), "Matikan")
    assert f"{name.capitalize()} sedang dimatikan" in down.text
    answer = browser.get(path)
    assert (answer.status, "Portal belum dapat menyimpan" in answer.text) == (503, True)
    assert browser.get("/ajukan").status == 200
    up = browser.submit(down, down.form("/_gangguan", f"Nyalakan {name}"), "Nyalakan")
    assert "sedang dimatikan" not in up.text
    assert browser.get(path).status == 200
    assert stage.dump() == before


def test_a_rehearsal_that_starts_anew_works_again(tmp_path: Path) -> None:
    first = Rehearsal(tmp_path)
    InProcess(first.app.test_client()).post("/_gangguan", b"apa=tabel&mati=ya")
    with pytest.raises(Unavailable):
        first.office.records.officials()
    first.close()
    second = Rehearsal(tmp_path)
    assert second.office.records.officials()
    second.close()


@pytest.mark.parametrize("what", ["", "x", "jam"])
def test_nothing_else_can_be_let_fail(stage: Stage, what: str) -> None:
    assert stage.browser().post("/_gangguan", data={"apa": what, "mati": "ya"}).status_code == 400
