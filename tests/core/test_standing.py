"""A case and how it stands answer the same to every rule of whose turn it is and how long it may wait."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.amending import assign
from portal.core.application import Actor, Application
from portal.core.clerks import CLERK
from portal.core.clocks import due, is_over, present
from portal.core.errors import NotAllowed
from portal.core.listing import line
from portal.core.officials import Official, able, eligible
from portal.core.officials import given as given_to
from portal.core.patience import Posts, wait, wait_on
from portal.core.progress import deadline, standard
from portal.core.standing import Case, standing
from portal.core.steps import applicant_actions, official_actions
from tests.support.builders import AT, FORM, a_sop, after, application, official, officials
from tests.support.calendars import ORDINARY

SOP = replace(
    a_sop(),
    data={
        **a_sop().data,
        "chart": {},
        "reminders": {"after_working_days": 1, "escalate_after_working_days": 2},
        "patience": {"invited": {"remind": [2, 4], "list": 9}},
    },
)
BY = Actor(CLERK, "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
SECOND = official("verifikator", name="Kedua", email="verifikator.dua@tarakankota.go.id")
AWAY = official("kabid", away=((AT.date(), (AT + timedelta(days=4)).date()),))
OFFICES: tuple[list[Official], ...] = (
    [],
    officials(),
    [*officials(), SECOND, AWAY],
    [official("kadis", email=FORM["email"]), SECOND],
)


@st.composite
def histories(draw: st.DrawFn) -> Application:
    """Whatever may happen to a case one after the other, until it is closed or the drawing ends."""
    case = application()
    for _ in range(draw(st.integers(0, 14))):
        if case.is_closed:
            break
        ways = [*official_actions(SOP, case.step, case.state), *applicant_actions(SOP, case.step, case.state)]
        ways = [way for way in ways if way not in ("reject", "withdraw")] or ways
        action = draw(st.sampled_from([*ways, "assign"]))
        soonest = case.events[-1].at + timedelta(minutes=draw(st.integers(1, 60 * 24 * 9)))
        if action == "assign":
            with suppress(NotAllowed):  # no official has it, or he has it already
                case = assign(case, SECOND.as_actor(SOP), "Cuti.", by=BY, sop=SOP, at=soonest)
        else:
            case = after(case, action, max(soonest, case.opens_at(action, SOP) or soonest))
    return case


@settings(derandomize=True, max_examples=60, deadline=None)
@given(histories(), st.integers(0, 60 * 24 * 20))
def test_the_rules_say_the_same_of_both(case: Application, minutes: int) -> None:
    now, kept = case.events[-1].at + timedelta(minutes=minutes), standing(case, SOP)
    if case.is_closed:
        return
    assert kept.line == line(case, SOP)
    for each in ("ticket", "service", "step", "state", "version", "opened", "since", "slot", "held_by", "stay"):
        assert getattr(kept, each) == getattr(case, each), each
    assert kept.turn == case.turn.number
    for appointed in OFFICES:
        posts, day = Posts(appointed, now.date()), now.date()
        first = wait(case, SOP, appointed, [SECOND.email], ORDINARY, now)
        assert [wait_on(each, SOP, posts, [SECOND.email], ORDINARY, now) for each in (case, kept, kept)] == [first] * 3
        for rule in (able, eligible, given_to):
            assert rule(kept, appointed, SOP, day) == rule(case, appointed, SOP, day)

    def said(of: Case) -> list[object]:
        asked = present, standard
        return [*(ask(of, SOP, ORDINARY, now) for ask in asked), deadline(of, SOP), due(of, SOP, ORDINARY)]

    assert said(kept) == said(case)
    clock = present(case, SOP, ORDINARY, now)
    assert is_over(kept, SOP, ORDINARY, now) == (clock is not None and clock.is_late)
    assert (kept.waits_on(SOP), kept.applicant(SOP)) == (case.waits_on(SOP), case.applicant(SOP))
    assert kept.official_actions(SOP) == case.official_actions(SOP)
    for email, number in ((FORM["email"].upper(), ""), ("", FORM["nip"]), ("lain@x.go.id", "1"), ("", "")):
        assert kept.concerns(email, number, SOP) == case.concerns(email, number, SOP)
