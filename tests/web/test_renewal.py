"""Renewing: from the letter's link to the hand-over, with everything known filled in and the old entry replaced."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.core.register import Standing
from portal.usecases.upkeep import Upkeep
from tests.support import recapped, ways
from tests.support.browser_without_javascript import Page
from tests.support.keeper import Keeper, imported, words
from tests.support.office_days import mail_to
from tests.support.stage import VERIFIKATOR, InProcess, Stage
from tests.support.ways import EMAIL, FORM, WAYS

LEFT = 50


@pytest.fixture
def number(stage: Stage) -> str:
    done = stage.case(*WAYS["done"])
    entry = stage.records.certificate("penerbitan", done)
    days = (entry.valid_until - stage.office.today()).days - LEFT
    stage.clock.forward(days=days)
    return done


def opened(stage: Stage, number: str) -> tuple[InProcess, Page]:
    browser = InProcess(stage.browser())
    return browser, browser.get(stage.renewal_link(number))


def test_the_letter_leads_to_all_that_is_known_and_its_secret_leaves_the_address(stage: Stage, number: str) -> None:
    Upkeep(stage.office).look_after_register()
    stage.clock.forward(hours=80)
    (mail,) = mail_to(stage, EMAIL, "akan berakhir")
    link = re.search(r"http://localhost(/perpanjang/\S+)", mail["text"])
    assert link is not None
    page = InProcess(stage.browser()).get(link[1])
    assert page.url.endswith("/perpanjang")
    assert "SITI RAHASIA" in words(page)
    assert "Analis Rahasia" in words(page)
    assert "Apakah ada yang berubah?" in words(page)


def test_who_has_nothing_to_change_goes_on_to_the_documents(stage: Stage, number: str) -> None:
    browser, page = opened(stage, number)
    page = browser.submit(page, page.form("/perpanjang"), "Tidak ada yang berubah")
    assert page.url.endswith("/berkas")


def test_who_has_something_to_change_finds_the_rest_filled_in(stage: Stage, number: str) -> None:
    browser, page = opened(stage, number)
    page = browser.submit(page, page.form("/perpanjang"), "Ada yang berubah")
    assert page.url.endswith("/data")
    assert "5 dari 5 bagian lengkap" in words(page)
    filled: dict[str, str] = {}
    for part in ("diri", "kepegawaian", "jabatan", "kontak"):
        filled |= dict(browser.get(page.href(f"/data/{part}")).form("/data").form_values())
    assert {name: filled[name] for name in ("nama_ktp", "nik", "nip", "opd", "email")} == {
        name: FORM[name] for name in ("nama_ktp", "nik", "nip", "opd", "email")
    }


def renewed(stage: Stage, number: str) -> str:
    browser, page = opened(stage, number)
    page = browser.submit(page, page.form("/perpanjang"), "Tidak ada yang berubah")
    draft = stage.records.load_draft(page.url.split("/")[-2])
    documents = tuple(stage.document(draft, each.key) for each in stage.office.services.first.requirements)
    stage.records.save_draft(replace(draft, documents=documents, version=draft.version + 1))
    ticket = stage.intake.submit(draft.id).ticket
    for action in WAYS["done"]:
        stage.act(ticket, action)
    return ticket


def test_on_the_hand_over_the_old_one_is_replaced_and_counted_no_more(
    stage: Stage, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new: dict[str, Any] = {"serial": "5B:2C", "valid_from": "2028-10-20", "valid_until": "2030-10-20"}
    says: Any = ways.SAYS
    monkeypatch.setitem(says, "record", new)
    ticket = renewed(stage, number)
    old, newer = (stage.records.certificate("penerbitan", id) for id in (number, ticket))
    assert old.standing(stage.office.today()) is Standing.REPLACED
    assert old.ended.data == {"id": ticket}
    assert newer.standing(stage.office.today()) is Standing.VALID
    assert stage.load(ticket).first_damage() is None
    assert recapped.recap(stage.office).total_holders == 1
    page = Keeper(stage, VERIFIKATOR).entry(number)
    assert "Diganti dengan yang baru" in words(page)
    browser = InProcess(stage.browser())
    assert "Tidak perlu diperpanjang" in words(browser.get(stage.renewal_link(number)))


def test_what_was_changed_since_is_filled_in_as_it_is_now(stage: Stage, number: str) -> None:
    Keeper(stage).records(number, "change", reason="mutasi", on="2028-01-02", office="BKPSDM", name="SITI BARU")
    _, page = opened(stage, number)
    assert "SITI BARU" in words(page)
    assert "BKPSDM" in words(page)


def test_the_link_to_a_former_address_opens_nothing(stage: Stage, number: str) -> None:
    link = stage.renewal_link(number)
    Keeper(stage).records(number, "change", reason="mutasi", on="2028-01-02", email="baru@tarakankota.go.id")
    page = InProcess(stage.browser()).get(link)
    assert page.status == 404
    assert "RAHASIA" not in page.text


def test_of_one_from_before_the_portal_what_is_missing_is_asked(stage: Stage) -> None:
    entry = imported(stage, "9C01AA", "Rahmat Contoh")
    browser, page = opened(stage, entry.id)
    assert "Sebagian data belum tercatat" in words(page)
    page = browser.submit(page, page.form("/perpanjang"), "Lengkapi data")
    filled: dict[str, str] = {}
    for part in ("diri", "jabatan"):
        filled |= dict(browser.get(page.href(f"/data/{part}")).form("/data").form_values())
    assert (filled["nama_ktp"], filled["opd"], filled.get("nik", "")) == ("Rahmat Contoh", "BKPSDM", "")


def test_what_has_just_ended_may_still_be_applied_for_anew(stage: Stage, number: str) -> None:
    stage.clock.forward(days=LEFT + 1)
    _, page = opened(stage, number)
    assert "Masa berlakunya sudah lewat" in words(page)
    assert page.form("/perpanjang") is not None


def test_an_expired_link_offers_a_new_one_to_the_registered_address_only(stage: Stage, number: str) -> None:
    link = stage.renewal_link(number, seconds=1)
    stage.clock.at += timedelta(seconds=5)
    browser = InProcess(stage.browser())
    page = browser.get(link)
    assert page.status == 410
    browser.submit(page, page.form("/tautan"))
    assert len(mail_to(stage, EMAIL, "akan berakhir")) == 1


def test_without_a_link_nothing_is_seen_and_another_s_form_begins_nothing(stage: Stage, number: str) -> None:
    browser = InProcess(stage.browser())
    assert browser.get("/perpanjang").status == 403
    for forged in ("x", stage.sign("permohonan", {"t": number})):
        assert browser.get(f"/perpanjang/{forged}").status == 403
