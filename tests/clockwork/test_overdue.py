"""Whoever has a case hears when the SOP's time for its step has passed: that day, and kindly."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from portal.core.officials import Official
from portal.core.rounds import Rounds
from tests.support.office_days import Relay, at, chores, mail_to
from tests.support.played_weeks import Weeks
from tests.support.stage import KABID, KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, Stage, StillClock
from tests.support.ways import EMAIL, TO_VERIFIKATOR, WAYS

TIMES = (time(7, 30), time(10), time(13), time(16))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path, StillClock())
    at(stage, 0)
    yield stage
    stage.close()


def overdue(stage: Stage, email: str = KADIS) -> list[dict[str, Any]]:
    return mail_to(stage, email, "Batas waktu SOP lewat")


def collecting(stage: Stage) -> Relay:
    """The same stage with the office's rounds."""
    relay = Relay(stage)
    relay.outbox = replace(relay.outbox, rounds=lambda: Rounds(TIMES, stage.office.calendar.zone))
    return relay


def got(relay: Relay, email: str = KADIS) -> list[Any]:
    """What has come since the last look."""
    while relay.outbox.send_due():
        pass
    mine = [message for message in relay.taken if message.to == email]
    relay.taken.clear()
    return mine


def test_it_is_told_at_the_minute_at_which_the_sops_time_has_passed_and_once(stage: Stage) -> None:
    number = stage.case("confirm")
    counts = []
    for hour, minute in ((8, 14), (8, 15), (8, 16), (15, 0)):
        at(stage, 0, hour, minute)
        chores(stage)
        counts.append(len(overdue(stage)))
    assert counts == [0, 1, 1, 1]
    (mail,) = overdue(stage)
    assert mail["subject"] == f"[TTE Tarakan] Batas waktu SOP lewat: Telaah Kepala Dinas — {number}"
    assert "15 menit pada jam kerja" in mail["text"]
    assert stage.browser().get(
        mail["links"][0].removeprefix("http://localhost"), follow_redirects=True
    ).request.path == (f"/telaah/{number}")


def test_the_offices_minutes_count_and_not_those_of_its_lunch_or_its_night(stage: Stage) -> None:
    at(stage, 0, 11, 50)
    stage.case("confirm")
    at(stage, 0, 15, 55)
    stage.case("confirm", "forward")
    counts = []
    for day, hour, minute in ((0, 13, 4), (0, 13, 5), (0, 23, 0), (1, 7, 39), (1, 7, 40)):
        at(stage, day, hour, minute)
        chores(stage)
        counts.append((len(overdue(stage)), len(overdue(stage, KABID))))
    # By Tuesday morning the digest of the day has told of both.
    assert counts == [(0, 0), (1, 0), (1, 0), (1, 0), (1, 0)]
    assert len(mail_to(stage, KABID, "Pengingat: ")) == 1


def test_a_case_that_comes_back_is_told_of_again(stage: Stage) -> None:
    number = stage.case("confirm")
    at(stage, 0, 9)
    chores(stage)
    assert len(overdue(stage)) == 1
    stage.act(number, "return")
    stage.act(number, "resubmit")
    at(stage, 0, 10)
    chores(stage)
    assert len(overdue(stage)) == 2


@pytest.mark.parametrize("state", ["unconfirmed", "returned", "sent", "invited", "booked", "missed", "done"])
def test_where_the_clock_stands_still_nothing_is_overdue(stage: Stage, state: str) -> None:
    number = stage.case(*WAYS[state])
    stage.mail()
    told = {email: len(overdue(stage, email)) for email in (KADIS, VERIFIKATOR, OTHER_VERIFIKATOR, EMAIL)}
    stage.clock.forward(minutes=90)
    chores(stage)
    assert {email: len(overdue(stage, email)) for email in told} == told, number


def test_whoever_brought_it_to_himself_knows_but_a_colleague_hears(stage: Stage) -> None:
    stage.case(*WAYS["ready"])
    at(stage, 1, 9)
    chores(stage)
    assert (len(overdue(stage, VERIFIKATOR)), len(overdue(stage, OTHER_VERIFIKATOR))) == (0, 1)


def test_only_those_who_can_act_hear(stage: Stage) -> None:
    kadis = next(o for o in stage.records.officials() if o.role == "kadis")
    stage.records.appoint(replace(kadis, until=date(2026, 11, 22)))
    stage.records.appoint(Official("penerbitan", "kadis", "Siti", EMAIL))
    stage.records.appoint(Official("penerbitan", "kadis", "Rahma", "rahma@tarakankota.go.id", capacity="Plh."))
    stage.case("confirm")
    at(stage, 0, 9)
    chores(stage)
    assert [mail["to"] for mail in stage.mail() if "Batas waktu" in mail["subject"]] == ["rahma@tarakankota.go.id"]


