"""What is typed is a text and nothing else wherever it comes out: pages, emails, calendars, papers, tables, ZIPs."""

import email
import io
import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import lxml.etree
import openpyxl
import pytest
from pypdf import PdfReader

from portal.core.errors import Invalid
from tests.support.clerk import ClerkInPerson
from tests.support.stage import InProcess, Stage
from tests.support.ways import FORM, WAYS

STRINGS = {
    "a header": "A\r\nBcc: jahat@contoh.id\r\nX-Jahat: 1",
    "a template": "{{1337*1337}} ${1337*1337} #{1337*1337} <%= 1337*1337 %> {0.__class__} %(x)s",
    "markup": "]]><x onload='1'>&jahat;<!ENTITY j SYSTEM 'file:///etc/passwd'>",
    "a path": "../../../../etc/passwd",
    "a formula": "=HYPERLINK(\"http://jahat.example\")",
    "a command": "@SUM(1+9)*cmd|' /C calc'!A0",
    "an entry": "A\nEND:VEVENT\nATTENDEE:mailto:jahat@contoh.id",
    "a script's end": "</script><svg/onload=alert(1)>",
    "drawing": ") Tj /JavaScript (app.alert(1)) BT (",
}  # fmt: skip
FREE = ("jabatan", "unit_kerja", "opd_lainnya", "tujuan_uraian", "status_uraian")
CHOSEN = {"opd": "Lainnya", "tujuan": "Lainnya", "status_kepegawaian": "Lainnya"}
PAPERS = ("surat-permohonan.pdf", "surat-permohonan.docx", "formulir-permohonan.pdf")


def typed(stage: Stage, said: str) -> dict[str, Any]:
    """As a browser sends it and the form tidies it."""
    form = stage.office.words("penerbitan").form
    return {**CHOSEN, **{name: form.clean({name: [said]}).get(name, "") for name in FREE}}


@pytest.mark.parametrize("said", STRINGS.values(), ids=STRINGS)
def test_a_string_is_nothing_but_a_string_wherever_it_comes_out(stage: Stage, said: str) -> None:
    try:
        draft = stage.draft(**typed(stage, said))
        number = stage.case(*WAYS["done"], **typed(stage, said))
    except Invalid:
        pytest.fail("the form does not take it: nothing was tried")
    holder = InProcess(stage.browser())
    named = [replace(document, name=said) for document in draft.documents]
    stage.records.save_draft(replace(draft, documents=tuple(named), version=draft.version + 1))
    holder.get(stage.draft_link(draft))
    _papers_are_whole(holder, draft.id)
    siti = InProcess(stage.browser())
    siti.get(stage.link("permohonan", number))
    for path in (f"/permohonan/{number}", f"/permohonan/{number}/tanda-terima", f"/ajukan/{draft.id}/periksa"):
        page = (holder if "ajukan" in path else siti).get(path)
        _page_is_harmless(page)
    _mail_is_harmless(stage)
    clerk = ClerkInPerson.at_the_desk(stage)
    _page_is_harmless(clerk.get(f"/petugas/permohonan/{number}"))
    _tables_are_harmless(clerk)
    _archive_is_harmless(clerk)


def _page_is_harmless(page: Any) -> None:
    assert page.status == 200
    assert "1787569" not in page.text
    assert not [name for name in page.headers if name.lower() in ("bcc", "x-jahat")]
    for element in page.html.iter():
        if isinstance(element.tag, str):
            assert not [name for name in element.attrib if name.lower().startswith("on")], element.attrib
            for address in (element.get("href"), element.get("src"), element.get("action")):
                assert not (address or "").lower().startswith(("javascript:", "http://jahat")), address


def _papers_are_whole(holder: InProcess, draft: str) -> None:
    for paper in PAPERS:
        answer = holder.get(f"/ajukan/{draft}/berkas/unduh/{paper}")
        assert answer.status == 200, paper
        assert b"1787569" not in answer.body
        if paper.endswith(".pdf"):
            pages = PdfReader(io.BytesIO(answer.body))
            assert "/JavaScript" not in str(pages.trailer["/Root"])
            assert not [page for page in pages.pages if "/AA" in page]
            continue
        with ZipFile(io.BytesIO(answer.body)) as archive:
            for part in archive.namelist():
                assert not part.startswith("/")
                assert ".." not in part
                if part.endswith((".xml", ".rels")):
                    content = archive.read(part)
                    lxml.etree.fromstring(content)
                    assert b"<!ENTITY" not in content


def _mail_is_harmless(stage: Stage) -> None:
    mails = stage.mail()
    assert mails
    for mail in mails:
        message = email.message_from_bytes(stage.mailbox.raw(mail["id"]))
        assert not [name for name in message if name.lower() in ("bcc", "cc", "x-jahat")]
        assert len(message.get_all("To", [])) == len(message.get_all("Subject", [])) == 1
        assert "\n" not in mail["subject"]
        assert "1787569" not in mail["text"] + mail["html"]
        for line in mail["calendar"].splitlines():
            assert not line.startswith("ATTENDEE")
        assert mail["calendar"].count("END:VEVENT") in (0, 1)


def _tables_are_harmless(clerk: ClerkInPerson) -> None:
    answer = clerk.post("/petugas/permohonan/xlsx", clerk.get("/petugas/permohonan"))
    book = openpyxl.load_workbook(io.BytesIO(answer.body))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 5
    assert not [cell.value for cell in cells if cell.data_type == "f"]


def _archive_is_harmless(clerk: ClerkInPerson) -> None:
    path = "/petugas/data-pribadi"
    page = clerk.get(path)
    page = clerk.browser.submit(page, page.form(path), "Cari", siapa=FORM["nip"])
    csrf = page.html.xpath("//input[@name='csrf']/@value")[0]
    body = urlencode({"csrf": csrf, "siapa": FORM["nip"], "berkas": "ya"})
    answer = clerk.browser.post(f"{path}/unduh", body.encode())
    with ZipFile(io.BytesIO(answer.body)) as archive:
        for name in archive.namelist():
            assert not name.startswith("/")
            assert ".." not in name.split("/")
            assert "\\" not in name
        assert json.loads(archive.read("data.json"))["cases"]
