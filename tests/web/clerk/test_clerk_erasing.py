"""A person's data is erased on request: told before, refused where it has to stay, and gone from every byte after."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.core.errors import Unavailable
from portal.tables import read
from tests.support.browser_without_javascript import Page
from tests.support.clerk import EMAIL, ClerkInPerson
from tests.support.keeper import words
from tests.support.sessions import SOMEBODY
from tests.support.stage import Stage
from tests.support.ways import FORM, WAYS

PATH = "/petugas/data-pribadi"
REASON = "Surat 800/12 tanggal 3 Agustus 2026"
HIS = ("RAHASIA", "Rahasia", "siti.rahasia", FORM["nik"], FORM["nip"], FORM["hp"][3:], "4A:1F:22:09")
"""What only this person's case says; "rahasia" alone is a word of the SOP too."""
OTHER = {
    **SOMEBODY,
    "nama_ktp": "BUDI LAIN",
    "jabatan": "Analis",
    "unit_kerja": "Sekretariat",
    "hp": "+6281111111111",
}


@pytest.fixture
def clerk(stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(stage)


def asked(clerk: ClerkInPerson, who: str = FORM["nik"]) -> Page:
    """The page that tells what will go."""
    page = clerk.get(PATH)
    page = clerk.browser.submit(page, page.form(PATH), "Cari", siapa=who)
    return clerk.browser.submit(page, page.form(f"{PATH}/hapus"), "Periksa yang dapat dihapus")


def erase(clerk: ClerkInPerson, page: Page, dasar: str = "decree", alasan: str = REASON, **more: str) -> Page:
    given = {"pasti": "ya", "alasan": alasan, **({"dasar": dasar} if dasar else {}), **more}
    return clerk.browser.submit(page, page.form("laksanakan"), "Hapus data pribadi ini", **given)


def stored(stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Every byte that the portal keeps; not what its people have in their mailboxes, which a rehearsal keeps too."""
    for path in sorted(Path(stage.data).rglob("*")):
        if path.is_file() and not path.name.startswith("kotak-surat"):
            yield path.name, path.name.encode() + path.read_bytes()


def traces(stage: Stage) -> list[tuple[str, str]]:
    return [(name, secret) for name, content in stored(stage) for secret in HIS if secret.encode() in content]


def test_what_will_go_and_what_stays_is_told_before_and_nothing_is_done_by_asking(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    rejected, running, other = stage.case(*WAYS["rejected"]), stage.case("confirm"), stage.case("confirm", **OTHER)
    stage.draft(("ktp",))
    before = stage.dump()
    page = asked(clerk)
    told = words(page)
    for said in (
        f"{rejected} dikirim 23 November 2026, ditutup",
        "Semua isian, 4 berkas",
        "Draf yang belum dikirim",
        "Masa simpannya sampai 23 November 2031",
        f"{running} dikirim 23 November 2026 Masih berjalan.",
        "Angka pada rekap",
        "Salinan cadangan",
        "Undang-Undang Nomor 27 Tahun 2022",
    ):
        assert said in told
    assert other not in told
    assert "Datanya dipakai orang lain" in told  # a ground of what was rejected
    assert "dibatalkan atau tidak dikonfirmasi" not in told  # but this is none of it
    assert stage.dump() == before


def test_nothing_of_the_person_is_left_in_any_byte_and_the_chain_and_the_recap_hold(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    number, returned = stage.case(*WAYS["rejected"]), stage.case("confirm", "return", "resubmit", "withdraw")
    other = stage.case("confirm", **OTHER)
    stage.draft(("ktp",))
    stage.mail()
    stage.records.backup(stage.data / "portal.sqlite.3")  # as one of before its tables got their newest shape
    (stage.data / "portal.sqlite.20261101").write_text("Cadangan pengelola server")
    facts = list(stage.records.facts("penerbitan"))
    assert len({name for name, _ in traces(stage)}) > 1
    page = erase(clerk, asked(clerk))
    assert (page.status, "Data pribadi dihapus" in words(page)) == (200, True)
    assert traces(stage) == []
    assert sorted(path.name for path in stage.data.glob("portal.sqlite.[0-9]*")) == ["portal.sqlite.20261101"]
    assert [case.first_damage() for case in map(stage.load, (number, returned, other))] == [None, None, None]
    assert list(stage.records.facts("penerbitan")) == facts
    assert (stage.load(other).form["nama_ktp"], len(stage.load(other).documents)) == ("BUDI LAIN", 4)
    assert stage.office.files.read(*_file(stage, other))
    listed = clerk.get("/petugas/permohonan")
    for text, found in ((FORM["nama_ktp"], False), (FORM["nip"], False), ("BUDI", True)):
        page = clerk.browser.submit(listed, listed.form("/petugas/permohonan"), "Tampilkan", cari=text)
        assert ("Tidak ada yang cocok" not in page.text) is found
    table = read(clerk.post("/petugas/permohonan/xlsx", listed).body)
    assert sorted(row[2] for _, row in table) == ["", "", "BUDI LAIN", "Nama"]
    kept = [(each.what, each.name, each.tickets, bool(each.proof)) for each in stage.records.handouts()][:-1]
    assert sorted(kept) == sorted(
        [
            ("erased", "DKISP Kota Tarakan", (number,), True),
            ("erased", "DKISP Kota Tarakan", (returned,), True),
            ("erased", "DKISP Kota Tarakan", (), False),
        ]
    )
    assert "Tidak ada data yang tersimpan" in words(_found(clerk, FORM["nik"]))


def _file(stage: Stage, number: str) -> tuple[str, str]:
    document = stage.load(number).documents[0]
    return document.key, document.version


def _found(clerk: ClerkInPerson, who: str) -> Page:
    page = clerk.get(PATH)
    return clerk.browser.submit(page, page.form(PATH), "Cari", siapa=who)


def test_whoever_looks_for_the_case_reads_that_its_data_was_erased_and_nothing_else(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    number = stage.case(*WAYS["rejected"])
    of_applicant, of_official = stage.link("permohonan", number), stage.link("telaah", stage.case("confirm", **OTHER))
    erase(clerk, asked(clerk))
    stage.clock.forward(days=1)
    public = stage.browser()
    said = f"Data pribadi pada permohonan {number} dihapus pada 23 November 2026 08.00 WITA atas permintaan pemiliknya."
    pages = [
        public.get(f"/status/{number}"),
        public.get(of_applicant, follow_redirects=True),
        stage.browser().get(_old_link(stage, number), follow_redirects=True),
    ]
    for page in pages:
        assert (page.status_code, said in page.text) == (410, True)
        assert "Ditolak" not in page.text
    answer = public.get(f"/status/{number}?format=json")
    told_json: Any = answer.json
    assert (answer.status_code, told_json["error"], told_json["erased"][:16]) == (
        410,
        "data_erased",
        "2026-11-23T00:00",
    )
    assert public.get(of_official, follow_redirects=True).status_code == 200
    of_clerk = clerk.get(f"/petugas/permohonan/{number}")
    told = words(of_clerk)
    for each in ("dihapus pada 23 November 2026 08.00 WITA", REASON, "DKISP Kota Tarakan, Petugas", "utuh"):
        assert each in told
    assert not of_clerk.html.xpath("//main//form")
    assert _found(clerk, number).status == 410
    for path in (f"/petugas/permohonan/{number}/kunjungan", f"/petugas/permohonan/{number}/betulkan"):
        assert "dihapus pada" in words(clerk.get(path))


def _old_link(stage: Stage, number: str) -> str:
    claims = {"t": number, "s": "telaah_kadis", "n": 2, "r": "kepala.dinas@tarakankota.go.id"}
    return f"/telaah/{stage.sign('telaah', claims)}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"alasan": " "}, "Tulis alasannya"),
        ({"alasan": "Diminta Siti Rahasia sendiri"}, "Jangan menulis nama"),
        ({"alasan": "NIK 6473 0145 0190 0001"}, "Jangan menulis nama"),
        ({"alasan": f"Email dari {FORM['email']}"}, "Jangan menulis nama"),
        ({"dasar": ""}, "Masa simpannya belum berakhir"),
        ({"dasar": "unused"}, "Masa simpannya belum berakhir"),
        ({"pasti": ""}, "Centang ini"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_lost_or_erased(
    shared_stage: Stage, given: dict[str, str], said: str
) -> None:
    clerk, nik = ClerkInPerson.at_the_desk(shared_stage), FORM["nik"]
    number = shared_stage.case(*WAYS["rejected"])
    page = asked(clerk, number)
    csrf = page.html.xpath("//input[@name='csrf']/@value")[0]
    sent = {"siapa": nik, "dasar": "decree", "alasan": REASON, "pasti": "ya", **given}
    page = clerk.post(f"{PATH}/hapus/laksanakan", page, **{name: value for name, value in sent.items() if value})
    assert (page.status, said in words(page), bool(csrf)) == (422, True, True)
    assert page.html.xpath("//input[@name='siapa']/@value") == [nik]
    if given.get("alasan", "").strip():
        assert page.html.xpath("//input[@name='alasan']/@value") == [given["alasan"]]
    assert shared_stage.load(number).erased is None


def test_what_still_stands_in_the_register_is_not_erased_and_after_its_term_it_needs_no_ground(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    number = stage.case(*WAYS["done"])
    page = asked(clerk)
    assert "masih berlaku, sehingga register harus menunjukkan pemiliknya" in words(page)
    assert not page.html.xpath("//form[contains(@action, 'laksanakan')]")
    stage.clock.forward(days=365 * 7 + 10)
    clerk = ClerkInPerson.at_the_desk(stage)
    page = asked(clerk)
    assert not page.html.xpath("//input[@name='dasar']")
    erase(clerk, page, dasar="")
    assert stage.load(number).events[-1].data["ground"] == "over"
    assert list(stage.records.certificates("penerbitan")) == []
    assert traces(stage) == []
    assert stage.clockwork.upkeep.look_after_register() == 0
    assert list(stage.records.certificates("penerbitan")) == []


def test_only_what_the_ground_is_for_goes(stage: Stage, clerk: ClerkInPerson) -> None:
    withdrawn, rejected = stage.case(*WAYS["withdrawn"]), stage.case(*WAYS["rejected"])
    erase(clerk, asked(clerk), dasar="unused")
    assert [bool(stage.load(number).erased) for number in (withdrawn, rejected)] == [True, False]
    assert words(_found(clerk, FORM["nik"])).count("Permohonan 1") == 1


def test_the_same_click_again_finds_nothing_more_and_ones_own_case_is_left_to_others(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    number, own = stage.case(*WAYS["rejected"]), stage.case(*WAYS["rejected"], **{**OTHER, "email": EMAIL})
    page = asked(clerk)
    for _ in range(2):
        assert erase(clerk, page).status == 200
    assert [event.action for event in stage.load(number).events].count("erase") == 1
    assert erase(clerk, asked(clerk, OTHER["nik"])).status == 403
    assert (stage.load(own).erased, len(stage.load(own).documents)) == (None, 4)
    assert stage.office.files.read(*_file(stage, own))


def test_what_was_cut_short_is_found_and_done_again(
    stage: Stage, clerk: ClerkInPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stage.case(*WAYS["rejected"])
    page = asked(clerk)

    def refuse(*_: object) -> None:
        raise Unavailable("store_unavailable")

    monkeypatch.setattr(stage.office.records, "erase", refuse)
    assert erase(clerk, page).status == 503
    assert stage.load(number).erased is None
    monkeypatch.undo()
    monkeypatch.setattr(stage.office.records, "scrub", refuse)  # busy at that moment
    assert erase(clerk, asked(clerk)).status == 200
    monkeypatch.undo()
    for chore in stage.clockwork.chores():
        chore()
    assert traces(stage) == []
    assert stage.load(number).first_damage() is None


def test_a_tombstone_that_nobody_accounts_for_is_told_of(stage: Stage, clerk: ClerkInPerson) -> None:
    number = stage.case(*WAYS["rejected"])
    erase(clerk, asked(clerk))
    page = clerk.get(f"/petugas/permohonan/{number}")
    assert "utuh" in words(page)
    assert "tidak utuh" not in words(page)
    with stage.records._database.writing() as connection:
        connection.execute("DELETE FROM handout")
    assert "tidak utuh" in words(clerk.get(f"/petugas/permohonan/{number}"))


def test_an_email_that_was_still_owed_is_not_sent_any_more(stage: Stage, clerk: ClerkInPerson) -> None:
    stage.case(*WAYS["rejected"])
    assert list(stage.records.unsent())
    erase(clerk, asked(clerk))
    assert list(stage.records.unsent()) == []
    stage.clock.forward(days=1)
    for chore in stage.clockwork.chores():
        chore()
    assert [owed for owed in stage.records.unsent() if owed.due_at > stage.clock.at + timedelta(days=30)] == []


def test_no_link_is_sent_to_a_case_without_its_data(stage: Stage, clerk: ClerkInPerson) -> None:
    number = stage.case(*WAYS["rejected"])
    old = stage.sign("permohonan", {"t": number}, days=1)
    erase(clerk, asked(clerk))
    stage.clock.forward(days=2)
    stage.outbox.send_due()
    before = list(stage.mailbox.messages())
    for fields in ({"tiket": number, "email": ""}, {"tiket": number, "email": FORM["email"]}, {"token": old}):
        answer = stage.browser().post("/tautan", data={"halaman": "permohonan", **fields})
        assert answer.status_code == 200
    assert all(owed.recipient.endswith("@nobody.invalid") for owed in stage.records.unsent())
    stage.outbox.send_due()
    assert (list(stage.mailbox.messages()), list(stage.records.unsent())) == (before, [])


def test_all_that_is_missing_is_told_at_once_and_what_is_demanded_is_not_called_optional(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    stage.case(*WAYS["rejected"])
    page = asked(clerk)
    assert "lebih awal (boleh dikosongkan)" not in words(page)
    assert "berakhir (boleh dikosongkan)" not in words(page)
    page = clerk.browser.submit(page, page.form("laksanakan"), "Hapus data pribadi ini")
    links = page.html.xpath("//*[contains(@class, 'wrong-box')]//a/@href")
    assert (page.status, links) == (422, ["#dasar", "#alasan", "#pasti"])
    stage.draft(("ktp",))
    assert "berakhir (boleh dikosongkan)" in words(asked(clerk))  # the draft can go without


def test_that_nothing_can_go_is_told_first(stage: Stage, clerk: ClerkInPerson) -> None:
    stage.case("confirm")
    told = words(asked(clerk))
    assert told.index("Belum ada yang dapat dihapus") < told.index("Yang tetap disimpan")
