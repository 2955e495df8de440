"""A clerk of an agency with forty colleagues: one list, one letter, disposed of once; few emails, light pages."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from tests.support.browser_without_javascript import Browser, Page
from tests.support.city import KABID, KADIS, City
from tests.support.document_specimens import pdf
from tests.support.filler import EMAIL, FORTY, Filler, bring_theirs, colleague, pasted
from tests.support.people import PERSON, Applicant, Official
from tests.support.server import mailbox_of, serving
from tests.support.stage import StillClock

pytestmark = pytest.mark.long

ANSWERS = {**PERSON, "opd": "Dinas Kesehatan", "tujuan": "Surat dan naskah dinas", "nama_dengan_gelar": ""}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """Officials' emails come in the office's rounds, as they do in earnest."""
    clock = StillClock()
    with serving(tmp_path, clock) as served:
        mailbox_of(served.house).collecting = True
        yield City(served, clock)


def test_forty_colleagues_apply_with_one_list_and_one_letter(city: City) -> None:
    budi = Filler(Browser(city.address), city.mailbox)
    weights, records = dict[str, int](), city.house.office.records

    def light(name: str, page: Page) -> Page:
        weights[name] = len(gzip.compress(page.body))
        return page

    # One list, and one letter that names everybody in its annex.
    budi.begin()
    ask = budi.browser.get(budi.open().href("/daftar"))
    judged = light("judged", budi.browser.submit(ask, ask.form("/daftar"), daftar=pasted(40)))
    assert "40 pegawai akan ditambahkan" in judged.text
    added = light("added", budi.browser.submit(judged, judged.form("/tambah")))
    assert "40 belum dikirim, 0 berjalan, 0 dikembalikan" in added.text
    bring_theirs(city.house, ANSWERS, 40)
    sheet = budi.browser.get(budi.browser.get(added.href("/surat")).href("bersama.pdf")).body
    said = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(sheet))
    assert [name for name in FORTY if name not in " ".join(said.split())] == []
    budi.bring_letter(pdf())

    # Each is read over and sent, and confirms by a link of his own.
    people: list[Applicant] = []
    for number, name in enumerate(FORTY):
        person = city.applicant(**colleague(number))
        person.ticket = budi.send(name)
        people.append(person)
    for person in people:
        person.confirm()
    assert "0 belum dikirim, 40 berjalan, 0 dikembalikan" in light("running", budi.open()).text

    # The head of the agency hears of the first at once, of the others in one email, and disposes of the letter once.
    assert emails(city) == {EMAIL: 1, KADIS: 1, "colleagues": 120}
    city.clock.forward(hours=4)
    assert emails(city) == {EMAIL: 1, KADIS: 2, "colleagues": 120}
    assert "39 permohonan menunggu tindak lanjut Anda" in city.mailbox.to(KADIS)[-1]["subject"]
    kadis = city.official(KADIS)
    receipt = kadis.decide(people[0].ticket, "forward", instructions=["proses"], note="Segera diproses.")
    assert "39 permohonan lain dari surat yang sama" in light("one of a letter", receipt).text
    done = light("disposed of", kadis.browser.submit(receipt, receipt.form("/bersama")))
    assert "39 dari 39 keputusan tercatat" in done.text
    assert {records.load(person.ticket).step for person in people} == {"telaah_kabid"}
    city.clock.forward(hours=4)
    assert emails(city) == {EMAIL: 1, KADIS: 3, KABID: 1, "colleagues": 120}

    # Three come back to the clerk, who is told of each and finds them on top of the forty; the others go on as one.
    kabid = city.official(KABID)
    light("a desk", kabid.desk())
    for person in people[1:4]:
        kabid.press(
            from_digest(kabid, person.ticket), "return", items=["ktp"], reason="ktp_tidak_terbaca", note="Buram."
        )
    assert len(city.mailbox.to(EMAIL, "dikembalikan")) == 3
    page = light("three returned", budi.open())
    assert "3 permohonan dikembalikan" in page.text
    cards = [card.text_content() for card in page.html.find_class("task")]
    assert [name for card, name in zip(cards, FORTY[1:4], strict=False) if name not in card] == []
    opened = from_digest(kabid, people[0].ticket)
    receipt = kabid.press(opened, "forward", instructions=["proses"], note="Lanjutkan.")
    assert "36 permohonan lain dari surat yang sama" in receipt.text
    kabid.browser.submit(receipt, receipt.form("/bersama"))
    steps = Counter(records.load(person.ticket).step for person in people)
    assert steps == {"pendataan": 37, "telaah_kabid": 3}
    assert [person.ticket for person in people if records.load(person.ticket).first_damage()] == []
    assert {name: weight for name, weight in weights.items() if weight > 8 * 1024} == {}, weights


def from_digest(official: Official, ticket: str) -> Page:
    """A case, opened by its link in the email that names them all."""
    text = official.mailbox.to(official.email, "permohonan menunggu tindak lanjut Anda")[-1]["text"]
    link = re.search(rf"Buka permohonan {ticket}:\s+(\S+)", text)
    assert link, text
    return official.browser.get(link[1])


def emails(city: City) -> Counter[str]:
    """How many each was sent until now; the colleagues together."""
    known = (EMAIL, KADIS, KABID)
    return Counter(mail["to"] if mail["to"] in known else "colleagues" for mail in _all_sent(city))


def _all_sent(city: City) -> list[dict[str, str]]:
    """One look sends so many emails at most; the clock of one machine looks every few seconds."""
    number, mails = -1, city.mailbox.all()
    while len(mails) > number:
        number, mails = len(mails), city.mailbox.all()
    return mails
