"""What a ticket number tells everybody: the SOP's minutes against the office's clock, and nothing of any person."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.application import Application
from portal.core.parts import StatusText
from portal.core.progress import next_step, standard, status, turn_to_come
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State
from portal.core.worktime import Calendar
from tests.support.moments import MARK, MONDAY, VALIDATOR, along, at, cases, move, moved
from tests.support.ways import TO_VERIFIKATOR, TO_VISIT, WAYS


def until(case: Application, sop: Sop, calendar: Calendar, now: datetime) -> tuple[str, bool]:
    found = standard(case, sop, calendar, now)
    assert found is not None
    return found["until"], found["late"]


# --- the SOP's minutes ---


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("11-23 08.00", "11-23 08.15"),
        ("11-23 11.50", "11-23 13.05"),  # over the lunch break
        ("11-23 15.50", "11-24 07.35"),  # over the night
        ("11-27 11.20", "11-30 07.35"),  # over a weekend, from a short Friday
        ("11-28 10.00", "11-30 07.45"),  # sent on a Saturday
        ("12-23 15.50", "12-28 07.35"),  # over cuti bersama, Christmas and the weekend
    ],
)
def test_the_minutes_run_in_office_hours_only(sop: Sop, calendar: Calendar, came: str, due: str) -> None:
    case = moved(sop, ("submit", at(came) - timedelta(minutes=5)), ("confirm", at(came)))

    promised = at(due)
    assert until(case, sop, calendar, at(came)) == (promised.isoformat(), False)
    assert until(case, sop, calendar, promised) == (promised.isoformat(), False)
    assert until(case, sop, calendar, promised + timedelta(seconds=1)) == (promised.isoformat(), True)


def test_the_clock_pauses_while_bsre_has_the_case(sop: Sop, calendar: Calendar) -> None:
    """Ten minutes for the verifikator: four before sending, so six remain when BSrE says no a week later."""
    case = along(sop, *TO_VERIFIKATOR)
    began = case.events[-1].at
    case = move(case, "dispatch", began + timedelta(minutes=4), sop)
    assert standard(case, sop, calendar, at("11-25 10.00")) is None

    case = move(case, "refuse", at("11-30 09.00"), sop)
    assert until(case, sop, calendar, at("11-30 09.01")) == (at("11-30 09.06").isoformat(), False)


def test_minutes_used_up_before_bsre_had_it_ran_out_then(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *TO_VERIFIKATOR)
    began = case.events[-1].at
    case = move(case, "dispatch", began + timedelta(minutes=30), sop)
    case = move(case, "refuse", at("11-30 09.00"), sop)

    assert until(case, sop, calendar, at("11-30 09.00")) == ((began + timedelta(minutes=10)).isoformat(), True)


def test_minutes_used_to_the_last_before_bsre_had_it_ran_out_at_that_minute(sop: Sop, calendar: Calendar) -> None:
    """Not days later, when BSrE gives the case back and none is left to count."""
    case = along(sop, *TO_VERIFIKATOR)
    began = case.events[-1].at
    case = move(case, "dispatch", began + timedelta(minutes=10), sop)
    case = move(case, "refuse", at("11-30 09.00"), sop)

    assert until(case, sop, calendar, at("11-30 09.00")) == ((began + timedelta(minutes=10)).isoformat(), True)


def test_a_mended_case_has_all_its_minutes_again(sop: Sop, calendar: Calendar) -> None:
    moves = [("submit", at("11-23 08.00")), ("confirm", at("11-23 08.01")), ("return", at("11-23 08.11"))]
    waiting = moved(sop, *moves)
    assert standard(waiting, sop, calendar, at("11-30 08.00")) is None

    mended = move(waiting, "resubmit", at("12-01 10.00"), sop)
    assert until(mended, sop, calendar, at("12-01 10.01")) == (at("12-01 10.15").isoformat(), False)


def test_the_certificates_step_counts_on_when_it_is_ready(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *TO_VISIT, "invite", "book", "attend")
    came = case.events[-1].at
    case = move(case, "record", came + timedelta(minutes=3), sop)

    assert case.state is State.READY
    assert until(case, sop, calendar, came)[0] == (came + timedelta(minutes=10)).isoformat()


@pytest.mark.parametrize(
    "state", ["unconfirmed", "returned", "sent", "invited", "booked", "missed", "done", "rejected"]
)
def test_no_clock_runs_where_the_office_has_nothing_to_do(sop: Sop, calendar: Calendar, state: str) -> None:
    case = along(sop, *WAYS[state])
    assert standard(case, sop, calendar, MONDAY + timedelta(days=30)) is None


def test_times_are_those_of_the_office_whatever_zone_they_were_kept_in(sop: Sop, calendar: Calendar) -> None:
    here = along(sop, "confirm")
    kept = replace(here, events=tuple(replace(event, at=event.at.astimezone(UTC)) for event in here.events))
    now = MONDAY + timedelta(minutes=3)

    assert status(kept, sop, calendar, now.astimezone(UTC)) == status(here, sop, calendar, now)
    assert status(kept, sop, calendar, now)["since"] == "2026-11-23T08:01:00+08:00"


# --- what comes next ---


@pytest.mark.parametrize(
    ("state", "following"),
    [
        ("unconfirmed", "telaah_kadis"),
        ("waiting", "telaah_kabid"),
        ("returned", "telaah_kadis"),  # whoever sent it back looks at it again
        ("sent", "passphrase"),
        ("missed", "penyerahan"),
        ("handover", None),
        ("ready", None),
        ("done", None),
        ("rejected", None),
        ("withdrawn", None),
        ("lapsed", None),
    ],
)
def test_the_next_step_is_the_one_that_really_follows(sop: Sop, state: str, following: str | None) -> None:
    found = next_step(along(sop, *WAYS[state]), sop)
    assert (found.key if found else None) == following


@pytest.mark.parametrize("state", ["unconfirmed", "returned", "invited", "booked", "missed"])
def test_while_the_applicant_has_to_act_that_is_what_comes_next(sop: Sop, calendar: Calendar, state: str) -> None:
    case = along(sop, *WAYS[state])
    own = sop.status(case.step, state).next
    expected = {"by": "Pemohon", "name": sop.step(case.step).name, "summary": own}
    assert own
    assert turn_to_come(case, sop) == expected
    assert status(case, sop, calendar, MONDAY)["next"] == expected


def test_while_an_official_has_to_act_the_following_step_comes_next(sop: Sop) -> None:
    following = sop.step("telaah_kabid")
    found = turn_to_come(along(sop, *WAYS["waiting"]), sop)
    assert found == {"by": sop.role("kabid").label, "name": following.name, "summary": following.summary}
    assert turn_to_come(along(sop, *WAYS["done"]), sop) is None


def test_a_case_of_an_edition_without_such_words_names_the_following_step(sop: Sop) -> None:
    wordless = replace(sop, status_texts={**sop.status_texts, "returned": StatusText("Perlu perbaikan", "Perbaiki.")})
    found = turn_to_come(along(sop, *WAYS["returned"]), wordless)
    assert found
    assert found["name"] == sop.step("telaah_kadis").name


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        ("unconfirmed", {"by": "Pemohon", "applicant": True}),
        ("returned", {"by": "Pemohon", "applicant": True}),
        ("invited", {"by": "Pemohon", "applicant": True}),
        ("booked", {"by": "Pemohon", "applicant": True}),
        ("waiting", {"by": "Kepala Dinas", "applicant": False}),
        ("sent", None),
        ("done", None),
        ("rejected", None),
    ],
)
def test_whose_turn_it_is(sop: Sop, calendar: Calendar, state: str, turn: dict[str, object] | None) -> None:
    case = along(sop, *WAYS[state])
    assert status(case, sop, calendar, case.events[-1].at)["turn"] == turn


def test_a_visit_is_told_with_its_place_once_it_is_agreed(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *WAYS["booked"])
    visit = sop.step(case.step).visit
    assert visit
    assert case.slot
    told = status(case, sop, calendar, case.events[-1].at)["visit"]
    assert (datetime.fromisoformat(told["at"]), told["place"]) == (case.slot, visit.place)
    assert status(along(sop, *WAYS["invited"]), sop, calendar, case.events[-1].at)["visit"] is None


def test_an_address_has_to_be_confirmed_until_the_case_lapses(sop: Sop, calendar: Calendar) -> None:
    days = timedelta(days=sop.data["draft_days"])
    found = status(along(sop, *WAYS["unconfirmed"]), sop, calendar, MONDAY)
    assert found["deadline"] == (MONDAY + days).isoformat()
    others = [status(along(sop, *WAYS[state]), sop, calendar, MONDAY) for state in WAYS if state != "unconfirmed"]
    assert {other["deadline"] for other in others} == {None}


@pytest.mark.parametrize(
    ("state", "positions"),
    [
        ("unconfirmed", "ctttttt"),
        ("waiting_kabid", "ddctttt"),
        ("sent", "ddddctt"),
        ("rejected", "dtttttt"),
        ("done", "ddddddd"),
    ],
)
def test_the_place_among_the_steps_is_marked(sop: Sop, calendar: Calendar, state: str, positions: str) -> None:
    found = status(along(sop, *WAYS[state]), sop, calendar, MONDAY)
    assert "".join(step["position"][0] for step in found["steps"]) == positions


def test_the_history_is_told_in_the_words_of_the_step_it_happened_at(sop: Sop, calendar: Calendar) -> None:
    found = status(along(sop, "confirm", "forward", "return", "resubmit"), sop, calendar, MONDAY)
    assert [(entry["label"], entry["by"]) for entry in found["history"]] == [
        ("Permohonan dikirim", ""),
        ("Alamat email dikonfirmasi", ""),
        ("Didisposisikan kepada Kepala Bidang Statistik dan Persandian", "Kepala Dinas"),
        ("Dikembalikan untuk perbaikan", "Kepala Bidang Statistik dan Persandian"),
        ("Perbaikan dikirim", ""),
    ]
    assert found["round"] == 2


# --- nothing of any person ---


@settings(max_examples=60, deadline=None)
@given(data=st.data(), later=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_ticket_number_reveals_what_the_schema_allows_and_nothing_of_any_person(
    sop: Sop, calendar: Calendar, data: st.DataObject, later: timedelta
) -> None:
    case = data.draw(cases(sop))
    found = status(case, sop, calendar, case.events[-1].at + later)

    VALIDATOR.validate(found)
    assert MARK not in json.dumps(found).lower()
    assert case.waits_on(sop) != APPLICANT or found["standard"] is None
