"""A clerk undoes a mistaken decision from the case's page, with a reason, in his name."""

from typing import Any

import pytest

from tests.support.browser_without_javascript import Page
from tests.support.clerk import EMAIL, ClerkInPerson
from tests.support.keeper import words
from tests.support.stage import KADIS, Stage
from tests.support.ways import FORM, WAYS


@pytest.fixture
def clerk(shared_stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(shared_stage)


def page_of(clerk: ClerkInPerson, number: str) -> Page:
    return clerk.get(f"/petugas/permohonan/{number}")


def undo(clerk: ClerkInPerson, number: str, reason: str = "Keliru memilih tombol.") -> Page:
    page = page_of(clerk, number)
    return clerk.browser.submit(page, page.form("/batalkan"), "Batalkan keputusan ini", alasan=reason)


def test_a_rejection_is_opened_again_and_goes_on_to_its_end(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case(*WAYS["rejected"])
    shared_stage.mail()
    assert [fact["ticket"] for fact in shared_stage.records.facts("penerbitan")] == [number]
    page = undo(clerk, number)
    told = words(page)
    for said in ("Keputusan sebelumnya dibatalkan", "Keliru memilih tombol.", EMAIL, "Kepala Dinas lagi", "utuh"):
        assert said in told
    assert list(shared_stage.records.facts("penerbitan")) == []
    mail = {message["to"]: message for message in shared_stage.mail()[-2:]}
    assert mail.keys() == {FORM["email"], KADIS}
    assert "dibatalkan" in mail[FORM["email"]]["text"]
    shared_stage.act(number, "forward")
    assert shared_stage.load(number).state.value == "waiting"
    assert page_of(clerk, number).form("/batalkan") is not None  # what is newest now can be undone in turn
    status = shared_stage.browser().get(f"/status/{number}").text
    assert "Keputusan sebelumnya dibatalkan" in status
    assert "Keliru memilih tombol." not in status
    assert EMAIL not in status.replace(f"mailto:{EMAIL}", "").replace(f">{EMAIL}<", "")


def test_without_a_reason_nothing_is_undone_and_twice_is_once(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm", "return")
    page = undo(clerk, number, "  ")
    assert (page.status, "Tulis alasannya" in page.text) == (422, True)
    assert shared_stage.load(number).events[-1].action == "return"
    page = page_of(clerk, number)
    for _ in range(2):
        answer = clerk.browser.submit(page, page.form("/batalkan"), alasan="Keliru.")
        assert answer.status == 200
    assert [event.action for event in shared_stage.load(number).events][-2:] == ["return", "undo"]


def test_what_has_been_followed_by_something_is_not_undone(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm", "forward")
    page = page_of(clerk, number)
    shared_stage.act(number, "forward")
    answer = clerk.browser.submit(page, page.form("/batalkan"), alasan="Keliru.")
    assert answer.status == 409
    assert shared_stage.load(number).events[-1].action == "forward"
    assert not page_of(clerk, shared_stage.case()).html.xpath("//form[contains(@action, '/batalkan')]")


def test_an_official_whose_link_is_older_than_the_undoing_reads_what_happened(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case("confirm", "forward")
    link = shared_stage.link("telaah", number)
    undo(clerk, number)
    answer = shared_stage.browser().get(link, follow_redirects=True)
    assert (answer.status_code, "Petugas" in answer.text) == (200, True)


def test_a_link_that_was_sent_in_between_does_not_hide_on_which_day_a_case_was_closed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recap keeps what it knows of a closed case under that day, and has to find it again."""
    number, clerk = stage.case(*WAYS["rejected"]), ClerkInPerson.at_the_desk(stage)
    (fact,) = stage.records.facts("penerbitan")
    stage.clock.forward(days=1)
    page = page_of(clerk, number)
    clerk.browser.submit(page, page.form("/kirim-ulang"), kepada="applicant", alasan="Emailnya terhapus.")
    assert stage.load(number).events[-1].action == "resend"
    kept, commit = list[Any](), stage.office.records.commit

    def keep(change: Any) -> None:
        kept.append(change)
        commit(change)

    monkeypatch.setattr(stage.office.records, "commit", keep)
    undo(clerk, number)
    assert [change.reopened for change in kept] == [fact["closed"]] == ["2026-11-23"]


def test_whoever_applies_reads_why_a_decision_was_undone(stage: Stage) -> None:
    """As the clerk is told who writes the reason."""
    number = stage.case("confirm", "return")
    undo(ClerkInPerson.at_the_desk(stage), number, "Keliru memilih tombol.")
    page = stage.browser().get(stage.link("permohonan", number), follow_redirects=True)
    assert "Keliru memilih tombol." in page.text
