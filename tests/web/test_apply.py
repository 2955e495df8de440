"""The applicant's way in, as a browser sees it: over HTTP, without JavaScript unless a test says so."""

import copy
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import bootstrap
from portal.core.draft import Document, Draft
from portal.core.sop import parse
from portal.forms.form import Form
from portal.house import House
from portal.web import fields
from portal.web.app import create_app
from tests.support.document_specimens import jpeg, pdf

KINDS = ("surat_permohonan", "formulir_bsre", "ktp", "sk_terakhir")
ANSWERS = {
    "nama_ktp": "SITI CONTOH",
    "nik": "6473014501900001",
    "status_kepegawaian": "PNS",
    "nip": "19900105 201503 2 001",
    "pangkat": "III/c",
    "jabatan": "Analis Contoh",
    "opd": "Dinas Kesehatan",
    "unit_kerja": "Bidang Contoh",
    "email": "Siti.Contoh@tarakankota.go.id",
    "email_aktif": "ya",
    "hp": "0812-0000-0000",
    "tujuan": "Dokumen keuangan",
}
FILLER = {"nama_pengisi": "Budi", "jabatan_pengisi": "Sekretaris", "hp_pengisi": "081200000001", "persetujuan": "ya"}
MULTIPART = "multipart/form-data; boundary=b"
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class World:
    """A whole portal on one machine, its clock, and the folder of all it keeps."""

    house: House
    app: Flask
    clock: Clock
    data: Path

    def applicant(self) -> "Applicant":
        return Applicant(self.app.test_client())

    def draft(self, answers: dict[str, str] | None = None, kinds: tuple[str, ...] = KINDS) -> Draft:
        """A draft with documents, by way of the core: nothing is inspected."""
        form = self.house.office.words.form
        by = {"diisi_oleh": "sendiri"}
        draft = self.house.intake.start(form.clean({**by, **(ANSWERS if answers is None else answers)}))
        for kind in kinds:
            key = f"drafts/{draft.id}/{kind}/{secrets.token_hex(4)}/checked"
            stored = self.house.office.files.write(key, kind.encode(), "application/pdf")
            digest = sha256(kind.encode()).hexdigest()
            uploaded_at = self.clock().isoformat()
            name = f"{kind}.pdf"
            document = Document(kind, key, stored.version, digest, stored.size, "application/pdf", 2, uploaded_at, name)
            draft = draft.with_document(document)
            self.house.office.records.save_draft(draft)
        return draft

    def link(self, draft: Draft, life: timedelta = timedelta(days=7)) -> str:
        """The link of the email with which a draft is resumed."""
        claims = {"d": draft.id, "r": draft.form["email"]}
        return f"/ajukan/lanjut/{self.house.office.links.sign('draft', claims, self.clock() + life)}"

    def holder(self, draft: Draft) -> "Applicant":
        """Somebody who has opened that link."""
        applicant = self.applicant()
        applicant.get(self.link(draft))
        return applicant

    def kept(self, draft: Draft) -> Draft:
        return self.house.office.records.load_draft(draft.id)

    def dump(self) -> tuple[list[str], list[str]]:
        """Everything in the database, and every file's name."""
        connection = sqlite3.connect(self.data / "portal.sqlite")
        lines = list(connection.iterdump())
        connection.close()
        return lines, sorted(str(path) for path in (self.data / "berkas").rglob("*"))


@dataclass(frozen=True)
class Page:
    status: int
    path: str
    text: str
    tree: Any
    headers: Any
    body: bytes

    def form(self, contains: str) -> dict[str, str]:
        """What the form with such an action would send as it stands."""
        return dict(self._form(contains).form_values())

    def action(self, contains: str) -> str:
        return str(self._form(contains).action)

    def card(self, kind: str) -> str:
        return " ".join(self.tree.get_element_by_id(f"berkas-{kind}").text_content().split())

    def value(self, name: str) -> str | None:
        found: str | None = self.tree.xpath(f"//input[@name='{name}']/@value")[0]
        return found

    def _form(self, contains: str) -> Any:
        return next(form for form in self.tree.forms if form.method == "POST" and contains in form.action)


