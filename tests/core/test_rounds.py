"""When officials' emails are collected to, on plain values."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from portal.core.errors import SopInvalid
from portal.core.notices import OWN, SHARED, Notice
from portal.core.rounds import Rounds
from portal.core.sop import APPLICANT

WITA = timezone(timedelta(hours=8))
ROUNDS = Rounds((time(7, 30), time(13), time(16)), WITA)
EARLY = datetime(2026, 11, 23, 7, 30, tzinfo=WITA)
TURN = Notice("TTE-26-4F7K-9QXM", 2, "turn", "kadis@tarakankota.go.id", "", "kadis", "Rahma", EARLY, EARLY)
RECEIPT = replace(TURN, letter="decided")


def on(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=WITA)


@pytest.mark.parametrize(
    ("owed", "collected"),
    [
        (TURN, True),
        (RECEIPT, True),
        (replace(TURN, letter="visit_booked"), True),
        (replace(TURN, letter="reminder", occasion="reminder-2026-11-23"), True),
        (replace(TURN, letter="escalation", role=""), True),
        (replace(TURN, letter="overdue"), True),
        (replace(TURN, occasion="again-2026-11-23T08"), False),
        (replace(TURN, letter="desk"), False),
        (replace(TURN, letter="booked", role=APPLICANT), False),
        (replace(TURN, role=APPLICANT), False),
    ],
)
def test_what_may_go_with_others(owed: Notice, collected: bool) -> None:
    assert ROUNDS.collects(owed) is collected
    assert not Rounds((), WITA).collects(owed)


def test_the_offices_list_goes_with_its_own_of_other_days_only() -> None:
    listed = replace(TURN, letter="escalation", role="")
    pairs = [(TURN, RECEIPT), (listed, replace(listed, occasion="b")), (TURN, listed), (listed, TURN)]
    assert [ROUNDS.join(*pair) for pair in pairs] == [True, True, False, False]
    assert not ROUNDS.join(TURN, replace(TURN, role=APPLICANT))


def test_what_is_overdue_goes_with_the_next_email_and_alone_only_in_the_evening() -> None:
    overdue, shared = replace(TURN, letter="overdue"), replace(TURN, letter="overdue", occasion=SHARED)
    assert [ROUNDS.needs_company(owed) for owed in (overdue, shared, TURN, RECEIPT)] == [True, True, False, False]
    assert ROUNDS.join(TURN, overdue)
    assert not ROUNDS.waits(overdue, on(23, 10))
    assert ROUNDS.put_off(overdue, on(23, 10)) == on(23, 16)
    assert [ROUNDS.put_off(shared, on(23, hour)) for hour in (10, 16)] == [on(23, 13), on(24, 7, 30)]
    assert ROUNDS.round_of(overdue) == on(23, 16)
    assert ROUNDS.round_of(shared.put_off(on(24, 7, 30))) == on(24, 7, 30)


@pytest.mark.parametrize(
    ("queued", "news", "receipt"),
    [
        (on(23, 7, 29), on(23, 7, 30), on(23, 16)),
        (on(23, 7, 30), on(23, 13), on(23, 16)),
        (on(23, 12, 59), on(23, 13), on(23, 16)),
        (on(23, 15, 59), on(23, 16), on(23, 16)),
        (on(23, 16), on(24, 7, 30), on(24, 16)),
        (on(28, 23), on(29, 7, 30), on(29, 16)),
    ],
)
def test_with_which_round_it_goes(queued: datetime, news: datetime, receipt: datetime) -> None:
    assert ROUNDS.round_of(replace(TURN, queued_at=queued)) == news
    assert ROUNDS.round_of(replace(RECEIPT, queued_at=queued)) == receipt


def test_a_round_is_the_newest_from_its_minute_on() -> None:
    assert [ROUNDS.last(moment) for moment in (on(23, 7, 29), on(23, 7, 30), on(23, 12, 59))] == [
        on(22, 16),
        on(23, 7, 30),
        on(23, 7, 30),
    ]
    assert ROUNDS.last(datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)) == on(23, 13)  # noqa: UP017


def test_what_is_no_news_waits_for_the_evening_unless_the_office_wants_each() -> None:
    own = replace(TURN, occasion=OWN)
    each = replace(ROUNDS, receipts="each")
    for owed in (RECEIPT, own):
        assert [ROUNDS.waits(owed, moment) for moment in (on(23, 15, 59), on(23, 16))] == [True, False]
        assert not each.waits(owed, EARLY)
        assert each.collects(owed) is (owed is own)
    assert not ROUNDS.waits(TURN, EARLY)


def test_the_sop_says_the_times_in_any_order_or_none() -> None:
    assert Rounds.of({"rounds": ["16.00", "07.30"]}, WITA) == Rounds((time(7, 30), time(16)), WITA)
    assert Rounds.of({}, WITA) == Rounds((), WITA)
    assert Rounds.of({"rounds": ["13.00"], "receipts": "each"}, WITA) == Rounds((time(13),), WITA, "each")
    with pytest.raises(SopInvalid):
        Rounds.of({"rounds": ["siang"]}, WITA)


def test_rounds_are_those_of_the_office_s_clock_wherever_the_machine_stands() -> None:
    """Late in the evening of the world's clock it is the next morning at the office."""
    late = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert ROUNDS.round_of(replace(TURN, queued_at=late)) == EARLY
    assert ROUNDS.last(late) == on(22, 16)
    assert ROUNDS.last(on(23, 16)) == on(23, 16)


def test_a_round_at_no_time_of_day_is_told_by_its_key() -> None:
    with pytest.raises(SopInvalid) as refusal:
        Rounds.of({"rounds": ["siang"]}, WITA)
    assert (refusal.value.code, refusal.value.facts["key"]) == ("calendar_invalid", "reminders.rounds")


def test_an_office_that_is_closed_for_longer_than_any_lets_nothing_wait_for_ever() -> None:
    closed = replace(ROUNDS, works=lambda _: False)
    assert closed.is_quiet(on(23, 9))
    assert closed.put_off(replace(TURN, queued_at=on(23, 8)), on(23, 9)) == on(23, 9)
    assert closed.last(on(23, 9)) < on(1, 0)


def on_weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        (on(23, 7, 29), True),
        (on(23, 7, 30), False),
        (on(23, 8), False),
        (on(23, 17), False),
        (on(23, 17, 1), True),
        (on(28, 12), True),
        (on(23, 7, 45).astimezone(UTC), False),  # Sunday evening there
        (on(27, 23, 30).astimezone(UTC), True),
    ],
)
def test_nobody_is_written_to_on_days_off_before_the_first_round_or_long_after_the_last(
    moment: datetime, quiet: bool
) -> None:
    office = Rounds.of({"rounds": ["07.30", "13.00", "16.00"]}, WITA, on_weekdays)
    assert office.is_quiet(moment) is quiet
    assert not ROUNDS.is_quiet(moment)


def test_what_is_put_off_waits_for_its_round_and_in_a_quiet_time_for_the_next_there_is() -> None:
    office, news = replace(ROUNDS, works=on_weekdays), replace(TURN, queued_at=on(23, 7, 31))
    assert office.put_off(news, on(23, 14)) == on(23, 13)
    assert office.put_off(news, on(23, 18)) == on(24, 7, 30)
    assert office.put_off(news, on(28, 12)) == on(30, 7, 30)
