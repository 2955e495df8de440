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
from portal.core.errors import NotFound
from tests.support.browser_without_javascript import Page
from tests.support.server import rehearsal_of
from tests.support.stage import KADIS, InProcess, Stage
from tests.support.ways import EMAIL, WAYS

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
            assert stage.intake.inspect(answer.data).media_type == answer.mimetype


@pytest.mark.parametrize("name", ["tidak-ada.pdf", "rehearsal.toml", "../sop.toml", "%2e%2e/sop.toml", "ktp"])
def test_only_samples_can_be_fetched(stage: Stage, name: str) -> None:
    assert stage.browser().get(f"/_contoh/{name}").status_code == 404


def test_the_rehearsal_says_that_it_is_one_on_every_page(stage: Stage) -> None:
    for path in ("/ajukan", "/status", "/rekap", "/_latihan", "/tidak-ada"):
        assert "data di sini tidak nyata" in lxml.html.fromstring(stage.browser().get(path).data).text_content()