@dataclass(frozen=True)
class Applicant:
    client: FlaskClient

    def get(self, path: str) -> Page:
        return _page(self.client.get(path, follow_redirects=True))

    def post(self, path: str, data: Any = None, headers: dict[str, str] | None = None, **more: Any) -> Page:
        return _page(self.client.post(path, data=data, headers=headers or {}, follow_redirects=True, **more))

    def upload(self, draft: Draft, kind: str, content: bytes, name: str = "surat.pdf") -> Page:
        """Choose a file, send it to where the page says, and have it checked."""
        arrived = self.send(draft, kind, content, name)
        return self.post(arrived.action(f"/berkas/{kind}"), arrived.form(f"/berkas/{kind}"))

    def send(self, draft: Draft, kind: str, content: bytes, name: str = "surat.pdf") -> Page:
        page = self.get(f"/ajukan/{draft.id}/berkas")
        card = page.tree.get_element_by_id(f"berkas-{kind}")
        form = next(form for form in card.iterdescendants("form") if form.get("enctype"))
        referer = {"Referer": f"http://localhost/ajukan/{draft.id}/berkas"}
        return self.post(
            form.action, multipart(dict(form.form_values()), content, name), referer, content_type=MULTIPART
        )

    def report(self, draft: Draft, kind: str) -> tuple[str, dict[str, str]]:
        """Address and fields with which the page's script reports an upload."""
        page = self.get(f"/ajukan/{draft.id}/berkas")
        card = page.tree.get_element_by_id(f"berkas-{kind}")
        form = next(form for form in card.iterdescendants("form") if form.get("enctype"))
        return form.get("data-finish"), {"csrf": form.get("data-csrf"), "name": "Foto KTP.jpg"}


def _page(answer: Any) -> Page:
    html = answer.mimetype == "text/html" and bool(answer.data)
    tree = lxml.html.fromstring(answer.get_data(as_text=True)) if html else None
    text = " ".join(tree.text_content().split()) if html else ""
    return Page(answer.status_code, answer.request.path, text, tree, answer.headers, answer.data)


def multipart(fields: dict[str, str], content: bytes, name: str = "a.pdf") -> bytes:
    """The body of an upload form: its fields in order, and the file last."""
    head = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n' for key, text in fields.items()
    )
    head += f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n--b--\r\n"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = Clock()
    config = bootstrap.Config.from_environment({}, data=tmp_path / "data", address="http://localhost", rehearsal=True)
    house = bootstrap.build(replace(config, site=None), clock=clock)
    yield World(house, _app(house), clock, tmp_path / "data")
    house.office.records.close()  # type: ignore[attr-defined]


def _app(house: House, **differently: Any) -> Flask:
    return create_app(house, replace(house.equipment, **differently), address="http://localhost")


# --- the whole way ---------------------------------------------------------------------------------------------


def test_an_applicant_goes_from_the_empty_form_to_the_ticket(world: World) -> None:
    siti = world.applicant()
    page = siti.post("/ajukan", {**siti.get("/ajukan").form("/ajukan"), **ANSWERS})
    assert (page.status, page.path.split("/")[-1]) == (200, "berkas")
    draft = world.house.office.records.load_draft(page.path.split("/")[2])

    for kind in KINDS:
        assert "Belum ada" in page.card(kind)
        page = siti.upload(draft, kind, jpeg() if kind == "ktp" else pdf(pages=2))
        assert (page.status, page.path) == (200, f"/ajukan/{draft.id}/berkas")
        assert "Diterima" in page.card(kind)
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
    siti = world.applicant()
    assert not siti.get("/ajukan").tree.xpath("//*[@name='nama_pengisi']")
    assert siti.get("/ajukan/orang-lain").tree.xpath("//*[@name='nama_pengisi']")


def test_filling_in_for_somebody_else_needs_name_and_consent_and_is_remembered(world: World) -> None:
    budi = world.applicant()
    page = budi.post("/ajukan/orang-lain", ANSWERS)
    assert page.status == 422
    assert {"#nama_pengisi", "#persetujuan"} <= set(page.tree.xpath("//*[@role='alert']//a/@href"))
    page = budi.post("/ajukan/orang-lain", {**ANSWERS, **FILLER})
    draft = world.house.office.records.load_draft(page.path.split("/")[2])
    assert draft.form["diisi_oleh"] == "orang_lain"

    page = budi.get(f"/ajukan/{draft.id}/data")
    assert page.value("nama_pengisi") == "Budi"
    budi.post(page.action("data"), {**page.form("data"), "diisi_oleh": "sendiri", "jabatan": "Analis Baru"})
    assert world.kept(draft).form["diisi_oleh"] == "orang_lain"
    assert world.kept(draft).form["jabatan"] == "Analis Baru"


