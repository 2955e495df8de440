"""With whom a case is, until when, and when and why it is on the clerk's list: every state written out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.core.officials import Official
from portal.core.patience import DRAFT, Patience, Reason, Wait, _vacancy, patience, superior, wait
from portal.core.sop import Sop, restore
from portal.core.steps import State
from portal.core.worktime import Calendar
from tests.support.builders import a_sop, application, official
from tests.support.moments import along
from tests.support.ways import EMAIL, WAYS

ROLES = ("kadis", "kabid", "pelaksana_bidang", "verifikator")
OFFICIALS = [Official("penerbitan", role, f"Pejabat {role}", f"{role}@tarakankota.go.id") for role in ROLES]

ALWAYS = ((date(2020, 1, 1), date(2030, 1, 1)),)

REACHED = [
    # state            whom                          reminded on day    on the list from day, with the reason
    ("unconfirmed", EMAIL, [3, 6], 7, "unconfirmed"),
    ("returned", EMAIL, [3, 7, 14], 14, "silent"),
    ("sent", "verifikator@tarakankota.go.id", [7], 14, "unanswered"),
    ("invited", EMAIL, [3, 7], 10, "silent"),
    ("missed", EMAIL, [3, 7], 10, "silent"),
    ("waiting", "kadis@tarakankota.go.id", [1], 3, "late"),
    ("ready", "verifikator@tarakankota.go.id", [1], 3, "late"),
]


def stands(
    sop: Sop,
    calendar: Calendar,
    way: str,
    days: float = 0,
    officials: Sequence[Official] = OFFICIALS,
    failing: Sequence[str] = (),
) -> Wait:
    """How a case of such a way stands so many days after it got there."""
    case = along(sop, *WAYS[way])
    return wait(case, sop, officials, failing, calendar, case.since + timedelta(days=days))


@pytest.mark.parametrize(("way", "whom", "reminded", "listed", "reason"), REACHED)
def test_whoever_has_it_is_reminded_and_then_it_is_on_the_list(
    sop: Sop, calendar: Calendar, way: str, whom: str, reminded: list[int], listed: int, reason: str
) -> None:
    """A Monday morning's case; whole days, as officials are given working days and these are some."""
    found = stands(sop, calendar, way)
    assert [actor.email for actor in found.whom] == [whom]
    assert [(at.date() - calendar.local(found.since).date()).days for at in found.reminders] == reminded
    assert found.reason is None
    assert found.is_with_officials is (whom != EMAIL)
    assert found.listed
    assert (calendar.local(found.listed).date() - calendar.local(found.since).date()).days == listed
    assert found.reminded(found.since) is None
    assert stands(sop, calendar, way, listed - 1).reason is None
    late = stands(sop, calendar, way, listed)
    assert late.reason == reason
    assert late.reminded(late.since + timedelta(days=listed)) == found.reminders[-1]


def test_a_visit_is_waited_for_and_then_officials_have_it(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *WAYS["booked"])
    slot = case.slot
    assert slot is not None
    found = wait(case, sop, OFFICIALS, (), calendar, slot - timedelta(minutes=1))
    assert (found.since, found.ends, found.reason) == (slot, slot, None)
    assert wait(case, sop, OFFICIALS, (), calendar, slot + timedelta(days=7)).reason == "unrecorded"


def test_an_unconfirmed_application_ends_with_its_days(sop: Sop, calendar: Calendar) -> None:
    found = stands(sop, calendar, "unconfirmed")
    assert found.ends == found.since + timedelta(days=30)


@pytest.mark.parametrize(
    ("officials", "reason"),
    [
        ([], Reason.NOBODY),
        ([replace(OFFICIALS[0], since=date(2030, 1, 1))], Reason.NOBODY),
        ([replace(OFFICIALS[0], service="surel")], Reason.NOBODY),
        ([replace(OFFICIALS[0], until=date(2026, 1, 1))], Reason.ENDED),
        ([replace(OFFICIALS[0], until=date(2030, 1, 1), away=ALWAYS)], Reason.NOBODY),
        ([replace(OFFICIALS[0], email=EMAIL, away=ALWAYS)], Reason.NOBODY),
        ([replace(OFFICIALS[0], email=EMAIL.upper())], Reason.OWN),
        ([replace(OFFICIALS[0], until=date(2026, 1, 1)), replace(OFFICIALS[0], email=EMAIL)], Reason.OWN),
    ],
)
def test_where_nobody_can_act_the_clerk_hears_why_at_once(
    sop: Sop, calendar: Calendar, officials: list[Official], reason: Reason
) -> None:
    found = stands(sop, calendar, "waiting", officials=officials)
    assert (found.whom, found.reason) == ((), reason)
    assert reason.is_vacancy
    assert reason.is_urgent


@pytest.mark.parametrize(("way", "address"), [("waiting", "kadis@tarakankota.go.id"), ("returned", EMAIL)])
def test_whoever_cannot_be_reached_is_named_on_the_list_at_once(
    sop: Sop, calendar: Calendar, way: str, address: str
) -> None:
    found = stands(sop, calendar, way, failing=[address])
    assert ([actor.email for actor in found.whom], found.reason) == ([address], Reason.UNREACHABLE)
    assert Reason.UNREACHABLE.is_urgent


def test_it_is_with_those_of_several_whose_addresses_work(sop: Sop, calendar: Calendar) -> None:
    other = replace(OFFICIALS[3], email="lain@tarakankota.go.id")
    found = stands(sop, calendar, "sent", officials=[*OFFICIALS, other], failing=[OFFICIALS[3].email])
    assert ([actor.email for actor in found.whom], found.reason) == (["lain@tarakankota.go.id"], None)


def test_an_edition_of_before_is_looked_after_as_the_office_says_today(sop: Sop, calendar: Calendar) -> None:
    operated = {key: said for key, said in sop.data.items() if key != "patience"}
    old = restore(replace(sop, data=operated).snapshot(), sop)
    assert patience(old, State.SENT) == patience(sop, State.SENT)
    assert old.version == sop.version


def test_what_nothing_is_said_of_is_not_for_ever(sop: Sop, calendar: Calendar) -> None:
    silent = replace(sop, data={key: said for key, said in sop.data.items() if key != "patience"})
    assert patience(silent, State.SENT) == Patience((3,), 7)
    assert stands(silent, calendar, "returned", 7).reason is Reason.SILENT


def test_a_draft_is_reminded_of_and_on_no_list(sop: Sop) -> None:
    assert patience(sop, DRAFT) == Patience((3, 6), None)


@pytest.mark.parametrize(
    ("step", "above"),
    [
        ("telaah_kadis", None),
        ("telaah_kabid", "telaah_kadis"),
        ("pendataan", "telaah_kabid"),
        ("pemeriksaan", "pendataan"),
        ("penyerahan", "pendataan"),
    ],
)
def test_whose_post_is_right_above(sop: Sop, step: str, above: str | None) -> None:
    found = superior(sop, step)
    assert (found.key if found else None) == above


def test_an_appointment_has_not_ended_on_its_last_day() -> None:
    """Nobody is there then for another reason, an absence say."""
    case = application("confirm")
    day = case.events[-1].at.date()
    away = official("kadis", until=day, away=((day, day),))
    assert [_vacancy(case, [each], a_sop(), day) for each in (away, replace(away, until=day - timedelta(days=1)))] == [
        Reason.NOBODY, Reason.ENDED,
    ]  # fmt: skip
