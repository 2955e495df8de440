"""Forms that only steps of these services have: looking changes nothing, and only the portal's own form does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask.testing import FlaskClient

from portal.config import chosen
from tests.support.document_specimens import png
from tests.support.services import installed
from tests.support.services_stories import LESTARI, VERIFIKATOR
from tests.support.stage import Stage

FORM = {name: value for name, value in LESTARI.items() if name != "email"} | {"unit": "Dinas Pertamanan"}
BEGIN, CASE = "/meja/buka/perpanjangan", "/permohonan/<number>"
TASK = f"{CASE}/tugas"
CARD = f"{TASK}/berkas/formulir_perpanjangan"
FORMS = (BEGIN, TASK, CARD, f"{CARD}/hapus")
LOOKED_AT = (BEGIN, CASE, TASK, f"{TASK}/berkas", f"{CARD}/terunggah", f"{CARD}/lihat", "/meja")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "data", **chosen(installed(tmp_path / "schemas", "perpanjangan")))
    yield made
    made.close()


def opened(stage: Stage) -> str:
    """The ticket of a case that the verifikator has opened, with the holder's task to do."""
    draft = stage.intake.start("perpanjangan", FORM, VERIFIKATOR)
    stage.records.save_draft(draft.with_document(stage.document(draft, "daftar_kartu")))
    return stage.intake.submit(draft.id).ticket


def somebody_at(stage: Stage, path: str) -> tuple[FlaskClient, str, dict[str, Any]]:
    """A browser that may post there, the address with its ticket, and what its form would say."""
    number, browser = opened(stage), stage.browser()
    browser.get(stage.link("meja", number, VERIFIKATOR))
    browser.get(stage.link("permohonan", number))
    html = lxml.html.fromstring(browser.get(path if path == BEGIN else f"/permohonan/{number}").get_data())
    fields: dict[str, Any] = {"csrf": html.xpath("//input[@name='csrf']/@value | //@data-csrf")[0]}
    if path == BEGIN:
        fields |= FORM
    if path == TASK:
        fields["peristiwa"] = "1"
    if path == CARD:
        form = next(form for form in html.forms if "formulir_perpanjangan" in form.fields.get("key", ""))
        stage.office.files.write(form.fields["key"], png(), "image/png")
        fields["selesai"] = form.get("data-finish").partition("selesai=")[2]
    return browser, path.replace("<number>", number), fields


@pytest.mark.parametrize("path", FORMS)
def test_only_our_own_form_has_an_effect(stage: Stage, path: str) -> None:
    browser, address, fields = somebody_at(stage, path)
    said = stage.office.links.read("csrf", fields["csrf"], stage.clock.at)
    other = stage.sign("csrf", {**said, "k": dict.fromkeys(said["k"], "x")})
    before = stage.dump()
    for token in ("", "x", other):
        assert browser.post(address, data={**fields, "csrf": token}).status_code == 403
    assert browser.post(address, data=fields, headers={"Origin": "https://jahat.example"}).status_code == 403
    assert stage.browser().post(address, data=fields).status_code == 403
    assert stage.dump() == before
    answer = browser.post(address, data=fields, headers={"Origin": "http://localhost"})
    assert answer.status_code == (422 if path == TASK else 303)  # the task still lacks its document
    assert (stage.dump() != before) is (path != TASK)


def test_looking_changes_nothing(stage: Stage) -> None:
    browser, task, _ = somebody_at(stage, TASK)
    before = stage.dump()
    for path in (rule.replace("<number>", task.split("/")[2]) for rule in LOOKED_AT):
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            assert browser.open(path, method=method).status_code < 500, path
    assert stage.dump() == before


def test_a_desk_begins_only_what_its_owner_may(stage: Stage) -> None:
    number, browser = opened(stage), stage.browser()
    assert browser.get(BEGIN).status_code == 403
    browser.get(stage.link("meja", number, "kasi.infrastruktur@samarajaya.example"))
    assert "Buka permohonan baru" not in browser.get("/meja").text
    assert browser.get(BEGIN).status_code == 404


def test_the_link_to_an_officials_draft_goes_to_the_official_alone(stage: Stage) -> None:
    """Whoever opened it could send the application in his name."""
    draft = stage.intake.start("perpanjangan", FORM, VERIFIKATOR)
    assert [mail["to"] for mail in stage.mail()] == [VERIFIKATOR]
    theirs = f"/ajukan/lanjut/{stage.sign('draft', {'d': draft.id, 'r': FORM['surel']})}"
    assert stage.browser().get(theirs).status_code == 404
    his = f"/ajukan/lanjut/{stage.sign('draft', {'d': draft.id, 'r': VERIFIKATOR})}"
    assert stage.browser().get(his).status_code == 303


def test_nobody_opens_a_case_for_himself_or_without_being_appointed(stage: Stage) -> None:
    for form, official, title in (
        ({**FORM, "surel": VERIFIKATOR}, VERIFIKATOR, "Permohonan Anda sendiri"),
        (FORM, "kasi.infrastruktur@samarajaya.example", "Penugasan tidak berlaku"),
    ):
        draft = stage.intake.start("perpanjangan", form, official)
        stage.records.save_draft(draft.with_document(stage.document(draft, "daftar_kartu")))
        browser = stage.browser()
        browser.get(f"/ajukan/lanjut/{stage.sign('draft', {'d': draft.id, 'r': official})}")
        html = lxml.html.fromstring(browser.get(f"/ajukan/{draft.id}/periksa").get_data())
        csrf = html.xpath("//input[@name='csrf']/@value")[0]
        answer = browser.post(f"/ajukan/{draft.id}/periksa", data={"csrf": csrf, "pernyataan": "ya"})
        assert title in answer.text


def test_a_second_click_on_a_task_does_not_do_the_next_one(stage: Stage) -> None:
    """Two tasks may follow one another; the event that was seen tells which was meant."""
    number = opened(stage)
    application = stage.load(number)
    draft = stage.intake.begin_mending(application)
    stage.records.save_draft(draft.with_document(stage.document(draft, "formulir_perpanjangan")))
    done = stage.intake.report(application, 1)
    assert stage.intake.report(done, 1) == done
    assert [event.action for event in stage.load(number).events] == ["open", "report"]
