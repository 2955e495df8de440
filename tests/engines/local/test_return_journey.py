"""An email on its whole way: out through a relay, back into a mailbox, and onto the clerk's list."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from portal.background import Returns
from portal.bootstrap import alarm
from portal.config import Bounces
from portal.core.patience import Reason
from tests.support import report_specimens as specimens
from tests.support.dovecot import FOLDER, PASSWORD, USERS, Dovecot, dovecot
from tests.support.report_specimens import about
from tests.support.server import Clock, free_port
from tests.support.smtp_relay import Relay, parsed
from tests.support.stage import Stage

SENDER = "Portal <tte@example.go.id>"

Open = Callable[..., Stage]


@pytest.fixture
def open_stage(tmp_path: Path, server: Controller) -> Iterator[Open]:
    """A portal that is no rehearsal, with a relay of its own."""
    opened: list[Stage] = []

    def open_one(port: int, **settings: Any) -> Stage:
        bounces = Bounces("127.0.0.1", port, USERS[0], FOLDER, encrypted=False)
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "sender": SENDER}
        given = {**smtp, "bounces": bounces, "bounces_password": PASSWORD, "clamd": "", **settings}
        opened.append(Stage(tmp_path, Clock(datetime.now(UTC)), rehearsal=False, **given))
        return opened[-1]

    yield open_one
    for stage in opened:
        stage.outbox.let_go()
        stage.close()


def returns(stage: Stage) -> Returns:
    inbox = stage.house.engine.inbox
    assert inbox is not None
    return Returns(inbox, stage.records, stage.clock, alarm(stage.house, "inbox"))


def health(stage: Stage) -> dict[str, Any]:
    found: Any = stage.browser().get("/sehat").json
    return dict(found)


@contextmanager
def imap(port: int = 0) -> Iterator[Dovecot]:
    with dovecot(port) as server, server.person():
        yield server


def test_a_dead_address_that_only_shows_later_puts_its_case_on_the_clerks_list(open_stage: Open, relay: Relay) -> None:
    with imap() as mailbox:
        stage = open_stage(mailbox.plain, return_path="tte+{}@example.go.id")
        number = stage.case()
        stage.outbox.send_due()
        sent = next(parsed(raw) for raw in relay.taken if number in parsed(raw)["Subject"])
        (envelope,) = (each for each in relay.senders if sent["X-Portal-Email"] in each)
        assert envelope == f"tte+{sent['X-Portal-Email']}@example.go.id"
        assert len(set(relay.senders)) == len(relay.senders) == len(relay.taken)
        assert stage.outbox.red_list() == []

        mailbox.receive(about(specimens.QMAIL, sent["X-Portal-Email"]))
        returns(stage).look()
        (red,) = stage.outbox.red_list()
        assert (red.about, red.recipient, red.hopeless) == (number, sent["To"], True)
        assert [(stuck.ticket, stuck.reason) for stuck in stage.watch.stuck()] == [(number, Reason.UNREACHABLE)]
        found = health(stage)
        assert (found["ok"], found["inbox"], found["red"]) == (False, True, 1)


def test_a_mailbox_that_cannot_be_read_is_told_of_once_and_so_is_its_return(
    open_stage: Open, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    port = free_port()
    stage = open_stage(port, alert=f"tee -a {tmp_path / 'called'}")
    stage.outbox.send_due()
    looks = returns(stage)
    assert health(stage)["inbox"]
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            looks.look()
            stage.clock.forward(minutes=3)
        assert (health(stage)["ok"], health(stage)["inbox"]) == (False, False)
        with imap(port):
            looks.look()
        assert (health(stage)["ok"], health(stage)["inbox"]) == (True, True)
    assert [record.getMessage().partition(" since ")[0] for record in caplog.records] == [
        "the mailbox of returned emails cannot be read",
        "the mailbox of returned emails can be read again",
    ]
    assert caplog.records[0].getMessage().endswith("ConnectionRefusedError")
    assert "@" not in caplog.text
    (line,) = (tmp_path / "called").read_text().splitlines()
    assert line.startswith("http://localhost: kotak surat untuk email yang kembali tidak dapat dibaca sejak ")


def test_a_portal_without_a_mailbox_says_nothing_of_one(open_stage: Open, relay: Relay) -> None:
    stage = open_stage(1, bounces=None)
    assert stage.house.engine.inbox is None
    assert "inbox" not in health(stage)
    stage.case()
    stage.outbox.send_due()
    assert set(relay.senders) == {"tte@example.go.id"}
