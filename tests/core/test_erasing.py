"""A case without its personal data: on what ground it may become one, and how its chain proves that it is one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from portal.core import ledger, redaction
from portal.core.application import Actor, Application, Event
from portal.core.erasing import Ground, Stays, Verdict, erase, judge, judge_entry
from portal.core.errors import NotAllowed
from portal.core.history import assignment, moves
from portal.core.listing import line
from portal.core.recap import fact
from portal.core.register import Recorded
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State
from tests.support.builders import AT, DECISIONS, FORM, a_sop, after, application, application_in, certificate
from tests.support.calendars import calendar

CLERK = Actor("clerk", "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
SAID = {"ground": "decree", "reason": "Surat 800/12."}
DONE = application_in("penyerahan", State.DONE)
CLOSED, YEARS = date(2026, 8, 3), 5


def a_sop_that_keeps() -> Sop:
    sop = a_sop()
    return replace(sop, data={**sop.data, "retention": {"documents_days": 90, "record_years": YEARS}})


def erased(case: Application = DONE) -> Application:
    return erase(case, SAID, by=CLERK, sop=a_sop(), at=case.events[-1].at + timedelta(days=1))


# --- the case then ----------------------------------------------------------------------------------------------------


def test_nothing_of_the_applicant_is_left_and_the_chain_holds() -> None:
    case = erased()
    whole = repr(case)
    assert not [value for value in FORM.values() if value in whole]
    assert not [said for said in (DECISIONS["record"]["serial"], DECISIONS["forward"]["note"]) if said in whole]
    assert (case.form, case.documents, case.state, case.step) == ({}, (), DONE.state, DONE.step)
    assert case.first_damage() is None
    assert [event.hash for event in case.events[:-1]] == [event.hash for event in DONE.events]
    assert case.events[-1].previous == DONE.events[-1].hash


def test_what_happened_and_who_of_the_office_did_it_stays() -> None:
    case = erased()
    assert [(e.action, e.at, e.step, e.state) for e in case.events[:-1]] == [
        (e.action, e.at, e.step, e.state) for e in DONE.events
    ]
    offices = [(event.actor.office, event.actor.name) for event in DONE.events if event.actor.office]
    assert [(e.actor.office, e.actor.name) for e in case.events[:-1] if e.actor.office] == offices
    assert (case.erased, case.closing, case.moved, case.since) == (
        case.events[-1],
        case.events[len(DONE.events) - 1],
        moves(case.events)[-1],
        DONE.since,
    )
    assert case.events[-1].data["reason"] == "Surat 800/12."


def test_the_recap_counts_it_as_before_and_the_list_names_nobody() -> None:
    sop, hours = a_sop(), calendar()
    before, now = fact(DONE, sop, hours), fact(erased(), sop, hours)
    same = ("ticket", "received", "closed", "outcome", "rounds", "returns", "minutes", "waits")
    assert [before[name] for name in same] == [now[name] for name in same]
    told = line(erased(), sop)
    assert (told.name, told.number, told.office, told.agenda, told.state) == ("", "", "", "", State.DONE)


def test_nothing_follows_and_nobody_is_shown_anything() -> None:
    case, at = erased(), AT + timedelta(days=99)
    acts: tuple[Callable[[], object], ...] = (
        lambda: erase(case, SAID, by=CLERK, sop=a_sop(), at=at),
        lambda: case.correct("resend", {}, to=case.moved, by=CLERK, at=at),
        lambda: case.receive(sop=a_sop(), at=at),
        case.must_be_there,
    )
    for act in acts:
        with pytest.raises(NotAllowed) as refused:
            act()
        assert (refused.value.code, refused.value.facts["ticket"]) == ("data_erased", case.ticket)
    assert refused.value.facts["at"] == case.events[-1].at
    assert DONE.must_be_there() is DONE
    over = erase(DONE, SAID, by=Actor("portal"), sop=a_sop(), at=at)
    with pytest.raises(NotAllowed) as refused:
        over.must_be_there()
    assert refused.value.code == "data_over", "nobody asked for it, as its term was over"
    assert DONE.erased is None


def test_whoever_had_a_case_in_hand_is_not_asked_for_any_more() -> None:
    case = application("confirm", "forward", "forward")
    given = case.correct("assign", {"to": "v@tarakankota.go.id", "name": "V"}, to=case.moved, by=CLERK, at=AT)
    closed = after(given, "reject")
    assert assignment(erased(closed).events) is None
    assert erased(closed).first_damage() is None


def test_an_open_case_and_ones_own_are_not_erased() -> None:
    with pytest.raises(NotAllowed, match="action_not_now"):
        erase(application("confirm"), SAID, by=CLERK, sop=a_sop(), at=AT)
    own = replace(CLERK, email=FORM["email"].upper())
    with pytest.raises(NotAllowed, match="own_application"):
        erase(DONE, SAID, by=own, sop=a_sop(), at=AT)


# --- what is damage ---------------------------------------------------------------------------------------------------


def forged(case: Application, **changes: Any) -> Application:
    """With a tombstone that says otherwise, and fits its own hash and the chain."""
    stone = replace(case.events[-1], **changes)
    entry = {name: value for name, value in stone.entry().items() if name not in ("hash", "previous")}
    return replace(case, events=(*case.events[:-1], replace(stone, hash=ledger.digest(stone.previous, entry))))


def one_changed(case: Application, **changes: Any) -> Application:
    events = list(case.events)
    events[2] = replace(events[2], **changes)
    return replace(case, events=tuple(events))


def data_of(case: Application, **changes: Any) -> dict[str, Any]:
    return {**case.events[-1].data, **changes}


LAST = len(DONE.events) + 1
WHOLE, BARE = DONE, erased()
LEFT = BARE.events[-1].data["left"]
REWORDED = replace(BARE.events[-1], data=data_of(BARE, reason=""))


def someone_else(event: Event) -> Event:
    return replace(event, actor=replace(event.actor, name="Orang Lain"))


DAMAGES: dict[str, tuple[Callable[[], Application], int]] = {
    "no tombstone": (lambda: replace(BARE, events=BARE.events[:-1]), 1),
    "one event bare of a case that is not erased": (lambda: one_changed(WHOLE, data={}), 3),
    "a bare event with another time": (lambda: one_changed(BARE, at=AT + timedelta(days=9)), 3),
    "a bare event of somebody else": (lambda: replace(BARE, events=(*map(someone_else, BARE.events),)), 1),
    "a bare event with words": (lambda: one_changed(BARE, data={"note": "Setuju."}), 3),
    "a bare event with another hash": (lambda: one_changed(BARE, hash="0" * 64), 3),
    "a bare event elsewhere in the chain": (lambda: one_changed(BARE, previous="0" * 64), 3),
    "an event that was not laid bare": (lambda: one_changed(BARE, data=WHOLE.events[2].data), 3),
    "an event taken out": (lambda: replace(BARE, events=(*BARE.events[:2], *BARE.events[3:])), 3),
    "another reason": (lambda: replace(BARE, events=(*BARE.events[:-1], REWORDED)), LAST),
    "a tombstone that knows nothing of them": (lambda: forged(BARE, data=data_of(BARE, left={})), 1),
    "a tombstone whose list is none": (lambda: forged(BARE, data=data_of(BARE, left="semua")), 1),
    "a tombstone that leaves one out": (
        lambda: forged(BARE, data=data_of(BARE, left={k: v for k, v in LEFT.items() if k != "3"})),
        3,
    ),
    "a tombstone that knows of more": (
        lambda: forged(BARE, data=data_of(BARE, left={**LEFT, "99": "0" * 64})),
        LAST,
    ),
    "a tombstone that changes how it ended": (lambda: forged(BARE, state=State.REJECTED), LAST),
    "a tombstone that moves it": (lambda: forged(BARE, step="pemeriksaan"), LAST),
    "a tombstone on a case that is whole": (
        lambda: forged(replace(BARE, events=(*WHOLE.events, BARE.events[-1]))),
        1,
    ),
    "a tombstone with nothing before it": (
        lambda: replace(BARE, events=(replace(BARE.events[-1], data={**BARE.events[-1].data, "left": {}}),)),
        1,
    ),
    "a form that came back": (lambda: replace(BARE, form=WHOLE.form), LAST),
    "documents that came back": (lambda: replace(BARE, documents=WHOLE.documents), LAST),
    "something after the tombstone": (
        lambda: replace(BARE, events=(*BARE.events, replace(BARE.events[-1], number=LAST + 1, action="resend"))),
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGES)
def test_whatever_is_otherwise_than_the_tombstone_says_is_damage(what: str) -> None:
    make, number = DAMAGES[what]
    assert make().first_damage() == number


def test_a_tombstone_of_a_case_that_is_open_is_damage() -> None:
    case = application("confirm", "forward")
    bare = tuple(map(redaction.bare, case.events))
    opened = replace(case, form={}, documents=(), events=bare)
    data = {**SAID, "left": redaction.left(bare), **opened._basis()}
    buried = opened.correct(redaction.ERASE, data, to=case.moved, by=CLERK, at=AT + timedelta(days=1))
    assert buried.first_damage() == buried.version


# --- may it be --------------------------------------------------------------------------------------------------------

OVER = date(2031, 8, 3)
ENDED = certificate(ticket=DONE.ticket, id=DONE.ticket)


@pytest.mark.parametrize(
    ("case", "today", "verdict"),
    [
        (application("confirm"), OVER, Verdict(Stays.OPEN)),
        (application("confirm", "reject"), CLOSED, Verdict(None, OVER, (Ground.FOREIGN, Ground.DECREE))),
        (application("lapse"), CLOSED, Verdict(None, OVER, (Ground.UNUSED, Ground.FOREIGN, Ground.DECREE))),
        (application("withdraw"), CLOSED, Verdict(None, OVER, (Ground.UNUSED, Ground.FOREIGN, Ground.DECREE))),
        (DONE, date(2031, 8, 2), Verdict(None, OVER, (Ground.DECREE,))),
        (DONE, OVER, Verdict(None, OVER, (Ground.OVER,))),
    ],
)
def test_a_case_stays_while_it_runs_and_then_for_its_term_unless_a_ground_goes_before(
    case: Application, today: date, verdict: Verdict
) -> None:
    assert judge(case, None, a_sop_that_keeps(), CLOSED, today) == verdict


def test_what_was_issued_keeps_its_case_while_it_stands_and_then_for_the_registers_term() -> None:
    sop = a_sop_that_keeps()
    assert judge(DONE, ENDED, sop, CLOSED, date(2028, 8, 3)).stays is Stays.STANDS
    assert judge(DONE, ENDED, sop, CLOSED, date(2028, 8, 4)) == Verdict(None, date(2033, 8, 3), (Ground.DECREE,))
    assert judge(DONE, ENDED, sop, CLOSED, date(2033, 8, 3)).grounds == (Ground.OVER,)
    revoked = replace(ENDED, recorded=(Recorded("revoke", date(2026, 8, 20), AT, CLERK, {}),))
    assert judge(DONE, revoked, sop, CLOSED, date(2027, 1, 1)) == Verdict(None, date(2031, 8, 20), (Ground.DECREE,))
    endless = replace(ENDED, valid_until=None)
    assert judge_entry(endless, sop, date(2099, 1, 1)) == Verdict(Stays.STANDS)


def test_a_verdict_allows_what_is_over_and_otherwise_only_its_grounds() -> None:
    assert Verdict(None, OVER, (Ground.OVER,)).allows(None)
    assert Verdict(None, OVER, (Ground.DECREE,)).allows(Ground.DECREE)
    assert not Verdict(None, OVER, (Ground.DECREE,)).allows(None)
    assert not Verdict(None, OVER, (Ground.DECREE,)).allows(Ground.FOREIGN)
    assert not Verdict(Stays.OPEN, None, (Ground.DECREE,)).allows(Ground.DECREE)


def test_a_term_that_began_on_a_leap_day_is_over_on_the_first_of_march() -> None:
    assert judge(
        after(application("confirm"), "reject"), None, a_sop_that_keeps(), date(2028, 2, 29), OVER
    ).until == date(2033, 3, 1)


def test_an_entry_is_over_on_its_day_and_before_it_goes_by_decree_only() -> None:
    sop, until = a_sop_that_keeps(), ENDED.forgotten_on(YEARS)
    assert until is not None
    day = timedelta(days=1)
    assert judge_entry(ENDED, sop, until) == Verdict(None, until, (Ground.OVER,))
    assert judge_entry(ENDED, sop, until - day) == Verdict(None, until, (Ground.DECREE,))
    assert judge_entry(certificate(), sop, CLOSED) == Verdict(Stays.STANDS, certificate().forgotten_on(YEARS))


def test_whoever_acted_for_himself_is_nobody_in_it_and_officials_stay() -> None:
    case = erased()
    applicants = {(e.actor.name, e.actor.email, e.actor.number) for e in case.events if e.actor.role == APPLICANT}
    assert applicants == {("", "", "")}
    officials = [(e.actor.name, e.actor.email) for e in case.events[:-1] if e.actor.role != APPLICANT]
    assert officials == [(e.actor.name, e.actor.email) for e in DONE.events if e.actor.role != APPLICANT]
    assert all(name for name, _ in officials)
