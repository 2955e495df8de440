"""What is wired for real cases and for a rehearsal; a portal that serves, and ends well."""

import json
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from portal.bootstrap import build, wsgi
from portal.config import Config
from portal.engines.local.mail import Mailbox, Smtp
from tests.support.command_line import Run, answer, serve
from tests.support.processes import run as process
from tests.support.processes import said, start
from tests.support.server import free_port
from tests.support.stage import Stage

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
    (tmp_path / "data" / "kunci").write_text("\n")
    result = run("official", "list")
    assert result.exit_code == 2
    assert str(tmp_path / "data" / "kunci") in result.stderr


# --- serving ---


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
    started.send_signal(ending)
    output, errors = started.communicate(timeout=60)
    assert (started.returncode, "Traceback" in errors) == (0, False), errors
    assert words in output


def test_emails_of_a_rehearsal_lead_to_where_it_is_served_on_whatever_port_they_were_written(tmp_path: Path) -> None:
    stage, port = Stage(tmp_path, address="http://localhost:8000"), free_port()
    stage.case("confirm")
    assert stage.mail()
    stage.close()
    started = serve(tmp_path, port, "--rehearsal")
    assert answer(port, "/sehat") == 200
    with urlopen(f"http://127.0.0.1:{port}/_mailbox.json") as kept:
        links = [link for message in json.load(kept) for link in message["links"]]
    started.send_signal(signal.SIGTERM)
    started.communicate(timeout=60)
    ours = [link for link in links if "localhost" in link]
    assert ours
    assert [link for link in ours if not link.startswith(f"http://localhost:{port}/")] == []


def test_a_port_in_use_is_told_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        started = serve(tmp_path, port, "--rehearsal")
        _, errors = started.communicate(timeout=60)
    assert started.returncode == 2
    assert errors.startswith(f"Portal tidak dapat mendengarkan di 127.0.0.1:{port}: ")
