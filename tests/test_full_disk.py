"""A real disk that is full to the last page under the real server, at the worst moments, and then is not any more.

It is said in plain words, what was acknowledged is there, nothing is half there, and all goes on without a restart.
"""

import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.background import Background
from portal.bootstrap import build
from portal.config import Config
from portal.core.officials import Official
from portal.editions import read_messages
from portal.usecases.outbox import LEASE, at_once
from tests.support import people
from tests.support.browser_without_javascript import File, Page
from tests.support.contract_mail import SENDER
from tests.support.devices import make_known
from tests.support.places import ROOT
from tests.support.server import Process
from tests.support.small_disk import SmallDisk, small_disk
from tests.support.smtp_relay import Relay, Server, parsed

pytestmark = pytest.mark.long

FULL = read_messages()["errors"]["store_unavailable"]
KADIS, KABID = "kepala.dinas@tarakankota.go.id", "kepala.bidang@tarakankota.go.id"


class Filling(Relay):
    """Takes an email, and then the disk of whoever sent it is full."""

    disk: SmallDisk | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        said = await super().handle_DATA(server, session, envelope)
        if self.disk:
            self.disk.fill()
        return said


class Letters(people.Mailbox):
    """What the relay took."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def all(self) -> list[dict[str, Any]]:
        found = [parsed(raw) for raw in self._relay.taken]
        return [{"to": mail["To"], "subject": mail["Subject"], "links": _links(mail)} for mail in found]


def _links(mail: Any) -> list[str]:
    return re.findall(r"https?://\S+", mail.get_body(("plain",)).get_content())


class Office:
    """In service, not in rehearsal: pages by a server of its own, the clockwork by hand, both on the small disk."""

    def __init__(self, disk: SmallDisk, relay: Filling, port: int) -> None:
        self.disk, self.relay, self.ahead = disk, relay, timedelta()
        self.settings = {
            "REHEARSAL": "0", "SENDER": SENDER, "CLAMD": "off", "KEEP_FREE": "0", "SITE": str(disk.data / "none"),
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_SECURITY": "none",
        }  # fmt: skip
        self.server = Process(disk.data, "--no-work", **self.settings)
        given = {"data": disk.data, "address": self.server.address}
        self.house = build(Config.from_environment(self.settings, **given), self.now)
        for role, email in (("kadis", KADIS), ("kabid", KABID)):
            self.house.appointing.appoint(Official("penerbitan", role, f"Contoh {role}", email))
        self.letters = Letters(relay)
        self.background = Background(replace(self.house.outbox, rounds=at_once), self.house.clockwork)  # at any hour
        self.siti = people.Applicant(self.server.address, self.letters, people.samples())
        self.kadis = people.Official(self.server.address, self.letters, KADIS)
        make_known(self.kadis.browser.cookies, self.house, KADIS)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def work(self, *, chores: bool = False) -> None:
        self.background.round(chores=chores)

    def waiting(self) -> str:
        """A case that waits for Kadis, who has its link."""
        self.siti.apply()
        self.work()
        assert self.siti.confirm().status == 200
        self.work()
        return self.siti.ticket

    def done(self) -> list[str]:
        return [event.action for event in self.house.office.records.load(self.siti.ticket).events]

    def owed(self) -> int:
        return len(list(self.house.office.records.unsent()))

    def is_whole(self) -> bool:
        """Says the database so of itself, and each case of its chain?"""
        with closing(sqlite3.connect(self.disk.data / "portal.sqlite")) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            tickets = [ticket for (ticket,) in database.execute("SELECT ticket FROM application")]
        return sound and not any(self.house.office.records.load(ticket).first_damage() for ticket in tickets)

    def files(self) -> set[Path]:
        return {path for path in (self.disk.data / "berkas").rglob("*") if path.is_file()}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    relay = Filling()
    listener = Server(relay, hostname="127.0.0.1", port=0)
    listener.start()
    with small_disk(tmp_path) as disk:
        made = Office(disk, relay, listener.port)
        made.server.start()
        try:
            yield made
        finally:
            made.server.kill()
            made.house.office.records.close()  # type: ignore[attr-defined]
            listener.stop()


def is_told(page: Page) -> bool:
    """That it is full, what to do, and when."""
    said = page.status == 503 and FULL["sentence"] in page.text and FULL["advice"] in page.text
    return said and int(page.headers["Retry-After"]) > 0


def test_full_before_a_document_comes(office: Office) -> None:
    siti = office.siti
    page = siti.fill_in()
    form = next(form for form in page.html.forms if form.xpath(".//input[@id='berkas-ktp-file']"))
    before = office.files()
    with office.disk.full():
        assert is_told(siti.browser.submit(page, form, file=File(*siti.file("ktp"))))
        assert is_told(siti.browser.submit(page, form, file=File(*siti.file("ktp"))))
        assert office.files() == before
    assert siti.upload(page, "ktp").text.count("Terunggah") == 1
    assert office.is_whole()


def test_full_while_a_form_is_filled_in_and_before_it_is_sent(office: Office) -> None:
    siti, browser = office.siti, office.siti.browser
    begun = browser.get("/ajukan")
    with office.disk.full():
        said = siti.answer(begun, people.asking(begun), "sendiri", siti.answers)
        while people.asking(said) is not None and said.status == 200:  # pages before the first that is kept
            begun, said = said, siti.answer(said, people.asking(said), "sendiri", siti.answers)
        assert is_told(said)
    page = siti.upload_all(siti.fill_in())
    check = browser.get(page.href("/periksa"))
    send = check.form("/periksa")
    before = office.files(), office.owed()
    with office.disk.full():
        assert is_told(browser.submit(check, send, "Kirim", pernyataan="ya"))
        assert (office.files(), office.owed()) == before
        assert browser.get(page.url).text.count("Terunggah") == len(people.KINDS), "what was there can still be read"
    siti.send(page)
    office.work()
    assert siti.confirm().status == 200
    assert office.done() == ["submit", "confirm"]
    assert office.is_whole()


def test_full_before_a_decision_and_while_the_clockwork_goes_on(office: Office) -> None:
    ticket = office.waiting()
    page, sent = office.kadis.open(ticket), len(office.relay.taken)
    with office.disk.full():
        assert is_told(office.kadis.press(page, "forward", instructions=["proses"]))
        assert office.done() == ["submit", "confirm"]
        office.work(chores=True)
        assert office.siti.browser.get(f"/status/{ticket}").status == 200
    assert len(office.relay.taken) == sent
    assert office.kadis.press(page, "forward", instructions=["proses"]).status == 200
    office.work(chores=True)
    assert office.done() == ["submit", "confirm", "forward"]
    assert office.letters.to(KABID, ticket)
    assert office.owed() == 0
    assert office.is_whole()


def test_full_between_an_email_that_was_sent_and_its_mark(office: Office) -> None:
    ticket = office.waiting()
    office.kadis.press(office.kadis.open(ticket), "forward", instructions=["proses"])
    owed, before = office.owed(), len(office.relay.taken)
    assert owed
    office.relay.disk = office.disk
    office.work()
    assert len(office.relay.taken) == before + 1
    assert office.owed() == owed, "nothing could be marked"
    office.work(chores=True)
    assert len(office.relay.taken) == before + 1, "who cannot take hold of an email does not send it"
    office.relay.disk = None
    office.disk.free()
    office.ahead += LEASE
    office.work()
    assert office.owed() == 0
    sent = Counter((mail["to"], mail["subject"]) for mail in office.letters.all()[before:])
    assert sorted(sent.values()) == [*[1] * (owed - 1), 2], "each once, and twice the one that lay in between"
    assert office.is_whole()


@pytest.mark.parametrize("leave", [0, 200_000])
def test_full_while_a_backup_is_written(office: Office, leave: int) -> None:
    ticket = office.waiting()
    there = set(office.disk.folder.rglob("*"))
    backups = office.disk.folder / "cadangan"
    backups.mkdir()
    with office.disk.full(leave):
        told = _portal(office, "backup", str(backups))
        assert (told.returncode, FULL["sentence"] in told.stderr) == (2, True), told.stderr
        assert not list(backups.iterdir()), "half a backup would be taken for one"
        assert office.siti.browser.get(f"/status/{ticket}").status == 200
    assert set(office.disk.folder.rglob("*")) - there <= {backups, *there}
    told = _portal(office, "backup", str(backups))
    assert (told.returncode, len(list(backups.iterdir()))) == (0, 1), told.stderr
    assert office.kadis.press(office.kadis.open(ticket), "forward", instructions=["proses"]).status == 200
    assert office.is_whole()


def test_full_when_the_portal_is_started_is_not_taken_for_damage(office: Office) -> None:
    """Whoever is told of damage puts an older backup in the place of what is whole."""
    ticket = office.waiting()
    office.server.kill()
    office.house.office.records.close()  # type: ignore[attr-defined]
    with office.disk.full():
        told = _portal(office, "serve", "--no-work", "--port", "1")
        assert (told.returncode, FULL["sentence"] in told.stderr) == (2, True), told.stderr
    office.server.start()
    assert office.siti.browser.get(f"/status/{ticket}").status == 200


def _portal(office: Office, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal", "--data", str(office.disk.data), *words]
    environment = {**office.settings, "ADDRESS": office.server.address, "PYTHONPATH": str(ROOT / "functions")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