# --- in rounds --------------------------------------------------------------------------------------------------------


def test_it_goes_with_the_next_email_one_tap_from_the_case(stage: Stage) -> None:
    relay, old = collecting(stage), stage.case("confirm")
    got(relay)
    at(stage, 0, 8, 20)
    chores(stage)
    assert got(relay) == []
    new = stage.case("confirm")
    at(stage, 0, 10)
    (mail,) = got(relay)
    assert mail.subject == "[TTE Tarakan] 1 permohonan menunggu tindak lanjut Anda"
    assert mail.text.count("/telaah/") == 2
    assert mail.text.index(new) < mail.text.index("sudah habis") < mail.text.index(f"tiket: {old}")


def test_it_goes_alone_in_the_evening_where_nothing_else_went_that_day(stage: Stage) -> None:
    relay, number = collecting(stage), stage.case("confirm")
    got(relay)
    counts = []
    for hour, minute in ((8, 15), (10, 0), (13, 0), (15, 59), (16, 0), (16, 1)):
        at(stage, 0, hour, minute)
        chores(stage)
        counts.append([number in mail.text for mail in got(relay)])
    assert counts == [[], [], [], [], [True], []]


def test_what_was_done_in_time_for_the_email_is_not_told(stage: Stage) -> None:
    relay, number = collecting(stage), stage.case("confirm")
    got(relay)
    at(stage, 0, 8, 20)
    chores(stage)
    stage.act(number, "forward")
    at(stage, 0, 16)
    (receipts,) = got(relay)
    assert "sudah habis" not in receipts.text
    assert list(stage.records.unsent()) == []


def test_what_several_have_makes_no_email_of_its_own_to_each_and_the_mornings_digest_tells_of_it(stage: Stage) -> None:
    relay, number = collecting(stage), stage.case(*TO_VERIFIKATOR)
    got(relay, VERIFIKATOR)
    for hour in (9, 10, 13, 16):
        at(stage, 0, hour)
        chores(stage)
        assert got(relay, VERIFIKATOR) == []
    at(stage, 0, 22)
    late = [owed for owed in stage.records.unsent() if owed.letter == "overdue"]
    assert len(late) == 2
    assert all(relay.outbox.due_since(owed) > stage.clock() for owed in late), "nothing hangs"
    at(stage, 1, 7, 30)
    chores(stage)
    (mail,) = got(relay, VERIFIKATOR)
    assert mail.subject == "[TTE Tarakan] Pengingat: 1 permohonan menunggu tindak lanjut"
    assert mail.text.count(number) == 1
    assert list(stage.records.unsent()) == []


def test_what_lies_below_is_in_the_digest_too(stage: Stage) -> None:
    relay, below = collecting(stage), stage.case("confirm", "forward")
    got(relay)
    at(stage, 1, 7, 30)
    chores(stage)
    got(relay)
    at(stage, 2, 7, 30)
    stage.case("confirm")
    chores(stage)
    (mail,) = got(relay)
    assert mail.subject == "[TTE Tarakan] 1 permohonan menunggu tindak lanjut Anda"
    assert below in mail.text
    assert "langkah sesudah Anda" in mail.text


class Watched(Weeks):
    """The played weeks, with a clockwork that looks around every ten minutes of the day."""

    def play(self, days: int = 18) -> None:
        for day in range(days):
            for n in range(6 * 7, 6 * 17):
                self._plan(day, n / 6 + 0.01, self._look_around)
        super().play(days)

    def _look_around(self) -> None:
        self.stage.clockwork.tell_overdue()
        self.stage.clockwork.remind()


@pytest.mark.long
def test_played_weeks_bring_officials_still_a_third_of_what_is_owed_besides(tmp_path: Path) -> None:
    stage = Stage(tmp_path, StillClock())
    at(stage, 0)
    rounds = Rounds(TIMES, stage.office.calendar.zone)
    weeks = Watched(stage, rounds)
    weeks.play()
    told = [each for each in weeks.owed if each.letter == "overdue" and each.sent]
    before = [each for each in weeks.owed if each.letter != "overdue"]
    assert len(told) > 30
    assert len(before) > 400
    assert len(weeks.to_officials()) * 3 <= len(before)
    for each in told:
        assert each.sent
        same_day = each.sent.date() == each.queued.date()
        assert same_day or each.recipient in (VERIFIKATOR, OTHER_VERIFIKATOR), each
    stage.close()
