"""How long the SOP allows for a step: minutes, hours, working days, or not said; and what is promised then."""

from dataclasses import replace

import pytest

from portal.core.forecast import expect
from portal.core.progress import standard, status
from portal.core.sop import Sop
from portal.core.times import Time, added, in_words, time_of
from portal.core.worktime import Calendar
from tests.support.moments import at, move, moved

SUBMITTED = ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00"))


def timed(sop: Sop, **times: Time | None) -> Sop:
    """The SOP with other times for some of its steps."""
    steps = tuple(replace(step, time=times.get(step.key, step.time)) for step in sop.steps)
    return replace(sop, steps=steps, rows=steps)


@pytest.mark.parametrize(
    ("said", "time", "minutes"),
    [
        ({"minutes": 15}, Time(15, "minutes"), 15),
        ({"hours": 2}, Time(2, "hours"), 120),
        ({"working_days": 3}, Time(3, "working_days"), None),
    ],
)
def test_a_step_says_its_time_in_one_unit(said: dict[str, int], time: Time, minutes: int | None) -> None:
    assert time_of(said) == time
    assert time.minutes == minutes


def test_a_step_may_say_none() -> None:
    assert time_of({"name": "Telaah"}) is None


def test_a_time_is_written_with_the_words_of_its_unit() -> None:
    assert in_words(Time(2, "hours"), {"hours": "{hours} jam"}) == "2 jam"
    assert in_words(Time(2, "hours"), {"minutes": "{minutes} menit"}) == ""


def test_days_are_added_up_apart_from_minutes() -> None:
    times = [Time(15, "minutes"), None, Time(1, "hours"), Time(2, "working_days"), Time(1, "working_days")]
    assert added(times) == [Time(3, "working_days"), Time(75, "minutes")]
    assert added([None]) == []


def test_hours_run_out_in_office_hours(sop: Sop, calendar: Calendar) -> None:
    slow = timed(sop, telaah_kadis=Time(5, "hours"))
    case = moved(slow, *SUBMITTED)
    found = standard(case, slow, calendar, at("11-23 09.00"))
    assert found == {"minutes": 300, "time": "5 jam", "until": "2026-11-23T14:00:00+08:00", "late": False}
    assert (standard(case, slow, calendar, at("11-23 14.01")) or {})["late"]


def test_working_days_run_out_when_the_last_of_them_closes(sop: Sop, calendar: Calendar) -> None:
    slow = timed(sop, telaah_kadis=Time(4, "working_days"))
    case = moved(slow, *SUBMITTED)  # on a Monday; the fourth working day after it is a Friday, which closes early
    found = standard(case, slow, calendar, at("11-23 09.00"))
    assert found == {"minutes": None, "time": "4 hari kerja", "until": "2026-11-27T11:30:00+08:00", "late": False}
    assert not (standard(case, slow, calendar, at("11-27 11.30")) or {})["late"]
    assert (standard(case, slow, calendar, at("11-27 11.31")) or {})["late"]


def test_working_days_do_not_count_while_an_outside_authority_has_the_case(sop: Sop, calendar: Calendar) -> None:
    slow = timed(sop, pemeriksaan=Time(3, "working_days"))
    case = moved(
        slow, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")), ("forward", at("11-23 08.10")),
        ("forward", at("11-23 08.20")), ("forward", at("11-23 08.30")),
    )  # fmt: skip
    case = move(case, "dispatch", at("11-24 09.00"), slow)  # one day of three is gone
    case = move(case, "refuse", at("12-01 09.00"), slow)
    found = standard(case, slow, calendar, at("12-01 10.00"))
    assert found is not None
    assert found["until"] == "2026-12-03T16:00:00+08:00"


def test_what_the_sop_does_not_say_is_neither_promised_nor_late(sop: Sop, calendar: Calendar) -> None:
    silent = timed(sop, telaah_kadis=None)
    case = moved(silent, *SUBMITTED)
    found = standard(case, silent, calendar, at("12-30 09.00"))
    assert found == {"minutes": None, "time": "waktu tidak disebut SOP", "until": None, "late": False}
    assert expect(case, silent, calendar, at("11-23 09.00"), {}).at == {}
    told = status(case, silent, calendar, at("11-23 09.00"))
    assert told["expected"] is None
    assert [step["expected"] for step in told["steps"]] == [None] * 7


def test_nothing_is_foretold_beyond_a_step_that_says_no_time(sop: Sop, calendar: Calendar) -> None:
    silent = timed(sop, pendataan=None)
    case = moved(silent, *SUBMITTED)
    assert list(expect(case, silent, calendar, at("11-23 09.00"), {}).at) == ["telaah_kadis", "telaah_kabid"]


def test_coming_steps_may_take_days(sop: Sop, calendar: Calendar) -> None:
    slow = timed(sop, telaah_kabid=Time(1, "working_days"), passphrase=Time(1, "hours"))
    case = moved(slow, *SUBMITTED)
    found = {key: f"{when:%m-%d %H.%M}" for key, when in expect(case, slow, calendar, at("11-23 08.05"), {}).at.items()}
    assert found["telaah_kabid"] == "11-24 16.00"
    assert found["pendataan"] == "11-25 07.45"
    assert found["passphrase"] == "11-26 09.00"


def test_the_total_keeps_days_apart_and_names_what_is_not_said(sop: Sop) -> None:
    assert (sop.total_time, sop.untimed) == ("100 menit", ())
    mixed = timed(sop, telaah_kadis=Time(2, "working_days"), telaah_kabid=None)
    assert (mixed.total_time, [step.key for step in mixed.untimed]) == ("2 hari kerja, 70 menit", ["telaah_kabid"])
    assert timed(sop, **dict.fromkeys([step.key for step in sop.steps])).total_time == ""


def test_an_edition_whose_unit_has_no_words_today_speaks_as_it_was_written(sop: Sop) -> None:
    chart = {key: word for key, word in sop.data["chart"].items() if key != "hours"}
    old = replace(timed(sop, telaah_kadis=Time(2, "hours")), data={**sop.data, "chart": chart})
    assert old.time(old.step("telaah_kadis")) == "15 menit"
