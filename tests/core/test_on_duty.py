"""To whom cases go on a day: leave, and who stands in for whom."""

from dataclasses import replace
from datetime import date, timedelta

from portal.core.officials import Official, gone_since, on_duty, stand_in

MONDAY = date(2026, 11, 23)


def test_who_stands_in_for_whom() -> None:
    """The only holder without being named; of several, the one who is named."""
    one = Official("penerbitan", "verifikator", "Andi", "andi@x.id")
    two = replace(one, name="Wati", email="wati@x.id")
    plh = replace(one, name="Joko", email="joko@x.id", capacity="Plh.")
    named = replace(plh, replaces="Wati@x.id")
    plt = replace(plh, capacity="Plt.")
    assert on_duty([one, plh], MONDAY) == [plh]
    assert on_duty([one, two, plh], MONDAY) == [one, two, plh]
    assert on_duty([one, two, named], MONDAY) == [one, named]
    assert on_duty([one, plt], MONDAY) == [one, plt]
    assert on_duty([one, replace(plh, role="kadis")], MONDAY) == [one, replace(plh, role="kadis")]
    assert on_duty([one, replace(plh, until=date(2026, 11, 22))], MONDAY) == [one]
    assert on_duty([one, replace(plh, away=((MONDAY, MONDAY),))], MONDAY) == [one]
    assert stand_in(plh, [one, plh], MONDAY) is None
    assert stand_in(one, [one, plh], MONDAY) == plh
    assert stand_in(one, [one, replace(plh, replaces="lain@x.id")], MONDAY) is None
    assert stand_in(one, [one, replace(plh, replaces="ANDI@X.ID")], MONDAY) == replace(plh, replaces="ANDI@X.ID")
    assert stand_in(replace(one, email="Andi@X.id"), [replace(one, email="Andi@X.id"), plh], MONDAY) == plh


def test_nobody_stands_in_for_himself() -> None:
    """Named by mistake to stand in for the post that he has, he has it all the same."""
    one = Official("penerbitan", "verifikator", "Andi", "andi@x.id")
    same = replace(one, capacity="Plh.")
    assert stand_in(one, [one, same], MONDAY) is None


def test_leave_lasts_from_its_first_day_to_its_last() -> None:
    day = timedelta(days=1)
    one = Official("penerbitan", "verifikator", "Andi", "andi@x.id", away=((MONDAY, MONDAY + 2 * day),))
    present = [one.is_present(MONDAY + number * day) for number in (-1, 0, 1, 2, 3)]
    assert present == [True, False, False, False, True]
    assert not replace(one, until=MONDAY - 2 * day).is_present(MONDAY - day)


def test_since_when_somebody_is_away_is_told_of_the_absence_that_he_is_on() -> None:
    """Also at the address that was his, and on its first and last day; of two that overlap, the later."""
    friday = MONDAY + timedelta(days=4)
    andi = Official("penerbitan", "kadis", "Andi", "Andi@x.id", away=((MONDAY, friday),), formerly=("andi@lama.id",))
    wati = replace(andi, email="wati@x.id", away=((friday, friday),), formerly=())
    for address in ("andi@x.id", "andi@lama.id"):
        days = [gone_since(address, [wati, andi], MONDAY + timedelta(days=number)) for number in (-1, 0, 4, 5)]
        assert days == [None, MONDAY, MONDAY, None]
    twice = replace(andi, away=((MONDAY, friday), (MONDAY + timedelta(days=2), friday)))
    assert gone_since("andi@x.id", [twice], friday) == MONDAY + timedelta(days=2)
    assert gone_since("lain@x.id", [wati, andi], MONDAY) is None
