"""The third step: reading over, sending, and what there is afterwards."""

import sqlite3
from dataclasses import replace

from tests.support.applying import ANSWERS, FILLER, World
from tests.support.people import KINDS


def test_what_is_missing_is_named_and_leads_to_its_place(world: World) -> None:
    draft = world.draft({**ANSWERS, "nik": "12"}, kinds=("ktp",))
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    links = page.tree.xpath("//main//*[contains(@class, 'notice')]//a/@href")
    base = f"/ajukan/{draft.id}"
    assert f"{base}/data/diri#nik" in links
    assert f"{base}/berkas#berkas-sk_terakhir" in links
    assert f"{base}/berkas#berkas-ktp" not in links
    csrf = siti.get(f"{base}/data/diri").form("data")["csrf"]
    page = siti.post(f"{base}/periksa", {"csrf": csrf, "pernyataan": "ya"})
    assert page.status == 422
    assert world.kept(draft).ticket == ""


def test_each_part_can_be_changed_from_the_page_that_shows_it_all(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    links = siti.get(f"/ajukan/{draft.id}/periksa").tree.xpath("//*[contains(@class, 'change')]/a/@href")
    parts = [link.partition("#") for link in links if "/data/" in link]
    assert len(parts) == 5
    for page, _, field in parts:
        assert siti.get(page).tree.get_element_by_id(field) is not None
    assert sum("/berkas#" in link for link in links) == len(KINDS)


def test_nothing_is_sent_without_the_statement(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    page = siti.post(page.action("periksa"), page.form("periksa"))
    assert page.status == 422
    assert page.tree.xpath("//*[@role='alert']//a/@href") == ["#pernyataan"]
    assert world.kept(draft).ticket == ""


def test_the_same_file_in_two_places_is_pointed_out_but_does_not_stop_anybody(world: World) -> None:
    draft = world.draft(kinds=KINDS[:3])
    letter = draft.document("surat_permohonan")
    assert letter is not None
    world.house.office.records.save_draft(draft.with_document(replace(letter, kind="sk_terakhir")))
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    assert "Surat permohonan dan SK terakhir" in page.text
    page = siti.post(page.action("periksa"), {**page.form("periksa"), "pernyataan": "ya"})
    assert page.path.endswith("/terkirim")


def test_sending_twice_is_sending_once(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    sent = [siti.post(page.action("periksa"), {**page.form("periksa"), "pernyataan": "ya"}) for _ in range(2)]
    ticket = world.kept(draft).ticket
    assert [answer.path for answer in sent] == [f"/ajukan/{draft.id}/terkirim"] * 2
    assert all(ticket in answer.text for answer in sent)
    connection = sqlite3.connect(world.data / "portal.sqlite")
    assert connection.execute("SELECT count(*) FROM application").fetchone() == (1,)
    connection.close()


def test_after_sending_every_page_of_the_draft_shows_the_ticket(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/periksa")
    csrf = page.form("periksa")["csrf"]
    siti.post(page.action("periksa"), {"csrf": csrf, "pernyataan": "ya"})
    before = world.dump()
    for step in ("", "/data", "/berkas", "/berkas/ktp/terunggah", "/berkas/ktp/lihat", "/periksa", "/tersimpan"):
        assert siti.get(f"/ajukan/{draft.id}{step}").path == f"/ajukan/{draft.id}/terkirim"
    for step in ("/data", "/berkas/ktp", "/berkas/ktp/hapus"):
        assert siti.post(f"/ajukan/{draft.id}{step}", {**ANSWERS, "csrf": csrf}).path == f"/ajukan/{draft.id}/terkirim"
    assert world.applicant().get(world.link(draft)).path == f"/ajukan/{draft.id}/terkirim"
    assert world.dump() == before


def test_who_sends_for_somebody_else_is_not_told_to_open_his_own_email(world: World) -> None:
    draft = world.draft({**ANSWERS, **FILLER, "diisi_oleh": "orang_lain"})
    world.house.intake.submit(draft.id)
    page = world.holder(draft).get(f"/ajukan/{draft.id}/terkirim")
    assert "membuka emailnya" in page.text
    assert "buka email Anda" not in page.text


def test_the_ticket_page_shares_nothing_but_the_ticket_and_where_to_ask(world: World) -> None:
    draft = world.draft()
    world.house.intake.submit(draft.id)
    page = world.holder(draft).get(f"/ajukan/{draft.id}/terkirim")
    (share,) = page.tree.xpath("//a[starts-with(@href, 'https://wa.me/')]/@href")
    ticket = world.kept(draft).ticket
    assert ticket in share
    assert "siti" not in share.lower()
    assert page.tree.xpath("//main//*[local-name()='svg' and not(contains(@class, 'icon'))]")
    assert "6473014501900001" not in page.text
    for step in world.house.office.services.first.steps:
        assert step.name in page.text


def test_the_ticket_page_follows_the_case_once_the_address_is_confirmed(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    ticket = world.house.intake.submit(draft.id).ticket
    assert "konfirmasikan" in siti.get(f"/ajukan/{draft.id}/terkirim").text
    world.house.cases.confirm(ticket)
    text = siti.get(f"/ajukan/{draft.id}/terkirim").text
    assert "konfirmasikan" not in text
    assert world.house.office.services.first.status("telaah_kadis", "waiting").label in text


def test_the_acknowledgement_says_what_was_handed_in_and_when(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    assert siti.get(f"/ajukan/{draft.id}/tanda-terima").path.endswith("/periksa")
    world.house.intake.submit(draft.id)
    text = siti.get(f"/ajukan/{draft.id}/tanda-terima").text
    for shown in (world.kept(draft).ticket, "23 November 2026 09.00 WITA", "SITI CONTOH", "Dinas Kesehatan"):
        assert shown in text
    for document in draft.documents:
        assert document.sha256[:12] in text
        assert document.sha256[:13] not in text
    assert "belum dikonfirmasi" in text
    assert "6473014501900001" not in text
