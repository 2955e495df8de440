"""Several people at one moment: one of them wins, and the others see who did."""

from typing import Any

import lxml.html
import pytest
from werkzeug.test import TestResponse

from portal.core.officials import Official
from portal.editions import read_messages
from tests.support.at_once import at_once
from tests.support.sessions import Session
from tests.support.stage import Stage
from tests.support.ways import SAYS, TO_VERIFIKATOR, WAYS

MESSAGES = read_messages()["errors"]


def test_of_eight_officials_deciding_at_once_one_wins_and_the_others_see_who_and_when(stage: Stage) -> None:
    number = stage.case(*TO_VERIFIKATOR)
    emails = [f"verifikator.{n}@tarakankota.go.id" for n in range(8)]
    for email in emails:
        stage.records.appoint(Official("penerbitan", "verifikator", f"Nama {email}", email))
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
        page = lxml.html.fromstring(browser.get(f"/permohonan/{number}/jadwal").get_data())
        data = {"csrf": page.xpath("//input[@name='csrf']/@value")[0], "jadwal": slot.isoformat()}
        path = f"/permohonan/{number}/jadwal"
        posts.append(lambda browser=browser, path=path, data=data: browser.post(path, data=data))
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
    assert cookie is not None

    def send() -> TestResponse:
        window = stage.browser()
        window.set_cookie("draf", cookie.value, path=cookie.path)
        return window.post(session.path, data={**session.fields, "csrf": session.csrf})

    answers = at_once(*[send] * 8)
    assert {answer.status_code for answer in answers} == {303}
    tickets = [application.ticket for application in stage.records.waiting_on("penerbitan", "applicant")]
    assert len(tickets) == 1
    files = [path for path, _ in stage.dump()[1] if "/applications/" in path]
    assert len(files) == 4
    assert all(tickets[0] in path for path in files)
    assert len([mail for mail in stage.mail() if "Konfirmasikan" in mail["subject"]]) == 1


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("/konfirmasi/<number>", "confirm"),
        ("/permohonan/<number>/batal", "withdraw"),
        ("/permohonan/<number>/jadwal", "book"),
    ],
)
def test_the_same_click_twice_in_a_row_and_four_times_at_once_is_one_and_no_refusal(
    stage: Stage, rule: str, action: str
) -> None:
    for clicks in ("in a row", "at once"):
        session = Session(stage, rule)
        name, number = session.path.split("/")[1:3]
        cookie = session.browser.get_cookie(name, path=f"/{name}/{number}")
        assert cookie is not None

        def click(session: Session = session, cookie: Any = cookie) -> int:
            window = stage.browser()
            window.set_cookie(cookie.key, cookie.value, path=cookie.path)
            return window.post(session.path, data={**session.fields, "csrf": session.csrf}).status_code

        answers = at_once(*[click] * 4) if clicks == "at once" else [click(), click()]
        assert set(answers) == {303}, clicks
        assert [event.action for event in stage.load(number).events].count(action) == 1
