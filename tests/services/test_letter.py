"""The letter that an official brings signed: only by our own form, only while it is asked for, and once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask.testing import FlaskClient

from portal.config import chosen
from tests.support.services import installed
from tests.support.services_stories import ADMINISTRATOR, ANALIS, KABID, KADIS, OPERATOR, SEKRETARIS, WIRA
from tests.support.signed import signed
from tests.support.stage import Stage

FORM = {name: value for name, value in WIRA.items() if name != "email"} | {"unit": "Dinas Pertamanan"}
TO_THE_LETTER = (
    (KADIS, "forward"), (KABID, "forward"), (ANALIS, "complete"), (ADMINISTRATOR, "complete"), (OPERATOR, "complete"),
    (KABID, "complete"), (SEKRETARIS, "complete"),
)  # fmt: skip
LETTER = "surat_pemberitahuan"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "data", **chosen(installed(tmp_path / "schemas", "surel")))
    yield made
    made.close()


@pytest.fixture
def number(stage: Stage) -> str:
    """A case whose letter is to be signed."""
    draft = stage.intake.start("surel", FORM)
    stage.records.save_draft(draft.with_document(stage.document(draft, "surat_permintaan")))
    number = stage.cases.confirm(stage.intake.submit(draft.id).ticket).ticket
    for email, action in TO_THE_LETTER:
        application = stage.load(number)
        said = {"instructions": ["proses"]} if action == "forward" else {}
        stage.cases.decide(stage.cases.case_claims(application, email), action, said, application.version)
    return number


def opened(stage: Stage, number: str) -> tuple[FlaskClient, dict[str, Any]]:
    """The head of the agency with the case open, and what the form of a letter that has arrived would say."""
    browser = stage.browser()
    browser.get(stage.link("telaah", number, KADIS))
    html = lxml.html.fromstring(browser.get(f"/telaah/{number}").get_data())
    form = next(form for form in html.forms if LETTER in form.fields.get("key", ""))
    stage.office.files.write(form.fields["key"], signed("Bagas Rekaan"), "application/pdf")
    finish = form.get("data-finish").partition("selesai=")[2]
    return browser, {"csrf": form.get("data-csrf"), "selesai": finish}


def test_the_card_of_a_letter_asks_for_a_pdf_and_that_of_any_other_document_for_a_picture_too(
    stage: Stage, number: str
) -> None:
    browser, _ = opened(stage, number)
    letter = browser.get(f"/telaah/{number}").text
    assert ('accept="application/pdf"' in letter, "Foto, atau PDF" in letter) == (True, False)
    draft = stage.intake.start("surel", FORM)
    browser.get(f"/ajukan/lanjut/{stage.sign('draft', {'d': draft.id, 'r': FORM['surel_pribadi']})}")
    request = browser.get(f"/ajukan/{draft.id}/berkas").text
    assert 'accept="application/pdf,image/*"' in request
    assert "Foto, atau PDF paling besar" in request


def test_a_letter_is_taken_by_our_own_form_only(stage: Stage, number: str) -> None:
    browser, fields = opened(stage, number)
    before = stage.dump()
    for path in (f"/telaah/{number}/surat/{LETTER}", f"/telaah/{number}/surat/{LETTER}/hapus"):
        assert browser.post(path, data={**fields, "csrf": "x"}).status_code == 403
        assert browser.post(path, data=fields, headers={"Origin": "https://jahat.example"}).status_code == 403
        assert stage.browser().post(path, data=fields).status_code == 403
    for look in ("", f"/{LETTER}/terunggah", f"/{LETTER}/lihat"):
        assert browser.get(f"/telaah/{number}/surat{look}").status_code < 500
    assert stage.dump() == before
    assert browser.post(f"/telaah/{number}/surat/{LETTER}", data=fields).status_code == 303
    assert browser.get(f"/telaah/{number}/surat/{LETTER}/lihat").get_data() == signed_bytes(stage, number)
    assert browser.post(f"/telaah/{number}/surat/{LETTER}/hapus", data=fields).status_code == 303
    assert browser.get(f"/telaah/{number}/surat/{LETTER}/lihat").status_code == 404


def signed_bytes(stage: Stage, number: str) -> bytes:
    application = stage.load(number)
    draft = stage.records.load_draft(f"{number}-{application.version}")
    kept = draft.document(LETTER)
    content: bytes = stage.office.files.read(kept.key, kept.version)
    return content


def test_a_letter_is_signed_once_and_pinned_to_the_case(stage: Stage, number: str) -> None:
    browser, fields = opened(stage, number)
    browser.post(f"/telaah/{number}/surat/{LETTER}", data=fields)
    seen = stage.load(number).version
    decision = {"csrf": fields["csrf"], "tindakan": "sign", "peristiwa": str(seen)}
    for _ in range(2):
        answer = browser.post(f"/telaah/{number}/putuskan", data=decision)
        assert answer.status_code == 303
    application = stage.load(number)
    assert (application.version, application.step) == (seen + 1, "aktivasi")
    newest = application.events[-1].data
    assert newest["signed_by"] == ["Common Name: Bagas Rekaan"]
    assert newest["documents"][LETTER] == application.document(LETTER).sha256
    assert application.first_damage() is None
    # Afterwards nothing more is taken, neither from the official nor from the applicant.
    assert browser.post(f"/telaah/{number}/surat/{LETTER}", data=fields).status_code == 409
    theirs = stage.browser()
    theirs.get(stage.link("permohonan", number))
    assert f'href="/permohonan/{number}/berkas/{LETTER}"' in theirs.get(f"/permohonan/{number}").text


def test_an_applicant_cannot_bring_the_official_s_letter(stage: Stage, number: str) -> None:
    browser = stage.browser()
    browser.get(stage.link("permohonan", number))
    html = lxml.html.fromstring(browser.get(f"/permohonan/{number}/batal").get_data())
    fields = {"csrf": html.xpath("//input[@name='csrf']/@value")[0], "selesai": "x"}
    assert browser.post(f"/permohonan/{number}/tugas/berkas/{LETTER}", data=fields).status_code == 409
