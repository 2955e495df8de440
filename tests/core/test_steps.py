"""The kinds of step, written out: who may do what in which state, and where it leads."""

from datetime import date, datetime, timedelta

import pytest

from portal.core.errors import NotAllowed
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import (
    KINDS,
    State,
    applicant_actions,
    follow,
    must_be_open,
    office_actions,
    official_actions,
    opens_at,
    waits_on,
)

FOLLOWS = [
    # step           state          official's actions               applicant's                 the portal's
    ("pengajuan", "unconfirmed", "", "confirm withdraw", "lapse"),
    ("telaah_kadis", "waiting", "forward return reject", "withdraw", ""),
    ("telaah_kadis", "returned", "", "resubmit withdraw", ""),
    ("telaah_kabid", "waiting", "forward return reject", "withdraw", ""),
    ("telaah_kabid", "returned", "", "resubmit withdraw", ""),
    ("pendataan", "waiting", "forward return reject", "withdraw", ""),
    ("pemeriksaan", "waiting", "dispatch return reject", "withdraw", ""),
    ("pemeriksaan", "returned", "", "resubmit withdraw", ""),
    ("pemeriksaan", "sent", "accept refuse", "", ""),
    ("passphrase", "waiting", "invite", "", ""),
    ("passphrase", "invited", "reject", "book", ""),
    ("passphrase", "booked", "attend miss", "book cancel_visit", ""),
    ("passphrase", "missed", "reject", "book", ""),
    ("penyerahan", "waiting", "record", "", ""),
    ("penyerahan", "ready", "hand_over", "", ""),
    ("penyerahan", "done", "", "receive", ""),
]

LEADS = {
    ("pengajuan", "unconfirmed", "confirm"): ("telaah_kadis", "waiting"),
    ("pengajuan", "unconfirmed", "lapse"): ("pengajuan", "lapsed"),
    ("telaah_kadis", "waiting", "forward"): ("telaah_kabid", "waiting"),
    ("telaah_kabid", "waiting", "forward"): ("pendataan", "waiting"),
    ("pendataan", "waiting", "forward"): ("pemeriksaan", "waiting"),
    ("pemeriksaan", "waiting", "dispatch"): ("pemeriksaan", "sent"),
    ("pemeriksaan", "sent", "accept"): ("passphrase", "waiting"),
    ("pemeriksaan", "sent", "refuse"): ("pemeriksaan", "waiting"),
    ("passphrase", "waiting", "invite"): ("passphrase", "invited"),
    ("passphrase", "invited", "book"): ("passphrase", "booked"),
    ("passphrase", "booked", "book"): ("passphrase", "booked"),
    ("passphrase", "booked", "cancel_visit"): ("passphrase", "invited"),
    ("passphrase", "missed", "book"): ("passphrase", "booked"),
    ("passphrase", "booked", "miss"): ("passphrase", "missed"),
    ("passphrase", "booked", "attend"): ("penyerahan", "waiting"),
    ("penyerahan", "waiting", "record"): ("penyerahan", "ready"),
    ("penyerahan", "ready", "hand_over"): ("penyerahan", "done"),
    ("penyerahan", "done", "receive"): ("penyerahan", "done"),
}
"""Where an action leads; return, resubmit, reject and withdraw stay at their step, wherever they are possible."""

STAYS = {"return": "returned", "resubmit": "waiting", "reject": "rejected", "withdraw": "withdrawn"}


@pytest.mark.parametrize(("step", "state", "officials", "applicants", "portals"), FOLLOWS)
def test_who_may_do_what_and_where_it_leads(
    sop: Sop, step: str, state: str, officials: str, applicants: str, portals: str
) -> None:
    now = State(state)
    assert official_actions(sop, step, now) == tuple(officials.split())
    assert applicant_actions(sop, step, now) == tuple(applicants.split())
    assert tuple(KINDS[sop.step(step).kind].portal.get(now, {})) == tuple(portals.split())
    for action in (*officials.split(), *applicants.split(), *portals.split()):
        expected = LEADS[step, state, action] if action not in STAYS else (step, STAYS[action])
        assert follow(sop, step, now, action) == expected


