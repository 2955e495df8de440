"""The command line as the clerk and the IT staff meet it: in words, with an exit code, never with a traceback."""

import copy
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.bootstrap import build, wsgi
from portal.cli import main
from portal.config import Config
from portal.core.errors import SettingInvalid, SopInvalid
from portal.core.notices import Official
from portal.editions import read_calendar, read_sop
from portal.engines.local.mail import Mailbox, Smtp
from portal.engines.local.records import SqliteRecords
from tests.conftest import SCHEMAS
from tests.support.processes import run as process
from tests.support.processes import said, start
from tests.support.server import ROOT, Clock, free_port
from tests.support.stage import WAYS, Stage

Run = Callable[..., Result]
NEW_KADIS = ("--role", "kadis", "--name", "Dewi Contoh", "--email", "Dewi@tarakankota.go.id")


@pytest.fixture
def clock() -> Clock:
    """The time of the commands; a stage that is to meet them takes it too."""
    return Clock()


@pytest.fixture
def run(tmp_path: Path, clock: Clock) -> Run:
    """``portal ...`` on a data folder of its own; nothing of the machine's environment or time counts."""

    def call(*arguments: object, data: Path = tmp_path / "data", **environ: str) -> Result:
        settings = {name: environ.get(name) for name in ("SERVICE", "ADDRESS", "SENDER", "REHEARSAL", "SMTP_PORT")}
        result = CliRunner().invoke(
            main, ["--data", str(data), *map(str, arguments)], env=settings, obj={"clock": clock}
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return call


# --- settings ---


def test_every_variable_arrives_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "sandi").write_text(" rahasia \n")
    config = Config.from_environment(
        {
            "SERVICE": "/srv/schemas/penerbitan",
            "DATA": "/srv/data",
            "ADDRESS": "https://tte.tarakankota.go.id/",
            "SITE": "/srv/site",
            "REHEARSAL": "1",
            "PROXY": "10.0.0.2",
            "SMTP_HOST": "relai",
            "SMTP_PORT": "465",
            "SMTP_USER": "portal",
            "SMTP_PASSWORD_FILE": str(tmp_path / "sandi"),
            "SMTP_SECURITY": "ssl",
            "SENDER": "Portal <portal@tarakankota.go.id>",
        }
    )
    assert config == Config(
        service=Path("/srv/schemas/penerbitan"),
        data=Path("/srv/data"),
        address="https://tte.tarakankota.go.id",
        site=Path("/srv/site"),
        rehearsal=True,
        proxy="10.0.0.2",
        smtp_host="relai",
        smtp_port=465,
        smtp_user="portal",
        smtp_password="rahasia",
        smtp_security="ssl",
        sender="Portal <portal@tarakankota.go.id>",
    )
    assert "rahasia" not in repr(config)


def test_empty_variables_are_as_good_as_none() -> None:
    names = ("SERVICE", "DATA", "ADDRESS", "SITE", "REHEARSAL", "SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY", "SENDER")
    config = Config.from_environment(dict.fromkeys((*names, "SMTP_PASSWORD_FILE"), ""))
    assert config == Config.from_environment({})
    assert (config.rehearsal, config.smtp_security, config.smtp_port) == (False, "starttls", 25)
    assert config.service == SCHEMAS / "penerbitan"


def test_the_command_line_goes_before_the_environment() -> None:
    environ = {"DATA": "/srv/data", "ADDRESS": "https://a.example", "REHEARSAL": "1"}
    config = Config.from_environment(environ, data=Path("x"), address="https://b.example/", rehearsal=None)
    assert (config.data, config.address, config.rehearsal) == (Path("x"), "https://b.example", True)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REHEARSAL", "false"),
        ("REHEARSAL", "ya"),
        ("SMTP_PORT", "smtp"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "65536"),
        ("SMTP_SECURITY", "tls"),
        ("SMTP_PASSWORD_FILE", "/tidak/ada"),
        ("ADDRESS", "tte.tarakankota.go.id"),
        ("ADDRESS", "https://tte.tarakankota.go.id/portal"),
        ("ADDRESS", "https://"),
    ],
)
def test_a_variable_that_says_something_else_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as refusal:
        Config.from_environment({variable: value})
    assert (refusal.value.code, refusal.value.facts["key"]) == ("setting_invalid", variable)
    assert refusal.value.facts["value"] == value
    assert refusal.value.facts["expected"]


