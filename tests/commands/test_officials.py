"""Officials on the command line: acting, ending, cancelling, absence, and what is refused in words."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.command_line import Run
from tests.support.server import Clock
from tests.support.stage import Stage

DEWI = ("--role", "kadis", "--name", "Dewi Contoh", "--email", "dewi@tarakankota.go.id")
JOKO = ("--role", "kadis", "--name", "Joko Contoh", "--email", "joko@tarakankota.go.id")
PLH = ("--decree", "800/7/2026", "--since", "2026-12-01", "--until", "2026-12-05")


def test_a_plh_is_announced_ended_and_cancelled(run: Run) -> None:
    assert run("official", "appoint", *DEWI).exit_code == 0
    assert run("official", "act", *JOKO, *PLH).output == (
        "Joko Contoh ditunjuk sebagai Plh. Kepala Dinas. Permohonan yang sudah menunggu dan dikabarkan: 0.\n"
    )
    gone = run("official", "cancel", "--role", "kadis", "--email", "joko@tarakankota.go.id", "--since", "2026-12-01")
    assert gone.output == "Penunjukan Joko Contoh sebagai Plh. Kepala Dinas mulai 2026-12-01 dibatalkan.\n"
    ended = run("official", "end", "--role", "kadis", "--email", "dewi@tarakankota.go.id", "--last", "2026-12-31")
    assert ended.output == "Penugasan Dewi Contoh sebagai Kepala Dinas berakhir pada 2026-12-31.\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("appoint", "--role", "kadis", "--name", " ", "--email", "d@x.id"), "Nama belum diisi: "),
        (("appoint", *DEWI, "--number", "1970"), "NIP tidak sesuai: 1970 bukan NIP."),
        (("appoint", *DEWI[:4], "--email", "a@x.id,b@x.id"), "Alamat email tidak dapat dibaca: "),
        (("appoint", *JOKO, "--capacity", "Plh.", "--until", "2099-01-01"), "Nomor surat perintah belum diisi: "),
        (("appoint", *JOKO, "--capacity", "Plh.", "--decree", "8"), "Hari terakhir belum diisi: "),
        (("act", *JOKO, "--decree", "8", "--since", "2020-01-01", "--until", "2020-01-05"), "Waktu sudah lewat: "),
        (
            ("act", *JOKO, "--decree", "8", "--since", "2026-12-03", "--until", "2026-12-09"),
            "Waktu bertumpang-tindih: ",
        ),
        (("end", "--role", "kadis", "--email", "siapa@x.id"), "Penunjukan tidak ditemukan: "),
        (
            ("cancel", "--role", "kadis", "--email", "dewi@tarakankota.go.id", "--since", "2020-01-01"),
            "Penunjukan tidak",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(
    run: Run, given: tuple[str, ...], said: str
) -> None:
    run("official", "appoint", *DEWI)
    run("official", "act", "--role", "kadis", "--name", "Ani", "--email", "ani@tarakankota.go.id", *PLH)
    before = run("official", "list").output
    result = run("official", *given)
    assert (result.exit_code, result.stderr[: len(said)]) == (2, said)
    assert run("official", "list").output == before


def test_nobody_on_whom_cases_wait_is_removed_without_a_successor(run: Run, tmp_path: Path, clock: Clock) -> None:
    stage = Stage(tmp_path / "data", clock)
    kadis = next(official for official in stage.records.officials() if official.role == "kadis")
    stage.case("confirm")
    stage.close()
    ending = ("official", "end", "--role", "kadis", "--email", kadis.email)
    refused = run(*ending)
    assert (refused.exit_code, refused.stderr[:66]) == (
        2,
        "Penggantinya belum ada: Ada 1 permohonan yang menunggu, dan tidak ",
    )
    run("official", "appoint", *DEWI)
    assert run(*ending).exit_code == 0


def test_an_absence_is_listed_and_the_check_says_which_office_nobody_fills(run: Run, clock: Clock) -> None:
    run("official", "appoint", *DEWI[:1], "verifikator", *DEWI[2:])
    assert run("official", "check").exit_code == 1
    assert "Kepala Dinas: belum ada pejabat yang bertugas hari ini." in run("official", "check").output
    for role in ("kadis", "kabid", "pelaksana_bidang", "verifikator"):
        run("official", "appoint", "--role", role, "--name", "Dewi", "--email", f"{role}@tarakankota.go.id")
    assert run("official", "check").output == "Semua jabatan terisi dan semua penunjukan sesuai.\n"
    first, last = (date.fromordinal(clock.at.date().toordinal() + days).isoformat() for days in (3, 6))
    away = run(
        "official",
        "absent",
        *("--role", "kabid", "--email", "kabid@tarakankota.go.id"),
        "--first",
        first,
        "--last",
        last,
    )
    assert away.output == f"Dewi dicatat berhalangan {first} sampai {last}.\n"
    assert f"  berhalangan {first} – {last}\n" in run("official", "list").output
    checked = run("official", "check")
    said = f"Kepala Bidang Statistik dan Persandian: mulai {first} belum ada pejabat yang bertugas.\n"
    assert (checked.exit_code, checked.output) == (1, said)


def test_an_absence_is_taken_back_and_a_capacity_set(run: Run) -> None:
    of = ("--role", "verifikator", "--email", "dewi@tarakankota.go.id")
    run("official", "appoint", *of, "--name", "Dewi Contoh")
    run("official", "absent", *of, "--first", "2026-12-01", "--last", "2026-12-05")
    back = run("official", "present", *of, "--first", "2026-12-01")
    assert back.output == "Catatan berhalangan Dewi Contoh mulai 2026-12-01 dihapus.\n"
    assert "berhalangan" not in run("official", "list").output
    assert run("official", "capacity", *of, "--each", 2).output == "Kunjungan sekaligus untuk Dewi Contoh: 2.\n"
    assert run("official", "capacity", *of).output == "Kunjungan sekaligus untuk Dewi Contoh: SOP.\n"


def test_an_address_is_set_right(run: Run) -> None:
    run("official", "appoint", "--role", "kadis", "--name", "Budi", "--email", "budi@x.go.id")
    moved = run("official", "readdress", "--email", "Budi@x.go.id", "--new", "budi.benar@x.go.id")
    assert (
        moved.output
        == "Email untuk Budi kini dikirim ke budi.benar@x.go.id; dikabari tentang 0 permohonan yang menunggu.\n"
    )
    assert "<budi.benar@x.go.id>" in run("official", "list").output
    assert run("official", "readdress", "--email", "budi@x.go.id", "--new", "b@x.go.id").exit_code == 2
