"""The applicant's own pages: what each state offers, confirming, withdrawing, papers."""

from collections.abc import Mapping

import pytest

from tests.support.holder import OTHER, Holder, holder, words
from tests.support.sessions import Session
from tests.support.stage import InProcess, Stage
from tests.support.ways import EMAIL, FORM, SAYS, WAYS

OFFERED: Mapping[str, set[str]] = {
    "unconfirmed": {"batal"},
    "waiting": {"batal"},
    "waiting_kabid": {"batal"},
    "returned": {"perbaikan", "batal"},
    "mended": {"batal"},
    "dispatch": {"batal"},
    "refused": {"batal"},
    "invited": {"jadwal"},
    "booked": {"jadwal", "jadwal.ics", "batal"},  # to call off the visit, and not the application
    "missed": {"jadwal"},
    "done": {"serah-terima"},
}
"""What a case's page offers besides reading it; in the other states nothing."""


# --- the case ---


@pytest.mark.parametrize("state", WAYS)
def test_every_state_offers_what_can_be_done_now_and_nothing_else(shared_stage: Stage, state: str) -> None:
    siti = holder(shared_stage, state)
    text = shared_stage.office.services.first.status(siti.case.step, siti.case.state)
    links = {link.rpartition("/")[2] for link in siti.page.html.xpath("//main//a/@href") if "/permohonan/" in link}

    assert (siti.page.status, siti.page.url) == (200, f"http://localhost/permohonan/{siti.number}")
    assert text.label in words(siti.page)
    assert (text.own or text.sentence) in words(siti.page)
    assert links & {"batal", "perbaikan", "jadwal", "jadwal.ics", "serah-terima"} == OFFERED.get(state, set())


