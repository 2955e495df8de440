"""When the coming steps can be done at the earliest, if everybody keeps the SOP's minutes; and when nobody can say."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.forecast import _days_off, expect
from portal.core.progress import status
from portal.core.sop import Sop
from portal.core.worktime import Calendar
from tests.support.moments import MONDAY, VALIDATOR, along, at, cases, move, moved
from tests.support.ways import TO_VERIFIKATOR, TO_VISIT, WAYS


def told(case: Any, sop: Sop, calendar: Calendar, now: datetime) -> dict[str, str]:
    """The forecast as day and time."""
    return {key: f"{when:%m-%d %H.%M}" for key, when in expect(case, sop, calendar, now, {}).at.items()}


def test_each_step_follows_the_one_before_by_the_sops_minutes(sop: Sop, calendar: Calendar) -> None:
    """A visit is offered from the next working day on, whose first time is eight o'clock."""
    case = moved(sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")))

    assert told(case, sop, calendar, at("11-23 08.05")) == {
        "telaah_kadis": "11-23 08.15",
        "telaah_kabid": "11-23 08.30",
        "pendataan": "11-23 08.45",
        "pemeriksaan": "11-23 08.55",
        "passphrase": "11-24 08.20",
        "penyerahan": "11-24 08.30",
    }


def test_the_chain_runs_in_office_hours_over_lunch_night_and_weekend(sop: Sop, calendar: Calendar) -> None:
    lunch = moved(sop, ("submit", at("11-23 11.00")), ("confirm", at("11-23 11.40")))
    assert told(lunch, sop, calendar, at("11-23 11.40"))["telaah_kabid"] == "11-23 13.10"

    friday = moved(sop, ("submit", at("11-27 11.00")), ("confirm", at("11-27 11.10")))
    found = told(friday, sop, calendar, at("11-27 11.10"))
    assert (found["telaah_kadis"], found["telaah_kabid"]) == ("11-27 11.25", "11-30 07.40")
    assert found["passphrase"] == "12-01 08.20"  # checked on Monday, so asked to come on Tuesday


def test_a_late_step_moves_every_later_promise(sop: Sop, calendar: Calendar) -> None:
    case = moved(sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")))
    in_time = told(case, sop, calendar, at("11-23 08.15"))

    late = told(case, sop, calendar, at("11-23 10.00"))
    assert (late["telaah_kadis"], late["telaah_kabid"], late["pemeriksaan"]) == (
        "11-23 10.00", "11-23 10.15", "11-23 10.40",
    )  # fmt: skip
    assert all(late[key] >= in_time[key] for key in in_time)
    assert told(case, sop, calendar, at("11-24 06.00"))["telaah_kadis"] == "11-24 07.30"  # when the office opens
    assert told(case, sop, calendar, at("11-24 06.00"))["passphrase"] == "11-25 08.20"


def test_at_the_very_end_of_its_minutes_a_step_is_not_late_yet(sop: Sop, calendar: Calendar) -> None:
    """They end with the morning; a second later only the afternoon is left to do it in."""
    case = moved(sop, ("submit", at("11-23 11.40")), ("confirm", at("11-23 11.45")))
    noon = at("11-23 12.00")
    assert told(case, sop, calendar, noon)["telaah_kadis"] == "11-23 12.00"
    assert told(case, sop, calendar, noon + timedelta(seconds=1))["telaah_kadis"] == "11-23 13.00"


def test_minutes_that_are_left_after_bsre_said_no_are_all_that_is_promised(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *TO_VERIFIKATOR)
    case = move(case, "dispatch", case.events[-1].at + timedelta(minutes=4), sop)
    case = move(case, "refuse", at("11-30 09.00"), sop)
    assert told(case, sop, calendar, at("11-30 09.01"))["pemeriksaan"] == "11-30 09.06"


def test_whoever_is_to_be_invited_today_comes_on_the_next_working_day(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *TO_VISIT)
    assert told(case, sop, calendar, MONDAY) == {"passphrase": "11-24 08.20", "penyerahan": "11-24 08.30"}


def test_where_no_visits_are_offered_for_days_the_visit_is_reckoned_from_the_invitation(
    sop: Sop, calendar: Calendar
) -> None:
    """As for somebody who comes at once: better than no promise at all, and nobody has to guess when visits begin."""
    steps = tuple(replace(step, visit=step.visit and replace(step.visit, windows={})) for step in sop.steps)
    case = along(sop, *TO_VISIT)
    never = replace(sop, steps=steps)
    assert told(case, never, calendar, MONDAY) == {"passphrase": "11-23 08.26", "penyerahan": "11-23 08.36"}
    assert told(case, never, calendar, at("11-23 11.50"))["passphrase"] == "11-23 13.10"


def test_visits_are_looked_for_on_as_many_working_days_as_they_are_offered_ahead(sop: Sop, calendar: Calendar) -> None:
    """Offered on Fridays only: from Monday the fourth working day, so three days ahead are too few."""
    case = along(sop, *TO_VISIT)

    def offered(days: int) -> Sop:
        windows = {"fri": ["08.00-10.30"]}
        steps = tuple(
            replace(step, visit=step.visit and replace(step.visit, windows=windows, days_ahead=days))
            for step in sop.steps
        )
        return replace(sop, steps=steps)

    assert told(case, offered(4), calendar, MONDAY)["passphrase"] == "11-27 08.20"
    assert told(case, offered(3), calendar, MONDAY)["passphrase"] == "11-23 08.26"


def test_the_last_step_promises_itself_only(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *WAYS["handover"])
    came = case.events[-1].at
    assert expect(case, sop, calendar, came, {}).at == {"penyerahan": came + timedelta(minutes=10)}


NOTHING = ["unconfirmed", "returned", "sent", "invited", "missed", "done", "rejected", "withdrawn", "lapsed"]


@pytest.mark.parametrize("state", NOTHING)
def test_nothing_is_promised_while_others_have_the_case_or_once_it_is_closed(
    sop: Sop, calendar: Calendar, state: str
) -> None:
    case = along(sop, *WAYS[state])
    found = status(case, sop, calendar, MONDAY)
    assert expect(case, sop, calendar, MONDAY, {}).at == {}
    assert [found["expected"], *(step["expected"] for step in found["steps"])] == [None] * 8


def test_the_data_say_it_for_each_coming_step_and_for_the_whole(sop: Sop, calendar: Calendar) -> None:
    found: Mapping[str, Any] = status(along(sop, "confirm", "forward"), sop, calendar, MONDAY)
    VALIDATOR.validate(found)
    expected = [step["expected"] for step in found["steps"]]
    assert expected[:2] == [None, None]
    assert expected[2:4] == ["2026-11-23T08:17:00+08:00", "2026-11-23T08:32:00+08:00"]
    assert found["expected"] == expected[-1] == "2026-11-24T08:30:00+08:00"


# --- with what is usual ---


def test_one_working_day_with_others_is_counted_as_two_are(sop: Sop, calendar: Calendar) -> None:
    case = moved(sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")))
    for days, day in ((1, "11-24"), (2, "11-25")):
        found = expect(case, sop, calendar, at("11-23 08.05"), {"pemeriksaan": days}).at["pemeriksaan"]
        assert f"{found:%m-%d %H.%M}" == f"{day} 08.55"


USUAL = {"pemeriksaan": 2, "passphrase": 3}


def codes(case: Any, sop: Sop, calendar: Calendar, now: datetime, usual: Mapping[str, int] = USUAL) -> list[str]:
    return [reason.code for reason in expect(case, sop, calendar, now, usual).why]


def usually(case: Any, sop: Sop, calendar: Calendar, now: datetime) -> dict[str, str]:
    return {key: f"{when:%m-%d %H.%M}" for key, when in expect(case, sop, calendar, now, USUAL).at.items()}


def test_what_others_usually_take_is_counted_in_and_said(sop: Sop, calendar: Calendar) -> None:
    case = moved(sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")))
    found = usually(case, sop, calendar, at("11-23 08.05"))
    assert found["pendataan"] == "11-23 08.45"
    assert found["pemeriksaan"] == "11-25 08.55"  # two working days at the outside authority
    assert found["passphrase"] == "11-30 08.55"  # and three until the applicant has come
    assert found["penyerahan"] == "11-30 09.05"
    forecast = expect(case, sop, calendar, at("11-23 08.05"), USUAL)
    assert [(reason.code, reason.step, reason.days) for reason in forecast.why] == [
        ("usual", "pemeriksaan", 2),
        ("usual", "passphrase", 3),
    ]
    assert forecast.is_usual
    assert codes(case, sop, calendar, at("11-23 08.05"), {}) == ["uncounted", "uncounted"]
    assert not expect(case, sop, calendar, at("11-23 08.05"), {}).is_usual


def test_while_others_have_it_their_usual_time_runs_from_when_they_got_it(sop: Sop, calendar: Calendar) -> None:
    case = moved(sop, *zip(("submit", *WAYS["sent"]), map(at, [f"11-23 08.{m:02d}" for m in range(6)]), strict=True))
    found = usually(case, sop, calendar, at("11-24 10.00"))
    assert (found["pemeriksaan"], found["penyerahan"]) == ("11-25 08.05", "11-30 08.15")
    # They take longer than usual: now at the earliest, and everything after it moves.
    late = usually(case, sop, calendar, at("11-27 10.00"))
    assert (late["pemeriksaan"], late["passphrase"]) == ("11-27 10.00", "12-02 10.00")


def test_whoever_was_invited_is_expected_as_others_came_and_never_before_there_are_visits(
    sop: Sop, calendar: Calendar
) -> None:
    ways = ("submit", *WAYS["invited"])
    case = moved(sop, *zip(ways, map(at, [f"11-23 08.{m:02d}" for m in range(len(ways))]), strict=True))
    assert usually(case, sop, calendar, at("11-23 09.00"))["passphrase"] == "11-26 08.07"
    soon = expect(case, sop, calendar, at("11-23 09.00"), {"passphrase": 0}).at
    assert f"{soon['passphrase']:%m-%d %H.%M}" == "11-24 08.20"


def test_a_visit_that_is_agreed_counts_as_it_is_agreed(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *WAYS["booked"])
    assert case.slot is not None
    for usual in ({}, USUAL):
        found = expect(case, sop, calendar, MONDAY, usual)
        assert found.at["passphrase"] == case.slot + timedelta(minutes=20)
        assert found.at["penyerahan"] == case.slot + timedelta(minutes=30)
        assert [reason.code for reason in found.why] == ["booked"]


def test_a_late_step_is_a_reason_and_so_are_days_off_in_between(sop: Sop, calendar: Calendar) -> None:
    case = moved(sop, ("submit", at("12-22 07.50")), ("confirm", at("12-22 08.00")))
    forecast = expect(case, sop, calendar, at("12-22 10.00"), USUAL)
    assert [reason.code for reason in forecast.why] == ["late", "usual", "usual", "days_off"]
    assert forecast.why[0].step == "telaah_kadis"
    assert "Natal" in " ".join(forecast.why[-1].names)
    assert len(forecast.why[-1].names) == 2  # cuti bersama on the 24th, the feast on the 25th
    assert forecast.at["pemeriksaan"] == at("12-28 10.40")


@pytest.mark.parametrize("state", ["unconfirmed", "returned", "done", "rejected", "withdrawn", "lapsed"])
def test_what_is_the_applicants_to_mend_or_closed_has_no_usual_time(sop: Sop, calendar: Calendar, state: str) -> None:
    assert expect(along(sop, *WAYS[state]), sop, calendar, MONDAY, USUAL).at == {}


@settings(max_examples=40, deadline=None)
@given(data=st.data(), later=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_of_any_case_nothing_is_expected_before_now_or_before_what_comes_first(
    sop: Sop, calendar: Calendar, data: st.DataObject, later: timedelta
) -> None:
    case = data.draw(cases(sop))
    usual = data.draw(st.dictionaries(st.sampled_from(["pemeriksaan", "passphrase"]), st.integers(0, 12)))
    now = case.events[-1].at + later
    found = expect(case, sop, calendar, now, usual)
    keys = [step.key for step in sop.steps]
    assert list(found.at) == keys[keys.index(case.step) :][: len(found.at)]
    moments = list(found.at.values())
    assert moments == sorted(moments)
    assert all(moment >= now for moment in moments)
    # Whoever usually takes time makes nothing earlier.
    without = expect(case, sop, calendar, now, {}).at
    assert all(found.at[key] >= moment for key, moment in without.items())


def test_a_case_late_with_those_outside_takes_what_they_usually_take_from_now(sop: Sop, calendar: Calendar) -> None:
    """At the step of the verifikator the days with BSrE come after the SOP's minutes, and no earlier."""
    case = moved(sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")))
    for action in ("forward", "forward", "forward"):
        case = move(case, action, at("11-23 09.00"), sop)
    found = expect(case, sop, calendar, at("11-23 09.00"), {"pemeriksaan": 3})
    assert found.at["pemeriksaan"] == at("11-26 09.10")
    assert next((why.code, why.step, why.days) for why in found.why) == ("usual", "pemeriksaan", 3)


def test_while_bsre_has_it_the_forecast_says_what_it_rests_on(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *WAYS["sent"])
    found = expect(case, sop, calendar, case.since, {"pemeriksaan": 2})
    assert next((why.code, why.step, why.days) for why in found.why) == ("usual", "pemeriksaan", 2)


def test_a_visit_that_is_agreed_is_what_the_forecast_rests_on(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, *WAYS["booked"])
    found = expect(case, sop, calendar, case.since, {"passphrase": 9})
    assert next((why.code, why.step) for why in found.why) == ("booked", "passphrase")
    assert found.at["passphrase"] == case.slot + timedelta(minutes=20) if case.slot else False


def test_the_last_day_counts_among_the_days_off_in_between(sop: Sop, calendar: Calendar) -> None:
    """Somebody who waits over a holiday is told so, also where the holiday is the day on which it ends."""
    assert list(_days_off(at("12-24 08.00"), at("12-24 09.00"), calendar))