def test_the_path_says_who_fills_in_the_form_whatever_was_posted(world: World) -> None:
    page = world.applicant().post("/ajukan", {**ANSWERS, **FILLER, "diisi_oleh": "orang_lain"})
    form = world.house.office.records.load_draft(page.path.split("/")[2]).form
    assert form["diisi_oleh"] == "sendiri"
    assert "nama_pengisi" not in form


def test_whoever_fills_in_for_another_states_so_when_sending(world: World) -> None:
    draft = world.draft({**ANSWERS, **FILLER, "diisi_oleh": "orang_lain"})
    statement = world.holder(draft).get(f"/ajukan/{draft.id}/periksa").tree.get_element_by_id("pernyataan")
    assert "persetujuannya" in statement.getparent().text_content()


def test_a_draft_needs_no_more_than_a_good_address(world: World) -> None:
    siti = world.applicant()
    page = siti.post("/ajukan", {"nama_ktp": "SITI", "nik": "12", "tindakan": "simpan"})
    assert page.status == 422
    assert page.tree.xpath("//*[@role='alert']//a/@href") == ["#email"]
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
    assert page.path == f"/ajukan/{owed.about}/data"
    assert page.value("nik") == "12"
    assert not page.tree.xpath("//*[@role='alert']")


@pytest.mark.parametrize(
    ("answers", "kinds", "step"),
    [({**ANSWERS, "nik": "12"}, KINDS, "data"), (ANSWERS, KINDS[:3], "berkas"), (ANSWERS, KINDS, "periksa")],
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
    page = siti.get(f"/ajukan/{draft.id}/data")
    page = siti.post(page.action("data"), {**page.form("data"), "email": "siti2@tarakankota.go.id"})
    assert page.path == f"/ajukan/{draft.id}/periksa"
    owed = [notice.recipient for notice in world.house.office.records.unsent()]
    assert sorted(owed) == ["siti.contoh@tarakankota.go.id", "siti2@tarakankota.go.id"]


def test_the_link_sent_to_a_mistyped_address_no_longer_opens_a_corrected_draft(world: World) -> None:
    draft = world.draft({**ANSWERS, "email": "orang.lain@tarakankota.go.id"})
    siti, link = world.holder(draft), world.link(draft)
    page = siti.get(f"/ajukan/{draft.id}/data")
    siti.post(page.action("data"), {**page.form("data"), "email": ANSWERS["email"]})
    assert world.applicant().get(link).status == 404
    assert world.applicant().get(world.link(world.kept(draft))).status == 200


def test_a_draft_may_be_saved_half_changed(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/data")
    page = siti.post(page.action("data"), {**page.form("data"), "nik": "12", "tindakan": "simpan"})
    assert page.path == f"/ajukan/{draft.id}/tersimpan"
    assert world.kept(draft).form["nik"] == "12"
    assert len(world.kept(draft).documents) == len(KINDS)


# --- who may open a draft ----------------------------------------------------------------------------------------


def test_a_draft_stays_shut_without_its_cookie(world: World) -> None:
    draft, other = world.draft(), world.draft()
    for visitor in (world.applicant(), world.holder(other)):
        for step in ("", "/data", "/berkas", "/berkas/ktp/lihat", "/periksa", "/terkirim", "/tanda-terima"):
            page = visitor.get(f"/ajukan/{draft.id}{step}")
            assert page.status == 403
            assert "SITI" not in page.text
        assert visitor.post(f"/ajukan/{draft.id}/periksa", {"pernyataan": "ya"}).status == 403
    assert world.kept(draft) == draft


def test_the_cookie_of_a_draft_does_not_open_another_one(world: World) -> None:
    mine, hers = world.draft(), world.draft()
    siti = world.holder(mine)
    cookie = siti.client.get_cookie("draf", path=f"/ajukan/{mine.id}")
    assert cookie is not None
    siti.client.set_cookie("draf", cookie.value, path=f"/ajukan/{hers.id}")
    assert siti.get(f"/ajukan/{hers.id}/data").status == 403


def test_a_forged_link_is_refused_and_an_expired_one_leads_to_a_new_application(world: World) -> None:
    draft = world.draft()
    assert world.applicant().get(world.link(draft) + "x").status == 403
    foreign = world.house.office.links.sign("permohonan", {"d": draft.id}, world.clock() + timedelta(days=1))
    assert world.applicant().get(f"/ajukan/lanjut/{foreign}").status == 403
    link = world.link(draft)
    world.clock.now += timedelta(days=8)
    page = world.applicant().get(link)
    assert page.status == 404
    assert page.tree.xpath("//main//a[@href='/ajukan']")


def test_a_draft_past_its_days_is_gone_for_its_holder_too(world: World) -> None:
    draft = world.draft()
    world.clock.now += timedelta(days=6, hours=20)
    siti = world.holder(draft)
    assert siti.get(f"/ajukan/{draft.id}/data").status == 200
    world.clock.now += timedelta(hours=8)
    assert siti.get(f"/ajukan/{draft.id}/data").status == 404


@pytest.mark.parametrize("path", ["data", "berkas/ktp", "berkas/ktp/hapus", "periksa"])
@pytest.mark.parametrize("token", ["", "x", "of another draft"])
def test_a_form_that_is_not_of_this_page_changes_nothing(world: World, path: str, token: str) -> None:
    draft, other = world.draft(), world.draft()
    siti = world.holder(draft)
    if token == "of another draft":
        token = world.holder(other).get(f"/ajukan/{other.id}/periksa").form("periksa")["csrf"]
    before = world.dump()
    page = siti.post(f"/ajukan/{draft.id}/{path}", {**ANSWERS, "pernyataan": "ya", "csrf": token})
    assert page.status == 403
    assert world.dump() == before


def test_another_site_cannot_post_an_application_here(world: World) -> None:
    page = world.applicant().post("/ajukan", ANSWERS, {"Origin": "https://jahat.example"})
    assert page.status == 403


def test_private_pages_are_kept_nowhere_and_in_no_index(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    for step in ("data", "berkas", "periksa"):
        page = siti.get(f"/ajukan/{draft.id}/{step}")
        assert page.headers["Cache-Control"] == "no-store"
        assert page.tree.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow"]


# --- step 2: documents ---------------------------------------------------------------------------------------------


def test_a_refused_file_is_explained_at_its_document_and_nothing_of_it_is_kept(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    page = siti.upload(draft, "ktp", b"bukan gambar", "ktp.jpg")
    assert page.status == 422
    assert "Perlu diganti" in page.card("ktp")
    assert "bukan PDF, JPG, atau PNG" in page.card("ktp")
    assert page.tree.xpath("//*[@role='alert']//a/@href") == ["#berkas-ktp"]
    assert world.kept(draft).documents == ()
    assert [path for path in (world.data / "berkas").rglob("*") if path.is_file()] == []


def test_a_refused_file_leaves_the_earlier_one_in_place(world: World) -> None:
    draft = world.draft()
    page = world.holder(draft).upload(draft, "ktp", b"bukan gambar", "ktp.jpg")
    assert page.status == 422
    assert "Diterima" in page.card("ktp")
    assert "tetap dipakai" in page.card("ktp")
    assert world.kept(draft).documents == draft.documents


def test_a_script_gets_the_card_anew_with_the_result(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/berkas")
    form = page.tree.get_element_by_id("berkas-ktp").find(".//form")
    for content, status, state in ((b"x", 422, "Perlu diganti"), (jpeg(), 200, "Diterima")):
        body = multipart(dict(form.form_values()), content)
        assert siti.post(form.action, body, SCRIPT, content_type=MULTIPART).status == 204
        reported = siti.post(form.get("data-finish"), {"csrf": form.get("data-csrf"), "name": "Foto.jpg"}, SCRIPT)
        assert reported.status == status
        assert reported.tree.get("id") == "berkas-ktp"
        assert state in reported.text
        form = reported.tree.find(".//form")
    document = world.kept(draft).document("ktp")
    assert document is not None
    assert (document.name, document.media_type) == ("Foto.jpg", "image/jpeg")


def test_a_report_of_a_file_that_never_came_is_answered_with_a_fresh_form(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    address, fields = siti.report(draft, "ktp")
    page = siti.post(address, fields, SCRIPT)
    assert page.status == 422
    assert page.tree.xpath("//form[@enctype]")
    assert "belum sampai" in page.text


def test_a_report_that_comes_too_late_is_answered_with_a_fresh_form(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    address, fields = siti.report(draft, "ktp")
    world.clock.now += timedelta(hours=2)
    page = siti.post(address, fields, SCRIPT)
    assert page.status == 422
    assert page.tree.xpath("//form/@data-finish") != [address]


def test_a_report_that_is_not_ours_is_refused(world: World) -> None:
    draft, other = world.draft(kinds=()), world.draft(kinds=())
    siti, budi = world.holder(draft), world.holder(other)
    _, fields = siti.report(draft, "ktp")
    assert siti.post(f"/ajukan/{draft.id}/berkas/ktp?selesai=x", fields).status == 403
    assert siti.post(f"/ajukan/{draft.id}/berkas/ktp", fields).status == 403
    address, _ = budi.report(other, "ktp")
    assert siti.post(address.replace(other.id, draft.id), fields).status == 404
    assert world.kept(draft).documents == ()


def test_without_scripts_the_page_says_how_a_file_is_sent(world: World) -> None:
    draft = world.draft(kinds=())
    page = world.holder(draft).get(f"/ajukan/{draft.id}/berkas")
    assert "tekan Unggah, lalu tekan Periksa berkas ini pada halaman berikutnya" in page.text


def test_landing_after_an_upload_changes_nothing_until_the_button(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    arrived = siti.send(draft, "ktp", jpeg(), "ktp.jpg")
    assert arrived.path == f"/ajukan/{draft.id}/berkas/ktp/terunggah"
    assert world.kept(draft).documents == ()
    siti.post(arrived.action("/ktp"), arrived.form("/ktp"))
    assert world.kept(draft).document("ktp") is not None


def test_a_document_can_be_looked_at_replaced_and_removed(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    seen = siti.get(f"/ajukan/{draft.id}/berkas/ktp/lihat")
    assert (seen.body, seen.headers["Content-Type"]) == (b"ktp", "application/pdf")
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    siti.upload(draft, "ktp", pdf(pages=3))
    replaced = world.kept(draft).document("ktp")
    assert replaced is not None
    assert replaced.pages == 3
    page = siti.get(f"/ajukan/{draft.id}/berkas")
    page = siti.post(page.action("ktp/hapus"), page.form("ktp/hapus"))
    assert "Belum ada" in page.card("ktp")
    assert world.kept(draft).document("ktp") is None
    assert siti.get(f"/ajukan/{draft.id}/berkas/ktp/lihat").status == 404


def test_a_document_nobody_asked_for_is_not_found(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    base = f"/ajukan/{draft.id}/berkas/paspor"
    csrf = siti.get(f"/ajukan/{draft.id}/periksa").form("periksa")["csrf"]
    for page in (siti.post(base, {"csrf": csrf}), siti.get(f"{base}/terunggah"), siti.get(f"{base}/lihat")):
        assert page.status == 404
    siti.post(f"{base}/hapus", {"csrf": csrf})
    assert world.kept(draft) == draft


def test_an_upload_form_is_good_for_its_own_key_and_hour_only(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/berkas")
    fields = page.form("/unggah")
    before = world.dump()

    def sent(**changes: str) -> Page:
        referer = {"Referer": f"http://localhost/ajukan/{draft.id}/berkas"}
        return siti.post("/unggah", multipart({**fields, **changes}, pdf()), referer, content_type=MULTIPART)

    for refused in (sent(policy="x"), sent(key=fields["key"].replace("surat_permohonan", "ktp")), sent(policy="")):
        assert refused.status == 403
        assert refused.tree.xpath(f"//main//a[@href='/ajukan/{draft.id}/berkas']")
    world.clock.now += timedelta(hours=2)
    assert sent().status == 410
    assert world.dump() == before


@pytest.mark.parametrize("referer", ["https://jahat.example/ajukan/x", "http://localhost//jahat.example/ajukan/", ""])
def test_the_way_back_from_a_refused_upload_never_leaves_the_portal(world: World, referer: str) -> None:
    body = multipart({"policy": "x"}, b"x")
    page = world.applicant().post("/unggah", body, {"Referer": referer}, content_type=MULTIPART)
    assert page.status == 403
    assert "jahat" not in page.body.decode()


@pytest.mark.parametrize("cut", [1, 4, 8, 60, 2000])
def test_half_an_upload_is_no_upload(world: World, cut: int) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    fields = siti.get(f"/ajukan/{draft.id}/berkas").form("/unggah")
    body = multipart(fields, pdf(pages=5))[: -2 - cut]
    assert siti.post("/unggah", body, content_type=MULTIPART).status == 400
    assert [path for path in (world.data / "berkas").rglob("*") if path.is_file()] == []


def test_a_file_keeps_every_byte_on_its_way(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    fields = siti.get(f"/ajukan/{draft.id}/berkas").form("/unggah")
    content = secrets.token_bytes(200_000) + b"\r\n--\r\n--bb\r\n--c--\r\n" + b"\r" * 100_000 + b"\n\r\n"
    assert siti.post("/unggah", multipart(fields, content), SCRIPT, content_type=MULTIPART).status == 204
    stored = world.house.office.files.stat(fields["key"])
    assert world.house.office.files.read(stored.key, stored.version) == content


@pytest.mark.parametrize("size", [0, 5 * 1024**2 + 1, 65 * 1024**2])
def test_a_file_of_the_wrong_size_meets_a_sentence(world: World, size: int) -> None:
    draft = world.draft(kinds=())
    page = world.holder(draft).send(draft, "ktp", b"x" * size)
    assert page.status == (413 if size else 422)
    assert page.tree.xpath(f"//main//a[@href='/ajukan/{draft.id}/berkas']")
    assert [path for path in (world.data / "berkas").rglob("*") if path.is_file()] == []


def test_a_file_of_exactly_the_limit_arrives(world: World) -> None:
    draft = world.draft(kinds=())
    assert world.holder(draft).send(draft, "ktp", b"x" * 5 * 1024**2).path.endswith("/terunggah")


def test_without_a_receiving_engine_there_is_no_place_to_upload_to(world: World) -> None:
    client = _app(world.house, receiver=None).test_client()
    assert client.post("/unggah", data=multipart({}, b"x"), content_type=MULTIPART).status_code == 404


# --- step 3: reading over and sending --------------------------------------------------------------------------------


def test_what_is_missing_is_named_and_leads_to_its_place(world: World) -> None:
    draft = world.draft({**ANSWERS, "nik": "12"}, kinds=("ktp",))
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    links = page.tree.xpath("//main//*[contains(@class, 'notice')]//a/@href")
    base = f"/ajukan/{draft.id}"
    assert f"{base}/data#nik" in links
    assert f"{base}/berkas#berkas-sk_terakhir" in links
    assert f"{base}/berkas#berkas-ktp" not in links
    csrf = siti.get(f"{base}/data").form("data")["csrf"]
    page = siti.post(f"{base}/periksa", {"csrf": csrf, "pernyataan": "ya"})
    assert page.status == 422
    assert world.kept(draft).ticket == ""


def test_each_part_can_be_changed_from_the_page_that_shows_it_all(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    data = siti.get(f"/ajukan/{draft.id}/data")
    links = siti.get(f"/ajukan/{draft.id}/periksa").tree.xpath("//*[contains(@class, 'change')]/a/@href")
    sections = [link.partition("#")[2] for link in links if "/data#" in link]
    assert len(sections) == 5
    for field in sections:
        assert data.tree.get_element_by_id(field) is not None
    assert sum("/berkas#" in link for link in links) == len(KINDS)


def test_nothing_is_sent_without_the_statement(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    page = siti.post(page.action("periksa"), page.form("periksa"))
    assert page.status == 422
    assert page.tree.xpath("//*[@role='alert']//a/@href") == ["#pernyataan"]
    assert world.kept(draft).ticket == ""


def test_the_same_file_in_two_places_is_pointed_out_but_does_not_stop_anybody(world: World) -> None:
    draft = world.draft(kinds=KINDS[:3])
    letter = draft.document("surat_permohonan")
    assert letter is not None
    world.house.office.records.save_draft(draft.with_document(replace(letter, kind="sk_terakhir")))
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    assert "Surat permohonan dan SK terakhir" in page.text
    page = siti.post(page.action("periksa"), {**page.form("periksa"), "pernyataan": "ya"})
    assert page.path.endswith("/terkirim")


def test_sending_twice_is_sending_once(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    sent = [siti.post(page.action("periksa"), {**page.form("periksa"), "pernyataan": "ya"}) for _ in range(2)]
    ticket = world.kept(draft).ticket
    assert [answer.path for answer in sent] == [f"/ajukan/{draft.id}/terkirim"] * 2
    assert all(ticket in answer.text for answer in sent)
    connection = sqlite3.connect(world.data / "portal.sqlite")
    assert connection.execute("SELECT count(*) FROM application").fetchone() == (1,)
    connection.close()


def test_after_sending_every_page_of_the_draft_shows_the_ticket(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    csrf = page.form("periksa")["csrf"]
    siti.post(page.action("periksa"), {"csrf": csrf, "pernyataan": "ya"})
    before = world.dump()
    for step in ("", "/data", "/berkas", "/berkas/ktp/terunggah", "/berkas/ktp/lihat", "/periksa", "/tersimpan"):
        assert siti.get(f"/ajukan/{draft.id}{step}").path == f"/ajukan/{draft.id}/terkirim"
    for step in ("/data", "/berkas/ktp", "/berkas/ktp/hapus"):
        assert siti.post(f"/ajukan/{draft.id}{step}", {**ANSWERS, "csrf": csrf}).path == f"/ajukan/{draft.id}/terkirim"
    assert world.applicant().get(world.link(draft)).path == f"/ajukan/{draft.id}/terkirim"
    assert world.dump() == before


def test_the_ticket_page_shares_nothing_but_the_ticket_and_where_to_ask(world: World) -> None:
    draft = world.draft()
    world.house.intake.submit(draft.id)
    page = world.holder(draft).get(f"/ajukan/{draft.id}/terkirim")
    (share,) = page.tree.xpath("//a[starts-with(@href, 'https://wa.me/')]/@href")
    ticket = world.kept(draft).ticket
    assert ticket in share
    assert "siti" not in share.lower()
    assert page.tree.xpath("//main//*[local-name()='svg' and not(contains(@class, 'icon'))]")
    assert "6473014501900001" not in page.text
    for step in world.house.office.sop.steps:
        assert step.name in page.text


def test_the_ticket_page_follows_the_case_once_the_address_is_confirmed(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    ticket = world.house.intake.submit(draft.id).ticket
    assert "konfirmasikan" in siti.get(f"/ajukan/{draft.id}/terkirim").text
    world.house.cases.confirm(ticket)
    text = siti.get(f"/ajukan/{draft.id}/terkirim").text
    assert "konfirmasikan" not in text
    assert world.house.office.sop.status("telaah_kadis", "waiting").label in text


def test_the_acknowledgement_says_what_was_handed_in_and_when(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    assert siti.get(f"/ajukan/{draft.id}/tanda-terima").path.endswith("/periksa")
    world.house.intake.submit(draft.id)
    text = siti.get(f"/ajukan/{draft.id}/tanda-terima").text
    for shown in (world.kept(draft).ticket, "23 November 2026 09.00 WITA", "SITI CONTOH", "Dinas Kesehatan"):
        assert shown in text
    for document in draft.documents:
        assert document.sha256[:12] in text
        assert document.sha256[:13] not in text
    assert "belum dikonfirmasi" in text
    assert "6473014501900001" not in text


# --- whatever comes --------------------------------------------------------------------------------------------------


def test_looking_changes_nothing(world: World) -> None:
    open_draft, sent_draft = world.draft(), world.draft()
    world.house.intake.submit(sent_draft.id)
    holders = [(world.holder(draft), draft) for draft in (open_draft, sent_draft)]
    before = world.dump()
    looked = 0
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in ("apply", "bring", "send", "uploads"):
            continue
        for siti, draft in holders:
            token = world.link(draft).rpartition("/")[2]
            path = str(rule).replace("<draft>", draft.id).replace("<kind>", "ktp").replace("<token>", token)
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = siti.client.open(f"{path}?selesai=x&pernyataan=ya", method=method, data=None)
                assert answer.status_code < 500
                looked += 1
    assert looked > 60
    assert world.dump() == before


FORMS = [
    "/ajukan",
    "/ajukan/orang-lain",
    "/ajukan/{draft}/data",
    "/ajukan/{draft}/periksa",
    "/ajukan/{draft}/berkas/ktp",
]
BODIES = {
    "nothing": b"",
    "NUL": b"nama_ktp=%00SITI%00&nik=%00&email=a%00b@tarakankota.go.id&tindakan=simpan%00",
    "bad UTF-8": b"nama_ktp=%ff%fe&%ff=1&nik=%c3%28&email=%ed%a0%80",
    "no pairs": b"&&&===&;;%%%",
    "many times the same": b"&".join([b"nik=1&status_kepegawaian=PNS&tujuan=x&csrf=a&pernyataan=ya"] * 300),
    "unknown choice": b"status_kepegawaian=Raja&opd=Kerajaan&tujuan=%F0%9F%98%80&diisi_oleh=hantu&jenis_permohonan=x",
    "long": b"nama_ktp=" + b"A" * 200_000,
    "too long": b"nama_ktp=" + b"A" * 300_000,
    "too many fields": b"&".join(b"f%d=1" % number for number in range(20_000)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_senseless_form_is_answered_with_a_page(world: World, form: str, body: bytes) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    csrf = siti.get(f"/ajukan/{draft.id}/periksa").form("periksa")["csrf"].encode()
    before = world.dump()
    for sent in (body, body + b"&csrf=" + csrf):
        page = siti.post(form.format(draft=draft.id), sent, content_type="application/x-www-form-urlencoded")
        assert 400 <= page.status < 500
        assert page.tree.xpath("//h1")
    assert world.dump() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=b",
        "text/plain",
        "",
        "\xff",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf a fi',
        b"--b\r\nContent-Disposition: \xff\xfe\r\n\r\nx\r\n--b--",
        b"--b\r\n\r\nx\r\n--b--\r\n",
        b"\0" * 5000,
    ],
)
def test_a_senseless_upload_is_answered_with_a_page(world: World, content_type: str, body: bytes) -> None:
    # Werkzeug leaves half a file for the collector to close, which would be a warning here.
    for path in ("/unggah",) if b"half" in body else ("/unggah", "/ajukan"):
        page = world.applicant().post(path, body, content_type=content_type)
        assert 400 <= page.status < 500
        assert page.tree.xpath("//h1")


@pytest.mark.parametrize("id", ["x", "%00", "%ff%fe", "..%2f..", "A" * 5000, "🙂", "lanjut", "orang-lain"])
def test_a_senseless_address_is_answered_with_a_page(world: World, id: str) -> None:
    siti = world.holder(world.draft())
    for path in (
        f"/ajukan/{id}/data",
        f"/ajukan/{id}/berkas/{id}",
        f"/ajukan/lanjut/{id}",
        f"/ajukan/{id}/berkas/{id}/lihat",
    ):
        for page in (siti.get(path), siti.post(path, {"csrf": id})):
            assert 400 <= page.status < 500
            assert page.tree.xpath("//h1")


def test_a_service_that_lets_nobody_fill_in_for_another_has_no_such_door(world: World) -> None:
    form = copy.deepcopy(dict(world.house.office.sop.form))
    dropped = {"diisi_oleh", *FILLER}
    form["properties"] = {name: field for name, field in form["properties"].items() if name not in dropped}
    form["required"] = [name for name in form["required"] if name not in dropped]
    form["allOf"] = [rule for rule in form["allOf"] if not dropped & rule["if"]["properties"].keys()]
    form["sections"] = [{"key": "a", "title": "Data", "fields": list(form["properties"])}]
    office = replace(world.house.office, sop=parse(world.house.office.sop.data, form))
    house = replace(world.house, office=office)
    siti = Applicant(_app(house).test_client())
    assert not siti.get("/ajukan").tree.xpath("//a[@href='/ajukan/orang-lain']")
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
