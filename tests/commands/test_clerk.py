"""What the clerk asks of the command line: officials, the red list, what is late."""

import json
import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from portal.core.officials import Official
from portal.usecases.outbox import LEASE
from tests.support.command_line import Run
from tests.support.server import Clock
from tests.support.stage import Stage
from tests.support.ways import WAYS

NEW_KADIS = ("--role", "kadis", "--name", "Dewi Contoh", "--email", "Dewi@tarakankota.go.id")


# --- officials ---


def test_officials_are_appointed_and_listed(run: Run) -> None:
    assert run("official", "list").output == "Belum ada pejabat yang ditunjuk.\n"
    acting = ("--role", "kabid", "--name", "Budi Contoh", "--email", "budi@tarakankota.go.id", "--capacity", "Plt.")
    decree = (
        "--decree",
        "800/12/2026",
        "--since",
        "2026-11-01",
        "--until",
        "2027-01-31",
        "--number",
        "1970 0101 2000 121 001",
    )

    assert run("official", "appoint", *NEW_KADIS).output == (
        "Dewi Contoh ditunjuk sebagai Kepala Dinas. Permohonan yang sudah menunggu dan dikabarkan: 0.\n"
    )
    assert run("official", "appoint", *acting, *decree).exit_code == 0
    assert run("official", "list").output.splitlines() == [
        "Kepala Dinas: Dewi Contoh <Dewi@tarakankota.go.id> (… – …)",
        "Plt. Kepala Bidang Statistik dan Persandian: Budi Contoh <budi@tarakankota.go.id> 800/12/2026 "
        "(2026-11-01 – 2027-01-31)",
    ]


@pytest.mark.parametrize("role", ["walikota", "pemohon", "", "KADIS"])
def test_only_roles_that_decide_can_be_given(run: Run, role: str) -> None:
    result = run("official", "appoint", "--role", role, "--name", "Dewi", "--email", "d@tarakankota.go.id")
    assert (result.exit_code, result.stderr) == (
        2,
        "Peran tidak dikenal. Pilihan: kadis, kabid, pelaksana_bidang, verifikator\n",
    )
    assert run("official", "list").output == "Belum ada pejabat yang ditunjuk.\n"


@pytest.mark.parametrize("email", ["dewi", "dewi@", "@x", "Dewi <d@x.id>", "d@x.id\n", ""])
def test_an_address_that_is_none_is_refused(run: Run, email: str) -> None:
    result = run("official", "appoint", "--role", "kadis", "--name", "Dewi", "--email", email)
    assert result.exit_code == 2
    assert result.stderr.startswith("Alamat email tidak dapat dibaca: ")


def test_an_appointment_that_ends_before_it_begins_is_refused(run: Run) -> None:
    result = run("official", "appoint", *NEW_KADIS, "--since", "2026-12-02", "--until", "2026-12-01")
    assert (result.exit_code, result.stderr) == (
        2,
        "Tanggal akhir 2026-12-01 mendahului tanggal awal 2026-12-02.\n",
    )


def test_what_waits_already_is_announced_to_a_new_official(run: Run, tmp_path: Path, clock: Clock) -> None:
    stage = Stage(tmp_path / "data", clock)
    waiting = [stage.case("confirm"), stage.case("confirm")]
    stage.case("confirm", "forward")
    stage.mail()
    assert "dikabarkan: 2." in run("official", "appoint", *NEW_KADIS).output
    (told,) = [mail for mail in stage.mail() if mail["to"] == "dewi@tarakankota.go.id"]
    stage.close()
    assert all(number in told["text"] for number in waiting)


def test_nobody_is_told_of_what_waits_before_the_first_day(run: Run, tmp_path: Path) -> None:
    stage = Stage(tmp_path / "data")
    stage.case("confirm")
    stage.close()
    assert "dikabarkan: 0." in run("official", "appoint", *NEW_KADIS, "--since", "2099-01-01").output


def test_whoever_holds_a_role_that_is_no_more_is_still_listed(run: Run, tmp_path: Path) -> None:
    run("official", "appoint", *NEW_KADIS)
    with sqlite3.connect(tmp_path / "data" / "portal.sqlite") as database:
        database.execute("""UPDATE official SET body = replace(body, '"kadis"', '"asisten"'), role = 'asisten'""")
    database.close()
    assert run("official", "list").output.startswith("asisten: Dewi Contoh")


LISTS = (("late",), ("red-list",), ("official", "list"), ("register", "list"), ("person", "log"))


# --- the red list ---


def test_the_red_list_says_what_did_not_arrive_and_why(run: Run, tmp_path: Path) -> None:
    assert run("red-list").output == "Semua email terkirim atau masih dalam batas waktu.\n"
    stage = Stage(tmp_path / "data")
    stage.records.appoint(Official("penerbitan", "kadis", "Tanpa Alamat", "bukan alamat"))
    number = stage.case("confirm")
    stage.mail()
    stage.close()
    assert run("red-list").output == f"{number}  turn  bukan alamat  not an address\n"


