"""Uploaded files are gone when the privacy page says so, and nothing else is; mended files leave their forerunners."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.core.errors import NotFound, Unavailable
from portal.usecases.retention import Retention
from tests.support.stage import VERIFIKATOR, Stage
from tests.support.ways import FORM, WAYS

DAYS = 90


def kept(stage: Stage, number: str) -> list[str]:
    """Kinds of document of a case whose file is there."""
    found = []
    for document in stage.load(number).documents:
        try:
            stage.office.files.read(document.key, document.version)
        except NotFound:
            continue
        found.append(document.kind)
    return found


def sweep(stage: Stage) -> int:
    return stage.clockwork.retention.forget_documents()


def below(stage: Stage, number: str) -> list[Path]:
    return [path for path in (stage.data / "berkas").rglob("*") if path.is_file() and number in str(path)]


@pytest.mark.parametrize("state", ["done", "rejected", "withdrawn", "lapsed"])
def test_files_are_kept_for_their_days_after_the_end_and_no_longer(stage: Stage, state: str) -> None:
    number = stage.case(*WAYS[state])
    stage.clock.at = stage.load(number).events[-1].at + timedelta(days=DAYS - 1)
    assert sweep(stage) == 0
    assert len(kept(stage, number)) == 4

    stage.clock.forward(days=1)
    assert sweep(stage) == 1
    assert kept(stage, number) == []
    assert below(stage, number) == []


@pytest.mark.parametrize("state", ["waiting", "returned", "sent", "missed", "ready"])
def test_an_open_case_keeps_its_files_however_long_it_takes(stage: Stage, state: str) -> None:
    number = stage.case(*WAYS[state])
    stage.clock.forward(days=3 * DAYS)
    assert sweep(stage) == 0
    assert len(kept(stage, number)) == 4


def test_the_record_stays_whole_with_the_fingerprints_of_its_files(stage: Stage) -> None:
    number = stage.case(*WAYS["done"])
    before = stage.load(number)
    stage.clock.forward(days=DAYS + 1)
    sweep(stage)
    assert stage.load(number) == before
    assert before.first_damage() is None
    assert all(document.sha256 for document in before.documents)
    assert [fact["ticket"] for fact in stage.records.facts("penerbitan")] == [number]


def test_a_day_is_swept_once_and_each_day_only_what_fell_due_since(stage: Stage) -> None:
    first = stage.case(*WAYS["withdrawn"])
    stage.clock.forward(days=2)
    second = stage.case(*WAYS["withdrawn"])
    stage.clock.forward(days=DAYS - 2)
    assert [sweep(stage), sweep(stage)] == [1, 0]
    stage.clock.forward(days=1)
    assert sweep(stage) == 0
    stage.clock.forward(days=1)
    assert sweep(stage) == 1
    assert kept(stage, first) == kept(stage, second) == []


def test_after_an_outage_of_any_length_nothing_is_left_behind(stage: Stage) -> None:
    number = stage.case(*WAYS["withdrawn"])
    stage.clock.forward(days=5 * 366)
    assert Retention(stage.office).forget_documents() == 1
    assert kept(stage, number) == []
    assert Retention(stage.office).forget_documents() == 0, "a restart goes on where the sweep before ended"
    anew = Retention(stage.office)
    anew.begin_anew()
    assert anew.forget_documents() == 1, "all again, where somebody asks for it"


def test_where_it_is_known_what_was_swept_only_later_days_are_looked_at(stage: Stage) -> None:
    old = stage.case(*WAYS["withdrawn"])
    stage.clock.forward(days=2)
    new = stage.case(*WAYS["withdrawn"])
    stage.clock.forward(days=DAYS)
    yesterday = stage.office.today() - timedelta(days=1)
    assert Retention(stage.office, swept=yesterday).forget_documents() == 1
    assert (len(kept(stage, old)), kept(stage, new)) == (4, [])


def test_a_case_that_is_open_again_keeps_its_files(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.case("confirm")
    monkeypatch.setattr(stage.office.records, "facts", lambda *_: [{"ticket": number, "closed": "2026-01-05"}])
    sweep(stage)
    assert len(kept(stage, number)) == 4


def test_a_store_that_refuses_one_case_is_asked_again_and_the_others_are_forgotten(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = stage.case(*WAYS["withdrawn"]), stage.case(*WAYS["withdrawn"])
    stage.clock.forward(days=DAYS)
    delete: Any = stage.office.files.delete

    def refuse(prefix: str) -> None:
        if stuck in prefix:
            raise Unavailable("store_unavailable")
        delete(prefix)

    monkeypatch.setattr(stage.office.files, "delete", refuse)
    with pytest.raises(Unavailable):
        sweep(stage)
    assert (len(kept(stage, stuck)), kept(stage, other)) == (4, [])

    monkeypatch.undo()
    assert sweep(stage) == 2
    assert kept(stage, stuck) == []


def test_one_that_cannot_be_read_holds_up_nothing_and_is_asked_for_until_it_can(stage: Stage) -> None:
    bad, good = stage.case(*WAYS["withdrawn"]), stage.case(*WAYS["withdrawn"])
    database = stage.records._database
    with database.writing() as connection:
        (body,) = connection.execute("SELECT body FROM application WHERE ticket = ?", (bad,)).fetchone()
        connection.execute("UPDATE application SET body = '{' WHERE ticket = ?", (bad,))
    stage.clock.forward(days=DAYS)
    assert [sweep(stage), sweep(stage)] == [1, 0]
    assert kept(stage, good) == []
    assert below(stage, bad), "nobody can say whether it is open again"

    stage.clock.forward(days=40)
    later = stage.case(*WAYS["withdrawn"])
    stage.clock.forward(days=DAYS)
    assert Retention(stage.office).forget_documents() == 1, "it goes on, also in another process"
    assert kept(stage, later) == []
    with database.writing() as connection:
        connection.execute("UPDATE application SET body = ? WHERE ticket = ?", (body, bad))
    stage.clock.forward(days=1)
    assert sweep(stage) == 1
    assert below(stage, bad) == []
    stage.clock.forward(days=1)
    assert sweep(stage) == 0


def test_the_sweep_is_one_of_the_chores(stage: Stage) -> None:
    number = stage.case(*WAYS["withdrawn"])
    stage.clock.forward(days=DAYS)
    for chore in stage.clockwork.chores():
        chore()
    assert kept(stage, number) == []


# --- what people see then ---


def test_the_applicant_is_told_before_and_after(stage: Stage) -> None:
    number = stage.case(*WAYS["rejected"])
    browser = stage.browser()
    browser.get(stage.link("permohonan", number))
    assert "Berkas kami hapus pada 21 Februari 2027." in browser.get(f"/permohonan/{number}").text
    assert browser.get(f"/permohonan/{number}/berkas/ktp").status_code == 200

    stage.clock.forward(days=DAYS)
    sweep(stage)
    browser.get(stage.link("permohonan", number))
    page = browser.get(f"/permohonan/{number}").text
    assert "Berkas sudah kami hapus pada 21 Februari 2027." in page
    assert f"/permohonan/{number}/berkas/" not in page
    gone = browser.get(f"/permohonan/{number}/berkas/ktp")
    assert gone.status_code == 410
    assert "Berkas sudah dihapus" in gone.text
    assert "21 Februari 2027" in gone.text
    assert browser.get(f"/permohonan/{number}/tanda-terima").status_code == 200


def test_a_running_case_says_nothing_of_deletion(stage: Stage) -> None:
    browser = stage.browser()
    number = stage.case("confirm")
    browser.get(stage.link("permohonan", number))
    assert "hapus pada" not in browser.get(f"/permohonan/{number}").text


def test_an_officials_old_link_meets_no_error_and_the_sheet_is_still_there(stage: Stage) -> None:
    number = stage.case(*WAYS["ready"])
    link = stage.link("telaah", number, VERIFIKATOR, days=400)
    stage.act(number, "hand_over")
    stage.clock.forward(days=DAYS)
    sweep(stage)
    browser = stage.browser()
    assert browser.get(link, follow_redirects=True).status_code == 200
    assert browser.get(f"/telaah/{number}/lembar").status_code == 200
    assert browser.get(f"/telaah/{number}/berkas/ktp", follow_redirects=True).status_code == 200
    assert browser.get(f"/telaah/{number}/berkas/ktp/asli").status_code == 410
    assert browser.get(f"/telaah/{number}/berkas/ktp/1.jpg").status_code == 410


# --- mending ---


def test_a_replaced_document_is_deleted_and_the_others_stay(stage: Stage) -> None:
    number = stage.case("confirm", "return")
    before = {document.kind: document for document in stage.load(number).documents}
    stage.act(number, "resubmit")

    after = {document.kind: document for document in stage.load(number).documents}
    assert {kind for kind in after if after[kind].key != before[kind].key} == {"ktp"}
    assert len(kept(stage, number)) == 4
    with pytest.raises(NotFound):
        stage.office.files.read(before["ktp"].key, before["ktp"].version)


def test_what_was_sent_stays_sent_when_the_old_file_cannot_be_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stage.case("confirm", "return", opd=FORM["opd"])

    def refuse(prefix: str) -> None:
        raise Unavailable("store_unavailable")

    monkeypatch.setattr(stage.office.files, "delete", refuse)
    stage.act(number, "resubmit")
    assert stage.load(number).round == 2
