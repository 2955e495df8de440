"""What keeps nobody out where an office offers several services, and their steps are of other kinds."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from portal.core.officials import Official as Appointed
from tests.support import services_stories as stories
from tests.support.chromium import Person, assert_no_barriers
from tests.support.city import City
from tests.support.in_chromium import Someone
from tests.support.server import Clock, serving
from tests.support.services import installed
from tests.support.services_stories import ADMINISTRATOR, ANALIS, KABID, KADIS, LESTARI, OPERATOR, SEKRETARIS, WIRA
from tests.support.services_stories import VERIFIKATOR as KEEPER
from tests.support.signed import signed
from tests.support.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """An office with three services: the repository's own and two made-up ones."""
    clock, environ = Clock(), installed(tmp_path / "schemas", "penerbitan", "perpanjangan", "surel")
    with serving(tmp_path / "data", clock, **environ) as served:
        yield City(served, clock)


def test_several_services_have_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me = someone(phone=False)
    assert assert_no_barriers(_several(me, city), rendered) >= WALKS["services"]
    assert me.complaints == []


def test_a_case_that_an_official_begins_has_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me, plain = someone(phone=False), someone(phone=False, script_arrives=False)
    assert assert_no_barriers(_begun(me, plain, city), rendered) >= WALKS["begun for somebody"]
    assert me.complaints == plain.complaints == []


def test_a_case_with_a_letter_to_be_signed_has_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me, plain = someone(phone=False), someone(phone=False, script_arrives=False)
    assert assert_no_barriers(_signed(me, plain, city), rendered) >= WALKS["signed letter"]
    assert me.complaints == plain.complaints == []


def _several(me: Person, city: City) -> Iterator[tuple[str, Person]]:
    for path in ("/ajukan", "/ajukan/perpanjangan", "/ajukan/surel", "/rekap", "/rekap/perpanjangan", "/_latihan"):
        me.go(path)
        yield path, me
    # Somebody who keeps the register of two services.
    city.house.office.records.appoint(Appointed("penerbitan", "verifikator", "Galih Rekaan", KEEPER))
    city.official(KEEPER).desk()
    me.go(city.mailbox.link(KEEPER, "meja"))
    me.sees("Buka permohonan baru")
    yield "desk of who begins a service", me
    me.go("/meja/register")
    yield "registers", me


def _begun(me: Person, plain: Person, city: City) -> Iterator[tuple[str, Person]]:
    """A case that an official begins, and two tasks of the holder in it."""
    verifikator, lestari = city.official(KEEPER), stories.holder(city)
    verifikator.desk()
    me.go(city.mailbox.link(KEEPER, "meja"))
    me.go("/meja/buka/perpanjangan")
    yield "form that an official begins", me
    with me.expecting(422):
        me.press("Lanjut")
    yield "form that an official begins, with errors", me
    me.fill({name: answer for name, answer in LESTARI.items() if name != "email"})
    me.page.locator("[name='unit']").select_option(index=1)
    me.press("Lanjut")
    yield "documents that an official brings", me
    me.choose("daftar_kartu", _file(*lestari.file("daftar_kartu")))
    expect(me.card("daftar_kartu")).to_contain_text("Terunggah")
    me.press("Lanjut")
    yield "check of what an official begins", me
    me.page.locator("[name='pernyataan']").check()
    me.press("Kirim")
    yield "sent by an official", me
    lestari.ticket = ticket = me.page.locator("#nomor-tiket").inner_text().strip()

    for person in (me, plain):
        person.go(city.mailbox.link(lestari.email, "permohonan", ticket))
    yield "application, a task with a document", me
    with me.expecting(422):
        me.press("Kirim formulir")
    yield "application, the document missing", me
    form = _file(*lestari.file("formulir_perpanjangan"))
    plain.card("formulir_perpanjangan").locator("input[type=file]").set_input_files(form)
    plain.press("Unggah", plain.card("formulir_perpanjangan"))
    yield "the task's document, sent without script", plain
    plain.press("Periksa berkas ini")
    yield "application, the document received", plain
    plain.press("Kirim formulir")
    yield "application, the task done", plain
    me.go(f"/status/{ticket}")
    yield "status of a renewal", me
    me.go(city.mailbox.link(KEEPER, "telaah", ticket))
    me.open_choice("complete")
    yield "work", me
    verifikator.decide(ticket, "complete", note="Berlaku sampai 2028.")
    me.go(city.mailbox.link(lestari.email, "permohonan", ticket))
    yield "application, a task without a document", me
    lestari.do_task()
    city.official(stories.KASI).decide(ticket, "complete")
    me.go(city.mailbox.link(KEEPER, "telaah", ticket))
    me.decide("complete", "Catat dan Arsipkan")
    yield "receipt of the last work", me
    me.go("/rekap")
    yield "recaps, one closed", me


def _signed(me: Person, plain: Person, city: City) -> Iterator[tuple[str, Person]]:
    """A case that goes back to the official before, and whose letter is brought signed."""
    wira = city.applicant("surel", **WIRA)
    wira.send(wira.upload_all(wira.fill_in("/ajukan/surel")))
    wira.confirm()
    ticket = wira.ticket
    kadis, kabid, operator = city.official(KADIS), city.official(KABID), city.official(OPERATOR)
    kadis.decide(ticket, "forward", instructions=["proses"])
    me.go(city.mailbox.link(KABID, "telaah", ticket))
    me.open_choice("send_back")
    yield "disposition, to the official before", me
    kabid.decide(ticket, "send_back", reason="lain", note="Mohon arahan kuota.")
    me.go(city.mailbox.link(KADIS, "telaah", ticket))
    yield "disposition, come back", me
    kadis.decide(ticket, "forward", instructions=["pertimbangan"], note="Kuota 10 GB.")
    kabid.decide(ticket, "forward", instructions=["proses"])
    city.official(ANALIS).decide(ticket, "complete", note="Cukup 10 GB.")
    city.official(ADMINISTRATOR).decide(ticket, "complete")
    operator.decide(ticket, "complete")
    kabid.decide(ticket, "complete")
    city.official(SEKRETARIS).decide(ticket, "complete")

    for person in (me, plain):
        person.go(city.mailbox.link(KADIS, "telaah", ticket))
    yield "letter to be signed", me
    me.go(f"/telaah/{ticket}/surat")
    with me.expecting(422):
        me.decide("sign", "Kirim Surat Bertanda Tangan")
    yield "letter missing", me
    brought = plain.card("surat_pemberitahuan").locator("input[type=file]")
    brought.set_input_files(_file("surat.pdf", _letter()))
    plain.press("Unggah", plain.card("surat_pemberitahuan"))
    yield "letter, sent without script", plain
    plain.press("Periksa berkas ini")
    plain.sees("Sertifikat atas nama")
    yield "letter, signatures read", plain
    plain.decide("sign", "Kirim Surat Bertanda Tangan")
    yield "receipt of a signed letter", plain
    me.go(city.mailbox.link(wira.email, "permohonan", ticket))
    yield "application with a letter", me
    me.go(f"/status/{ticket}")
    yield "status on the way down and up", me


def _letter() -> bytes:
    # Signing runs a loop of its own, and the thread of the browser has one already.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(signed, "Bagas Rekaan").result()


def _file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}
