"""A case is closed in a browser that others use too, and stays open in one's own."""

import pytest

from portal.core import ticket
from tests.support.browser_without_javascript import Page
from tests.support.holder import Holder, holder, words
from tests.support.stage import InProcess, Stage
from tests.support.ways import FORM, WAYS


def leaves(siti: Holder) -> Page:
    return siti.browser.submit(siti.page, siti.page.form(f"/permohonan/{siti.number}/keluar"))


@pytest.mark.parametrize("state", WAYS)
def test_whoever_leaves_his_case_has_closed_all_of_its_pages(shared_stage: Stage, state: str) -> None:
    siti = holder(shared_stage, state)
    before = siti.case
    page = leaves(siti)
    assert (page.status, page.url) == (200, f"http://localhost/permohonan/{siti.number}/keluar")
    assert f"Permohonan {siti.number} tertutup di peramban ini." in words(page)
    for part in ("", "/batal", "/tanda-terima", "/tanda-terima.pdf", "/berkas/ktp", "/jadwal"):
        closed = siti.get(part)
        assert closed.status == 403, part
        assert FORM["nama_ktp"] not in closed.text
    assert siti.case == before


def test_the_page_to_confirm_is_closed_with_it(stage: Stage) -> None:
    siti = holder(stage, "unconfirmed")
    assert siti.browser.get(stage.link("konfirmasi", siti.number)).status == 200
    leaves(siti)
    assert siti.browser.get(f"/konfirmasi/{siti.number}").status == 403


def test_other_browsers_and_cases_stay_open_and_the_link_opens_it_again(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    elsewhere = InProcess(stage.browser())
    assert elsewhere.get(stage.link("permohonan", siti.number)).status == 200
    other = stage.case("confirm")
    assert siti.browser.get(stage.link("permohonan", other)).status == 200
    leaves(siti)
    assert siti.browser.get(f"/permohonan/{other}").status == 200
    assert elsewhere.get(f"/permohonan/{siti.number}").status == 200
    assert siti.opens(siti.number).url == f"http://localhost/permohonan/{siti.number}"


def test_it_takes_our_own_form(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    assert siti.browser.post(f"/permohonan/{siti.number}/keluar", b"csrf=x").status == 403
    assert siti.get().status == 200


def test_looking_at_the_address_closes_nothing_and_tells_nothing(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    assert siti.get("/keluar").url == f"http://localhost/permohonan/{siti.number}"
    stranger = InProcess(stage.browser())
    unknown = ticket.new("TTE", 26, lambda _letters: "2")
    known = stranger.get(f"/permohonan/{siti.number}/keluar")
    assert known.text.replace(siti.number, unknown) == stranger.get(f"/permohonan/{unknown}/keluar").text
    assert stranger.get("/permohonan/bukan-nomor/keluar").status == 404