def test_whoever_arranges_visits_may_move_and_cancel_one_that_is_agreed_and_take_in_who_comes_without(sop: Sop) -> None:
    places = [(step.key, state) for step in sop.steps for state in State]
    found = {place: moves for place in places if (moves := office_actions(sop, *place))}
    assert found == {
        ("passphrase", State.INVITED): ("walk_in",),
        ("passphrase", State.BOOKED): ("move_visit", "cancel_visit", "walk_in"),
        ("passphrase", State.MISSED): ("walk_in",),
    }
    for _, state in found:
        assert follow(sop, "passphrase", state, "walk_in") == ("penyerahan", State.WAITING)
    assert follow(sop, "passphrase", State.BOOKED, "move_visit") == ("passphrase", State.BOOKED)


def test_nothing_is_possible_in_any_other_state(sop: Sop) -> None:
    possible = {(step, State(state)) for step, state, *_ in FOLLOWS} | {("pendataan", State.RETURNED)}
    actions = {action for *_, action in LEADS} | {*STAYS}
    for step in sop.steps:
        for state in State:
            if (step.key, state) in possible:
                continue
            assert official_actions(sop, step.key, state) == applicant_actions(sop, step.key, state) == ()
            for action in actions:
                with pytest.raises(NotAllowed, match="action_not_now") as refusal:
                    follow(sop, step.key, state, action)
                assert refusal.value.facts == {"action": action, "state": state.value}


@pytest.mark.parametrize(
    ("state", "closed", "with_applicant", "clock", "waited_for"),
    [
        ("unconfirmed", False, True, False, APPLICANT),
        ("waiting", False, False, True, "kabid"),
        ("returned", False, True, False, APPLICANT),
        ("sent", False, False, False, "kabid"),
        ("invited", False, True, False, APPLICANT),
        ("booked", False, False, False, "kabid"),
        ("missed", False, True, False, APPLICANT),
        ("ready", False, False, True, "kabid"),
        ("done", True, False, False, ""),
        ("rejected", True, False, False, ""),
        ("withdrawn", True, False, False, ""),
        ("lapsed", True, False, False, ""),
    ],
)
def test_who_is_waited_for_and_whether_the_sops_minutes_run(
    sop: Sop, state: str, closed: bool, with_applicant: bool, clock: bool, waited_for: str
) -> None:
    now = State(state)
    assert (now.is_closed, now.is_with_applicant, now.clock_runs) == (closed, with_applicant, clock)
    assert waits_on(sop, "telaah_kabid", now) == waited_for


SLOT = datetime.fromisoformat("2026-11-25T08:30+08:00")
MIDNIGHT = datetime.fromisoformat("2026-11-25T00:00+08:00")


def test_coming_opens_with_the_day_and_staying_away_with_the_hour(sop: Sop) -> None:
    assert opens_at(sop, "passphrase", "attend", SLOT) == MIDNIGHT
    assert opens_at(sop, "passphrase", "miss", SLOT) == SLOT


@pytest.mark.parametrize(
    ("step", "action", "slot"),
    [("passphrase", "attend", None), ("passphrase", "invite", SLOT), ("penyerahan", "record", SLOT)],
)
def test_what_is_no_matter_of_time_is_open_always(sop: Sop, step: str, action: str, slot: datetime | None) -> None:
    assert opens_at(sop, step, action, slot) is None
    must_be_open(sop, step, action, slot, SLOT - timedelta(days=30))


@pytest.mark.parametrize(("action", "opens", "told"), [("attend", MIDNIGHT, date(2026, 11, 25)), ("miss", SLOT, SLOT)])
def test_before_the_time_it_is_told_from_which_day_or_hour_on_it_is_possible(
    sop: Sop, action: str, opens: datetime, told: date
) -> None:
    """A day for coming, since any hour of it will do; an hour for staying away. Both in words of the action."""
    with pytest.raises(NotAllowed, match="visit_to_come") as refusal:
        must_be_open(sop, "passphrase", action, SLOT, opens - timedelta(seconds=1))

    facts = refusal.value.facts
    assert facts == {"action": sop.action("passphrase", action).label, "slot": SLOT, "opens": told}
    assert type(facts["opens"]) is type(told)
    must_be_open(sop, "passphrase", action, SLOT, opens)
