"""On a phone: a reload at every page of the way loses nothing, and two applicants share one browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import Person
from tests.support.city import City
from tests.support.in_chromium import ANSWERS, EMAIL, Someone, sample_file

pytestmark = [pytest.mark.browser, pytest.mark.long]

KINDS = ("surat_permohonan", "formulir_bsre", "ktp", "sk_terakhir")
WATI = {**ANSWERS, "nama_ktp": "WATI CONTOH", "nik": "6473014501900002", "email": "wati@tarakankota.go.id"}


def reloaded(me: Person) -> None:
    """As a finger pulls the page down: what was typed and not sent is there as well, and nothing is sent twice."""
    before = typed(me.page)
    me.page.reload()
    assert typed(me.page) == before


def typed(page: Page) -> object:
    return page.evaluate(
        "[...document.querySelectorAll('main form [name]:not([type=hidden], [type=file], [type=submit])')]"
        ".map((field) => [field.name, field.type, /radio|checkbox/.test(field.type) ? field.checked : field.value])"
    )


def test_a_reload_at_every_page_loses_nothing(someone: Someone, city: City) -> None:
    me = someone()
    me.go("/ajukan")
    reloaded(me)
    me.press("Untuk diri sendiri")
    seen = 0
    while "/data" in me.page.url:
        me.fill_part(ANSWERS)
        reloaded(me)
        with me.page.expect_navigation():
            me.press("Lanjut")
        seen += 1
    assert seen == 5
    for kind in KINDS:
        me.choose(kind, sample_file(kind))
        expect(me.card(kind).get_by_text("Terunggah", exact=True)).to_be_visible()
        reloaded(me)
        expect(me.card(kind).get_by_text("Terunggah", exact=True)).to_be_visible()
    me.press("Lanjut: periksa kembali")
    reloaded(me)
    me.sees(ANSWERS["nama_ktp"])
    me.page.locator("[name='pernyataan']").check()
    me.press("Kirim")
    ticket = me.page.locator("#nomor-tiket").inner_text().strip()
    reloaded(me)
    me.sees(ticket)
    me.go(city.mailbox.link(EMAIL, "konfirmasi", ticket))
    reloaded(me)
    me.press("Konfirmasi dan teruskan permohonan")
    me.sees("sudah dikonfirmasi")
    reloaded(me)
    me.go(f"/status/{ticket}")
    reloaded(me)
    me.sees("Telaah Kepala Dinas")
    assert len(list(city.house.watch.open())) == 1
    assert me.complaints == []


def test_two_applicants_in_one_browser_do_not_get_into_each_others_way(someone: Someone, city: City) -> None:
    """Siti lets Wati type on her phone, in a tab of her own; each page goes on with what was typed in its tab."""
    me = someone()
    me.begin()
    siti = me.page
    me.fill_part(ANSWERS)
    me.press("Lanjut")
    me.sees("Kepegawaian")
    wati = me.page = me.context.new_page()
    me.begin()
    assert wati.locator("#nama_ktp").input_value() == "", "nothing of Siti's stands there"
    me.fill_part(WATI)
    me.press("Lanjut")
    me.sees("Kepegawaian")
    for page, answers in ((siti, ANSWERS), (wati, WATI)):
        me.page = page
        page.reload()
        me.fill_in(answers)
        me.sees("Unggah berkas")
    drafts = city.house.office.records.drafts_before(city.house.office.clock().replace(year=2100))
    assert sorted(draft.form["nama_ktp"] for draft in drafts) == sorted([ANSWERS["nama_ktp"], "WATI CONTOH"])
    for page, answers in ((wati, WATI), (siti, ANSWERS)):
        me.page = page
        for kind in KINDS:
            me.choose(kind, sample_file(kind))
            expect(me.card(kind).get_by_text("Terunggah", exact=True)).to_be_visible()
        me.press("Lanjut: periksa kembali")
        me.sees(answers["nama_ktp"])
        page.locator("[name='pernyataan']").check()
        me.press("Kirim")
        ticket = page.locator("#nomor-tiket").inner_text().strip()
        case = city.house.office.records.load(ticket)
        assert (case.form["nama_ktp"], len(case.documents)) == (answers["nama_ktp"], 4)
    assert me.complaints == []
