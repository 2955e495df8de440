"""The form in parts: short pages, each kept from the first one on, whichever button is pressed."""

from datetime import timedelta

import pytest

from portal.core.draft import Draft
from tests.support.applying import ANSWERS, FILLER, Applicant, Page, World

PARTS = ["diri", "kepegawaian", "jabatan", "kontak", "keperluan"]


def draft_of(world: World, page: Page) -> Draft:
    return world.house.office.records.load_draft(page.path.split("/")[2])


def last(page: Page) -> str:
    return page.path.split("/")[-1]


def mailed(world: World) -> list[str]:
    return [notice.recipient for notice in world.house.office.records.unsent()]


def begin(siti: Applicant, path: str = "/ajukan", whom: str = "sendiri") -> Page:
    page = siti.get(path)
    return siti.post(path, {**page.form(path), "diisi_oleh": whom})


def send(siti: Applicant, page: Page, **typed: str) -> Page:
    return siti.post(page.action("/data"), {**page.form("/data"), **typed})


def at(siti: Applicant, draft: Draft, part: str) -> Page:
    return siti.get(f"/ajukan/{draft.id}/data/{part}")


# --- kept from the first page on --------------------------------------------------------------------------------------


def test_the_first_button_begins_a_draft_and_nobody_hears_of_it(world: World) -> None:
    page = begin(world.applicant())
    assert last(page) == "diri"
    assert draft_of(world, page).form["diisi_oleh"] == "sendiri"
    assert mailed(world) == []


def test_each_page_asks_one_part_and_is_kept_when_one_goes_on(world: World) -> None:
    siti = world.applicant()
    page, seen = begin(siti), []
    while last(page) != "berkas":
        seen.append(last(page))
        assert f"bagian {len(seen)} dari 5" in page.tree.findtext(".//title")
        assert len(page.tree.xpath("//main//h1")) == 1
        asked = {name for name in page.form("/data") if name in ANSWERS} | set(page.tree.xpath("//main//*/@name"))
        page = send(siti, page, **{name: answer for name, answer in ANSWERS.items() if name in asked})
        assert page.status == 200
    assert seen == PARTS
    assert draft_of(world, page).form["nip"] == "199001052015032001"


def test_a_reload_at_any_page_loses_nothing_of_the_pages_before(world: World) -> None:
    siti = world.applicant()
    page = send(siti, begin(siti), nama_ktp="SITI CONTOH", nik=ANSWERS["nik"])
    assert siti.get(page.path).status == 200
    assert at(siti, draft_of(world, page), "diri").value("nama_ktp") == "SITI CONTOH"


def test_what_is_wrong_is_kept_too_and_said_at_its_field_whenever_the_page_is_opened(world: World) -> None:
    siti = world.applicant()
    page = send(siti, begin(siti), nama_ktp="SITI CONTOH", nik="12")
    assert page.status == 422
    draft = draft_of(world, page)
    assert draft.form["nik"] == "12"
    page = at(siti, draft, "diri")
    assert page.tree.get_element_by_id("nik-error") is not None
    assert not page.tree.xpath("//*[@role='alert']")


@pytest.mark.parametrize(
    ("button", "onward"), [("kembali", "untuk-siapa"), ("simpan", "tersimpan"), ("kontak", "kontak")]
)
def test_whichever_button_is_pressed_what_was_typed_is_kept(world: World, button: str, onward: str) -> None:
    siti = world.applicant()
    page = send(siti, begin(siti), nama_ktp="SITI CONTOH", nik="12", tindakan=button)
    assert (page.status, last(page)) == (200, onward)
    assert draft_of(world, page).form["nik"] == "12"


def test_changing_ones_mind_about_whom_it_is_for_loses_nothing_else(world: World) -> None:
    siti = world.applicant()
    page = send(siti, begin(siti), nama_ktp="SITI CONTOH", nik=ANSWERS["nik"])
    draft = draft_of(world, page)
    page = siti.post(at(siti, draft, "untuk-siapa").action("/data"), {
        **at(siti, draft, "untuk-siapa").form("/data"), "diisi_oleh": "orang_lain",
    })  # fmt: skip
    assert last(page) == "pengisi"
    assert world.kept(draft).form["nama_ktp"] == "SITI CONTOH"


