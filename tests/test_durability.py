"""kill -9 of the real server in the middle of the story: what was acknowledged is there, and the story goes on."""

import http.client
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from portal.bootstrap import TimeMachine, build
from portal.config import Config
from portal.usecases.outbox import LEASE
from tests.support.city import KABID, KADIS, STATISTISI, VERIFIKATOR
from tests.support.people import Applicant, Mailbox, Official, samples
from tests.support.server import Clock, Process
from tests.support.stage import Stage

pytestmark = pytest.mark.long


class Survivor:
    """A server that is killed after every step, and people who just carry on."""

    def __init__(self, data: Path) -> None:
        self.data, self.kills = data, 0
        self._officials: dict[str, Official] = {}
        self.server = Process(data)
        self.server.start()
        self.mailbox = Mailbox(self.server.address)
        self.applicant = Applicant(self.server.address, self.mailbox, samples())

    def official(self, email: str) -> Official:
        """Each with a browser of his own, the same each time."""
        return self._officials.setdefault(email, Official(self.server.address, self.mailbox, email))

    def and_killed(self, step: Callable[[], Any]) -> Any:
        """Do it; the moment it is acknowledged, kill the server; start it again."""
        done = step()
        self.kill()
        return done

    def kill(self) -> None:
        self.server.kill()
        self.kills += 1
        self.server.start()

    def mail_to(self, email: str, subject: str) -> None:
        """Wait for it; an email that was in the sender's hands when it was killed is due again after the lease."""
        try:
            self.mailbox.wait_for(email, subject, seconds=5)
        except AssertionError:
            TimeMachine(self.data / "jam").forward(LEASE)
            self.mailbox.wait_for(email, subject)

    def until_visit(self, ticket: str) -> None:
        """The office is closed for some days at most; the next working day is the visit's."""
        page = self.official(VERIFIKATOR).open(ticket)
        for _ in range(14):
            if "Catat Kehadiran" in page.text:
                return
            TimeMachine(self.data / "jam").forward(timedelta(days=1))
            page = self.official(VERIFIKATOR).open(ticket)
        raise AssertionError(page.text)


def test_killed_after_every_step_of_the_story_nothing_acknowledged_is_lost(disk: Path) -> None:
    city = Survivor(disk)
    siti = city.applicant
    try:
        page = city.and_killed(siti.fill_in)
        for kind in ("surat_permohonan", "formulir_bsre"):
            page = siti.upload(page, kind)
        city.kill()
        page = siti.browser.get(page.url)
        assert page.text.count("Terunggah") == 2
        page = city.and_killed(lambda: siti.upload_all(page))
        city.and_killed(lambda: siti.send(page))
        assert siti.browser.get(f"/status/{siti.ticket}").status == 200
        city.mail_to(siti.email, siti.ticket)
        city.and_killed(siti.confirm)
        for email in (KADIS, KABID, STATISTISI):
            city.mail_to(email, siti.ticket)
            official = city.official(email)
            city.and_killed(partial(official.decide, siti.ticket, "forward", instructions=["proses"]))
        city.mail_to(VERIFIKATOR, siti.ticket)
        verifikator = city.official(VERIFIKATOR)
        city.and_killed(lambda: verifikator.decide(siti.ticket, "dispatch", checklist="*"))
        city.and_killed(lambda: verifikator.decide(siti.ticket, "accept"))
        city.mail_to(VERIFIKATOR, "Undang pemohon")
        city.and_killed(lambda: verifikator.decide(siti.ticket, "invite"))
        city.mail_to(siti.email, "jadwal")
        city.and_killed(siti.pick)
        city.until_visit(siti.ticket)
        city.and_killed(lambda: verifikator.decide(siti.ticket, "attend"))
        city.mail_to(VERIFIKATOR, "serahkan")
        certificate = {"serial": "4A:1F:22:09", "valid_from": "2026-11-25", "valid_until": "2028-11-25"}
        city.and_killed(lambda: verifikator.decide(siti.ticket, "record", **certificate))
        city.and_killed(lambda: verifikator.decide(siti.ticket, "hand_over", received_by="Siti Contoh"))
        assert "Selesai" in siti.browser.get(f"/status/{siti.ticket}").text
        assert city.kills >= 15
    finally:
        city.server.kill()
    _case_is_complete(disk, siti.ticket)
    assert _damage(disk) == {siti.ticket: None}


def _damage(data: Path) -> dict[str, int | None]:
    """What is wrong with the chain of each case there is."""
    house = build(Config.from_environment({}, data=data, rehearsal=True))
    with closing(sqlite3.connect(data / "portal.sqlite")) as database:
        tickets = [ticket for (ticket,) in database.execute("SELECT ticket FROM application")]
    found = {ticket: house.office.records.load(ticket).first_damage() for ticket in tickets}
    house.office.records.close()  # type: ignore[attr-defined]
    return found


def _case_is_complete(data: Path, ticket: str) -> None:
    house = build(Config.from_environment({}, data=data, rehearsal=True))
    application = house.office.records.load(ticket)
    assert [event.action for event in application.events] == [
        "submit", "confirm", "forward", "forward", "forward", "dispatch", "accept",
        "invite", "book", "attend", "record", "hand_over",
    ]  # fmt: skip
    facts = list(house.office.records.facts("penerbitan"))
    assert [(fact["ticket"], fact["outcome"]) for fact in facts] == [(ticket, "done")]
    for document in application.documents:
        house.office.files.read(document.key, document.version)
    house.office.records.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1, 0.2])
def test_killed_while_a_decision_is_under_way_it_is_there_or_it_is_not(disk: Path, delay: float) -> None:
    """Whatever the moment, the case is as before or as after, never in between; and a second try then works."""
    stage = Stage(disk, Clock(datetime.now(UTC) - timedelta(hours=1)))
    ticket = stage.case("confirm")
    stage.close()
    city = Survivor(disk)
    try:
        city.mail_to(KADIS, ticket)
        kadis = city.official(KADIS)
        page = kadis.open(ticket)
        city.server.kill_after(delay)
        try:
            acknowledged = kadis.press(page, "forward", instructions=["proses"]).status == 200
        except (OSError, http.client.HTTPException):
            acknowledged = False
        city.server.wait()
        city.server.start()
        state = city.applicant.browser.get(f"/status/{ticket}").text
        forwarded = "Didisposisikan kepada Kepala Bidang" in state
        assert forwarded or not acknowledged
        if not forwarded:
            kadis.press(kadis.open(ticket), "forward", instructions=["proses"])
        city.mail_to(KABID, ticket)
    finally:
        city.server.kill()
    assert _damage(disk) == {ticket: None}
