"""Somebody who fills in for several colleagues, as verbs: what he sees and presses, without JavaScript."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from string import ascii_uppercase
from typing import Any

from portal.core.draft import Document, Draft
from portal.house import House
from tests.support.browser_without_javascript import Browser, File, Page
from tests.support.document_specimens import pdf
from tests.support.people import PERSON, Mailbox, asking
from tests.support.ways import FORM

EMAIL = "kepegawaian@tarakankota.go.id"
ABOUT = {
    "nama_pengisi": "Budi Operator",
    "jabatan_pengisi": "Pengelola Kepegawaian",
    "email_pengisi": EMAIL,
    "hp_pengisi": "0812-0000-0000",
    "persetujuan": "ya",
    "opd": "Dinas Kesehatan",
    "unit_kerja": "Puskesmas Contoh",
}
PAPER = pdf()
NAMES = ("ANI CONTOH", "BANU CONTOH", "CICI CONTOH", "DODI CONTOH", "EKA CONTOH", "FANI CONTOH")
FORTY = (*NAMES, *(f"{first} {last} CONTOH" for first in ("GALIH", "HANI") for last in ascii_uppercase[:17]))
HEADS = ("Nama", "NIK", "Status", "NIP", "Pangkat", "Jabatan", "Email", "Nomor HP")
FIELDS = ("nama_ktp", "nik", "status_kepegawaian", "nip", "pangkat", "jabatan", "email", "hp")
OWN = ("formulir_bsre", "ktp", "sk_terakhir")
"""The columns of a list of colleagues, what they say, and what each colleague brings besides."""


def colleague(number: int) -> dict[str, Any]:
    """What one of them says of himself; the office is not among it."""
    own = {name: said for name, said in PERSON.items() if name not in ("unit_kerja", "nama_dengan_gelar")}
    return {
        **own,
        "nama_ktp": FORTY[number],
        "nik": f"647301450190{number + 1:04}",
        "nip": f"199001052015032{number + 1:03}",
        "email": f"{'.'.join(FORTY[number].split()[:-1]).lower()}@tarakankota.go.id",
    }


def batch_of(house: House, people: int = 6, *, letter: bool = True) -> Draft:
    """A batch with people who have said everything, and brought all but the letter; files are not inspected."""
    batches, records, form = house.batches, house.office.records, house.office.words("penerbitan").form
    batch = batches.start("penerbitan", batches.form("penerbitan").clean(ABOUT), house.intake.token())
    if letter:
        batch = batch.with_document(brought(house, batch, "surat_permohonan"))
        records.save_draft(batch)
    said = [
        form.clean({**FORM, **batches.begins_with(batch), **colleague(number), "diisi_oleh": "orang_lain"})
        for number in range(people)
    ]
    batch = batches.add(batch, said)
    for member in batches.members(batch):
        assert member.draft
        records.save_draft(
            replace(member.draft, documents=tuple(brought(house, member.draft, kind) for kind in OWN), version=2)
        )
    return batch


def pasted(people: int) -> str:
    """A list of so many colleagues, as a spreadsheet puts it on the clipboard."""
    rows = ["\t".join(colleague(number)[field] for field in FIELDS) for number in range(people)]
    return "\n".join(["\t".join(HEADS), *rows])


def bring_theirs(house: House, answers: Mapping[str, Any], people: int) -> None:
    """What the story of one applicant shows is not shown again for each: their answers and documents are there."""
    records, form = house.office.records, house.office.words("penerbitan").form
    of = {colleague(number)["email"]: colleague(number) for number in range(people)}
    drafts = records.drafts_before(house.office.clock().replace(year=2100))
    for draft in [each for each in drafts if each.batch and not each.is_batch and not each.documents]:
        said = form.clean({**answers, **draft.form, **of[draft.form["email"]]})
        documents = tuple(brought(house, draft, kind) for kind in OWN)
        records.save_draft(
            replace(draft.with_form({**draft.form, **said}), documents=documents, version=draft.version + 1)
        )


def brought(house: House, draft: Draft, kind: str) -> Document:
    content = PAPER + kind.encode()
    kept = house.office.files.write(f"{draft.folder}{kind}/1/checked", content, "application/pdf")
    mark, at = sha256(content).hexdigest(), house.office.clock().isoformat()
    return Document(kind, kept.key, kept.version, mark, kept.size, "application/pdf", 1, at, "surat.pdf")


class Filler:
    def __init__(self, browser: Browser, mailbox: Mailbox) -> None:
        self.browser, self.mailbox = browser, mailbox

    def begin(self, **differently: Any) -> Page:
        page = self.browser.get("/usulan")
        return self.browser.submit(page, page.form("/usulan"), **{**ABOUT, **differently})

    def open(self) -> Page:
        return self.browser.get(self.mailbox.link(EMAIL, "usulan"))

    def add(self, somebody: dict[str, Any]) -> Page:
        """Add a colleague, and say of him what he says of himself; returns the page after the last part."""
        page = self.browser.get(self.open().href("/pegawai"))
        named = {name: somebody[name] for name in ("nama_ktp", "email")}
        page = self.browser.submit(page, page.form("/pegawai"), **named)
        while page.status == 200 and (form := asking(page)) is not None:
            asked = {element.get("name") for element in form.xpath(".//*[@name]")}
            purpose = {"tujuan": "Surat dan naskah dinas"} if "tujuan" in asked else {}
            said = {name: answer for name, answer in somebody.items() if name in asked}
            page = self.browser.submit(page, form, "Lanjut", **said, **purpose)
        return page

    def bring_letter(self, content: bytes) -> Page:
        page = self.browser.get(self.open().href("/surat"))
        form = next(form for form in page.html.forms if form.xpath(".//input[@id='berkas-surat_permohonan-file']"))
        arrived = self.browser.submit(page, form, file=File("surat.pdf", content))
        return self.browser.submit(arrived, arrived.form("/surat_permohonan"), "Periksa")

    def press(self, page: Page, action: str, name: str) -> Page:
        """One of a colleague's buttons on the page with everybody."""
        forms = (form for form in page.html.forms if (form.action or "").endswith(f"/{action}"))
        return self.browser.submit(page, next(form for form in forms if name in form.text_content()))

    def send(self, name: str) -> str:
        """A colleague's application, read over and sent; returns its ticket."""
        check = self.press(self.open(), "buka", name)
        sent = self.browser.submit(check, check.form("/periksa"), "Kirim", pernyataan="ya")
        return str(sent.html.get_element_by_id("nomor-tiket").text_content()).strip()

    def mend(self, name: str, kind: str, file: tuple[str, bytes]) -> Page:
        """What was returned to a colleague, replaced and sent back; returns the page after that."""
        page = self.press(self.open(), "buka", name)
        form = next(form for form in page.html.forms if form.xpath(f".//input[@id='berkas-{kind}-file']"))
        arrived = self.browser.submit(page, form, file=File(*file))
        page = self.browser.submit(arrived, arrived.form(f"/{kind}"), "Periksa")
        return self.browser.submit(page, page.form("/perbaikan", "Kirim perbaikan"), "Kirim")