@pytest.mark.parametrize("variable", ["SENDER", "ADDRESS"])
def test_without_sender_or_address_nothing_is_served_for_real(tmp_path: Path, variable: str) -> None:
    given = {"SENDER": "portal@tarakankota.go.id", "ADDRESS": "https://tte.tarakankota.go.id", variable: ""}
    started = serve(tmp_path, free_port(), **given)
    try:
        _, errors = started.communicate(timeout=15)
    finally:
        started.kill()
    assert started.returncode == 2
    assert errors.startswith(f"Setelan belum diisi: {variable} belum diisi. Contohnya: ")


@pytest.mark.parametrize(("sender", "rehearsal"), [("Portal", ""), ("Portal <>", "0"), ("tarakankota.go.id", "")])
def test_a_sender_without_an_address_is_none(sender: str, rehearsal: str) -> None:
    with pytest.raises(SettingInvalid):
        Config.from_environment({"SENDER": sender, "REHEARSAL": rehearsal}).must_reach_people()
    Config.from_environment({"SENDER": sender, "REHEARSAL": "1"}).must_reach_people()
    Config.from_environment({"SENDER": "Portal <portal@tarakankota.go.id>"}).must_reach_people()


def test_a_wrong_setting_is_told_in_words(run: Run) -> None:
    result = run("official", "list", SMTP_PORT="dua")
    assert (result.exit_code, result.stderr) == (
        2,
        "Setelan belum sesuai: SMTP_PORT berisi dua; yang diharapkan: 1-65535\n",
    )


# --- wiring ---


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Any]:
    """A portal for real cases, not yet listening."""
    given = {"SENDER": "Portal <portal@tarakankota.go.id>", "SMTP_HOST": "relai", "SITE": str(tmp_path / "none")}
    house = build(Config.from_environment(given, data=tmp_path / "data", address="https://tte.tarakankota.go.id"))
    yield house
    house.office.records.close()  # type: ignore[attr-defined]


def test_for_real_cases_there_are_no_rehearsal_pages_officials_or_mailbox(production: Any) -> None:
    browser = wsgi(production).test_client()
    for path in ("/_latihan", "/_mailbox", "/_mailbox.json", "/_mailbox/1", "/_jam", "/_contoh/contoh-ktp.jpg"):
        assert browser.get(path).status_code == 404
    for path in ("/_jam", "/_mailbox/relai"):
        assert browser.post(path).status_code == 404
    assert "latihan" not in browser.get("/status").text.lower()
    assert list(production.office.records.officials()) == []
    assert isinstance(production.engine.mail, Smtp)
    assert {path.name.split(".sqlite")[0] for path in production.config.data.iterdir()} == {"kunci", "portal"}


def test_in_rehearsal_there_are_sample_officials_for_every_role_once(tmp_path: Path) -> None:
    for _ in range(2):
        stage = Stage(tmp_path)
        assert isinstance(stage.house.engine.mail, Mailbox)
        roles = [official.role for official in stage.records.officials()]
        stage.close()
    assert roles == ["kadis", "kabid", "pelaksana_bidang", "verifikator", "verifikator"]


