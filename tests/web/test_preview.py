"""`portal service preview` shows a service as it stands: chart, form, every letter of its steps and where it leads."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.beginning import begin_service
from portal.commands.previewing import AsItStands, show
from portal.core.steps import KINDS
from portal.trial import Trial
from tests.support.places import ROOT
from tests.support.services import installed

ADDRESS = "http://localhost"
TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
NAMES = ("penerbitan", "surel", "perpanjangan", "pinjam_ruang")


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = Path(installed(tmp_path_factory.mktemp("pratinjau") / "schemas", *NAMES[:3])["SCHEMAS"])
    begin_service(found, "pinjam_ruang", [])
    return found


@pytest.fixture(scope="module", params=NAMES)
def app(request: pytest.FixtureRequest, schemas: Path) -> Flask:
    shown: Flask = show(schemas / request.param, ADDRESS, TUESDAY)
    return shown


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def trial_of(app: Flask) -> Trial:
    trial: Trial = app.extensions["preview"].trial
    return trial


def letters(trial: Trial) -> Iterator[tuple[str, str, str]]:
    """Address, subject and text of each."""
    for number, scene in enumerate([*trial.scenes, *trial.others]):
        for place, (_, message) in enumerate(scene.letters):
            yield f"/_pratinjau/{number}/{place}", message.subject, message.text


def test_the_first_page_has_the_chart_and_leads_to_every_step(app: Flask, browser: FlaskClient) -> None:
    page = browser.get("/_pratinjau").text
    assert "<svg" in page
    for step in trial_of(app).edition.steps:
        assert f"/_pratinjau/langkah/{step.key}" in page


def test_everything_that_can_be_done_at_a_step_is_done_once(app: Flask) -> None:
    trial = trial_of(app)
    sop, done = trial.edition, [(scene.case.step_before(scene.case.events[-1]), scene) for scene in trial.scenes]
    for step in sop.steps:
        moves = [KINDS[step.kind].official, KINDS[step.kind].applicant, KINDS[step.kind].portal]
        possible = {action for table in moves for by_state in table.values() for action in by_state}
        possible -= set(KINDS[step.kind].optional) - set(step.also)
        possible -= set() if "return" in possible else {"resubmit"}
        taken = {scene.case.events[-1].action for at, scene in done if at == step.key and scene.case.version > 1}
        assert taken - {"open", "submit"} == possible, step.key
    assert any(scene.case.state.value == "done" for scene in trial.scenes)


def test_a_step_shows_each_letter_as_text_and_as_html(app: Flask, browser: FlaskClient) -> None:
    trial = trial_of(app)
    paths = [*(f"langkah/{step.key}" for step in trial.edition.steps), "surat"]
    pages = "".join(browser.get(f"/_pratinjau/{path}").text for path in paths)
    for address, _, _ in letters(trial):
        assert f'href="{address}"' in pages
        html = browser.get(address)
        assert (html.status_code, "sandbox" in html.headers["Content-Security-Policy"]) == (200, True)
    assert pages.count("Isi sebagai teks") == len(list(letters(trial)))


ONLY_ELSEWHERE = {
    "penerbitan": {"asked", "opened", "reported", "finished"},
    "perpanjangan": {
        *("confirm_address", "received", "opened", "lapsed", "missed", "booked", "invited"),
        *("visit_booked", "visit_cancelled", "visit_done", "visit_moved", "visit_off", "visit_tomorrow"),
        *("dispatched", "refused", "ready", "handed_over", "expiring", "expiring_list", "changed", "revoked"),
        *("batch_link", "colleague_begun", "colleague_waiting", "member_returned"),
    },
}
"""Letters of kinds of steps, of a register, of visits and of batches, which the service has not."""


@pytest.mark.parametrize("app", list(ONLY_ELSEWHERE), indirect=True)
def test_no_letter_is_left_out(app: Flask) -> None:
    trial, texts = trial_of(app), ROOT / "functions" / "portal" / "letters" / "texts"
    every = {path.stem for path in texts.glob("*.txt") if not path.stem.startswith("_")}
    shown = {owed.letter for scene in [*trial.scenes, *trial.others] for owed, _ in scene.letters}
    shown |= {"digest"} if trial.words["other_letters"]["digest"] in {scene.done for scene in trial.others} else set()
    assert every - shown == ONLY_ELSEWHERE[trial.edition.service]


def test_a_letter_that_no_step_owes_says_when_it_goes_out(app: Flask, browser: FlaskClient) -> None:
    page = browser.get("/_pratinjau/surat").text
    assert "/_pratinjau/surat" in browser.get("/_pratinjau").text
    for scene in trial_of(app).others:
        assert scene.letters, scene.done
        assert scene.done in page


def test_a_letter_leads_to_the_page_that_its_reader_finds_at_that_time(app: Flask, browser: FlaskClient) -> None:
    for address, subject, text in letters(trial_of(app)):
        if f"{ADDRESS}/" in text:
            found = browser.get(f"{address}/buka", follow_redirects=True)
            assert found.status_code == 200, (subject, found.request.path)
            assert "Pratinjau" in found.text


def test_the_status_after_each_moment_can_be_seen(app: Flask, browser: FlaskClient) -> None:
    for number, scene in enumerate(trial_of(app).scenes):
        page = browser.get(f"/_pratinjau/{number}/status", follow_redirects=True)
        assert (page.status_code, scene.case.ticket in page.request.path) == (200, True)


@pytest.mark.parametrize("app", ["penerbitan"], indirect=True)
def test_nothing_that_is_sent_from_its_pages_is_kept(app: Flask, browser: FlaskClient) -> None:
    trial = trial_of(app)
    turn = next(n for n, scene in enumerate(trial.scenes) if scene.case.events[-1].action == "confirm")
    letter = next(p for p, (owed, _) in enumerate(trial.scenes[turn].letters) if owed.letter == "turn")
    page = browser.get(f"/_pratinjau/{turn}/{letter}/buka", follow_redirects=True)
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    before = dict(trial.shelf.cases)
    said = {"csrf": csrf, "tindakan": "forward", "instructions": "proses", "peristiwa": trial.scenes[turn].case.version}
    answer = browser.post(f"{page.request.path}/putuskan", data=said)
    assert (answer.status_code, "Ini pratinjau" in answer.text, "/_pratinjau" in answer.text) == (403, True, True)
    assert trial.shelf.cases == before
    refused = browser.post("/_pratinjau/unggah", data={})
    assert (refused.status_code, "Ini pratinjau" in refused.text) == (403, True)


@pytest.mark.parametrize("app", ["surel"], indirect=True)
@pytest.mark.parametrize("path", ["/_pratinjau/langkah/tidak_ada", "/_pratinjau/999/0", "/_pratinjau/0/99", "/tidak"])
def test_what_is_not_there_is_not_found(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_a_change_is_seen_at_the_next_look_and_a_mistake_is_told_in_the_words_of_the_check(schemas: Path) -> None:
    folder = begin_service(schemas, "pinjam_mobil", ["PIN"])
    pages = AsItStands(folder, lambda: show(folder, ADDRESS, TUESDAY))
    sop, as_it_was = folder / "sop.toml", (folder / "sop.toml").read_text("utf-8")
    assert "Pratinjau: Pinjam mobil" in _get(pages, "/_pratinjau")
    _write(sop, as_it_was.replace('title = "Pinjam mobil"', 'title = "Pinjam bus"', 1))
    assert "Pratinjau: Pinjam bus" in _get(pages, "/_pratinjau")
    _write(sop, as_it_was.replace('kind = "disposition"', 'kind = "dispositon"'))
    for path in ("/_pratinjau", "/ajukan"):
        told = _get(pages, path)
        assert "Folder layanan belum sesuai" in told
        assert f"{sop}:" in told
        assert "dispositon" in told
    _write(sop, as_it_was)
    assert "Pratinjau: Pinjam mobil" in _get(pages, "/_pratinjau")


def _get(pages: AsItStands, path: str) -> str:
    from werkzeug.test import Client

    return Client(pages).get(path).text


def _write(file: Path, text: str) -> None:
    """Also where the file's clock is too coarse to tell this writing from the one before."""
    later = file.stat().st_mtime_ns + 1_000_000
    file.write_text(text, "utf-8")
    os.utime(file, ns=(later, max(later, file.stat().st_mtime_ns + 1)))
