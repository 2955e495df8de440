"""Forms that do not die: links tapped again, several tabs, several people in one browser, sessions that end.

What was typed is never gone, and a page that is out of date never overwrites what it has not shown.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.applying import ANSWERS, World
from tests.support.clerk import ClerkInPerson
from tests.support.holder import OTHER, Holder, holder, replaced, words
from tests.support.office import CHECKED, FIRST, FORWARD, KABID, KADIS, SECOND, Office, Person, action_of
from tests.support.sessions import Session
from tests.support.stage import KADIS as KADIS_OF_STAGE
from tests.support.stage import InProcess, Stage

LONG = timedelta(hours=12, minutes=1)


# --- the emailed link tapped again -----------------------------------------------------------------------------------


def test_an_official_who_taps_the_link_again_goes_on_with_the_form_he_has_filled_in(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    filled = kadis.fills(kadis.opens(number), "forward", FORWARD)
    office.clock.forward(minutes=20)
    kadis.opens(number)
    assert kadis.sends(filled).status == 200
    assert office.load(number).events[-1].action == "forward"


def test_an_older_link_of_the_case_does_not_spoil_the_form_of_the_newest(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    first = office.link(number, KADIS)
    kadis.decides(number, "return", {"items": ["jabatan"], "reason": "ktp_tidak_terbaca"})
    mended = office.house.intake.begin_mending(office.load(number))
    office.house.intake.change_form(mended.id, {"jabatan": "Analis Utama"})
    office.house.intake.resubmit(office.load(number))
    filled = kadis.fills(kadis.opens(number), "forward", FORWARD)
    assert "sudah ditindaklanjuti" in kadis.get(first).text
    assert kadis.sends(filled).status == 200
    assert office.load(number).events[-1].action == "forward"


def test_an_applicant_who_taps_the_link_again_goes_on_with_the_form(stage: Stage) -> None:
    siti = holder(stage, "returned")
    replaced(siti)
    page = siti.get("/perbaikan")
    stage.clock.forward(minutes=20)
    siti.opens(siti.number)
    siti.browser.submit(page, page.form("/perbaikan", "Kirim"), "Kirim", jabatan="Analis Madya")
    assert (siti.case.state, siti.case.form["jabatan"]) == ("waiting", "Analis Madya")


# --- several cases and people in one browser -------------------------------------------------------------------------


def test_two_applicants_confirm_in_one_browser_in_whatever_order(stage: Stage) -> None:
    browser, numbers = InProcess(stage.browser()), [stage.case(), stage.case(email=OTHER)]
    pages = [browser.get(stage.link("konfirmasi", number)) for number in numbers]
    for number, page in zip(numbers, pages, strict=True):
        assert number in page.text
        answer = browser.submit(page, page.form("/konfirmasi"))
        assert "sudah dikonfirmasi" in answer.text
        assert number in answer.text
    assert [stage.load(number).state for number in numbers] == ["waiting"] * 2


def test_two_cases_lie_open_in_one_browser_beside_each_other(stage: Stage) -> None:
    siti = holder(stage, "returned")
    replaced(siti)
    hers = siti.get("/perbaikan")
    other = stage.case("confirm", email=OTHER, jabatan="Arsiparis")
    assert other in siti.opens(other).text
    answer = siti.browser.submit(hers, hers.form("/perbaikan", "Kirim"), "Kirim", jabatan="Analis Madya")
    assert siti.number in answer.text
    assert (siti.case.form["jabatan"], stage.load(other).form["jabatan"]) == ("Analis Madya", "Arsiparis")
    assert "Arsiparis" in siti.browser.get(f"/permohonan/{other}").text


def test_a_form_never_works_for_the_person_who_opened_the_case_after_it(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, shared = office.case(), person(KADIS)
    filled = shared.fills(shared.opens(number), "forward", FORWARD)
    before = office.dump()
    shared.email = KABID
    shared.get(office.link(number, KABID))
    assert shared.sends(filled).status == 403
    assert office.dump() == before


# --- addresses from before -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "/perbaikan", "/batal", "/jadwal.ics", "/berkas/ktp", "/perbaikan/berkas"])
def test_a_session_from_before_leads_on_to_the_address_with_the_ticket(stage: Stage, page: str) -> None:
    number = stage.case("confirm", "forward", "return")
    browser = stage.browser()
    browser.set_cookie("permohonan", stage.sign("cookie.permohonan", {"t": number}), path="/permohonan")
    browser.set_cookie("konfirmasi", stage.sign("cookie.konfirmasi", {"t": number}), path="/konfirmasi")
    assert browser.get(f"/permohonan{page}").location == f"/permohonan/{number}{page}"
    assert browser.get(f"/permohonan/{number}").status_code == 200
    assert browser.get("/konfirmasi").location == f"/konfirmasi/{number}"
    assert browser.get(f"/konfirmasi/{number}").status_code == 200
    assert stage.browser().get(f"/permohonan{page}").status_code == 403
    assert browser.get(f"/permohonan/{number}/tidak-ada{page}").status_code == 404


def test_a_ticket_typed_by_hand_finds_its_case(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    typed = siti.number.lower().replace("-", " ")
    assert siti.browser.get(f"/permohonan/{typed}".replace(" ", "%20")).url.endswith(f"/permohonan/{siti.number}")


# --- pages that are out of date --------------------------------------------------------------------------------------


def test_a_decision_that_came_too_late_is_given_back_to_be_copied(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, first, second = office.case("dispatch"), person(FIRST), person(SECOND)
    note = {"items": ["ktp"], "reason": "ktp_tidak_terbaca", "note": "Foto KTP terpotong di kanan."}
    filled = second.fills(second.opens(number), "return", note)
    first.decides(number, "dispatch", CHECKED)
    answer = second.sends(filled)
    assert answer.status == 409
    assert "Foto KTP terpotong di kanan." in answer.text
    assert "Keputusan yang baru Anda kirim tidak disimpan" in answer.text


def test_a_decision_on_what_has_changed_meanwhile_is_asked_again_with_what_was_typed(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, verifikator = office.case("dispatch"), person(SECOND)
    note = "Pemohon pindah ke kabupaten lain."
    filled = verifikator.fills(verifikator.opens(number), "reject", {"reason": "lainnya", "note": note})
    office.act(number, FIRST, "dispatch", CHECKED)
    office.act(number, FIRST, "refuse", {"reason": "kyc_gagal", "note": "Ulangi."})
    answer = verifikator.sends(filled)
    assert (answer.status, office.load(number).state) == (409, "waiting")
    assert "berubah sejak halaman ini Anda buka" in answer.text
    form = answer.form("/putuskan", action_of(answer, "reject"))
    assert form.fields["note"].strip() == note
    verifikator.sends((form.action, list(form.form_values())))
    assert (office.load(number).state, office.load(number).events[-1].data["note"]) == ("rejected", note)


def test_two_tabs_of_one_draft_do_not_overwrite_each_other_unseen(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    path = f"/ajukan/{draft.id}/data/jabatan"
    one, two = siti.get(path).form("/data/jabatan"), siti.get(path).form("/data/jabatan")
    assert siti.post(path, {**one, "jabatan": "Analis Muda"}).status == 200
    stale = siti.post(path, {**two, "jabatan": "Analis Madya", "unit_kerja": "Bidang Lain"})
    assert stale.status == 409
    assert "Analis Muda" in stale.text
    assert stale.value("jabatan") == "Analis Madya"
    assert world.kept(draft).form["jabatan"] == "Analis Muda"
    assert siti.post(path, stale.form("/data/jabatan")).status == 200
    assert (world.kept(draft).form["jabatan"], world.kept(draft).form["unit_kerja"]) == ("Analis Madya", "Bidang Lain")


def test_the_same_data_sent_twice_is_sent_once_and_documents_do_not_make_them_stale(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    path = f"/ajukan/{draft.id}/data/jabatan"
    form = {**siti.get(path).form("/data/jabatan"), "jabatan": "Analis Muda"}
    siti.upload(draft, "ktp", (b"%PDF-1.4"))
    assert [siti.post(path, form).status for _ in range(2)] == [200, 200]


def test_nobody_sends_what_he_has_not_read_over(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    read = siti.get(f"/ajukan/{draft.id}/periksa").form("/periksa")
    form = siti.get(f"/ajukan/{draft.id}/data/jabatan").form("/data/jabatan")
    siti.post(f"/ajukan/{draft.id}/data/jabatan", {**form, "jabatan": "Analis Madya"})
    answer = siti.post(f"/ajukan/{draft.id}/periksa", {**read, "pernyataan": "ya"})
    assert answer.status == 409
    assert "berubah sejak halaman ini dibuka" in answer.text
    assert "Analis Madya" in answer.text
    assert not world.kept(draft).ticket
    assert siti.post(f"/ajukan/{draft.id}/periksa", {**answer.form("/periksa"), "pernyataan": "ya"}).status == 200
    assert world.kept(draft).ticket


def mended(siti: Holder, page: Any, jabatan: str) -> Any:
    return siti.browser.submit(page, page.form("/perbaikan", "Kirim"), "Kirim", jabatan=jabatan)


def test_two_tabs_of_one_case_do_not_overwrite_each_other_unseen(stage: Stage) -> None:
    siti = holder(stage, "returned")
    one, two = siti.get("/perbaikan"), siti.get("/perbaikan")
    assert mended(siti, one, "Analis Muda").status == 422  # the document is still missing
    stale = mended(siti, two, "Analis Madya")
    assert stale.status == 409
    assert "Analis Muda" in stale.text
    assert stale.html.get_element_by_id("jabatan").value == "Analis Madya"
    replaced(siti)
    assert mended(siti, stale, "Analis Madya").status == 200
    assert siti.case.form["jabatan"] == "Analis Madya"
    late = mended(siti, one, "Analis Muda")
    assert late.status == 409
    assert "tidak ikut terkirim" in late.text
    assert "Analis Muda" in words(late)


# --- sessions that end while somebody types --------------------------------------------------------------------------


def test_what_an_official_typed_while_his_session_ended_can_be_sent_after_the_new_link(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    filled = kadis.fills(kadis.opens(number), "forward", {**FORWARD, "note": "Tolong\nhari ini."})
    office.clock.at += LONG
    over = kadis.sends(filled)
    assert over.status == 403
    assert "tidak hilang" in over.text
    kadis.opens(number)  # in another tab of the same browser
    form = over.form("/putuskan")
    page = kadis.sends((form.action, list(form.form_values())))
    if page.status == 403:  # the form itself was too old by now: it is shown once more
        assert "Tolong" in page.text
        again = page.form("/putuskan", "Disposisikan")
        page = kadis.sends((again.action, list(again.form_values())))
    assert office.load(number).events[-1].data["note"] == "Tolong\nhari ini."


def test_what_an_applicant_typed_comes_back_too(stage: Stage) -> None:
    siti = holder(stage, "returned")
    replaced(siti)
    page = siti.get("/perbaikan")
    stage.clock.at += LONG
    over = mended(siti, page, "Analis Madya")
    assert over.status == 403
    siti.opens(siti.number)
    again = siti.browser.submit(over, over.form("/perbaikan"))
    assert again.status == 403
    siti.browser.submit(again, again.form("/perbaikan"))
    assert siti.case.form["jabatan"] == "Analis Madya"


def test_what_was_typed_into_a_draft_comes_back_too(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    form = siti.get(f"/ajukan/{draft.id}/data/jabatan").form("/data/jabatan")
    world.clock.now += LONG
    over = siti.post(f"/ajukan/{draft.id}/data/jabatan", {**form, "jabatan": "Analis Madya"})
    assert over.status == 403
    siti.get(world.link(draft))
    again = siti.post(f"/ajukan/{draft.id}/data/jabatan", over.form("/data/jabatan"))
    if again.status == 403:
        again = siti.post(f"/ajukan/{draft.id}/data/jabatan", again.form("/data/jabatan"))
    assert again.status == 200
    assert world.kept(draft).form["jabatan"] == "Analis Madya"


def test_what_a_clerk_typed_while_his_session_ended_can_be_sent_once_he_has_come_in_again(stage: Stage) -> None:
    clerk, number = ClerkInPerson(stage), stage.case("confirm")
    clerk.comes_in()
    page = clerk.get(f"/petugas/permohonan/{number}/betulkan")
    stage.clock.at += LONG
    typed = {"nama_ktp": "SITI BENAR", "alasan": "Pemohon menelepon:\nsalah ketik."}
    over = clerk.browser.submit(page, page.form("/betulkan"), "Periksa dahulu", **typed)
    assert (over.status, "belum tersimpan" in over.text, "tidak hilang" in over.text) == (403, True, True)
    stage.clock.at += timedelta(hours=1)
    clerk.comes_in()  # in another tab of the same browser
    late = clerk.browser.submit(over, over.form("/betulkan"))
    again = clerk.browser.submit(late, late.form("/betulkan"))
    assert "SITI BENAR (semula SITI RAHASIA)" in words(again)
    clerk.browser.submit(again, again.form("/betulkan"), "Simpan pembetulan")
    kept = stage.load(number)
    assert (kept.form["nama_ktp"], kept.events[-1].data["reason"]) == ("SITI BENAR", typed["alasan"])


def test_a_code_typed_after_the_door_has_closed_is_not_shown_again(stage: Stage) -> None:
    clerk = ClerkInPerson(stage)
    clerk.asks()
    page = clerk.wants_code(clerk.opens_link())
    stage.clock.at += LONG
    answer = clerk.types(page, "123456")
    assert (answer.status, "123456" in answer.text) == (403, False)


@pytest.mark.parametrize("token", ["", "x", "forged"])
def test_words_of_a_form_that_is_not_ours_are_shown_by_no_page(stage: Stage, token: str) -> None:
    session = Session(stage, "/telaah/<number>/putuskan")
    forged = session.csrf[:-3] + "AAA" if token == "forged" else token
    for browser in (session.browser, stage.browser()):
        answer = browser.post(session.path, data={**session.fields, "csrf": forged, "note": "Hubungi 0899"})
        assert answer.status_code == 403
        assert "0899" not in answer.text


def test_a_form_begun_twice_is_one_draft(world: World) -> None:
    siti = world.applicant()
    form = siti.get("/ajukan").form("/ajukan")
    answers = {**form, **ANSWERS, "peringatan_dibaca": "ya"}
    first = siti.post("/ajukan", answers)
    again = siti.post("/ajukan", {**answers, "jabatan": "Analis Madya"})
    assert first.path == again.path
    drafts = list(world.house.office.records.drafts_before(world.clock() + timedelta(days=1)))
    assert [draft.form["jabatan"] for draft in drafts] == ["Analis Madya"]
    assert len(list(world.house.office.records.unsent())) == 1


# --- what happens to links and forms on their way --------------------------------------------------------------------


@pytest.mark.parametrize("tail", [".", ")", ">", "%20", "&fbclid=1", "...", "%3E.", ",", "%C2%A0", "]"])
def test_a_link_opens_with_whatever_was_hung_on_to_it(stage: Stage, tail: str) -> None:
    number, draft = stage.case("confirm"), stage.draft()
    for page in ("konfirmasi", "permohonan", "telaah", "meja"):
        link = stage.link(page, number, KADIS_OF_STAGE)
        assert stage.browser().get(f"{link}{tail}").location == stage.browser().get(link).location
    assert stage.browser().get(f"{stage.draft_link(draft)}{tail}").status_code == 303
    late = stage.link("permohonan", number, minutes=1)
    stage.clock.forward(hours=2)
    browser, before = InProcess(stage.browser()), len(stage.mail())
    page_of_it = browser.get(f"{late}{tail}")
    browser.submit(page_of_it, page_of_it.form("/tautan"))
    assert len(stage.mail()) == before + 1


def test_whoever_keeps_the_origin_to_himself_may_post_what_is_ours(stage: Stage) -> None:
    session = Session(stage, "/permohonan/<number>/batal")
    for site in ("cross-site", "same-site", "none", ""):
        headers = {"Origin": "null", **({"Sec-Fetch-Site": site} if site else {})}
        assert session.post(headers, csrf=session.csrf) == 403
    assert session.post({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, csrf=session.csrf) == 303


def test_whose_browser_takes_no_cookies_is_told_what_they_are_for(stage: Stage) -> None:
    number = stage.case("confirm")
    for page in ("permohonan", "telaah"):
        onward = stage.browser().get(stage.link(page, number)).location
        assert "izinkan cookie" in stage.browser().get(onward).text
