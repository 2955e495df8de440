"""The whole way from the empty form to the ticket, and its first step: what is typed.

A page that sends the whole form at once, as pages did that may still be open somewhere, is taken like any other; the
parts that the form is cut into have a file of their own.
"""

import copy
from dataclasses import replace

import pytest

from portal.core.services import Services
from portal.core.sop import parse
from portal.forms.form import Form
from portal.web import fields
from tests.support.applying import ANSWERS, FILLER, Applicant, World, app_of
from tests.support.document_specimens import jpeg, pdf
from tests.support.people import KINDS

# --- the whole way ---------------------------------------------------------------------------------------------


def test_an_applicant_goes_from_the_empty_form_to_the_ticket(world: World) -> None:
    siti = world.applicant()
    page = siti.fills_in(ANSWERS)
    assert (page.status, page.path.split("/")[-1]) == (200, "berkas")
    draft = world.house.office.records.load_draft(page.path.split("/")[2])

    for kind in KINDS:
        assert "Belum ada" in page.card(kind)
        page = siti.upload(draft, kind, jpeg() if kind == "ktp" else pdf(pages=2))
        assert (page.status, page.path) == (200, f"/ajukan/{draft.id}/berkas")
        assert "Terunggah" in page.card(kind)
    assert "1 halaman · JPG" in page.card("ktp")
    assert "2 halaman · PDF" in page.card("sk_terakhir")

    page = siti.get(f"/ajukan/{draft.id}/periksa")
    assert "Penata (III/c)" in page.text
    page = siti.post(page.action("periksa"), {**page.form("periksa"), "pernyataan": "ya"})
    ticket = world.kept(draft).ticket
    assert (page.status, page.path) == (200, f"/ajukan/{draft.id}/terkirim")
    assert ticket in page.text
    assert "si•••@tarakankota.go.id" in page.text
    application = world.house.office.records.load(ticket)
    assert application.form["nip"] == "199001052015032001"
    assert [document.kind for document in application.documents] == list(KINDS)


def test_an_address_never_carries_what_the_applicant_typed(world: World) -> None:
    answer = world.app.test_client().post("/ajukan", data=ANSWERS)
    assert answer.status_code == 303
    assert answer.location.startswith("/ajukan/")
    for typed in ("siti", "6473", "1990"):
        assert typed not in answer.location.lower()


# --- step 1: data ------------------------------------------------------------------------------------------------


def test_every_error_is_named_at_once_at_its_field_and_in_the_summary(world: World) -> None:
    page = world.applicant().post("/ajukan", {**ANSWERS, "nik": "12", "email": "siti@gmail.com", "jabatan": ""})
    assert page.status == 422
    assert page.tree.findtext(".//title").startswith("Perlu diperbaiki: ")
    links = page.tree.xpath("//*[@role='alert']//a/@href")
    assert links == ["#nik", "#jabatan", "#email"]
    for link in links:
        assert page.tree.get_element_by_id(f"{link[1:]}-error") is not None
    assert list(world.house.office.records.unsent()) == []


def test_what_was_typed_is_kept_when_the_form_comes_back(world: World) -> None:
    page = world.applicant().post("/ajukan", {**ANSWERS, "nik": " 12 ", "status_uraian": "honorer"})
    assert page.value("nik") == "12"
    assert page.value("nama_ktp") == "SITI CONTOH"
    assert page.value("status_uraian") == "honorer"  # does not count for a PNS, but nobody types it twice
    assert page.tree.xpath("//input[@name='status_kepegawaian'][@checked]/@value") == ["PNS"]
    assert page.tree.xpath("//select[@name='opd']/option[@selected]/@value") == ["Dinas Kesehatan"]
    assert page.tree.xpath("//input[@name='email_aktif'][@checked]")


def test_a_warning_stops_once_and_passes_when_it_was_read(world: World) -> None:
    siti, odd = world.applicant(), {**ANSWERS, "nama_ktp": "Ir. SITI CONTOH"}
    page = siti.post("/ajukan", odd)
    assert page.status == 422
    assert "tanpa gelar" in page.tree.xpath("//*[@role='alert']")[0].text_content()
    assert not page.tree.findtext(".//title").startswith("Perlu diperbaiki")
    assert siti.post("/ajukan", {**odd, "peringatan_dibaca": "ya"}).path.endswith("/berkas")


def test_having_read_the_warnings_does_not_excuse_an_error(world: World) -> None:
    page = world.applicant().post("/ajukan", {**ANSWERS, "nik": "12", "peringatan_dibaca": "ya"})
    assert page.status == 422


