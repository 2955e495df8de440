"""A clerk sends a link again, or sets a typing error right; the case stays where it is, and whom it concerns hears."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.browser_without_javascript import Page
from tests.support.clerk import EMAIL, ClerkInPerson
from tests.support.keeper import words
from tests.support.stage import KADIS, Stage
from tests.support.ways import FORM, WAYS

NEW = "siti.benar@tarakankota.go.id"


@pytest.fixture
def clerk(shared_stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(shared_stage)


def path_of(number: str) -> str:
    return f"/petugas/permohonan/{number}"


def resend(clerk: ClerkInPerson, page: Page, to: str, reason: str = "Emailnya terhapus.") -> Page:
    return clerk.browser.submit(page, page.form("/kirim-ulang"), "Kirim tautan baru", kepada=to, alasan=reason)


def amend(clerk: ClerkInPerson, number: str, **changes: str) -> Page:
    page = clerk.get(f"{path_of(number)}/betulkan")
    fields = {"alasan": "Pemohon menelepon: salah ketik.", **changes}
    return clerk.browser.submit(page, page.form("/betulkan"), "Periksa dahulu", **fields)


def saved(clerk: ClerkInPerson, read_over: Page) -> Page:
    return clerk.browser.submit(read_over, read_over.form("/betulkan"), "Simpan pembetulan")


def told(stage: Stage, number: str, before: int = 0) -> dict[str, Any]:
    """What was emailed about a case since then, by address."""
    return {each["to"]: each for each in stage.mail()[before:] if number in each["subject"]}


def test_a_link_goes_again_to_the_official_who_has_the_case_and_moves_nothing(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case("confirm")
    before, so_far = shared_stage.load(number), len(shared_stage.mail())
    old = shared_stage.link("telaah", number)
    page = clerk.get(path_of(number))
    for _ in range(2):  # the second click sends nothing more
        assert "Tautan dikirim ulang" in words(resend(clerk, page, "holder"))
    after = shared_stage.load(number)
    assert (after.version, after.since, after.turn) == (before.version + 1, before.since, before.turn)
    assert (after.events[-1].actor.email, after.events[-1].data["to"]) == (EMAIL, "holder")
    sent = [each for each in shared_stage.mail()[so_far:] if each["to"] == KADIS and number in each["subject"]]
    assert len(sent) == 1
    fresh = sent[0]["links"][0].removeprefix("http://localhost")
    for link in (fresh, old):
        answer = shared_stage.browser().get(link, follow_redirects=True)
        assert (answer.status_code, 'name="peristiwa"' in answer.text) == (200, True)
    assert "dikirim ulang" not in shared_stage.browser().get(f"/status/{number}").text


def test_a_decision_on_a_page_from_before_the_link_was_sent_again_still_counts(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case("confirm")
    seen = shared_stage.load(number)
    resend(clerk, clerk.get(path_of(number)), "applicant")
    claims = shared_stage.cases.case_claims(seen, KADIS)
    decided = shared_stage.cases.decide(claims, "forward", {"instructions": ["proses"]}, seen.version)
    assert decided.events[-1].action == "forward"
    assert "Tautan baru" in told(shared_stage, number)[FORM["email"]]["subject"]


def test_without_a_reason_or_a_recipient_no_link_is_sent_and_what_was_typed_stays(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case("confirm")
    page = clerk.get(path_of(number))
    answer = resend(clerk, page, "holder", " ")
    assert (answer.status, "Tulis alasannya" in answer.text) == (422, True)
    answer = clerk.post(f"{path_of(number)}/kirim-ulang", page, peristiwa="2", alasan="Hilang sekali.")
    assert (answer.status, "Pilih kepada siapa" in answer.text, "Hilang sekali." in answer.text) == (422, True, True)
    shared_stage.act(number, "forward")
    assert resend(clerk, page, "holder").status == 409


def test_a_typing_error_is_set_right_once_it_has_been_read_over(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm")
    before = shared_stage.load(number)
    page = amend(clerk, number, nama_ktp="SITI BENAR", jabatan="Analis Data")
    said = words(page)
    for part in ("SITI BENAR (semula SITI RAHASIA)", "Belum ada yang tersimpan", "Pemohon dikabari"):
        assert part in said
    assert shared_stage.load(number) == before
    for _ in range(2):
        said = words(saved(clerk, page))
    for part in ("SITI RAHASIA menjadi SITI BENAR", "Pemohon menelepon", "Data dibetulkan", "utuh"):
        assert part in said
    after = shared_stage.load(number)
    assert (after.version, after.since, after.form["nama_ktp"]) == (before.version + 1, before.since, "SITI BENAR")
    letter = told(shared_stage, number)[FORM["email"]]
    assert ("dibetulkan" in letter["subject"], "SITI BENAR" in letter["subject"]) == (True, False)
    status = shared_stage.browser().get(f"/status/{number}").text
    assert "dibetulkan" not in status
    assert "BENAR" not in status


def test_what_breaks_a_rule_of_the_form_is_refused_and_kept_as_typed(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm")
    page = amend(clerk, number, nik="123", jabatan="Analis Data", alasan="")
    assert page.status == 422
    assert {"123", "Analis Data"} <= set(page.html.xpath("//input/@value"))
    assert "Tulis alasannya" in page.text
    page = amend(clerk, number)
    assert (page.status, "masih sama" in page.text) == (422, True)
    assert "status_kepegawaian" not in page.text  # chosen from a list: no typing error
    assert shared_stage.load(number).version == 2


def test_a_page_from_before_something_happened_keeps_what_was_typed(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm")
    page = amend(clerk, number, nama_ktp="SITI BENAR")
    shared_stage.act(number, "forward")
    late = saved(clerk, page)
    assert (late.status, "berubah sejak" in late.text) == (409, True)
    assert "SITI BENAR" in late.html.xpath("//input/@value")
    again = clerk.browser.submit(late, late.form("/betulkan"), "Periksa dahulu")
    assert "SITI RAHASIA menjadi SITI BENAR" in words(saved(clerk, again))


def test_a_dead_address_set_right_gets_what_waited_and_leaves_the_list(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case("confirm", "return")
    shared_stage.mail()
    resend(clerk, clerk.get(path_of(number)), "applicant")
    owed = next(each for each in shared_stage.records.unsent() if each.about == number)
    shared_stage.records.settle_notice(owed.failed("550 no such user", shared_stage.clock(), hopeless=True))
    stuck = [each for each in shared_stage.watch.cases_stuck() if each.ticket == number]
    assert [each.reason for each in stuck] == ["unreachable"]
    link = shared_stage.link("permohonan", number)
    page = amend(clerk, number, email=NEW)
    assert f"juga yang belum sampai, dikirim ke {NEW}" in words(page)
    so_far = len(shared_stage.mailbox.messages())
    saved(clerk, page)
    assert [each for each in shared_stage.watch.cases_stuck() if each.ticket == number] == []
    assert [each for each in shared_stage.outbox.red_list() if each.about == number] == []
    mail = [each for each in shared_stage.mail()[so_far:] if number in each["subject"]]
    subjects = {(each["to"], each["subject"].partition("] ")[2].partition(" — ")[0]) for each in mail}
    assert subjects == {
        (NEW, "Data permohonan Anda dibetulkan"),
        (NEW, "Tautan baru permohonan Anda"),
        (FORM["email"], "Alamat email permohonan Anda diganti"),
    }
    below = "http://localhost/cek-email"  # open to everybody
    assert [each["links"] for each in mail if each["to"] == FORM["email"]] == [[below]]
    assert shared_stage.browser().get(link, follow_redirects=True).status_code == 403
    fresh = next(each["links"][0] for each in mail if each["to"] == NEW).removeprefix("http://localhost")
    assert shared_stage.browser().get(fresh, follow_redirects=True).status_code == 200


def test_an_address_that_was_never_confirmed_is_confirmed_anew(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case()
    first = shared_stage.link("konfirmasi", number)
    so_far = len(shared_stage.mail())
    saved(clerk, amend(clerk, number, email=NEW))
    mail = [each for each in shared_stage.mail()[so_far:] if number in each["subject"]]
    assert [(each["to"], "Konfirmasikan" in each["subject"]) for each in mail] == [(NEW, True)]
    assert shared_stage.browser().get(first, follow_redirects=True).status_code == 403
    browser = shared_stage.browser()
    page = browser.get(mail[0]["links"][0].removeprefix("http://localhost"), follow_redirects=True)
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    browser.post(f"/konfirmasi/{number}", data={"csrf": csrf})
    confirmed = shared_stage.load(number)
    assert (confirmed.events[-1].action, confirmed.events[-1].data["email"]) == ("confirm", NEW)


@pytest.mark.parametrize("days", [0, 3], ids=["the first letter", "and its reminder"])
def test_where_no_letter_to_confirm_arrived_the_right_address_gets_just_one(
    shared_stage: Stage, clerk: ClerkInPerson, days: int
) -> None:
    number = shared_stage.case()
    shared_stage.clock.forward(days=days)
    shared_stage.clockwork.remind_applicants()
    waiting = [each for each in shared_stage.records.unsent() if each.about == number]
    assert {each.letter for each in waiting} == {"confirm_address"}
    for owed in waiting:
        shared_stage.records.settle_notice(owed.failed("550 no such user", shared_stage.clock(), hopeless=True))
    so_far = len(shared_stage.mail())
    saved(clerk, amend(clerk, number, email=NEW))
    shared_stage.clock.forward(hours=2)  # past any pause between letters to one address
    mail = [each for each in shared_stage.mail()[so_far:] if number in each["subject"]]
    assert [(each["to"], "Konfirmasikan" in each["subject"]) for each in mail] == [(NEW, True)]
    assert [each for each in shared_stage.records.unsent() if each.about == number] == []


def test_what_the_applicant_is_to_mend_is_his_and_the_rest_stays_right_when_he_has(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case("confirm", "return")
    draft = shared_stage.intake.begin_mending(shared_stage.load(number))
    page = clerk.get(f"{path_of(number)}/betulkan")
    assert page.html.xpath("//input[@name='nama_ktp']")
    assert not page.html.xpath("//input[@name='jabatan']")
    saved(clerk, amend(clerk, number, nama_ktp="SITI BENAR"))
    assert shared_stage.load(number).mending == draft.id
    shared_stage.act(number, "resubmit")
    assert shared_stage.load(number).form["nama_ktp"] == "SITI BENAR"


def test_a_case_that_is_over_and_ones_own_are_left_alone(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case(*WAYS["rejected"])
    page = clerk.get(f"{path_of(number)}/betulkan")
    assert page.url.endswith(path_of(number))
    own = shared_stage.case("confirm", email=EMAIL)
    assert saved(clerk, amend(clerk, own, nama_ktp="SITI BENAR")).status == 403
    assert replace(shared_stage.load(own)).version == 2
