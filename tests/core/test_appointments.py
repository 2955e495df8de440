"""Appointments: what may be said of one, and what becomes of it, on plain values."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.appointments import (
    Amendment,
    absence,
    amended,
    appointment,
    cancelling,
    capacity,
    correction,
    ending,
    faults,
    presence,
    readdressing,
)
from portal.core.errors import NotAllowed
from portal.core.officials import Deed, Official

TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KADIS = Official(
    "penerbitan", "kadis", "Bambang", "bambang@x.go.id", number="197001012000011001", since=date(2024, 1, 2)
)
PLH = replace(
    KADIS, name="Joko", email="joko@x.go.id", number="", capacity="Plh.", decree="800/1", since=TODAY, until=TODAY + DAY
)


def codes(official: Official, *appointed: Official) -> list[str]:
    return [fault.code for fault in faults(official, appointed, TODAY)]


def test_nothing_is_wrong_with_a_sound_appointment() -> None:
    assert codes(KADIS) == []
    assert codes(PLH, KADIS) == []
    assert codes(replace(KADIS, number="", since=None)) == []


@pytest.mark.parametrize(
    ("official", "code"),
    [
        (replace(KADIS, name="  "), "appointment_nameless"),
        (replace(KADIS, number="123"), "appointment_number"),
        (replace(KADIS, email="bambang"), "appointment_email"),
        (replace(KADIS, email="a@b, c@d"), "appointment_email"),
        (replace(KADIS, email="Bambang <a@b>"), "appointment_email"),
        (replace(PLH, decree=" "), "appointment_decree"),
        (replace(PLH, until=None), "appointment_endless"),
        (replace(PLH, until=TODAY - DAY), "appointment_past"),
        (replace(PLH, since=TODAY + 3 * DAY), "appointment_past"),
    ],
)
def test_what_is_wrong_with_one_is_told_by_its_code(official: Official, code: str) -> None:
    assert codes(official) == [code]


def test_all_that_is_wrong_is_told_with_what_was_said() -> None:
    wrong = replace(KADIS, name="", number="12", email="x", capacity="Plt.")
    told = {fault.code: dict(fault.facts) for fault in faults(wrong, (), TODAY)}
    assert told == {
        "appointment_nameless": {},
        "appointment_number": {"value": "12"},
        "appointment_email": {"value": "x"},
        "appointment_decree": {"capacity": "Plt."},
    }


def test_an_acting_official_needs_no_end_unless_he_stands_in_for_somebody_on_leave() -> None:
    assert codes(replace(PLH, capacity="Plt.", until=None)) == []


def test_one_person_holds_an_office_once_at_a_time_and_one_acts_for_another() -> None:
    again = replace(KADIS, since=date(2025, 1, 1))
    assert codes(again, KADIS) == ["appointment_overlaps"]
    assert codes(replace(again, email="BAMBANG@X.GO.ID"), KADIS) == ["appointment_overlaps"]
    assert codes(again, replace(KADIS, until=date(2024, 12, 31))) == []
    assert codes(again, replace(KADIS, until=date(2025, 1, 1))) == ["appointment_overlaps"]
    assert codes(replace(KADIS, name="Bambang S."), KADIS) == []  # the same first day: a correction
    other = replace(PLH, name="Wati", email="wati@x.go.id")
    assert codes(other, PLH) == ["appointment_overlaps"]
    assert codes(replace(other, replaces="x@x.go.id"), PLH) == []
    assert codes(replace(other, role="kabid"), PLH) == []
    assert codes(replace(other, service="surel"), PLH) == []
    assert codes(replace(other, since=TODAY + 2 * DAY, until=TODAY + 3 * DAY), PLH) == []
    assert codes(other, replace(PLH, since=TODAY + DAY, until=TODAY)) == []  # one that was cancelled
    (told,) = faults(replace(KADIS, since=None), [replace(KADIS, since=date(2024, 1, 2))], TODAY)
    assert told.facts == {"name": "Bambang", "since": date(2024, 1, 2), "until": "…"}


def test_times_that_overlap_are_told_with_their_days_and_open_ends_as_open() -> None:
    (told,) = faults(replace(KADIS, since=date(2025, 1, 1)), [replace(KADIS, since=None, until=None)], TODAY)
    assert told.facts == {"name": KADIS.name, "since": "…", "until": "…"}


def test_a_new_appointment_is_tidied_and_says_from_when_it_matters() -> None:
    made = appointment(replace(KADIS, name=" Bambang ", number="19700101 200001 1 001"), (), TODAY)
    assert made == Amendment("appoint", None, KADIS, TODAY)
    later = appointment(replace(PLH, since=TODAY + DAY, until=TODAY + 2 * DAY), [KADIS], TODAY)
    assert (later.day, later.back) == (TODAY + DAY, TODAY + 3 * DAY)
    assert not later.changes_nothing


def test_one_of_the_same_first_day_is_corrected_and_keeps_its_leave_and_what_was_done() -> None:
    before = replace(KADIS, away=((TODAY, TODAY),), each=3, deeds=(Deed("appoint", AT, "Dewi"),))
    made = appointment(replace(KADIS, name="Bambang S."), [PLH, before], TODAY)
    assert (made.what, made.before) == ("correct", before)
    assert made.after == replace(before, name="Bambang S.")
    assert appointment(replace(KADIS, each=1), [before], TODAY).after.each == 1
    assert appointment(before, [before], TODAY).changes_nothing


def test_a_name_and_a_number_are_set_right_and_no_other_fault_stands_in_the_way() -> None:
    ended = replace(KADIS, until=date(2025, 1, 1))
    made = correction(ended, " Bambang S. ", "", TODAY)
    assert made == Amendment("correct", ended, replace(ended, name="Bambang S.", number=""), TODAY)
    for name, number, code in (("", "", "appointment_nameless"), ("B", "12", "appointment_number")):
        with pytest.raises(NotAllowed, match=rf"^{code}$"):
            correction(KADIS, name, number, TODAY)


def test_how_many_somebody_receives_at_once_is_his_own_or_the_sops() -> None:
    assert capacity(KADIS, 2, TODAY) == Amendment("capacity", KADIS, replace(KADIS, each=2), TODAY)
    assert capacity(replace(KADIS, each=2), None, TODAY).after == KADIS
    assert not capacity(KADIS, 2, TODAY).removes


@pytest.mark.parametrize("days", [-1, 0, 30])
def test_an_appointment_ends_with_a_day_yesterday_at_the_earliest(days: int) -> None:
    last = TODAY + days * DAY
    made = ending(KADIS, last, [KADIS, PLH], TODAY)
    assert (made.what, made.after, made.day) == ("end", replace(KADIS, until=last), max(last + DAY, TODAY))
    assert made.removes


def test_no_end_lies_before_yesterday_nor_before_the_beginning_nor_in_somebody_elses_time() -> None:
    for official, last in ((KADIS, TODAY - 2 * DAY), (replace(KADIS, since=TODAY + 9 * DAY), TODAY + 7 * DAY)):
        with pytest.raises(NotAllowed, match=r"^appointment_past$") as refused:
            ending(official, last, (), TODAY)
        assert refused.value.facts == {"last": last}
    before, after = replace(KADIS, until=TODAY), replace(KADIS, since=TODAY + 5 * DAY)
    assert ending(before, TODAY + 4 * DAY, [before, after], TODAY).after.until == TODAY + 4 * DAY
    with pytest.raises(NotAllowed, match=r"^appointment_overlaps$"):
        ending(before, TODAY + 5 * DAY, [before, after], TODAY)


def test_what_has_not_begun_is_called_off_and_what_has_is_not() -> None:
    coming = replace(KADIS, since=TODAY + 5 * DAY)
    made = cancelling(coming, TODAY)
    assert (made.what, made.after.until, made.day) == ("cancel", TODAY + 4 * DAY, TODAY + 5 * DAY)
    assert (made.after.is_cancelled, made.removes) == (True, True)
    assert cancelling(made.after, TODAY).changes_nothing
    for begun in (KADIS, replace(KADIS, since=TODAY), replace(KADIS, since=None)):
        with pytest.raises(NotAllowed, match=r"^appointment_begun$"):
            cancelling(begun, TODAY)


def test_leave_is_noted_once_and_is_over_by_itself() -> None:
    made = absence(KADIS, TODAY - DAY, TODAY + DAY, TODAY)
    assert made.after.away == ((TODAY - DAY, TODAY + DAY),)
    assert (made.what, made.day, made.back, made.removes) == ("absent", TODAY, TODAY + 2 * DAY, True)
    assert absence(made.after, TODAY - DAY, TODAY + DAY, TODAY).changes_nothing
    more = absence(made.after, TODAY + 5 * DAY, TODAY + 5 * DAY, TODAY)
    assert (more.after.away, more.day) == ((*made.after.away, (TODAY + 5 * DAY,) * 2), TODAY + 5 * DAY)
    for first, last in ((TODAY - 3 * DAY, TODAY - DAY), (TODAY + 2 * DAY, TODAY + DAY)):
        with pytest.raises(NotAllowed, match=r"^appointment_past$") as refused:
            absence(KADIS, first, last, TODAY)
        assert refused.value.facts == {"last": last}


def test_who_is_back_early_was_away_until_yesterday_or_not_at_all() -> None:
    past, running = (TODAY - 9 * DAY, TODAY - 8 * DAY), (TODAY - DAY, TODAY + DAY)
    coming = (TODAY + 5 * DAY, TODAY + 6 * DAY)
    away = replace(KADIS, away=(past, running, coming))
    back = presence(away, running[0], TODAY)
    assert (back.what, back.after.away) == ("present", (past, coming, (TODAY - DAY, TODAY - DAY)))
    assert (back.day, back.removes) == (TODAY, False)
    never = presence(away, coming[0], TODAY)
    assert (never.after.away, never.day) == ((past, running), coming[0])
    assert presence(away, past[0], TODAY).changes_nothing
    assert presence(replace(KADIS, away=((TODAY, TODAY),)), TODAY, TODAY).after.away == ()


def test_everybody_as_it_will_be() -> None:
    ended = ending(KADIS, TODAY, [KADIS], TODAY)
    new = appointment(PLH, [KADIS], TODAY)
    other = replace(KADIS, role="kabid", email="kabid@x.go.id")
    assert amended([KADIS, other], [ended, new]) == [ended.after, other, PLH]


def test_what_lies_in_the_past_is_said_with_its_day() -> None:
    with pytest.raises(NotAllowed) as refusal:
        raise next(fault for fault in faults(replace(PLH, until=TODAY - DAY), (), TODAY))
    assert (refusal.value.code, refusal.value.facts) == ("appointment_past", {"last": TODAY - DAY})
    assert codes(replace(PLH, since=TODAY, until=TODAY), KADIS) == []


def test_calling_off_twice_is_calling_off_once() -> None:
    ahead = replace(PLH, since=TODAY + DAY, until=TODAY + 3 * DAY)
    off = cancelling(ahead, TODAY)
    assert off == Amendment("cancel", ahead, replace(ahead, until=TODAY), TODAY + DAY)
    assert cancelling(off.after, TODAY) == Amendment("cancel", off.after, off.after, TODAY + DAY)


def test_two_who_act_for_the_same_person_are_known_by_his_address_however_it_is_written() -> None:
    first = replace(PLH, replaces="Bambang@x.go.id")
    second = replace(PLH, email="rina@x.go.id", replaces="bambang@X.go.id")
    assert codes(second, first) == ["appointment_overlaps"]


def test_an_appointment_of_another_day_is_another_one_that_keeps_nothing_of_the_first() -> None:
    deed = Deed("appoint", AT, "Rina")
    before = replace(KADIS, deeds=(deed,))
    again = appointment(replace(KADIS, since=TODAY), [before], TODAY)
    assert (again.what, again.before, again.after.deeds) == ("appoint", None, ())
    corrected = appointment(replace(KADIS, name="Bambang S."), [before], TODAY)
    assert (corrected.what, corrected.before, corrected.after.deeds) == ("correct", before, (deed,))


def test_leave_that_ends_today_is_over_when_somebody_is_back_today() -> None:
    away = replace(KADIS, away=((TODAY - DAY, TODAY),))
    assert presence(away, TODAY - DAY, TODAY).after.away == ((TODAY - DAY, TODAY - DAY),)


# --- an address set right --------------------------------------------------------------------------------------------


def test_somebody_goes_on_at_another_address_in_all_his_offices() -> None:
    one = Official("penerbitan", "verifikator", "Andi", "Andi@x.id", since=TODAY - DAY, away=((TODAY, TODAY),), each=2)
    later = replace(one, role="kabid", since=TODAY + DAY, away=())
    over = replace(one, role="kadis", until=TODAY - DAY)
    plh = replace(one, name="Joko", email="joko@x.id", capacity="Plh.", replaces="andi@x.id", since=TODAY, away=())
    before = [one, later, over, plh]
    after = amended(before, readdressing("andi@x.id", " andi@y.id ", before, TODAY))
    assert [(o.role, o.email, o.since, o.until, o.each) for o in after if o.name == "Andi"] == [
        ("verifikator", "Andi@x.id", TODAY - DAY, TODAY - DAY, 2),
        ("kabid", "Andi@x.id", TODAY + DAY, TODAY, 2),
        ("kadis", "Andi@x.id", TODAY - DAY, TODAY - DAY, 2),
        ("verifikator", "andi@y.id", TODAY, None, 2),
        ("kabid", "andi@y.id", TODAY + DAY, None, 2),
    ]
    assert [o.formerly for o in after if o.email == "andi@y.id"] == [("andi@x.id",)] * 2
    assert [o.away for o in after if o.email == "andi@y.id"] == [((TODAY, TODAY),), ()]
    assert [o.replaces for o in after if o.name == "Joko"] == ["andi@y.id"]
    again = amended(after, readdressing("andi@y.id", "andi@z.id", after, TODAY + DAY))
    assert {o.formerly for o in again if o.email == "andi@z.id"} == {("andi@x.id", "andi@y.id")}


def test_an_address_that_is_none_or_anothers_is_refused_and_the_same_changes_nothing() -> None:
    one = Official("penerbitan", "verifikator", "Andi", "andi@x.id")
    other = replace(one, name="Wati", email="wati@x.id")
    assert readdressing("andi@x.id", "ANDI@x.id", [one, other], TODAY) == []
    for new, code in (("andi", "appointment_email"), ("wati@x.id", "appointment_overlaps")):
        with pytest.raises(NotAllowed, match=code) as refused:
            readdressing("andi@x.id", new, [one, other], TODAY)
        assert refused.value.facts["field"] == "email"


def test_each_amendment_of_an_address_says_what_it_is_and_from_which_day_on() -> None:
    one = Official("penerbitan", "verifikator", "Andi", "andi@x.id", since=TODAY - DAY)
    to_come = replace(one, role="kabid", since=TODAY + DAY)
    last_day = replace(one, role="kadis", until=TODAY)
    plh = replace(one, name="Joko", email="joko@x.id", capacity="Plh.", replaces="andi@x.id", until=TODAY)
    gone, others = replace(plh, until=TODAY - DAY), replace(plh, email="dewi@x.id", replaces="wati@x.id", until=None)
    made = readdressing("andi@x.id", "andi@y.id", [one, to_come, last_day, plh, gone, others], TODAY)
    assert [(each.what, each.after.role, each.after.email, each.day) for each in made] == [
        ("readdress", "verifikator", "andi@y.id", TODAY),
        ("readdress", "verifikator", "andi@x.id", TODAY),
        ("readdress", "kabid", "andi@y.id", TODAY + DAY),
        ("readdress", "kabid", "andi@x.id", TODAY + DAY),
        ("readdress", "kadis", "andi@y.id", TODAY),
        ("readdress", "kadis", "andi@x.id", TODAY),
        ("correct", "verifikator", "joko@x.id", TODAY),
    ]