def test_the_page_says_what_comes_next_and_until_when(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    assert "Berikutnya Kepala Bidang menelaah" in words(siti.page)
    assert "15 menit kerja, paling lambat 23 November 2026 08.15 WITA." in words(siti.page)
    stage.clock.forward(hours=1)
    assert stage.office.services.first.data["sentences"]["late"] in words(siti.get())


@pytest.mark.parametrize("state", ["returned", "invited", "booked", "missed"])
def test_the_page_says_what_the_applicant_does_next_and_sends_nobody_to_the_mailbox(
    shared_stage: Stage, state: str
) -> None:
    siti = holder(shared_stage, state)
    (box,) = siti.page.html.xpath("//div[starts-with(@class, 'card')]")
    card = " ".join(" ".join(box.itertext()).split())
    assert f"Berikutnya {shared_stage.office.services.first.status(siti.case.step, state).next}" in card
    assert "email" not in card


def test_until_when_an_address_is_to_be_confirmed_is_said_where_one_does_it(stage: Stage) -> None:
    number = stage.case()
    for page in ("permohonan", "konfirmasi"):
        opened = InProcess(stage.browser()).get(stage.link(page, number))
        assert "23 Desember 2026 08.00 WITA" in words(opened)


def test_the_applicant_reads_what_officials_say_to_him_and_not_what_they_say_to_each_other(shared_stage: Stage) -> None:
    text = words(Holder(shared_stage, shared_stage.case("confirm", "forward", "return")).page)
    assert SAYS["return"]["note"] in text
    assert "Foto atau pindaian KTP-el buram" in text
    assert SAYS["forward"]["note"] not in text


def test_ones_own_answers_and_documents_can_be_read_again(shared_stage: Stage) -> None:
    siti = holder(shared_stage, "waiting")
    assert all(answer in words(siti.page) for answer in (FORM["nama_ktp"], FORM["nik"], "0812-0000-0000", EMAIL))
    for document in siti.case.documents:
        kept = siti.get(f"/berkas/{document.kind}")
        assert (kept.status, kept.headers["Content-Type"]) == (200, "application/pdf")
        assert kept.body == shared_stage.office.files.read(document.key, document.version)
    assert siti.get("/berkas/paspor").status == 404
    assert siti.get("/berkas/..%2f..%2fkunci").status == 404


@pytest.mark.parametrize(
    "path", ["", "/berkas/ktp", "/tanda-terima", "/serah-terima", "/batal", "/perbaikan", "/jadwal"]
)
def test_without_the_link_nothing_opens(shared_stage: Stage, path: str) -> None:
    number = shared_stage.case("confirm")
    stranger = InProcess(shared_stage.browser()).get(f"/permohonan/{number}{path}")
    assert stranger.status == 403
    assert "Buka tautan dari email Anda" in stranger.text
    assert "/tautan?halaman=permohonan" in stranger.href("/tautan")


def test_a_page_left_open_does_nothing_to_the_case_opened_after_it(shared_stage: Stage) -> None:
    siti = holder(shared_stage, "waiting")
    old = siti.get("/batal")
    other = shared_stage.case("confirm", email=OTHER)
    siti.opens(other)
    answer = siti.browser.submit(old, old.form("/batal"), "Ya")
    assert answer.status == 200
    assert [shared_stage.load(number).state for number in (siti.number, other)] == ["withdrawn", "waiting"]


# --- confirming ---


def test_only_the_button_confirms(stage: Stage) -> None:
    number = stage.case()
    browser = InProcess(stage.browser())
    page = browser.get(stage.link("konfirmasi", number))
    assert "Konfirmasi alamat email" in page.text
    assert stage.load(number).state == "unconfirmed"
    done = browser.submit(page, page.form("/konfirmasi"))
    assert "sudah dikonfirmasi" in done.text
    assert (stage.load(number).state, stage.load(number).agenda) == ("waiting", "1")
    assert "sudah dikonfirmasi" in browser.submit(page, page.form("/konfirmasi")).text
    assert stage.load(number).version == 2


@pytest.mark.parametrize(("state", "title"), [("lapsed", "Tidak dikonfirmasi"), ("returned", "sudah dikonfirmasi")])
def test_a_confirming_link_used_later_says_how_things_are(shared_stage: Stage, state: str, title: str) -> None:
    page = InProcess(shared_stage.browser()).get(shared_stage.link("konfirmasi", shared_stage.case(*WAYS[state])))
    assert title in page.text
    assert not page.html.xpath("//main//form")


# --- withdrawing ---


def test_withdrawing_is_asked_about_first_and_final(stage: Stage) -> None:
    siti = holder(stage, "waiting_kabid")
    assert "tidak dapat ditarik kembali" in siti.get("/batal").text
    assert siti.case.state == "waiting"
    assert "Dibatalkan pemohon" in siti.submit("/batal", "Ya").text
    assert (siti.case.state, next(stage.records.facts("penerbitan"))["outcome"]) == ("withdrawn", "withdrawn")
    assert siti.get("/batal").url == f"http://localhost/permohonan/{siti.number}"


@pytest.mark.parametrize("state", ["sent", "invited", "booked", "ready", "done", "rejected"])
def test_once_bsre_has_it_nothing_is_withdrawn(stage: Stage, state: str) -> None:
    session, opened = Session(stage, "/permohonan/<number>/batal"), stage.clock.at
    number = session.path.split("/")[2]
    for action in WAYS[state][1:]:
        stage.act(number, action)
    stage.clock.at = opened  # else the form were too old to be looked at
    assert session.post(csrf=session.csrf) == 409
    assert stage.load(number).state == state
    assert session.browser.get(session.path).location == f"/permohonan/{number}"


# --- papers ---


@pytest.mark.parametrize("state", ["unconfirmed", "waiting", "returned", "withdrawn", "done"])
def test_what_was_handed_in_can_be_printed(shared_stage: Stage, state: str) -> None:
    siti = holder(shared_stage, state)
    paper = siti.get("/tanda-terima")
    assert paper.status == 200
    assert siti.number in words(paper)
    assert all(document.sha256[:12] in words(paper) for document in siti.case.documents)
    assert paper.html.xpath("//*[local-name()='svg']")
    assert siti.case.agenda in words(paper)
    assert FORM["nik"] not in paper.text


def test_what_was_handed_over_can_be_printed_only_once_it_was(shared_stage: Stage) -> None:
    for state in WAYS:
        paper = holder(shared_stage, state).get("/serah-terima")
        assert paper.status == (200 if state == "done" else 409), state
    siti = holder(shared_stage, "done")
    text = words(siti.get("/serah-terima"))
    for said in ("4A:1F:22:09", "25 November 2026", "25 November 2028", "Siti Rahasia", siti.case.events[-1].hash):
        assert said in text


def test_who_received_it_signs(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SAYS, "hand_over", {"received_by": "Budi Penerima"})
    paper = holder(stage, "done").get("/serah-terima")
    (line,) = paper.html.xpath("//div[@class='sign']")
    assert line.text_content() == "Yang menerima,Budi Penerima"