def test_the_page_for_oneself_does_not_ask_who_fills_it_in(world: World) -> None:
    siti, budi = world.applicant(), world.applicant()
    assert siti.fills_in({}).path.endswith("/data/diri")
    assert budi.fills_in({}, "/ajukan/orang-lain").tree.xpath("//*[@name='nama_pengisi']")


def test_filling_in_for_somebody_else_needs_name_and_consent_and_is_remembered(world: World) -> None:
    budi = world.applicant()
    page = budi.fills_in(ANSWERS, "/ajukan/orang-lain")
    assert page.status == 422
    assert {"#nama_pengisi", "#persetujuan"} <= set(page.tree.xpath("//*[@role='alert']//a/@href"))
    page = budi.fills_in({**ANSWERS, **FILLER}, "/ajukan/orang-lain")
    draft = world.house.office.records.load_draft(page.path.split("/")[2])
    assert draft.form["diisi_oleh"] == "orang_lain"

    page = budi.get(f"/ajukan/{draft.id}/data/pengisi")
    assert page.value("nama_pengisi") == "Budi"
    page = budi.get(f"/ajukan/{draft.id}/data/jabatan")
    budi.post(page.action("data"), {**page.form("data"), "diisi_oleh": "sendiri", "jabatan": "Analis Baru"})
    assert world.kept(draft).form["diisi_oleh"] == "orang_lain"
    assert world.kept(draft).form["jabatan"] == "Analis Baru"


@pytest.mark.parametrize(
    ("path", "said", "kept"),
    [
        ("/ajukan", "orang_lain", "orang_lain"),
        ("/ajukan/orang-lain", "sendiri", "sendiri"),
        ("/ajukan", "siapa-saja", "sendiri"),
    ],
)
def test_the_button_says_for_whom_it_is_and_the_path_where_none_was_pressed(
    world: World, path: str, said: str, kept: str
) -> None:
    page = world.applicant().post(path, {"diisi_oleh": said})
    assert world.house.office.records.load_draft(page.path.split("/")[2]).form["diisi_oleh"] == kept


def test_without_a_button_nothing_begins(world: World) -> None:
    before = world.dump()
    page = world.applicant().post("/ajukan", {"mulai": world.applicant().get("/ajukan").form("/ajukan")["mulai"]})
    assert (page.status, world.dump()) == (422, before)


def test_whoever_fills_in_for_another_states_so_when_sending(world: World) -> None:
    draft = world.draft({**ANSWERS, **FILLER, "diisi_oleh": "orang_lain"})
    statement = world.holder(draft).get(f"/ajukan/{draft.id}/periksa").tree.get_element_by_id("pernyataan")
    assert "persetujuannya" in statement.getparent().text_content()


def test_a_draft_needs_no_more_than_that_an_address_is_good(world: World) -> None:
    siti = world.applicant()
    page = siti.post("/ajukan", {"nama_ktp": "SITI", "nik": "12", "email": "siti", "tindakan": "simpan"})
    assert page.status == 422
    assert page.tree.xpath("//*[@role='alert']//a/@href") == ["#email"]
    page = siti.post("/ajukan", {"nama_ktp": "SITI", "nik": "12", "tindakan": "simpan"})
    assert (page.status, page.path.split("/")[-1]) == (200, "tersimpan")
    assert "Alamat email belum diisi" in page.text
    assert not list(world.house.office.records.unsent())
    page = siti.post("/ajukan", {"nik": "12", "email": ANSWERS["email"], "tindakan": "simpan"})
    assert (page.status, page.path.split("/")[-1]) == (200, "tersimpan")
    assert "si•••@tarakankota.go.id" in page.text
    (owed,) = world.house.office.records.unsent()
    assert (owed.letter, owed.recipient) == ("draft_saved", "siti.contoh@tarakankota.go.id")
    assert world.house.office.records.load_draft(owed.about).form["nik"] == "12"


def test_the_emailed_link_opens_the_draft_in_another_browser(world: World) -> None:
    world.applicant().post("/ajukan", {"nik": "12", "email": ANSWERS["email"], "tindakan": "simpan"})
    (owed,) = world.house.office.records.unsent()
    message = world.house.correspondence.compose(owed)
    link = next(word for word in message.text.split() if "/ajukan/lanjut/" in word)
    page = world.applicant().get(link)
    assert page.path == f"/ajukan/{owed.about}/data/diri"
    assert page.value("nik") == "12"
    assert not page.tree.xpath("//*[@role='alert']")