def test_mail_that_was_given_up_is_tried_again_when_asked(run: Run, tmp_path: Path, clock: Clock) -> None:
    stage = Stage(tmp_path / "data", clock)
    try:
        stage.records.appoint(Official("penerbitan", "kadis", "Tanpa Alamat", "bukan alamat"))
        number = stage.case("confirm")
        stage.mail()
    finally:
        stage.close()
    given_up = f"{number}  turn  bukan alamat  not an address\n"
    assert run("red-list").output == given_up
    assert run("red-list", "--again").output == f"{given_up}Email yang akan dicoba lagi: 1\n"
    assert run("red-list").output == "Semua email terkirim atau masih dalam batas waktu.\n"

    stage = Stage(tmp_path / "data", clock)
    try:
        stage.clock.forward(days=1)
        assert stage.outbox.send_due() == 0  # tried, and refused once more
    finally:
        stage.close()
    assert run("red-list").output == given_up
    other = Stage(tmp_path / "other", clock)
    other.close()
    assert run("red-list", "--again", data=other.data).output.endswith("Email yang akan dicoba lagi: 0\n")


def test_what_somebody_was_told_otherwise_leaves_the_red_list_for_good(run: Run, tmp_path: Path, clock: Clock) -> None:
    stage = Stage(tmp_path / "data", clock)
    try:
        stage.records.appoint(Official("penerbitan", "kadis", "Tanpa Alamat", "bukan alamat"))
        told, other = stage.case("confirm"), stage.case("confirm", email="lain@tarakankota.go.id")
        stage.mail()
        assert len(stage.outbox.red_list()) == 2
    finally:
        stage.close()
    left = f"{other}  turn  bukan alamat  not an address\n"
    assert run("red-list", "--done", told).output == (
        f"Email yang dikeluarkan dari daftar karena sudah ditangani: 1\n{left}"
    )
    assert run("red-list", "--done", told).output.startswith(
        "Email yang dikeluarkan dari daftar karena sudah ditangani: 0\n"
    )
    assert run("red-list", "--again").output == f"{left}Email yang akan dicoba lagi: 1\n"


def test_what_waits_for_another_try_is_tried_at_once_when_asked(run: Run, tmp_path: Path, clock: Clock) -> None:
    """As after the relay was mended; what somebody may just be sending is left alone."""
    stage = Stage(tmp_path / "data", clock)
    stage.mailbox.failing = True
    stage.case("confirm")
    for _ in range(9):
        stage.clock.forward(hours=1)
        stage.outbox.send_due()
    stage.mailbox.failing = False
    waiting = [owed for owed in stage.records.unsent() if owed.due_at > clock.at + LEASE]
    assert waiting
    assert stage.outbox.send_due() == 0
    assert f"dicoba lagi: {len(waiting)}\n" in run("red-list", "--again").output
    assert run("red-list", "--again").output.endswith("dicoba lagi: 0\n")
    assert stage.outbox.send_due() == len(waiting)
    stage.close()


def test_programs_are_told_by_exit_code_and_json(run: Run, tmp_path: Path, clock: Clock) -> None:
    assert (run("red-list").exit_code, run("late").exit_code) == (0, 0)
    assert [json.loads(run(*command, "--json").stdout) for command in LISTS] == [[]] * len(LISTS)
    stage = Stage(tmp_path / "data", Clock(clock.at - timedelta(days=21)))
    stage.records.appoint(Official("penerbitan", "kadis", "Tanpa Alamat", "bukan alamat"))
    number = stage.case("confirm")
    stage.handed_over()
    stage.mail()
    stage.close()
    assert (run("red-list").exit_code, run("late").exit_code) == (1, 1)
    assert run("red-list", "--again").exit_code == 0
    run("register", "export", tmp_path / "register.csv")
    late, _, officials, entries, log = (json.loads(run(*command, "--json").stdout) for command in LISTS)
    assert number in {each["ticket"] for each in late}
    assert late[0].keys() == {"ticket", "step", "office", "since", "minutes", "reason"}
    assert {"role": "kadis", "email": "bukan alamat", "since": None}.items() <= officials[-1].items()
    assert [each["standing"] for each in entries] == ["valid"]
    assert [(each["what"], each["number"]) for each in log] == [("register", 1)]


# --- what is late ---


def test_what_is_late_or_waits_for_nobody_is_listed_longest_first(run: Run, tmp_path: Path, clock: Clock) -> None:
    assert (
        run("late").output
        == "Tidak ada permohonan yang terlambat atau tertahan, dan setiap permohonan ada pejabatnya.\n"
    )
    now = clock.at
    stage = Stage(tmp_path / "data", Clock(now - timedelta(days=21)))
    try:
        late = stage.case("confirm")
        sent = stage.case(*WAYS["sent"])
        unconfirmed = stage.case(*WAYS["unconfirmed"])
        stage.clock.at = now - timedelta(minutes=1)
        own = stage.case("confirm", email="kepala.dinas@tarakankota.go.id")
        stage.case("confirm")  # in time
        stage.mail()
    finally:
        stage.close()
    lines = run("late").output.splitlines()
    assert [line.split("  ")[:3] for line in lines] == [
        [late, "Telaah Kepala Dinas", "Kepala Dinas"],
        [sent, "Pemeriksaan dan pengiriman ke BSrE", "Verifikator Sertifikat Elektronik"],
        [unconfirmed, "Pengajuan", "Pemohon"],
        [own, "Telaah Kepala Dinas", "Kepala Dinas"],
    ]
    assert re.search(
        r"  sejak [0-9]{1,2} \w+ 20[0-9]{2} [0-9]{2}\.[0-9]{2} WITA  [1-9][0-9]* menit kerja  \(", lines[0]
    )
    assert [line.rpartition("  ")[2] for line in lines] == [
        "(Pejabat yang bertugas sudah diingatkan, tetapi belum menindaklanjuti)",
        "(Jawaban dari luar kantor belum dicatat)",
        "(Pemohon belum mengonfirmasi alamat emailnya)",
        "(Pejabat yang bertugas hanya pemohonnya sendiri)",
    ]
