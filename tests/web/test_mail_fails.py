"""The relay is down, a sender crashes: no email is lost, and the clerk knows."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.background import Background
from portal.core import errors
from portal.core.application import Actor
from portal.core.notices import notice
from portal.usecases.outbox import LEASE
from tests.support.stage import KABID, KADIS, Stage
from tests.support.ways import EMAIL, SAYS, WAYS


def test_with_the_relay_down_for_eight_days_nothing_is_lost_and_the_clerk_knows(stage: Stage) -> None:
    stage.mail()
    stage.mailbox.failing = True
    before = len(stage.mailbox.messages())
    waiting = stage.case("confirm")
    returned = stage.case("confirm", "return", email="wati@tarakankota.go.id")
    booked = stage.case(*WAYS["booked"], email="budi@tarakankota.go.id")
    background = Background(stage.outbox, stage.clockwork)
    for quarter in range(8 * 4 + 1):
        background.round(chores=True)
        if quarter != 4:  # to the very second a day
            assert bool(stage.outbox.red_list()) is (quarter > 4), quarter
        stage.clock.forward(hours=6)
    assert len(stage.mailbox.messages()) == before
    health: Any = stage.browser().get("/sehat").json
    assert (health["ok"], health["red"] > 0, health["oldest_unsent_seconds"] > 8 * 24 * 3600) == (False, True, True)
    owed = {(n.about, n.letter, n.recipient) for n in stage.records.unsent() if not n.hopeless}
    assert {about for about, _, _ in owed} >= {waiting, returned, booked}

    stage.mailbox.failing = False
    stage.clock.forward(hours=7)
    sent = stage.mail()[before:]
    # Of a draft that was sent long ago, the link to go on with it has no meaning any more: that is dropped.
    assert list(stage.records.unsent()) == []
    assert len(sent) >= len(owed)
    assert sorted({mail["to"] for mail in sent}) >= sorted({recipient for _, _, recipient in owed})
    kadis = stage.official_in_person(KADIS)
    assert kadis.decide(waiting, "forward", **SAYS["forward"]).status == 200


class Crash(BaseException):
    """The power goes."""


class CrashesAfterSending:
    """A relay that takes the message, and nobody lives to note it down."""

    def __init__(self, mailbox: Any, times: int) -> None:
        self.mailbox, self.times = mailbox, times

    def send(self, message: Any, at: datetime) -> None:
        self.mailbox.send(message, at)
        if self.times:
            self.times -= 1
            raise Crash


def test_a_crash_between_sending_and_noting_it_repeats_an_email_and_loses_none(stage: Stage) -> None:
    stage.case("confirm")
    owed = len(list(stage.records.unsent()))
    outbox = replace(stage.outbox, mail=CrashesAfterSending(stage.mailbox, times=2))
    for _ in range(2):
        with pytest.raises(Crash):
            outbox.send_due()
    outbox.send_due()
    assert len(list(stage.records.unsent())) == 2, "held for a while by senders that are no more"
    stage.clock.forward(seconds=LEASE.total_seconds())
    outbox.send_due()
    assert list(stage.records.unsent()) == []
    subjects = [(mail["to"], mail["subject"]) for mail in stage.mailbox.messages()]
    assert len(subjects) == owed + 2
    assert len(set(subjects)) == owed


def test_an_email_that_cannot_be_written_holds_up_no_other_and_is_told_to_the_clerk(stage: Stage) -> None:
    actor, at = Actor("applicant", "SITI RAHASIA", email=EMAIL), stage.clock()
    gone = notice("draft_saved", actor, about="a draft that was forgotten meanwhile", event=0, at=at)
    broken = notice("surat_yang_tidak_ada", actor, about=stage.case(), event=1, at=at)
    stage.records.owe([replace(first, due_at=at - timedelta(days=1)) for first in (gone, broken)])
    stage.case("confirm", email="wati@tarakankota.go.id")
    stage.outbox.send_due()

    assert {mail["to"] for mail in stage.mailbox.messages()} == {EMAIL, "wati@tarakankota.go.id", KADIS}
    left = {n.letter: n for n in stage.records.unsent() if n.letter in (gone.letter, broken.letter)}
    assert "draft_saved" not in left, "there is nothing left to say, and nobody to miss it"
    assert (left["surat_yang_tidak_ada"].problem, left["surat_yang_tidak_ada"].hopeless) == (
        "unwritten: TemplateNotFound",
        False,
    )
    assert left["surat_yang_tidak_ada"].due_at > stage.clock.at
    assert stage.outbox.send_due() == 0
    stage.clock.forward(days=8)
    stage.outbox.send_due()
    assert "surat_yang_tidak_ada" in {n.letter for n in stage.outbox.red_list()}


def test_a_chore_that_fails_does_not_keep_the_others_from_their_turn(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> int:
        raise KeyError("RAHASIA")

    draft = stage.draft(kinds=("ktp",))
    stage.mail()
    stage.clock.forward(days=31)
    owed = notice("desk", Actor("kabid", "Kabid", email=KABID), about="meja", event=0, at=stage.clock())
    stage.records.owe([owed])
    clockwork: Any = SimpleNamespace(chores=lambda: (broken, *stage.clockwork.chores()))
    Background(stage.outbox, clockwork).round(chores=True)
    with pytest.raises(errors.NotFound):
        stage.records.load_draft(draft.id)
    assert KABID in [mail["to"] for mail in stage.mailbox.messages()]
    assert "broken failed: KeyError" in caplog.text
    assert "RAHASIA" not in caplog.text
