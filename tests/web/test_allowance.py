"""What one client may lay down: drafts and files, counted together by all processes of a portal."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import lxml.html
import pytest
from flask.testing import FlaskClient

from portal.usecases import allowance
from portal.usecases.allowance import HOUR, Allowance
from tests.support.http_parts import MULTIPART, multipart
from tests.support.stage import Stage, StillClock

FLOODER, OTHER = "203.0.113.9", "203.0.113.10"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Stage, Stage]]:
    """Two processes of one portal."""
    clock = StillClock()
    both = Stage(tmp_path, clock), Stage(tmp_path, clock)
    yield both
    for stage in both:
        stage.close()


def begins(browser: FlaskClient) -> int:
    """Press the first button of a new form."""
    answer: int = browser.post("/ajukan", data={"diisi_oleh": "sendiri"}).status_code
    return answer


def test_drafts_are_counted_by_all_processes_together(
    two: tuple[Stage, Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "DRAFTS", 4)
    here, there = two
    assert [begins(stage.browser(FLOODER)) for stage in (here, there, here, there)] == [303] * 4
    held = there.browser(FLOODER).post("/ajukan", data={"diisi_oleh": "sendiri"})
    assert (held.status_code, held.headers["Retry-After"]) == (429, "3600")
    assert "Coba lagi dalam 60 menit." in held.text
    assert begins(here.browser(FLOODER)) == 429
    assert begins(here.browser(OTHER)) == 303
    here.clock.at += HOUR
    assert begins(there.browser(FLOODER)) == 303


def test_whoever_has_begun_already_goes_on_with_it(two: tuple[Stage, Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "DRAFTS", 1)
    kept = Allowance(two[0].records, partial(two[0].office.links.seal, "client"))
    now = two[0].clock.at
    kept.has_begun(FLOODER, "a1", now)
    assert not kept.may_begin(FLOODER, "b2", now)
    assert kept.may_begin(FLOODER, "a1", now)


def test_addresses_that_are_written_to_are_counted_by_all_processes_together(
    two: tuple[Stage, Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "ADDRESSES", 3)
    draft = two[0].draft(kinds=())
    browsers = [stage.browser(address) for stage in two for address in (FLOODER, OTHER)]
    for browser in browsers:
        browser.get(two[0].draft_link(draft))
    path = f"/ajukan/{draft.id}/data/kontak"

    def written(browser: FlaskClient, number: int) -> int:
        form = lxml.html.fromstring(browser.get(path).get_data()).xpath("//form[@data-once]")[0]
        typed = {**dict(form.form_values()), "email": f"siti{number}@tarakankota.go.id"}
        return browser.post(path, data=typed).status_code

    here, other, there, _ = browsers
    assert [written(browser, number) for number, browser in enumerate((here, there, here, there))] == [303] * 3 + [429]
    assert written(there, 0) == 303, "who was written to already"
    assert written(here, 5) == 429
    assert written(other, 5) == 303
    two[0].clock.at += HOUR
    assert written(here, 6) == 303


def test_whoever_plays_on_this_machine_is_not_counted(two: tuple[Stage, Stage]) -> None:
    before = two[0].dump()[0]
    begins(two[0].browser())
    assert not [row for row in two[0].dump()[0] if row not in before and '"used"' in row]


def test_a_client_is_kept_under_a_seal(two: tuple[Stage, Stage]) -> None:
    begins(two[0].browser(FLOODER))
    kept = [row for row in two[0].dump()[0] if '"used"' in row and "INSERT" in row]
    assert len(kept) == 1
    assert FLOODER not in kept[0]


def test_files_and_bytes_of_an_hour_are_counted(two: tuple[Stage, Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "FILES", 3)
    monkeypatch.setattr(allowance, "BYTES", 100)
    here, there = (Allowance(stage.records, partial(stage.office.links.seal, "client")) for stage in two)
    now = two[0].clock.at
    for number in range(3):
        assert here.may_send(FLOODER, now)
        there.has_sent(FLOODER, f"drafts/a/{number} 1", 10, now + timedelta(minutes=number))
    assert not here.may_send(FLOODER, now)
    assert here.may_send(OTHER, now)
    assert here.may_send(FLOODER, now + HOUR + timedelta(minutes=3))
    here.has_sent(OTHER, "drafts/b/1 1", 100, now)
    assert not there.may_send(OTHER, now)


def test_who_has_sent_too_much_reads_so_and_what_was_sent_stays(
    two: tuple[Stage, Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "FILES", 1)
    stage = two[0]
    draft, browser = stage.draft(kinds=()), stage.browser(FLOODER)
    form, _ = stage.bringing.upload_form(draft, "ktp", lambda _: "http://localhost/selesai")
    first, again = (
        browser.post("/unggah", data=multipart(dict(form.fields), content), content_type=MULTIPART)
        for content in (b"satu", b"dua")
    )
    assert first.status_code == 303
    assert again.status_code == 422
    assert "Lanjutkan satu jam lagi, atau kirim dari jaringan lain." in again.text
    assert stage.office.files.stat(form.fields["key"]).size == 4