def test_cookies_of_a_public_portal_travel_encrypted_only(production: Any) -> None:
    link = production.office.links.sign("permohonan", {"t": "TTE-26-4F7K-9QXM"}, production.office.clock())
    answer = wsgi(production).test_client().get(f"/permohonan/{link}")
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "a" / "data"
    keys = []
    for _ in range(2):
        stage = Stage(data)
        keys.append((data / "kunci").read_text())
        stage.close()
    assert keys[0] == keys[1]
    assert len(keys[0].strip()) >= 64
    assert stat.S_IMODE((data / "kunci").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


FIRST_START = """
import sys
from pathlib import Path
from portal.bootstrap import build
from portal.config import Config
config = Config.from_environment({}, data=Path(sys.argv[1]), rehearsal=True)
print("ready", flush=True)
sys.stdin.readline()
house = build(config)
from datetime import UTC, datetime
print(house.office.links.sign("a", {}, datetime(2030, 1, 1, tzinfo=UTC)), len(house.office.records.officials()))
"""


def test_two_processes_may_start_for_the_first_time_at_once(tmp_path: Path) -> None:
    both = [process(FIRST_START, tmp_path / "data") for _ in range(2)]
    start(both)
    answers = [line for one in both for line in said(one)]
    assert answers[0] == answers[1]
    assert answers[0].endswith(" 5")
    assert sorted(path.name for path in (tmp_path / "data").iterdir() if path.name.startswith(".")) == []


def test_a_key_file_without_a_key_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kunci").write_text("\n")
    result = run("official", "list")
    assert result.exit_code == 2
    assert str(tmp_path / "data" / "kunci") in result.stderr


# --- serving ---


def serve(data: Path, port: int, *options: str, **environ: str) -> subprocess.Popen[str]:
    """``portal serve`` as a process of its own."""
    command = [sys.executable, "-m", "portal", "--data", str(data), "serve", "--port", str(port), *options]
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "functions"), "SENDER": "portal@example.go.id"}
    return subprocess.Popen(
        command, env={**given, **environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def answer(port: int, path: str) -> int:
    """The HTTP status of a page, as soon as anything is served there."""
    until = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as found:
                return int(found.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return int(refused.code)
        except OSError:
            assert time.monotonic() < until, "nothing is served"
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("ending", "options", "words", "mailbox"),
    [
        (signal.SIGTERM, ("--rehearsal",), "Portal latihan berjalan.", 200),
        (signal.SIGINT, ("--address", "https://tte.example"), "Portal berjalan di https://tte.example\n", 404),
    ],
)
def test_a_serving_portal_ends_promptly_and_well_when_told_to(
    tmp_path: Path, ending: int, options: tuple[str, ...], words: str, mailbox: int
) -> None:
    port = free_port()
    started = serve(tmp_path, port, *options)
    assert (answer(port, "/sehat"), answer(port, "/_mailbox")) == (200, mailbox)
    began = time.monotonic()
    started.send_signal(ending)
    output, errors = started.communicate(timeout=15)
    assert time.monotonic() - began < 8
    assert (started.returncode, "Traceback" in errors) == (0, False), errors
    assert words in output


def test_a_port_in_use_is_told_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        started = serve(tmp_path, port, "--rehearsal")
        _, errors = started.communicate(timeout=15)
    assert started.returncode == 2
    assert errors.startswith(f"Portal tidak dapat mendengarkan di 127.0.0.1:{port}: ")


# --- officials ---


def test_officials_are_appointed_and_listed(run: Run) -> None:
    assert run("official", "list").output == "Belum ada pejabat yang ditunjuk.\n"
    acting = ("--role", "kabid", "--name", "Budi Contoh", "--email", "budi@tarakankota.go.id", "--capacity", "Plt.")
    decree = ("--decree", "800/12/2026", "--since", "2026-11-01", "--until", "2027-01-31", "--number", "1970")

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
    told = [mail for mail in stage.mail() if mail["to"] == "dewi@tarakankota.go.id"]
    stage.close()
    assert sorted(mail["subject"].split(" — ")[1] for mail in told) == sorted(waiting)


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


# --- the red list ---


def test_the_red_list_says_what_did_not_arrive_and_why(run: Run, tmp_path: Path) -> None:
    assert run("red-list").output == "Semua email terkirim atau masih dalam batas waktu.\n"
    stage = Stage(tmp_path / "data")
    stage.records.appoint(Official("kadis", "Tanpa Alamat", "bukan alamat"))
    number = stage.case("confirm")
    stage.mail()
    stage.close()
    assert run("red-list").output == f"{number}  turn  bukan alamat  not an address\n"


def test_mail_that_was_given_up_is_tried_again_when_asked(run: Run, tmp_path: Path, clock: Clock) -> None:
    stage = Stage(tmp_path / "data", clock)
    try:
        stage.records.appoint(Official("kadis", "Tanpa Alamat", "bukan alamat"))
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
    assert run("red-list", "--again", data=tmp_path / "other").output.endswith("Email yang akan dicoba lagi: 0\n")


def test_what_somebody_was_told_otherwise_leaves_the_red_list_for_good(run: Run, tmp_path: Path, clock: Clock) -> None:
    stage = Stage(tmp_path / "data", clock)
    try:
        stage.records.appoint(Official("kadis", "Tanpa Alamat", "bukan alamat"))
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


# --- what is late ---


def test_what_is_late_or_waits_for_nobody_is_listed_longest_first(run: Run, tmp_path: Path, clock: Clock) -> None:
    assert run("late").output == "Tidak ada permohonan yang terlambat, dan setiap permohonan ada pejabatnya.\n"
    now = clock.at
    stage = Stage(tmp_path / "data", Clock(now - timedelta(days=14)))
    try:
        late = stage.case("confirm")
        stage.case(*WAYS["sent"])  # with BSrE, however long
        stage.case(*WAYS["unconfirmed"])
        stage.clock.at = now - timedelta(minutes=1)
        own = stage.case("confirm", email="kepala.dinas@tarakankota.go.id")
        stage.case("confirm")  # in time
    finally:
        stage.close()
    lines = run("late").output.splitlines()
    assert [line.split("  ")[:3] for line in lines] == [
        [late, "Telaah Kepala Dinas", "Kepala Dinas"],
        [own, "Telaah Kepala Dinas", "Kepala Dinas"],
    ]
    assert re.search(r"  sejak [0-9]{1,2} \w+ 20[0-9]{2} [0-9]{2}\.[0-9]{2} WITA  [1-9][0-9]* menit kerja$", lines[0])
    assert lines[1].endswith(" menit kerja  (belum ada pejabat yang bertugas)")


# --- checking a SOP ---


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A copy of the schemas that may be broken."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas")) / "penerbitan"


