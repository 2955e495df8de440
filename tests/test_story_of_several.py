"""A clerk of an agency with six colleagues: one letter, disposed of once; one of them returned; the others go on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser_without_javascript import Browser
from tests.support.city import KABID, KADIS, STATISTISI, City
from tests.support.filler import EMAIL, NAMES, Filler, batch_of, colleague
from tests.support.people import Applicant
from tests.support.server import Clock, serving, serving_aws


@pytest.fixture(params=["one_machine", pytest.param("aws", marks=pytest.mark.cloud)])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    clock = Clock()
    with serving_aws(clock) if request.param == "aws" else serving(tmp_path, clock) as served:
        yield City(served, clock)


def test_six_colleagues_apply_with_one_letter_and_one_of_them_mends(city: City) -> None:
    budi = Filler(Browser(city.address), city.mailbox)
    batch_of(city.house)

    # The clerk reads each of them over, and sends; each colleague confirms by a link of his own.
    people: list[Applicant] = []
    for number, name in enumerate(NAMES):
        person = city.applicant(**colleague(number))
        person.ticket = budi.send(name)
        assert city.status(person.ticket)["state"] == "unconfirmed"
        assert EMAIL not in city.mailbox.of(person.ticket)
        person.confirm()
        people.append(person)
    assert "0 belum dikirim, 6 berjalan, 0 dikembalikan" in budi.open().text

    # The head of the agency disposes of the letter on one of its cases, and with one button on the others.
    first, *others = people
    kadis = city.official(KADIS)
    receipt = kadis.decide(first.ticket, "forward", instructions=["proses"], note="Segera diproses.")
    assert "5 permohonan lain dari surat yang sama" in receipt.text
    assert {city.house.office.records.load(person.ticket).step for person in others} == {"telaah_kadis"}
    done = kadis.browser.submit(receipt, receipt.form("/bersama"))
    assert "5 dari 5 keputusan tercatat" in done.text
    assert {city.house.office.records.load(person.ticket).step for person in people} == {"telaah_kabid"}
    again = kadis.browser.submit(receipt, receipt.form("/bersama"))
    assert "5 dari 5 keputusan tercatat" in again.text, "a second click is the same decision"

    # The head of division returns one for a better picture; the clerk and the colleague both hear of it.
    banu = people[1]
    city.official(KABID).decide(banu.ticket, "return", items=["ktp"], reason="ktp_tidak_terbaca", note="Buram.")
    assert city.mailbox.to(EMAIL, banu.ticket)
    assert "BANU CONTOH" in city.mailbox.to(EMAIL, banu.ticket)[0]["text"]
    page = budi.open()
    assert "1 permohonan dikembalikan" in page.text
    assert "Perlu diperbaiki: KTP-el." in page.text

    # The letter goes on with the five others; what was returned has moved and is not among them.
    kabid = city.official(KABID)
    receipt = kabid.decide(first.ticket, "forward", instructions=["proses"], note="Lanjutkan.")
    assert "4 permohonan lain dari surat yang sama" in receipt.text
    kabid.browser.submit(receipt, receipt.form("/bersama"))
    steps = [city.house.office.records.load(person.ticket).step for person in people]
    assert steps == ["pendataan", "telaah_kabid", *["pendataan"] * 4]

    # The clerk mends it for him; it is forwarded alone, and each case is a chain of its own.
    budi.mend("BANU CONTOH", "ktp", city.applicant().file("ktp"))
    assert city.house.office.records.load(banu.ticket).events[-1].data["filler"] == "Budi Operator"
    page = city.official(KABID).open(banu.ticket)
    assert "Budi Operator memperbaiki untuk pemohon: KTP-el." in page.text
    assert "Oleh: Budi Operator, pengisi usulan" in page.text
    city.official(KABID).decide(banu.ticket, "forward", instructions=["proses"], note="Lanjutkan.")
    statistisi = city.official(STATISTISI)
    receipt = statistisi.decide(first.ticket, "forward", instructions=["proses"], note="Sudah didata.")
    statistisi.browser.submit(receipt, receipt.form("/bersama"))
    assert {city.house.office.records.load(person.ticket).step for person in people} == {"pemeriksaan"}
    for person in people:
        case = city.house.office.records.load(person.ticket)
        assert case.first_damage() is None
        assert case.events[2].data["note"] == "Segera diproses."
    assert city.house.office.records.load(others[0].ticket).events[2].data["link"] == "letter"
