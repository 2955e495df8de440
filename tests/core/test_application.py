"""The application as plain values: every move, every refusal, what it remembers."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.errors import NotAllowed
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State
from tests.support.walk import DRAFT, FORM, KTP, MORNING, TICKET, Walk, official, sent


def test_the_happy_path_passes_the_seven_steps_in_order(sop: Sop) -> None:
    walk = Walk(sop).to_bsre().decide("accept", "invite").book().decide("attend", "record", "hand_over")
    assert [step.key for step in sop.steps] == list(dict.fromkeys(event.step for event in walk.case.events))
    assert walk.case.state is State.DONE
    assert walk.case.is_closed
    assert walk.case.waits_on(sop) == ""


def test_nobody_but_the_applicant_is_waited_for_until_the_address_is_confirmed(sop: Sop) -> None:
    case = sent(sop)
    assert (case.waits_on(sop), case.state) == (APPLICANT, State.UNCONFIRMED)
    assert Walk(sop).confirm().case.waits_on(sop) == "kadis"


@pytest.mark.parametrize("passed", [0, 1, 2, 3])
def test_a_return_comes_back_to_the_step_that_returned_it(sop: Sop, passed: int) -> None:
    walk = Walk(sop).confirm().decide(*["forward"] * passed)
    before = walk.case.step
    walk.decide("return", items=["jabatan"], reason="lainnya", note="x")
    assert (walk.case.state, walk.case.waits_on(sop)) == (State.RETURNED, APPLICANT)
    walk.mend()
    assert (before, State.WAITING, 2) == (walk.case.step, walk.case.state, walk.case.round)
    assert walk.case.turn is walk.case.events[-1]


def test_mending_keeps_the_dispositions_already_given(sop: Sop) -> None:
    walk = Walk(sop).confirm().decide("forward", "return", items=["jabatan"], reason="lainnya", note="x").mend()
    assert [event.action for event in walk.case.events if event.action == "forward"] == ["forward"]
    assert walk.case.form["jabatan"] == "Analis"


def test_a_refusal_by_the_outside_authority_gives_the_case_back_to_the_verifikator(sop: Sop) -> None:
    case = Walk(sop).to_bsre().decide("refuse", reason="nik_tidak_sesuai").case
    assert (case.step, case.state) == ("pemeriksaan", State.WAITING)
    assert set(case.official_actions(sop)) == {"dispatch", "return", "reject"}


def test_a_missed_visit_is_booked_again(sop: Sop) -> None:
    walk = Walk(sop).to_bsre().decide("accept", "invite").book().decide("miss")
    assert (walk.case.state, walk.case.slot) == (State.MISSED, None)
    later = MORNING + timedelta(days=3)
    assert walk.book(later).case.slot == later


SLOT = datetime.fromisoformat("2026-11-25T08:30+08:00")


@pytest.mark.parametrize(
    ("action", "soonest"), [("attend", "2026-11-25T00:00+08:00"), ("miss", "2026-11-25T08:30+08:00")]
)
def test_coming_is_recorded_on_the_day_and_staying_away_once_the_time_has_come(
    sop: Sop, action: str, soonest: str
) -> None:
    """Somebody may come early that day and be served; before the hour, nobody has stayed away."""
    case, opens = Walk(sop).to_bsre().decide("accept", "invite").book(SLOT).case, datetime.fromisoformat(soonest)
    verifikator = official("verifikator")

    with pytest.raises(NotAllowed, match="visit_to_come") as refusal:
        case.decide(action, {}, actor=verifikator, sop=sop, at=opens - timedelta(seconds=1))
    assert (refusal.value.facts["slot"], case.opens_at(action, sop)) == (SLOT, opens)
    assert case.decide(action, {}, actor=verifikator, sop=sop, at=opens.astimezone(UTC)).version == case.version + 1


def test_the_visit_that_counts_is_the_one_picked_last(sop: Sop) -> None:
    walk = Walk(sop).to_bsre().decide("accept", "invite").book(SLOT).book(SLOT + timedelta(days=2))

    assert walk.case.opens_at("miss", sop) == SLOT + timedelta(days=2)
    with pytest.raises(NotAllowed, match="visit_to_come"):
        walk.case.decide("attend", {}, actor=official("verifikator"), sop=sop, at=SLOT)
    assert walk.case.opens_at("forward", sop) is None


@pytest.mark.parametrize("before", ["confirm", "forward", "returned"])
def test_withdrawing_is_possible_until_it_is_sent_to_the_authority(sop: Sop, before: str) -> None:
    walk = Walk(sop).confirm()
    if before == "forward":
        walk.decide("forward", "forward", "forward")
    if before == "returned":
        walk.decide("return", items=["ktp"], reason="ktp_tidak_terbaca")
    assert walk.case.withdraw(sop=sop, at=walk.at).state is State.WITHDRAWN


def test_withdrawing_is_refused_once_it_is_sent(sop: Sop) -> None:
    walk = Walk(sop).to_bsre()
    with pytest.raises(NotAllowed, match="action_not_now"):
        walk.case.withdraw(sop=sop, at=walk.at)


def test_a_closed_case_takes_no_further_move(sop: Sop) -> None:
    walk = Walk(sop).confirm().decide("reject", reason="lainnya", note="x")
    for action in ("forward", "return", "reject"):
        with pytest.raises(NotAllowed):
            walk.decide(action)
    with pytest.raises(NotAllowed):
        walk.mend()


def test_an_official_of_another_role_cannot_decide(sop: Sop) -> None:
    walk = Walk(sop).confirm()
    with pytest.raises(NotAllowed, match="not_your_turn"):
        walk.case.decide("forward", {}, actor=official("verifikator"), sop=sop, at=walk.at)


@pytest.mark.parametrize("same", [{"email": "SITI@tarakankota.go.id"}, {"number": "199001052015032001"}])
def test_nobody_decides_on_their_own_application(sop: Sop, same: dict[str, str]) -> None:
    walk = Walk(sop).confirm()
    with pytest.raises(NotAllowed, match="own_application"):
        walk.case.decide("forward", {}, actor=replace(official("kadis"), **same), sop=sop, at=walk.at)


def test_the_turn_stays_the_same_while_a_step_goes_on(sop: Sop) -> None:
    walk = Walk(sop).confirm().decide("forward", "forward", "forward")
    turn = walk.case.turn
    assert walk.decide("dispatch").case.turn == turn
    assert walk.decide("accept").case.turn == walk.case.events[-1]


def test_every_event_is_chained_to_form_and_documents(sop: Sop) -> None:
    case = Walk(sop).to_bsre().case
    assert case.first_damage() is None
    assert case.events[0].data["documents"] == {"ktp": KTP.sha256}
    forged = replace(case.events[2], data={"note": "lain"})
    assert replace(case, events=(*case.events[:2], forged, *case.events[3:])).first_damage() == 3


def test_a_form_or_document_changed_behind_the_ledger_is_found(sop: Sop) -> None:
    case = Walk(sop).confirm().decide("return", items=["jabatan"], reason="lainnya", note="x").mend().case
    assert case.first_damage() is None
    assert replace(case, form={**case.form, "nama_ktp": "Orang Lain"}).first_damage() == 4
    assert replace(case, documents=(replace(KTP, sha256="cd" * 32),)).first_damage() == 4


def test_the_spans_cover_all_time_without_gaps(sop: Sop) -> None:
    case = Walk(sop).to_bsre().case
    spans = list(case.spans(MORNING + timedelta(hours=5)))
    assert spans[0][2] == MORNING
    assert spans[-1][3] == MORNING + timedelta(hours=5)
    assert all(earlier[3] == later[2] for earlier, later in itertools.pairwise(spans))


def test_a_mending_draft_changes_only_what_was_named() -> None:
    mending = replace(DRAFT, items=("jabatan",), mends=TICKET)
    changed = mending.with_form({"jabatan": "Analis", "nama_ktp": "Orang Lain"})
    assert changed.form == {**FORM, "jabatan": "Analis"}
    with pytest.raises(NotAllowed, match="not_to_be_mended"):
        mending.with_document(KTP)


def test_a_sent_draft_cannot_be_changed() -> None:
    with pytest.raises(NotAllowed, match="draft_already_sent"):
        DRAFT.sent_as(TICKET).with_form({})