def test_the_sop_of_the_repository_fits(run: Run) -> None:
    result = run("check")
    assert re.fullmatch(r"penerbitan: 7 langkah, edisi [0-9a-f]{12}\n", result.output)
    assert result.exit_code == 0


BROKEN: Mapping[str, tuple[str, str, str, list[str]]] = {
    # file, what stands there, what is written instead, what the sentence says
    "no role": ("penerbitan/sop.toml", 'role = "kadis"\n', "", ["sop.toml", "steps[1].role"]),
    "no toml": ("penerbitan/sop.toml", "[office]", "[office", ["sop.toml", "line 12"]),
    "a role that is none": (
        "penerbitan/sop.toml",
        'role = "kadis"',
        'role = "bupati"',
        ["sop.toml", "bupati", "kabid"],
    ),
    "a step twice": ("penerbitan/sop.toml", 'key = "telaah_kabid"', 'key = "telaah_kadis"', ["sop.toml", "steps"]),
    "hours": ("penerbitan/sop.toml", 'fri = ["07.30-11.30"]', 'fri = ["11.30-07.30"]', ["sop.toml", "hours.fri"]),
    "visit": ("penerbitan/sop.toml", '"08.00-10.30"', '"pagi"', ["sop.toml", "steps[5].visit.windows.fri", "HH.MM"]),
    "no form": ("penerbitan/application.schema.json", "{", "", ["application.schema.json"]),
    "a form without fields": ("penerbitan/application.schema.json", '"properties"', '"props"', ["properties"]),
    "a section's field": ("penerbitan/application.schema.json", '["jabatan", ', '["jabatn", ', ["jabatn"]),
    "holidays": ("holidays.toml", "[[holiday]]", "[[holiday", ["holidays.toml"]),
    "schema": ("sop.schema.json", "{", "", ["sop.schema.json"]),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_does_not_fit_is_named_with_file_and_key(run: Run, service: Path, broken: str) -> None:
    file, good, bad, named = BROKEN[broken]
    path = service.parent / file
    assert good in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(good, bad, 1), "utf-8")

    result = run("check", service)
    assert result.exit_code == 1
    for words in named:
        assert words in result.stderr
    assert run("official", "list", SERVICE=str(service)).exit_code == 2


@pytest.mark.parametrize("missing", ["sop.toml", "application.schema.json", "../holidays.toml", "../sop.schema.json"])
def test_a_missing_file_is_named(run: Run, service: Path, missing: str) -> None:
    (service / missing).unlink()
    result = run("check", service)
    assert (result.exit_code, Path(missing).name in result.stderr) == (1, True)


SOP = tomllib.loads((SCHEMAS / "penerbitan" / "sop.toml").read_text("utf-8"))
FORM = json.loads((SCHEMAS / "penerbitan" / "application.schema.json").read_text("utf-8"))
odd = st.sampled_from(["", 0, -1, True, [], {}, "\x00", ["x"], {"key": "x"}, date(2026, 1, 1)])


@st.composite
def bends(draw: st.DrawFn, whole: Any) -> tuple[list[Any], Any]:
    """The way to some value in the data, and what stands there instead; None for nothing."""
    way: list[Any] = []
    here = whole
    while True:
        way.append(draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here)))))
        here = here[way[-1]]
        if not (isinstance(here, dict | list) and here and draw(st.booleans())):
            return way, draw(st.none() | odd)


def bent(whole: Any, bend: tuple[list[Any], Any]) -> Any:
    (*way, last), instead = bend
    data = here = copy.deepcopy(whole)
    for key in way:
        here = here[key]
    if instead is None:
        del here[last]
    else:
        here[last] = instead
    return data


def as_toml(value: Any) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_sop=st.booleans(), data=st.data())
def test_whatever_is_wrong_is_told_and_what_fits_can_be_used(service: Path, of_sop: bool, data: st.DataObject) -> None:
    bend = data.draw(bends(SOP if of_sop else FORM))
    sop, form = (bent(SOP, bend), FORM) if of_sop else (SOP, bent(FORM, bend))
    (service / "sop.toml").write_text("".join(f"{json.dumps(key)} = {as_toml(sop[key])}\n" for key in sop), "utf-8")
    (service / "application.schema.json").write_text(json.dumps(form, default=str), "utf-8")
    problem = trouble(service)
    assert problem is None or str(service.parent) in str(problem.facts["file"])


