"""What is typed stays text: on every page, in every email, in every spreadsheet."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import lxml.html
import pytest

from portal.web.official.devices import COOKIE, PATHS
from tests.support.devices import known_to
from tests.support.stage import InProcess, Stage
from tests.support.ways import EMAIL, SAYS, WAYS

MARKUP = "A<script>alert(1)</script>{{7*7}}\"'><img src=x onerror=alert(1)>"
FREE: Mapping[str, Any] = {
    "jabatan": MARKUP, "unit_kerja": MARKUP, "opd": "Lainnya", "opd_lainnya": MARKUP, "tujuan": "Lainnya",
    "tujuan_uraian": MARKUP, "status_kepegawaian": "Lainnya", "status_uraian": MARKUP,
}  # fmt: skip
ALL_THE_WAY = (*WAYS["mended"][1:], *WAYS["refused"][1:], *WAYS["missed"][4:], "book", *WAYS["done"][-3:])
"""Every action an official can take but rejecting, and the applicant's between them."""


class Onlooker:
    """Browsers whose every page is kept."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.pages = stage, list[bytes]()

    def browser(self) -> InProcess:
        browser, pages = InProcess(self.stage.browser()), self.pages
        ask = browser._open

        def keep(request: Any) -> Any:
            page = ask(request)
            if page.headers.get("Content-Type", "").startswith("text/html"):
                pages.append(page.body)
            return page

        browser._open = keep  # type: ignore[method-assign]  # every page passes here
        return browser


def test_what_is_typed_is_shown_as_typed_on_every_page_and_in_every_email(stage: Stage) -> None:
    """Markup in every field that takes free text, by everybody, from the first form to the recap."""
    onlooker = Onlooker(stage)
    siti = stage.applicant(email=EMAIL, **FREE)
    siti.browser = onlooker.browser()
    refused = siti.fill_in(nama_ktp=MARKUP, nama_dengan_gelar=MARKUP, nik=MARKUP, hp=MARKUP, email=MARKUP)
    assert refused.status == 422
    siti.browser.submit(refused, refused.form("/ajukan"), "simpan")

    draft, holder = stage.draft(nama_ktp=MARKUP, **FREE), onlooker.browser()
    named = [replace(document, name=MARKUP) for document in draft.documents]
    stage.records.save_draft(replace(draft, documents=tuple(named), version=draft.version + 1))
    holder.get(stage.draft_link(draft))
    for page in (
        "data",
        "data/diri",
        "data/jabatan",
        "data/kontak",
        "berkas",
        "periksa",
        "tersimpan",
        "berkas/ktp/terunggah?selesai=" + quote(MARKUP),
    ):
        holder.get(f"/ajukan/{draft.id}/{page}")

    number = siti.ticket = stage.case(**FREE)
    siti.confirm()
    for action in ALL_THE_WAY:
        if action in ("resubmit", "book"):
            stage.act(number, action)
        else:
            decide(stage, onlooker, number, action)
        siti.open()
        for page in ("perbaikan", "jadwal", "tanda-terima", "serah-terima"):
            siti.browser.get(f"/permohonan/{number}/{page}")
    assert stage.load(number).state.value == "done"

    typed = quote(MARKUP)
    for page in (f"/status/{number}", f"/status?tiket={typed}", f"/status/{typed}", "/rekap", f"/rekap?bulan={typed}",
                 f"/tautan?halaman={typed}", f"/{typed}", "/_mailbox"):  # fmt: skip
        onlooker.browser().get(page)
    mails = stage.mail()
    everything = [*onlooker.pages, *(mail["html"].encode() for mail in mails)]
    shown = sum(page.count(b"&lt;script&gt;alert(1)&lt;/script&gt;") for page in everything)
    assert shown > 100, "the markup is shown nowhere: nothing was tested"
    for content in everything:
        assert b"<script>alert" not in content
        assert b"<img src=x" not in content
        tree = lxml.html.fromstring(content)
        assert not tree.xpath("//@onerror")
        assert "</script>49" not in tree.text_content()
    assert not [mail["subject"] for mail in mails if "<" in mail["subject"]]
    assert not [mail for mail in mails if b"\nBcc:" in stage.mailbox.raw(mail["id"])]


def decide(stage: Stage, onlooker: Onlooker, number: str, action: str) -> None:
    """First with nothing but markup in every text field, then as it should be, with a note of markup."""
    stage.comes_to(number, action)
    person = stage.official_in_person(stage.official(number).email)
    person.browser = onlooker.browser()
    for path in PATHS:
        person.browser.client.set_cookie(COOKIE, known_to(stage.house), path=path)
    page, before = person.open(number), stage.load(number).version
    form = next(f for f in page.html.forms if f.xpath(f".//input[@name='tindakan' and @value='{action}']"))
    texts = form.xpath(".//textarea/@name | .//input[@type='text' or not(@type)]/@name")
    page = person.press(page, action, **dict.fromkeys(texts, MARKUP))
    if stage.load(number).version == before:
        note = {"note": MARKUP} if "note" in texts else {}
        page = person.press(page, action, **{**SAYS.get(action, {}), **note})
    assert stage.load(number).version == before + 1, page.text
    for paper in ("lembar", "keputusan", "berkas/ktp"):
        person.browser.get(f"/telaah/{number}/{paper}")


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "'=1", ";=1", '";=1']
)
def test_a_spreadsheet_finds_no_formula_in_the_recap(tmp_path: Path, formula: str) -> None:
    stage = Stage(tmp_path)
    for _ in range(3):
        stage.case(*WAYS["done"], opd="Lainnya", opd_lainnya=formula + "a")
    rows = stage.browser().get("/rekap.csv").get_data().decode("utf-8-sig").splitlines()
    for row in csv.reader(rows[1:], delimiter=";"):
        assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))], row
    stage.close()
