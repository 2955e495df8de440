"""A rehearsal shows each email by itself, or as an office gets them; and leads to the clerk's desk by one tap."""

from typing import Any

from tests.support.office_days import OFFICE, at
from tests.support.stage import KADIS, InProcess, Stage
from tests.support.ways import EMAIL


def to_kadis(stage: Stage) -> list[str]:
    return [mail["subject"].partition(" — ")[0] for mail in stage.mail() if mail["to"] == KADIS]


def switches(stage: Stage, button: str) -> Any:
    browser = InProcess(stage.browser())
    page = browser.get("/_mailbox")
    return browser.submit(page, page.form("/_mailbox/putaran"), button)


def test_emails_come_together_once_that_is_asked_for_and_the_clock_leads_to_their_round(stage: Stage) -> None:
    for _ in range(2):
        stage.case("confirm")
    assert len(to_kadis(stage)) == 2
    page = switches(stage, "Kumpulkan seperti di kantor")
    assert "dikumpulkan pukul 07.30, 10.00, 13.00, 16.00 WITA" in page.text
    stage.case("confirm")
    assert len(to_kadis(stage)) == 3
    for _ in range(3):
        stage.case("confirm")
    assert len(to_kadis(stage)) == 3
    at(stage, 0, 10)
    assert to_kadis(stage)[3:] == ["[TTE Tarakan] 3 permohonan menunggu tindak lanjut Anda"]
    assert len([mail for mail in stage.mail() if mail["to"] == EMAIL]) > 10
    switches(stage, "Kirim satu per satu")
    for _ in range(2):
        stage.case("confirm")
    assert len(to_kadis(stage)) == 6


def test_the_time_machine_goes_to_the_next_round(stage: Stage) -> None:
    stage.mailbox.collecting = True
    stage.case("confirm")
    stage.mail()
    number = stage.case("confirm")
    stage.mail()
    due = {owed.due_at for owed in stage.records.unsent() if owed.about == number}
    assert [stage.office.calendar.local(moment).hour for moment in due] == [10]


def test_one_tap_asks_for_the_sample_clerks_link(stage: Stage) -> None:
    browser = InProcess(stage.browser())
    page = browser.get("/_latihan")
    asked = browser.submit(page, page.form("/petugas/masuk"))
    assert asked.status == 200
    (mail,) = [mail for mail in stage.mail() if mail["to"] == OFFICE]
    opened = browser.get(mail["links"][0].removeprefix("http://localhost"))
    assert "kode" in opened.text.lower()
