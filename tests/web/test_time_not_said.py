"""A SOP that says hours, days or no time at all for its steps: what people read, and what nobody promises."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from portal.editions import read_sop
from portal.examination import examine
from portal.house import House
from portal.papers.sop_paper import Source, print_sop
from tests.support.city import KABID, KADIS, STATISTISI
from tests.support.derived import derived, step
from tests.support.people import Applicant, Mailbox, Official
from tests.support.server import Clock, rehearsal_of, serving

UNSAID = "SOP tidak menyebut waktu langkah ini"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return derived(
        tmp_path_factory.mktemp("unsaid"),
        (step("telaah_kadis", r"minutes = 15\n"), r"\1"),
        (step("telaah_kadis", r'time = "15 menit"\n'), r"\1"),
        (step("telaah_kabid", "minutes = 15"), r"\1hours = 2"),
        (step("pendataan", "minutes = 15"), r"\1working_days = 3"),
        (r'^duration = ".*"\n', ""),
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(service: Path, tmp_path: Path, clock: Clock) -> Iterator[House]:
    with serving(tmp_path, clock, SERVICE=str(service)) as served:
        yield served.house


def test_it_fits(service: Path) -> None:
    assert examine(service)[1] == []


def test_two_times_for_one_step_and_a_unit_without_words_are_told(tmp_path: Path) -> None:
    folder = derived(
        tmp_path,
        (step("telaah_kadis", "minutes = 15"), r"\1minutes = 15\nworking_days = 1"),
        (step("telaah_kabid", r"minutes = 15\n"), r"\1"),
        (r'^unsaid = ".*"\n', ""),
        (r'^passed = "\{time\}', 'passed = "{minutes} menit'),
    )
    derived(tmp_path, (r'^unsaid = ".*"\n', ""), file="../words.toml")
    told = {problem.key: problem for problem in examine(folder)[1]}
    assert told.keys() == {"steps[1].working_days", "chart.unsaid", "chart.passed"}
    assert "satu saja dari minutes, hours" in told["steps[1].working_days"].expected


def test_nothing_is_promised_where_the_sop_says_nothing(house: House) -> None:
    address = house.config.address
    mailbox = Mailbox(address, house.outbox.send_due)
    siti = Applicant(address, mailbox, rehearsal_of(house).props["penerbitan"])
    sent = siti.send(siti.upload_all(siti.fill_in()))
    assert "waktu tidak disebut SOP" in sent.text
    siti.confirm()

    # Nobody has said how long the head of the agency may take.
    (turn,) = mailbox.to(KADIS, "disposisi")
    assert f"{UNSAID}." in turn["text"]
    assert not re.search(r"\d+ menit", turn["text"])
    status = siti.browser.get(f"/status/{siti.ticket}").text
    assert f"{UNSAID}. Portal tidak memperkirakannya." in status
    assert "paling lambat" not in status
    assert "paling cepat" not in status
    assert "None" not in status
    kadis = Official(address, mailbox, KADIS)
    case = kadis.open(siti.ticket)
    assert "waktu langkah ini tidak disebut" in case.text
    kadis.press(case, "forward", instructions=["proses"])

    # The next step has hours, and the one after it days; both are promised.
    (turn,) = mailbox.to(KABID, "Disposisi")
    assert "Waktu baku langkah ini 2 jam pada jam kerja. Mohon ditindaklanjuti paling lambat" in turn["text"]
    kabid = Official(address, mailbox, KABID)
    assert "2 jam, paling lambat" in " ".join(kabid.open(siti.ticket).text.split())
    assert "dalam 2 jam kerja, paling lambat" in siti.browser.get(f"/status/{siti.ticket}").text
    kabid.decide(siti.ticket, "forward", instructions=["proses"])
    (turn,) = mailbox.to(STATISTISI, "Disposisi")
    assert "Waktu baku langkah ini 3 hari kerja. Mohon ditindaklanjuti paling lambat" in turn["text"]
    assert "dalam 3 hari kerja, paling lambat" in siti.browser.get(f"/status/{siti.ticket}").text


def test_the_recap_measures_against_no_time_that_is_not_said(house: House) -> None:
    recap = Applicant(house.config.address, Mailbox(house.config.address), {}).browser
    page = " ".join(recap.get("/rekap").text.split())
    assert "Telaah Kepala Dinas waktu tidak disebut SOP" in page
    assert "Telaah Kepala Bidang 2 jam" in page
    assert "Pendataan 3 hari kerja" in page
    table = recap.get("/rekap.csv").body.decode()
    assert "Telaah Kepala Dinas;waktu tidak disebut SOP;0" in table
    assert "Telaah Kepala Bidang;120;0" in table
    assert "Pendataan;3 hari kerja;0" in table


def test_the_chart_and_the_paper_write_what_is_said(service: Path) -> None:
    paper = print_sop(Source(read_sop(service), "https://tte.example.go.id/sop/", rehearsal=False, notes=True))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    for said in ("waktu tidak disebut SOP", "2 jam", "3 hari kerja"):
        assert said in " ".join(text.split())


def test_nobody_is_late_where_nothing_is_said(house: House, clock: Clock) -> None:
    address = house.config.address
    siti = Applicant(address, Mailbox(address, house.outbox.send_due), rehearsal_of(house).props["penerbitan"]).apply()
    siti.confirm()
    assert house.watch.attention() == []
    clock.forward(hours=3)  # the fifteen minutes of today's SOP would be over
    assert house.watch.attention() == []
