"""What is only kept of a case moves nothing: no time begins anew, no turn and no draft."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.core.amending import HOLDER, may_resend, resend
from portal.core.application import Actor, Application
from portal.core.clerks import CLERK
from portal.core.clocks import clocks
from portal.core.corrections import may_undo, undo
from portal.core.history import again, overtaking
from portal.core.patience import wait
from portal.core.progress import status
from portal.core.recap import days_with_others, minutes_per_step
from portal.core.sop import APPLICANT
from portal.core.steps import State
from tests.support.builders import a_sop, after, application, application_in, draft, officials, reachable
from tests.support.calendars import ORDINARY

BY = Actor(CLERK, "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
SEND_AGAIN = {"reminders": {"after_working_days": 1, "escalate_after_working_days": 2}, "patience": {}}


def sent_again(case: Application, hours: float = 30) -> Application:
    """An applicant's link, and half a minute past a whole hour, so that no minute is lost in two halves."""
    at = case.events[-1].at + timedelta(hours=hours, seconds=30)
    return resend(case, APPLICANT, "Tautan hilang.", by=BY, sop=a_sop(), at=at)


@pytest.mark.parametrize(("step", "state"), [pair for pair in reachable() if pair[1] is not State.LAPSED])
def test_what_is_kept_begins_nothing_anew(step: str, state: State) -> None:
    case = application_in(step, state)
    kept = sent_again(sent_again(case))
    later, calendar = kept.events[-1].at + timedelta(days=3), ORDINARY
    sop = replace(a_sop(), data={**a_sop().data, "title": "SOP", "chart": {}})
    assert (kept.version, kept.first_damage()) == (case.version + 2, None)
    for asked in ("since", "turn", "entered", "moved", "slot", "mending", "closing", "round", "step", "state"):
        assert getattr(kept, asked) == getattr(case, asked), asked
    assert list(kept.spans(later)) == list(case.spans(later))
    assert clocks(kept, sop, calendar, later) == clocks(case, sop, calendar, later)
    assert minutes_per_step(kept, calendar, later) == minutes_per_step(case, calendar, later)
    assert days_with_others(kept, calendar, later) == days_with_others(case, calendar, later)
    assert status(kept, sop, calendar, later) == status(case, sop, calendar, later)


def test_patience_goes_on() -> None:
    sop = replace(a_sop(), data={**a_sop().data, **SEND_AGAIN})
    for case in (application("confirm"), application("confirm", "return")):
        later = case.events[-1].at + timedelta(days=9)
        told = [wait(each, sop, officials(), (), ORDINARY, later) for each in (case, sent_again(case, 100))]
        assert told[0] == told[1]


def test_a_decision_can_still_be_undone_after_a_link_was_sent_again() -> None:
    before = application("confirm")
    case = sent_again(after(before, "return"))
    day = date(2026, 8, 5)
    assert may_undo(case, day, day)
    undone = undo(case, "Keliru.", by=BY, closed=day, today=day, at=case.events[-1].at)
    assert (undone.step, undone.state, undone.turn) == (before.step, before.state, undone.events[-1])
    assert undone.events[-1].data["undone"] == "return"


def test_what_was_seen_is_overtaken_by_what_moves_or_changes_it_and_by_no_link() -> None:
    case = application("confirm")
    seen = case.version
    again = sent_again(case)
    assert overtaking(case.events, seen) is overtaking(again.events, seen) is None
    decided = after(again, "forward")
    assert overtaking(decided.events, seen) is decided.events[-1]
    for never in (0, -1, 99):
        assert overtaking(decided.events, never) is decided.events[-1]


def test_a_mending_draft_lies_upon_what_the_case_says_by_now() -> None:
    mending = draft(items=("nip", "opd"), form={"nama_ktp": "Lama", "nip": "1", "email": "x"}, mends="T")
    said = mending.over({"nama_ktp": "Baru", "nip": "9", "opd": "Dinas", "email": "x"}).form
    assert said == {"nama_ktp": "Baru", "email": "x", "nip": "1"}


def test_whom_a_link_can_be_sent_to() -> None:
    sop = a_sop()
    found = {
        (step, state.value): (may_resend(case, APPLICANT, sop), may_resend(case, HOLDER, sop))
        for step, state in reachable()
        for case in (application_in(step, state),)
    }
    assert found["ajukan", "unconfirmed"] == (True, False)
    assert found["ajukan", "lapsed"] == (False, False)
    assert found["disposisi_kadis", "waiting"] == (True, True)
    assert found["kunjungan", "invited"] == (True, False)
    assert found["penyerahan", "done"] == (True, False)
    assert not may_resend(application("confirm"), "kadis", sop)


def test_the_same_click_again_is_known_by_what_happened_first_since_the_page_was_seen() -> None:
    events = after(application("confirm"), "forward").events
    assert again(events, 2, "forward") == events[2]
    assert again(events, 2, "reject") is None
    for seen in (0, 1, 3, 4, -1):
        assert again(events, seen, "forward") is None


def test_the_same_click_is_only_what_came_after_the_page_that_it_was_on() -> None:
    case = sent_again(application("confirm"))
    number = case.version
    assert again(case.events, 1, "confirm") == case.events[1]
    assert [again(case.events, seen, "confirm") for seen in (2, number, 0)] == [None, None, None]
    assert again(case.events, 1, "amend") is None