@pytest.mark.parametrize(
    ("answers", "kinds", "step"),
    [({**ANSWERS, "nik": "12"}, KINDS, "data/diri"), (ANSWERS, KINDS[:3], "berkas"), (ANSWERS, KINDS, "periksa")],
)
def test_a_resumed_draft_opens_at_the_first_step_that_is_not_done(
    world: World, answers: dict[str, str], kinds: tuple[str, ...], step: str
) -> None:
    draft = world.draft(answers, kinds)
    siti = world.applicant()
    assert siti.get(world.link(draft)).path == f"/ajukan/{draft.id}/{step}"
    assert siti.get(f"/ajukan/{draft.id}").path == f"/ajukan/{draft.id}/{step}"


def test_a_changed_address_gets_a_link_of_its_own(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/data/kontak")
    page = siti.post(page.action("data"), {**page.form("data"), "email": "siti2@tarakankota.go.id"})
    assert page.path == f"/ajukan/{draft.id}/periksa"
    owed = [notice.recipient for notice in world.house.office.records.unsent()]
    assert sorted(owed) == ["siti.contoh@tarakankota.go.id", "siti2@tarakankota.go.id"]


def test_the_link_sent_to_a_mistyped_address_no_longer_opens_a_corrected_draft(world: World) -> None:
    draft = world.draft({**ANSWERS, "email": "orang.lain@tarakankota.go.id"})
    siti, link = world.holder(draft), world.link(draft)
    page = siti.get(f"/ajukan/{draft.id}/data/kontak")
    siti.post(page.action("data"), {**page.form("data"), "email": ANSWERS["email"]})
    assert world.applicant().get(link).status == 404
    assert world.applicant().get(world.link(world.kept(draft))).status == 200


def test_a_draft_may_be_saved_half_changed(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/data/diri")
    page = siti.post(page.action("data"), {**page.form("data"), "nik": "12", "tindakan": "simpan"})
    assert page.path == f"/ajukan/{draft.id}/tersimpan"
    assert world.kept(draft).form["nik"] == "12"
    assert len(world.kept(draft).documents) == len(KINDS)


# --- whatever comes --------------------------------------------------------------------------------------------------


def test_a_service_that_lets_nobody_fill_in_for_another_has_no_such_door(world: World) -> None:
    form = copy.deepcopy(dict(world.house.office.services.first.form))
    dropped = {"diisi_oleh", *FILLER}
    form["properties"] = {name: field for name, field in form["properties"].items() if name not in dropped}
    form["required"] = [name for name in form["required"] if name not in dropped]
    form["allOf"] = [rule for rule in form["allOf"] if not dropped & rule["if"]["properties"].keys()]
    form["sections"] = [{"key": "a", "title": "Data", "fields": list(form["properties"])}]
    office = replace(world.house.office, services=Services([parse(world.house.office.services.first.data, form)]))
    house = replace(world.house, office=office)
    siti = Applicant(app_of(house).test_client())
    assert not siti.get("/ajukan").tree.xpath("//button[@name='diisi_oleh']")
    assert siti.get("/ajukan/orang-lain").status == 404
    page = siti.post("/ajukan", ANSWERS)
    assert page.path.endswith("/berkas")
    draft = office.records.load_draft(page.path.split("/")[2])
    assert "diisi_oleh" not in draft.form
    page = siti.get(f"/ajukan/{draft.id}/data")
    assert siti.post(page.action("data"), page.form("data")).path == f"/ajukan/{draft.id}/berkas"


# --- what a form asks on this page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["orang_lain", ["orang_lain", "atasan"]])
def test_what_depends_on_a_hidden_answer_is_asked_for_any_of_the_answers_named(wanted: str | list[str]) -> None:
    plain = {"type": "string"}
    properties = {
        "diisi_oleh": {**plain, "title": "Diisi oleh", "widget": "hidden"},
        "pengisi": {**plain, "title": "Nama pengisi", "show_if": ["diisi_oleh", wanted]},
    }
    section = {"key": "a", "title": "A", "fields": ["diisi_oleh", "pengisi"]}
    form = Form({"type": "object", "properties": properties, "sections": [section]})

    def asked(by: str) -> list[str]:
        return [field.name for _, found in fields.asked(form, {"diisi_oleh": by}) for field in found]

    assert asked("orang_lain") == ["pengisi"]
    assert asked("sendiri") == []
    assert asked("atasan") == (["pengisi"] if "atasan" in wanted else [])
