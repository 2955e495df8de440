"""What is ahead of a case, by the state it is in; and whether an owed email still says what is so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from portal.core.amending import assign
from portal.core.application import Actor, Application
from portal.core.clerks import CLERK
from portal.core.foreseen import Foreseen, Kind, eve, of_case
from portal.core.notices import Notice
from portal.core.officials import Official
from portal.core.outdated import is_for_another, is_outdated
from portal.core.patience import Reason, superior_hears, wait
from portal.core.persons import plain_name
from portal.core.sop import APPLICANT, Sop
from portal.core.worktime import Calendar
from tests.support.moments import along, at, move
from tests.support.ways import EMAIL, WAYS

ROLES = ("kadis", "kabid", "pelaksana_bidang", "verifikator")
OFFICIALS = [Official("penerbitan", role, f"Pejabat {role}", f"{role}@tarakankota.go.id") for role in ROLES]


def ahead(
    case: Application,
    sop: Sop,
    calendar: Calendar,
    now: datetime,
    failing: Sequence[str] = (),
    officials: Sequence[Official] = OFFICIALS,
) -> dict[Kind, Foreseen]:
    how = wait(case, sop, officials, failing, calendar, now)
    found = list(of_case(case, how, sop, calendar, now))
    return {each.kind: each for each in sorted(found, key=lambda each: each.at, reverse=True)}


def kinds(case: Application, sop: Sop, calendar: Calendar, days: float = 0) -> dict[str, str]:
    """What comes next of each kind, seen so many days after the case got there, as day and time of the office."""
    found = ahead(case, sop, calendar, case.since + timedelta(days=days))
    return {kind.value: f"{calendar.local(each.at):%d %H.%M}" for kind, each in found.items()}


def test_with_officials_the_sops_time_passes_then_they_are_reminded_then_the_clerk_hears(
    sop: Sop, calendar: Calendar
) -> None:
    case = along(sop, *WAYS["waiting"])
    assert kinds(case, sop, calendar) == {"overdue": "23 08.16", "reminded": "24 07.30", "listed": "26 00.00"}
    assert kinds(case, sop, calendar, 0.5) == {"reminded": "24 07.30", "listed": "26 00.00"}
    assert kinds(case, sop, calendar, 0.97) == {"reminded": "24 07.30", "listed": "26 00.00"}
    assert kinds(case, sop, calendar, 1.1)["reminded"] == "25 07.30"
    assert kinds(case, sop, calendar, 4.1) == {"reminded": "30 07.30"}, "after a Friday's comes a Monday's"


def test_whoever_is_above_is_told_of_from_the_second_step_on(sop: Sop, calendar: Calendar) -> None:
    case = move(along(sop, *WAYS["waiting"]), "forward", at("11-23 08.10"), sop)
    assert kinds(case, sop, calendar)["above"] == "25 07.30"
    assert "above" not in kinds(case, sop, calendar, 2)
    how = wait(case, sop, OFFICIALS, (), calendar, case.since)
    begun = superior_hears(case, how, sop, calendar)
    assert begun is not None
    assert Kind.ABOVE not in ahead(case, sop, calendar, begun), "from that day's first moment on it is due"
    later = replace(sop, data={**sop.data, "reminders": {**sop.data["reminders"], "superior_after_working_days": 4}})
    days = [superior_hears(case, how, each, calendar) for each in (sop, later)]
    assert [f"{day:%d}" for day in days if day] == ["25", "27"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("unconfirmed", {"asked": "26 08.00", "listed": "30 08.00", "lapses": "23 08.00"}),
        ("returned", {"asked": "26 08.00", "listed": "07 08.00"}),
        ("invited", {"asked": "26 08.00", "listed": "03 08.00"}),
        ("sent", {"reminded": "30 08.00", "listed": "07 08.00"}),
    ],
)
def test_whoever_else_has_it_is_asked_and_then_it_is_listed_or_ends(
    sop: Sop, calendar: Calendar, state: str, said: dict[str, str]
) -> None:
    case = along(sop, *WAYS[state])
    found = kinds(case, sop, calendar)
    assert found.keys() == said.keys()
    assert {kind: when[:2] for kind, when in found.items()} == {kind: when[:2] for kind, when in said.items()}


def test_an_agreed_visit_is_ahead_and_its_reminder_only_if_it_was_agreed_before_that_day(
    sop: Sop, calendar: Calendar
) -> None:
    case = along(sop, *WAYS["booked"])
    assert case.slot
    assert ahead(case, sop, calendar, case.moved.at)[Kind.VISIT].at == case.slot
    begun = eve(case, 1, calendar)
    agreed, day_before = (calendar.local(each).date() for each in (case.moved.at, case.slot - timedelta(days=1)))
    assert (begun is None) is (agreed >= day_before)
    assert eve(along(sop, *WAYS["invited"]), 1, calendar) is None


def test_nobody_is_reminded_who_is_not_there_or_cannot_be_reached(sop: Sop, calendar: Calendar) -> None:
    waiting, returned = along(sop, *WAYS["waiting"]), along(sop, *WAYS["returned"])
    assert ahead(waiting, sop, calendar, waiting.since, officials=()) == {}
    assert wait(waiting, sop, (), (), calendar, waiting.since).reason is Reason.NOBODY
    assert ahead(returned, sop, calendar, returned.since, failing=[EMAIL]) == {}


@pytest.mark.parametrize("state", ["waiting", "waiting_kabid", "returned", "unconfirmed", "invited", "booked"])
def test_each_says_of_which_case_it_is_whom_it_concerns_and_whether_it_is_of_a_day(
    sop: Sop, calendar: Calendar, state: str
) -> None:
    case = along(sop, *WAYS[state])
    names = tuple(actor.name for actor in wait(case, sop, OFFICIALS, (), calendar, case.since).whom)
    found = ahead(case, sop, calendar, case.since)
    assert found
    for kind, each in found.items():
        whom = () if kind is Kind.ABOVE else names
        assert each == Foreseen(each.at, kind, case.ticket, whom, is_of_a_day=kind is Kind.LISTED)


@pytest.mark.parametrize("state", ["waiting", "waiting_kabid", "returned", "unconfirmed", "invited", "booked", "sent"])
def test_what_is_due_at_this_moment_is_not_ahead_any_more(sop: Sop, calendar: Calendar, state: str) -> None:
    case = along(sop, *WAYS[state])
    for kind, each in ahead(case, sop, calendar, case.since).items():
        then = ahead(case, sop, calendar, each.at).get(kind)
        assert then is None or then.at > each.at


def test_of_a_visit_agreed_for_the_end_of_the_week_somebody_is_reminded_the_working_day_before(
    sop: Sop, calendar: Calendar
) -> None:
    invited = along(sop, *WAYS["invited"])
    booked = invited.book(at("12-04 08.00"), "visit/x/0", sop=sop, at=at("11-30 09.00"))
    assert eve(booked, 1, calendar) == at("12-03 07.30")
    assert eve(booked, 2, calendar) == at("12-02 07.30")


def test_a_superior_hears_after_two_working_days_where_a_service_does_not_say(sop: Sop, calendar: Calendar) -> None:
    case = move(along(sop, *WAYS["waiting"]), "forward", at("11-23 08.10"), sop)
    how = wait(case, sop, OFFICIALS, (), calendar, case.since)
    said = {key: days for key, days in sop.data["reminders"].items() if key != "superior_after_working_days"}
    heard = superior_hears(case, how, replace(sop, data={**sop.data, "reminders": said}), calendar)
    assert heard is not None
    assert f"{heard:%d}" == "25"


# --- what is so no more -----------------------------------------------------------------------------------------------


def owed(case: Application, letter: str, **differently: object) -> Notice:
    of = Notice(case.ticket, case.turn.number, letter, EMAIL, "", "kadis", "Rahma", case.since, case.since)
    return replace(of, **differently)  # type: ignore[arg-type]


def test_that_it_is_overdue_is_so_while_the_office_has_it_in_that_turn(sop: Sop) -> None:
    case = along(sop, *WAYS["waiting"])
    told = owed(case, "overdue")
    assert not is_outdated(told, case)
    assert is_outdated(told, move(case, "forward", at("11-23 09.00"), sop))
    assert is_outdated(told, move(case, "return", at("11-23 09.00"), sop))


def test_a_turn_that_was_asked_for_is_told_whatever_has_become_of_it(sop: Sop) -> None:
    case = along(sop, *WAYS["waiting"])
    gone = move(case, "forward", at("11-23 09.00"), sop)
    assert is_outdated(owed(case, "turn"), gone)
    assert not is_outdated(owed(case, "turn", occasion="again-1"), gone)
    assert not is_outdated(owed(case, "decided"), gone)


def test_a_letter_to_an_address_that_was_left_is_for_another_but_the_one_that_says_so(sop: Sop) -> None:
    case = along(sop, *WAYS["waiting"])
    left = owed(case, "opened", role=APPLICANT, recipient="lama@tarakankota.go.id")
    assert is_for_another(left, case, sop)
    assert not is_for_another(replace(left, letter="address_left"), case, sop)
    assert not is_for_another(replace(left, recipient=EMAIL.upper()), case, sop)
    assert not is_for_another(replace(left, role="kadis"), case, sop)


@pytest.mark.parametrize(
    ("said", "name"),
    [("  Siti   AMINAH ", "siti aminah"), ("A. B.", ""), ("Ani", "ani"), ("a@b.id", ""), ("123", ""), (None, "")],
)
def test_a_whole_name_is_compared_however_it_is_written(said: object, name: str) -> None:
    assert plain_name(said) == name


def test_a_letter_to_whoever_has_not_confirmed_yet_is_for_him_at_the_address_he_typed(sop: Sop) -> None:
    case = along(sop, *WAYS["unconfirmed"])
    letter = owed(case, "confirm_address", role=APPLICANT)
    assert not is_for_another(letter, case, sop)
    assert is_for_another(replace(letter, recipient="lama@tarakankota.go.id"), case, sop)


def test_a_visit_is_told_of_while_it_is_the_one_that_is_agreed(sop: Sop) -> None:
    case = along(sop, *WAYS["booked"])
    told = owed(case, "visit_booked", event=case.moved.number)
    assert case.slot
    assert not is_outdated(told, case)
    assert is_outdated(told, case.cancel_visit({}, sop=sop, at=case.slot - timedelta(hours=2)))
    moved = case.book(case.slot + timedelta(days=1), "visit/x/1", sop=sop, at=case.slot - timedelta(hours=2))
    assert is_outdated(told, moved)
    assert not is_outdated(owed(moved, "visit_booked", event=moved.moved.number), moved)


def test_that_a_case_is_somebodys_alone_is_told_while_it_is(sop: Sop) -> None:
    case, clerk = along(sop, *WAYS["dispatch"]), Actor(CLERK, "Rina", "Petugas", "rina@tarakankota.go.id")
    people = (Official("penerbitan", "verifikator", who, f"{who}@tarakankota.go.id") for who in ("satu", "dua"))
    first, second = (each.as_actor(sop) for each in people)
    given = assign(case, first, "Cuti.", by=clerk, sop=sop, at=at("11-23 10.00"))
    told = owed(given, "assigned", event=given.events[-1].number)
    assert not is_outdated(told, given)
    assert is_outdated(told, assign(given, second, "Cuti.", by=clerk, sop=sop, at=at("11-23 10.30")))
    assert is_outdated(told, move(given, "dispatch", at("11-23 11.00"), sop))


def test_a_turn_is_told_of_while_it_is_the_same(sop: Sop) -> None:
    case = along(sop, *WAYS["waiting"])
    told = owed(case, "turn")
    assert not is_outdated(told, case)
    returned = move(case, "return", at("11-23 09.00"), sop)
    again = move(returned, "resubmit", at("11-23 10.00"), sop)
    assert (again.step, again.state) == (case.step, case.state)
    assert is_outdated(told, again)