def test_two_posts_of_a_page_are_one_draft_and_one_email(world: World) -> None:
    siti = world.applicant()
    first = siti.get("/ajukan").form("/ajukan")
    page = siti.post("/ajukan", {**first, "diisi_oleh": "sendiri"})
    draft = draft_of(world, page)
    contact = at(siti, draft, "kontak")
    typed = {"email": ANSWERS["email"], "email_aktif": "ya", "hp": ANSWERS["hp"]}
    assert [send(siti, contact, **typed).status for _ in range(2)] == [200, 200]
    assert last(siti.post("/ajukan", {**first, "diisi_oleh": "sendiri"})) == "diri"
    assert world.kept(draft).form["hp"] == "+6281200000000"
    drafts = list(world.house.office.records.drafts_before(world.clock() + timedelta(days=1)))
    assert [each.id for each in drafts] == [draft.id]
    assert mailed(world) == ["siti.contoh@tarakankota.go.id"]


# --- the address ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["siti@gmail.com", "siti", "admin@tarakankota.go.id"])
def test_nothing_is_sent_to_an_address_that_is_wrong_or_doubtful(world: World, typed: str) -> None:
    siti = world.applicant()
    draft = draft_of(world, begin(siti))
    page = send(siti, at(siti, draft, "kontak"), email=typed, email_aktif="ya", hp=ANSWERS["hp"])
    assert page.status == 422
    assert page.value("email") == typed
    assert "email" not in world.kept(draft).form
    assert world.kept(draft).form["email_aktif"] == "ya"
    assert mailed(world) == []


def test_a_doubtful_address_hears_of_the_draft_once_its_warning_was_read(world: World) -> None:
    siti = world.applicant()
    draft = draft_of(world, begin(siti))
    page = send(siti, at(siti, draft, "kontak"), email="admin@tarakankota.go.id", email_aktif="ya", hp=ANSWERS["hp"])
    assert "atas nama pribadi" in page.tree.get_element_by_id("email-odd").text_content()
    assert send(siti, page, peringatan_dibaca="ya").status == 200
    assert mailed(world) == ["admin@tarakankota.go.id"]


