"""The papers filled in from a draft, over HTTP: who gets them, what is on them, and what is left behind."""

import logging
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from lxml import html

from tests.support.places import ROOT
from tests.support.stage import Stage
from tests.support.ways import FORM, SECRETS

FILES = ["surat-permohonan.pdf", "surat-permohonan.docx", "formulir-permohonan.pdf"]
FUNCTIONS = ROOT / "functions"


def holder(stage: Stage, draft: Any) -> Any:
    browser = stage.browser()
    browser.get(stage.draft_link(draft))
    return browser


def text(content: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))


def test_the_upload_page_leads_to_the_papers_it_asks_for(shared_stage: Stage) -> None:
    draft = shared_stage.draft(kinds=())
    page = html.fromstring(holder(shared_stage, draft).get(f"/ajukan/{draft.id}/berkas").text)
    links = {
        kind: page.xpath(f"//*[@id='berkas-{kind}']//a[@download]/@href")
        for kind in ("surat_permohonan", "formulir_bsre", "ktp", "sk_terakhir")
    }
    base = f"/ajukan/{draft.id}/berkas/unduh"
    assert links == {
        "surat_permohonan": [f"{base}/surat-permohonan.pdf", f"{base}/surat-permohonan.docx"],
        "formulir_bsre": [f"{base}/formulir-permohonan.pdf"],
        "ktp": [],
        "sk_terakhir": [],
    }


@pytest.mark.parametrize("file", FILES)
def test_a_paper_is_filled_in_kept_by_nobody_and_named_after_nobody(shared_stage: Stage, file: str) -> None:
    draft = shared_stage.draft(kinds=())
    answer = holder(shared_stage, draft).get(f"/ajukan/{draft.id}/berkas/unduh/{file}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'
    assert answer.data[:2] == (b"%P" if file.endswith("pdf") else b"PK")
    if file.endswith("pdf"):
        assert FORM["nik"] in text(answer.data).replace(" ", "").replace("\r\n", "")
        assert "http" not in text(answer.data)  # it will be signed


def test_a_draft_with_hardly_an_answer_is_printed_with_lines_to_write_on(shared_stage: Stage) -> None:
    draft = shared_stage.intake.start("penerbitan", {"email": FORM["email"]})
    for file in FILES:
        answer = holder(shared_stage, draft).get(f"/ajukan/{draft.id}/berkas/unduh/{file}")
        assert answer.status_code == 200
        if file.endswith("pdf"):
            assert FORM["email"] in text(answer.data)
            assert "None" not in text(answer.data)


def test_only_who_holds_the_draft_gets_its_papers(shared_stage: Stage) -> None:
    draft, other = shared_stage.draft(kinds=()), shared_stage.draft(kinds=())
    path = f"/ajukan/{draft.id}/berkas/unduh/{FILES[0]}"
    assert shared_stage.browser().get(path).status_code == 403
    browser = holder(shared_stage, other)
    assert browser.get(path).status_code == 403
    assert browser.post(path).status_code == 405


def test_once_sent_the_draft_prints_nothing_any_more(shared_stage: Stage) -> None:
    draft = shared_stage.draft()
    browser = holder(shared_stage, draft)
    shared_stage.intake.submit(draft.id)
    answer = browser.get(f"/ajukan/{draft.id}/berkas/unduh/{FILES[0]}")
    assert (answer.status_code, answer.location) == (303, f"/ajukan/{draft.id}/terkirim")


@pytest.mark.parametrize("file", ["x.pdf", "surat-permohonan.xlsx", "..%2fsop.toml", "formulir-permohonan.docx", "%00"])
def test_what_is_no_paper_is_not_found(shared_stage: Stage, file: str) -> None:
    draft = shared_stage.draft(kinds=())
    assert holder(shared_stage, draft).get(f"/ajukan/{draft.id}/berkas/unduh/{file}").status_code == 404


def test_a_returned_letter_can_be_printed_anew(shared_stage: Stage) -> None:
    number = shared_stage.case("confirm", "return")
    browser = shared_stage.browser()
    browser.get(shared_stage.link("permohonan", number))
    answer = browser.get(f"/permohonan/{number}/perbaikan/berkas/unduh/{FILES[0]}")
    assert (answer.status_code, FORM["nik"] in text(answer.data)) == (200, True)


def test_nothing_of_it_is_logged(shared_stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    draft = shared_stage.draft(kinds=())
    browser = holder(shared_stage, draft)
    with caplog.at_level(logging.DEBUG):
        for file in FILES:
            browser.get(f"/ajukan/{draft.id}/berkas/unduh/{file}")
    assert [secret for secret in SECRETS if secret in caplog.text] == []


def test_whoever_prints_without_end_is_asked_to_wait(shared_stage: Stage) -> None:
    address, draft = "203.0.113.7", shared_stage.draft(kinds=())
    browser = shared_stage.browser(address)
    browser.get(shared_stage.draft_link(draft))
    path = f"/ajukan/{draft.id}/berkas/unduh/{FILES[0]}"
    assert browser.get(path).status_code == 200
    limit = shared_stage.app.extensions["portal"].limits["paper"]
    while not limit.take(address, shared_stage.clock.at + timedelta(minutes=1)):
        pass
    answer = browser.get(path)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_portal_starts_without_what_draws() -> None:
    heavy = "{'reportlab', 'docx', 'segno', 'lxml'}"
    code = f"import sys, portal.web.app, portal.bootstrap; sys.exit(bool({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(FUNCTIONS)}, check=False)
    assert done.returncode == 0
