"""A case in one person's hands: whose turn it is then, and when it is everybody's again."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.core.amending import assign
from portal.core.application import Actor, Application
from portal.core.clerks import CLERK
from portal.core.corrections import undo
from portal.core.errors import NotAllowed
from portal.core.history import assignment, overtaking
from portal.core.officials import Official, able, eligible, given
from portal.core.resending import owed_by_any, turn_again
from tests.support.builders import AT, FORM, a_sop, after, application, application_in, reachable

BY = Actor(CLERK, "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
DAY, TOMORROW = AT.date(), AT.date() + timedelta(days=1)
ANDI = Official("penerbitan", "verifikator", "Andi", "Andi@x.id")
WATI = replace(ANDI, name="Wati", email="wati@x.id")
JOKO = replace(ANDI, name="Joko", email="joko@x.id")
ALL = (ANDI, WATI, JOKO)
TO_VERIFIKATOR = ("confirm", "forward", "forward")


def to(case: Application, official: Official | None, by: Actor = BY) -> Application:
    whom = official.as_actor(a_sop()) if official else None
    at = case.events[-1].at + timedelta(hours=1)
    return assign(case, whom, "Ia yang memeriksanya.", by=by, sop=a_sop(), at=at)


def whose(case: Application, officials: Sequence[Official] = ALL, day: date = DAY) -> list[str]:
    return [each.name for each in eligible(case, officials, a_sop(), day)]


def owed(case: Application, officials: Sequence[Official] = ALL) -> list[tuple[str, str, int, str]]:
    return [(n.letter, n.recipient, n.event, n.occasion) for n in owed_by_any(case, officials, a_sop(), DAY)]


def test_it_is_his_turn_alone_and_nothing_else_of_the_case_changes() -> None:
    before = application(*TO_VERIFIKATOR)
    case = to(before, ANDI)
    assert (whose(before), whose(case)) == (["Andi", "Wati", "Joko"], ["Andi"])
    assert (case.step, case.state, case.turn, case.since) == (before.step, before.state, before.turn, before.since)
    assert case.events[-1].data == {"to": "andi@x.id", "name": "Andi", "reason": "Ia yang memeriksanya."}
    assert (case.events[-1].actor, case.first_damage()) == (BY, None)
    assert overtaking(case.events, before.version) is None
    assert [each.name for each in able(case, ALL, a_sop(), DAY)] == ["Andi", "Wati", "Joko"]


def test_it_is_everybodys_again_when_the_clerk_says_so_or_it_goes_to_another_step() -> None:
    case = to(application(*TO_VERIFIKATOR), ANDI)
    assert whose(to(case, WATI)) == ["Wati"]
    assert whose(to(to(case, WATI), None)) == ["Andi", "Wati", "Joko"]
    assert whose(after(after(case, "dispatch"), "accept")) == ["Andi", "Wati", "Joko"]


@pytest.mark.parametrize("way", [("dispatch",), ("dispatch", "refuse"), ("return",), ("return", "resubmit")])
def test_it_stays_his_while_it_is_at_that_step(way: tuple[str, ...]) -> None:
    case = to(application(*TO_VERIFIKATOR), ANDI)
    for action in way:
        case = after(case, action)
    assert whose(case) == ["Andi"]


def undone(case: Application) -> Application:
    at = case.events[-1].at + timedelta(hours=1)
    return undo(case, "Keliru.", by=BY, closed=DAY, today=DAY, at=at)


def test_whoever_decides_although_another_has_it_has_it_himself_from_then_on() -> None:
    case = to(application(*TO_VERIFIKATOR), ANDI)
    said = {"checklist": ["ktp"], "taken_over": "Verifikator, Andi"}
    at = case.events[-1].at + timedelta(hours=1)
    taken = case.decide("dispatch", said, actor=WATI.as_actor(a_sop()), sop=a_sop(), at=at)
    assert whose(taken) == ["Wati"]
    assert whose(to(taken, ANDI)) == ["Andi"]
    assert whose(undone(taken)) == ["Andi"]
    assert whose(after(taken, "accept")) == ["Andi", "Wati", "Joko"]


def test_undoing_a_decision_gives_it_back_to_whom_it_was_given_to() -> None:
    given_first = to(application(*TO_VERIFIKATOR), ANDI)
    assert whose(undone(after(after(given_first, "dispatch"), "accept"))) == ["Andi"]
    assert whose(undone(to(after(given_first, "dispatch"), WATI))) == ["Wati"], "what the clerk said last"
    on = to(after(after(application(*TO_VERIFIKATOR), "dispatch"), "accept"), ANDI)
    assert whose(undone(on)) == ["Andi", "Wati", "Joko"], "that was of the step after"


def test_it_is_everybodys_while_he_is_not_there_and_his_again_afterwards() -> None:
    case = to(application(*TO_VERIFIKATOR), ANDI)
    away = replace(ANDI, away=((DAY, DAY),))
    assert whose(case, (away, WATI, JOKO)) == ["Wati", "Joko"]
    assert whose(case, (away, WATI, JOKO), TOMORROW) == ["Andi"]
    ended = replace(ANDI, until=DAY)
    assert (whose(case, (ended, WATI)), whose(case, (ended, WATI), TOMORROW)) == (["Andi"], ["Wati"])
    assert whose(case, (WATI, JOKO)) == ["Wati", "Joko"]
    assert given(case, (WATI, JOKO), a_sop(), DAY) == []


def test_his_plh_has_what_was_given_to_him() -> None:
    case = to(application(*TO_VERIFIKATOR), ANDI)
    plh = replace(JOKO, name="Plh", email="plh@x.id", capacity="Plh.", decree="1", replaces="andi@x.id")
    assert whose(case, (ANDI, WATI, plh)) == ["Plh"]
    assert whose(case, (ANDI, WATI, replace(plh, replaces="wati@x.id"))) == ["Andi"]
    assert whose(case, (ANDI, WATI, replace(plh, since=TOMORROW))) == ["Andi"]


def test_of_ones_own_application_nobody_gets_the_only_hand() -> None:
    own = replace(ANDI, email=str(FORM["email"]))
    assert whose(to(application(*TO_VERIFIKATOR), own), (own, WATI)) == ["Wati"]


def test_it_is_given_only_while_an_official_has_it() -> None:
    found = set[str]()
    for step, state in reachable():
        with suppress(NotAllowed):
            to(application_in(step, state), ANDI)
            found.add(state)
    assert found == {"waiting", "sent", "booked", "ready"}


def test_what_is_so_already_is_not_said_twice_nor_of_the_clerks_own_application() -> None:
    case = application(*TO_VERIFIKATOR)
    with pytest.raises(NotAllowed, match="nothing_assigned"):
        to(case, None)
    with pytest.raises(NotAllowed, match="nothing_assigned"):
        to(to(case, ANDI), replace(ANDI, email="ANDI@x.id"))
    with pytest.raises(NotAllowed, match="own_application"):
        to(case, ANDI, by=replace(BY, email=str(FORM["email"])))
    assert assignment(case.events) is None


def test_whoever_gets_it_is_told_and_whoever_has_it_no_more_is_spared() -> None:
    case = to(application(*TO_VERIFIKATOR), ANDI)
    assert owed(case) == [("assigned", "andi@x.id", 5, "")]
    assert owed(to(case, WATI)) == [("assigned", "wati@x.id", 6, "")]
    assert owed(to(case, None)) == [("turn", name, 4, "after-5") for name in ("wati@x.id", "joko@x.id")]


def test_what_follows_is_told_to_him_alone() -> None:
    case = after(after(to(application(*TO_VERIFIKATOR), ANDI), "return"), "resubmit")
    assert [each for each in owed(case) if each[0] == "turn"] == [("turn", "andi@x.id", 7, "")]


def test_whoever_gets_it_and_whoever_has_it_back_is_told_of_the_case_at_that_moment() -> None:
    given = to(application(*TO_VERIFIKATOR), ANDI)
    back = to(given, None)
    assert (back.events[-1].data["to"], back.events[-1].data["name"]) == ("", "")
    for case, letter in ((given, "assigned"), (back, "turn")):
        told = owed_by_any(case, ALL, a_sop(), DAY)
        assert {(n.letter, n.about, n.queued_at, n.due_at) for n in told} == {
            (letter, case.ticket, case.events[-1].at, case.events[-1].at)
        }


def test_only_those_who_are_there_that_day_are_told() -> None:
    away = replace(WATI, away=((DAY, DAY),))
    back = to(to(application(*TO_VERIFIKATOR), ANDI), None)
    assert [n.recipient for n in owed_by_any(back, (ANDI, away, JOKO), a_sop(), DAY)] == ["joko@x.id"]


def test_each_absence_of_whoever_has_it_is_told_of_once() -> None:
    case = to(application(*TO_VERIFIKATOR), ANDI)
    actor, held = WATI.as_actor(a_sop()), case.events[-1]
    told = [turn_again(case, actor, held, gone, at=AT) for gone in (None, DAY, TOMORROW)]
    assert [notice.occasion for notice in told] == ["after-5", f"after-5-{DAY}", f"after-5-{TOMORROW}"]
    assert {(n.letter, n.about, n.event, n.queued_at) for n in told} == {("turn", case.ticket, case.turn.number, AT)}