def trouble(service: Path) -> SopInvalid | None:
    """What starting the portal on this service would complain of."""
    try:
        read_calendar(read_sop(service), service)
    except SopInvalid as problem:
        return problem
    return None


# --- verifying, backing up ---


def tamper(data: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(data / "portal.sqlite") as database:
        assert database.execute(statement, values).rowcount == 1
    database.close()


@pytest.fixture
def finished(tmp_path: Path) -> str:
    """The ticket of a case from start to end, with a return."""
    stage = Stage(tmp_path / "data")
    number = stage.case("confirm", "return", "resubmit", *WAYS["done"][1:])
    stage.close()
    return number


def test_a_case_as_it_was_written_holds(run: Run, finished: str) -> None:
    for typed in (finished, finished.lower().replace("-", "")):
        result = run("verify", typed)
        assert (result.exit_code, result.output) == (0, f"{finished}: 14 peristiwa, utuh.\n")


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE event SET entry = replace(entry, 'Foto terpotong.', 'Lengkap.') WHERE number = 3", 3),
        ("UPDATE event SET entry = replace(entry, '2026-11-23', '2026-11-22') WHERE number = 1", 1),
        ("DELETE FROM event WHERE number = 5", 5),
        ("UPDATE application SET body = replace(body, 'SITI', 'BUDI')", 4),
    ],
)
def test_a_case_that_was_bent_says_from_where(
    run: Run, tmp_path: Path, finished: str, statement: str, first: int
) -> None:
    tamper(tmp_path / "data", statement)
    result = run("verify", finished)
    assert result.exit_code == 1
    assert re.fullmatch(rf"{finished}: rusak mulai peristiwa nomor {first}\.\n", result.output), result.output


def test_a_file_that_was_exchanged_is_named(run: Run, tmp_path: Path, finished: str) -> None:
    (letter,) = (
        path for path in (tmp_path / "data" / "berkas" / "applications" / finished / "surat_permohonan").rglob("*@*")
    )
    letter.write_bytes(letter.read_bytes() + b" ")
    result = run("verify", finished)
    assert result.exit_code == 1
    assert f"{finished}: berkas surat_permohonan " in result.output


@pytest.mark.parametrize("entry", ["", "{}", "[]", "null", '{"number": 1}', "\x00"])
def test_a_case_bent_beyond_reading_is_told_too(run: Run, tmp_path: Path, finished: str, entry: str) -> None:
    tamper(tmp_path / "data", "UPDATE event SET entry = ? WHERE number = 4", entry)
    result = run("verify", finished)
    assert (result.exit_code, result.output) == (1, f"{finished}: rusak dan tidak dapat dibaca.\n")


def test_a_ticket_that_nobody_has_is_told_in_words(run: Run) -> None:
    result = run("verify", "TTE-26-4F7K-9QXM")
    assert (result.exit_code, result.stderr.split(":")[0]) == (2, "Nomor tiket tidak ditemukan")


def test_a_backup_made_while_the_portal_runs_can_be_started_from(run: Run, tmp_path: Path) -> None:
    stage = Stage(tmp_path / "data")
    number = stage.case(*WAYS["booked"])
    copy = tmp_path / "salinan.sqlite"
    assert run("backup", copy).output == f"Salinan basis data disimpan di {copy}\n"
    stage.act(number, "miss")
    stage.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    restored = tmp_path / "restored"
    shutil.copytree(tmp_path / "data", restored, ignore=shutil.ignore_patterns("portal.sqlite*"))
    copy.rename(restored / "portal.sqlite")
    records = SqliteRecords(restored / "portal.sqlite")
    case = records.load(number)
    assert (case.state, case.first_damage()) == ("booked", None)
    assert records.taken("visit/")
    records.close()
    result = run("verify", number, data=restored)
    assert result.exit_code == 0


def test_a_backup_to_nowhere_is_told_in_words(run: Run, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "tidak" / "ada" / "salinan.sqlite")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_a_database_of_a_newer_portal_is_told_in_words(run: Run, tmp_path: Path) -> None:
    run("official", "list")
    with sqlite3.connect(tmp_path / "data" / "portal.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    result = run("official", "list")
    assert result.exit_code == 2
    assert "versi 99" in result.stderr


def test_a_data_folder_that_cannot_be_is_told_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    result = run("official", "list", data=tmp_path / "berkas" / "data")
    assert result.exit_code == 2
    assert result.stderr.startswith("Setelan belum sesuai: DATA berisi ")
