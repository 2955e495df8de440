"""A case is closed in a browser that others use too, and stays open in one's own."""

import re
from pathlib import Path
from typing import Any

import pytest

from portal.core import ticket
from tests.support.browser_without_javascript import Page
from tests.support.filler import NAMES, Filler, batch_of
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


def test_whoever_has_left_already_in_another_tab_is_told_the_same(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    leaves(siti)
    again = siti.browser.submit(siti.page, siti.page.form(f"/permohonan/{siti.number}/keluar"))
    assert (again.status, again.url) == (200, f"http://localhost/permohonan/{siti.number}/keluar")


def test_looking_at_the_address_closes_nothing_and_tells_nothing(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    assert siti.get("/keluar").url == f"http://localhost/permohonan/{siti.number}"
    stranger = InProcess(stage.browser())
    unknown = ticket.new("TTE", 26, lambda _letters: "2")
    known = stranger.get(f"/permohonan/{siti.number}/keluar")
    assert known.text.replace(siti.number, unknown) == stranger.get(f"/permohonan/{unknown}/keluar").text
    assert stranger.get("/permohonan/bukan-nomor/keluar").status == 404


def sent_here(stage: Stage, browser: Any, address: str = "http://localhost", **changes: Any) -> tuple[str, str]:
    """Addresses of a draft and of its case: begun by its emailed link, sent, and opened in this browser."""
    draft = stage.draft(**changes)
    assert browser.get(stage.draft_link(draft), base_url=address).status_code == 303
    number = stage.intake.submit(draft.id).ticket
    return f"/ajukan/{draft.id}", number


@pytest.mark.parametrize("address", ["http://localhost", "https://tte.tarakankota.go.id"])
def test_the_draft_it_was_sent_from_is_closed_with_it_and_no_other(tmp_path: Path, address: str) -> None:
    stage = Stage(tmp_path, address=address)
    browser = stage.browser()

    def status(path: str) -> int:
        return browser.get(path, base_url=address).status_code

    other, _ = sent_here(stage, browser, address)
    draft, number = sent_here(stage, browser, address)
    unsent = stage.draft()
    assert status(stage.draft_link(unsent)) == 303
    pages = [f"{draft}/{page}" for page in ("terkirim", "tanda-terima", "tanda-terima.pdf")]
    assert [status(page) for page in pages] == [200, 200, 200]

    assert status(stage.link("permohonan", number)) == 303
    case = browser.get(f"/permohonan/{number}", base_url=address)
    csrf = re.search(r'name="csrf" value="([^"]+)"', case.text)
    assert csrf
    left = browser.post(f"/permohonan/{number}/keluar", data={"csrf": csrf[1]}, base_url=address)
    assert (left.status_code, left.headers["Clear-Site-Data"]) == (303, '"cache"')
    assert [status(page) for page in pages] == [403, 403, 403]
    assert (status(f"{other}/terkirim"), status(f"/ajukan/{unsent.id}/periksa")) == (200, 200)
    known = [said for said in left.headers.getlist("Set-Cookie") if "draf-saya=" in said]
    assert [said.rpartition("Path=")[2].partition(";")[0] for said in known] == ["/ajukan", "/permohonan"]
    assert f"/ajukan/{unsent.id}" in browser.get("/ajukan", base_url=address).text
    stage.close()


def test_what_a_colleague_opened_of_a_batch_is_closed_with_his_case_and_never_offered(stage: Stage) -> None:
    budi, ani = Filler(InProcess(stage.browser()), stage.mailbox_page()), InProcess(stage.browser())
    batch_of(stage.house)
    budi.open()
    draft = ani.get(budi.mailbox.link("ani@tarakankota.go.id", "lanjut")).url.rpartition("/")[0]
    assert draft not in ani.get("/ajukan").body.decode()
    number = budi.send(NAMES[0])
    assert ani.get(f"{draft}/terkirim").status == 200
    page = ani.get(stage.link("permohonan", number))
    ani.submit(page, page.form(f"/permohonan/{number}/keluar"))
    assert ani.get(f"{draft}/terkirim").status == 403