def test_an_address_is_never_emptied_as_the_link_to_the_draft_goes_there(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    assert send(siti, at(siti, draft, "kontak"), email="").status == 422
    assert world.kept(draft).form["email"] == draft.form["email"]


# --- what is odd ------------------------------------------------------------------------------------------------------


def test_what_is_odd_beside_another_pages_answer_is_said_on_the_page_that_was_sent(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = send(siti, at(siti, draft, "kepegawaian"), nip="199102052015032001")
    assert page.status == 422
    assert "Tanggal lahir dalam NIK dan NIP berbeda" in page.text
    assert page.tree.xpath("//main//form//a/@href") == [f"/ajukan/{draft.id}/data/diri#nik"]
    assert send(siti, page, peringatan_dibaca="ya").path.endswith("/berkas") is False
    assert world.kept(draft).form["nip"] == "199102052015032001"


# --- back, jumping, two tabs ------------------------------------------------------------------------------------------


def test_the_list_tells_of_each_part_how_far_it_is(world: World) -> None:
    draft = world.draft({**ANSWERS, "nik": "12", "jabatan": "", "tujuan": ""}, ())
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/data")
    states = [" ".join(item.text_content().split()) for item in page.tree.xpath("//main//ol/li")]
    assert states == [
        "Permohonan ini untuk siapa? Untuk diri sendiri",
        "Data diri pemohon Perlu diperbaiki",
        "Kepegawaian Lengkap",
        "Jabatan dan unit kerja Belum lengkap",
        "Kontak Lengkap",
        "Keperluan Belum diisi",
    ]  # fmt: skip
    assert last(siti.get(page.tree.xpath("//main//a[contains(@class, 'button')]/@href")[0])) == "diri"


def test_a_draft_with_all_answers_shows_all_parts_as_filled_and_leads_on(world: World) -> None:
    draft = world.draft(kinds=())
    page = world.holder(draft).get(f"/ajukan/{draft.id}/data")
    assert "5 dari 5 bagian lengkap" in page.text
    assert page.tree.xpath("//main//a[contains(@class, 'button')]/@href") == [f"/ajukan/{draft.id}/berkas"]


def test_whoever_changes_one_part_of_a_whole_form_goes_straight_on(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = send(siti, at(siti, draft, "jabatan"), jabatan="Analis Utama")
    assert page.path == f"/ajukan/{draft.id}/periksa"


def test_two_tabs_on_two_parts_do_not_disturb_each_other(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    one, two = at(siti, draft, "jabatan"), at(siti, draft, "kontak")
    assert send(siti, one, jabatan="Analis Muda").status == 200
    assert send(siti, two, hp="081299990000").status == 200
    assert (world.kept(draft).form["jabatan"], world.kept(draft).form["hp"]) == ("Analis Muda", "+6281299990000")


def test_a_part_that_nobody_has_is_no_page_and_one_that_is_not_asked_leads_to_the_list(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    assert at(siti, draft, "tidak-ada").status == 404
    assert at(siti, draft, "pengisi").path == f"/ajukan/{draft.id}/data"


# --- what browsers fill in --------------------------------------------------------------------------------------------


def test_browsers_fill_in_what_somebody_says_of_himself_only(world: World) -> None:
    mine, hers = world.draft(kinds=()), world.draft({**ANSWERS, **FILLER, "diisi_oleh": "orang_lain"}, ())
    siti, budi = world.holder(mine), world.holder(hers)

    def token(person: Applicant, draft: Draft, part: str, name: str) -> str:
        return str(at(person, draft, part).tree.get_element_by_id(name).get("autocomplete"))

    assert token(siti, mine, "diri", "nama_ktp") == "name"
    assert token(budi, hers, "diri", "nama_ktp") == "off"
    assert token(budi, hers, "kontak", "email") == "off"
    assert token(budi, hers, "pengisi", "nama_pengisi") == "name"


# --- found again in the same browser ---------------------------------------------------------------------------------


def offered(page: Page) -> list[str]:
    return [link.text_content() for link in page.tree.xpath("//main//a[starts-with(@href, '/ajukan/')]")]


def test_what_was_begun_in_a_browser_is_offered_there_on_the_first_page(world: World) -> None:
    siti = world.applicant()
    draft = draft_of(world, send(siti, begin(siti), nama_ktp="SITI CONTOH", nik=ANSWERS["nik"]))
    page = siti.get("/ajukan")
    assert offered(page) == ["Lanjutkan: SITI CONTOH, 1 dari 5 bagian lengkap"]
    assert siti.get(page.tree.xpath("//main//li/a/@href")[0]).path == f"/ajukan/{draft.id}/data/kepegawaian"
    assert offered(world.applicant().get("/ajukan")) == []


def test_two_people_in_one_browser_each_go_on_with_their_own(world: World) -> None:
    shared = world.applicant()
    for name in ("SITI CONTOH", "BUDI CONTOH"):
        send(shared, begin(shared), nama_ktp=name, nik=ANSWERS["nik"])
    page = shared.get("/ajukan")
    assert [words.split(",")[0] for words in offered(page)] == ["Lanjutkan: BUDI CONTOH", "Lanjutkan: SITI CONTOH"]
    for href, name in zip(page.tree.xpath("//main//li/a/@href"), ("BUDI CONTOH", "SITI CONTOH"), strict=True):
        assert shared.get(f"{href}/data/diri").value("nama_ktp") == name


def test_whoever_begins_again_having_said_nothing_goes_on_with_the_same_draft(world: World) -> None:
    siti = world.applicant()
    first, again = begin(siti), begin(siti, whom="orang_lain")
    assert draft_of(world, first).id == draft_of(world, again).id
    assert draft_of(world, again).form["diisi_oleh"] == "orang_lain"


def test_without_an_address_the_browser_opens_the_draft_as_long_as_it_lives(world: World) -> None:
    siti = world.applicant()
    draft = draft_of(world, send(siti, begin(siti), nama_ktp="SITI CONTOH", nik=ANSWERS["nik"]))
    world.clock.now += timedelta(days=20)
    assert at(siti, draft, "kepegawaian").status == 200
    world.clock.now += timedelta(days=11)
    assert offered(siti.get("/ajukan")) == []


def test_once_a_link_is_mailed_the_browser_forgets_the_draft_with_its_session(world: World) -> None:
    siti = world.applicant()
    draft = draft_of(world, siti.fills_in(ANSWERS))
    world.clock.now += timedelta(hours=13)
    assert siti.get(f"/ajukan/{draft.id}/berkas").status == 403
    assert offered(siti.get("/ajukan")) == []


def test_what_was_sent_is_not_offered_any_more(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    assert len(offered(siti.get("/ajukan"))) == 1
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    siti.post(page.action("periksa"), {**page.form("periksa"), "pernyataan": "ya"})
    assert offered(siti.get("/ajukan")) == []
