"""Every action and the letters it owes, written out: to whom it matters that somebody acted, and to nobody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.core.notices import Official, owed
from portal.core.sop import APPLICANT, Sop
from tests.support.walk import DRAFT, FORM, KTP, TICKET, Walk

DAY = date(2026, 11, 23)
ROLES = ("kadis", "kabid", "pelaksana_bidang", "verifikator")
OFFICIALS = [Official(role, role.title(), f"{role}@tarakankota.go.id") for role in ROLES]
SITI = "siti@tarakankota.go.id"
ELSEWHERE = "siti.contoh@tarakankota.go.id"


def letters(walk: Walk) -> list[tuple[str, str]]:
    """(letter, recipient without domain) of the newest event."""
    found = owed(walk.case, OFFICIALS, walk.sop, DAY)
    return [(each.letter, each.recipient.partition("@")[0]) for each in found]


def visiting(walk: Walk) -> Walk:
    return walk.to_bsre().decide("accept", "invite").book()


def withdrawn(walk: Walk) -> Walk:
    walk.case = walk.confirm().case.withdraw(sop=walk.sop, at=walk.at)
    return walk


def lapsed(walk: Walk) -> Walk:
    walk.case = walk.case.lapse(sop=walk.sop, at=walk.at + timedelta(days=7))
    return walk


TABLE: dict[str, tuple[Callable[[Walk], Walk], list[tuple[str, str]]]] = {
    "submit": (lambda walk: walk, [("confirm_address", "siti")]),
    "confirm": (lambda walk: walk.confirm(), [("received", "siti"), ("turn", "kadis")]),
    "lapse": (lapsed, [("lapsed", "siti")]),
    "withdraw": (withdrawn, [("withdrawn", "siti")]),
    "forward": (lambda walk: walk.confirm().decide("forward"), [("turn", "kabid"), ("decided", "kadis")]),
    "return": (
        lambda walk: walk.confirm().decide("return", items=["jabatan"]),
        [("returned", "siti"), ("decided", "kadis")],
    ),
    "resubmit": (
        lambda walk: walk.confirm().decide("return", items=["jabatan"]).mend(),
        [("mended", "siti"), ("turn", "kadis")],
    ),
    "reject": (lambda walk: walk.confirm().decide("reject"), [("rejected", "siti"), ("decided", "kadis")]),
    "dispatch": (lambda walk: walk.to_bsre(), [("dispatched", "siti"), ("decided", "verifikator")]),
    "refuse": (
        lambda walk: walk.to_bsre().decide("refuse"),
        [("refused", "siti"), ("decided", "verifikator")],
    ),
    "accept": (lambda walk: walk.to_bsre().decide("accept"), [("turn", "verifikator"), ("decided", "verifikator")]),
    "invite": (
        lambda walk: walk.to_bsre().decide("accept", "invite"),
        [("invited", "siti"), ("decided", "verifikator")],
    ),
    "book": (visiting, [("booked", "siti"), ("visit_booked", "verifikator")]),
    "miss": (lambda walk: visiting(walk).decide("miss"), [("missed", "siti"), ("decided", "verifikator")]),
    "attend": (lambda walk: visiting(walk).decide("attend"), [("turn", "verifikator"), ("decided", "verifikator")]),
    "record": (
        lambda walk: visiting(walk).decide("attend", "record"),
        [("ready", "siti"), ("decided", "verifikator")],
    ),
    "hand_over": (
        lambda walk: visiting(walk).decide("attend", "record", "hand_over"),
        [("handed_over", "siti"), ("decided", "verifikator")],
    ),
}


@pytest.mark.parametrize("action", TABLE)
def test_an_action_owes_these_letters_and_no_others(sop: Sop, action: str) -> None:
    brought, expected = TABLE[action]
    walk = brought(Walk(sop))
    assert walk.case.events[-1].action == action
    assert letters(walk) == expected


def test_every_action_that_a_step_knows_is_in_the_table(sop: Sop) -> None:
    known = {action for step in sop.steps for action in step.actions}
    assert known <= TABLE.keys()


def test_letters_go_to_the_confirmed_address_while_another_one_is_typed_in_mending(sop: Sop) -> None:
    """Whoever mistypes his address while mending, or types somebody else's, still gets the letters himself."""
    walk = Walk(sop).confirm().decide("return", items=["email"])
    draft = replace(DRAFT, form={**FORM, "email": ELSEWHERE}, items=("email",), mends=TICKET)
    walk.case = walk.case.resubmit(draft, documents=(KTP,), sop=sop, at=walk.at)
    assert walk.case.value("email", sop) == ELSEWHERE
    for action in ("forward", "return"):
        assert walk.case.address(sop) == SITI
        assert walk.case.applicant(sop).email == SITI
        walk.decide(action, items=["email"])
    told = [each.recipient for each in owed(walk.case, OFFICIALS, sop, DAY) if each.role == APPLICANT]
    assert told == [SITI]


def test_before_an_address_is_confirmed_the_typed_one_is_written_to(sop: Sop) -> None:
    assert Walk(sop).case.address(sop) == SITI


def test_under_either_address_it_is_the_applicants_own_case(sop: Sop) -> None:
    walk = Walk(sop).confirm().decide("return", items=["email"])
    draft = replace(DRAFT, form={**FORM, "email": ELSEWHERE}, items=("email",), mends=TICKET)
    walk.case = walk.case.resubmit(draft, documents=(KTP,), sop=sop, at=walk.at)
    for address in (SITI, ELSEWHERE, SITI.upper()):
        assert walk.case.concerns(address, "", sop)
    assert not walk.case.concerns("", "", sop)
    assert not walk.case.concerns("andi@tarakankota.go.id", "", sop)


def test_nobody_gets_a_receipt_of_what_the_portal_itself_did(sop: Sop) -> None:
    walk = lapsed(Walk(sop))
    assert walk.case.events[-1].actor.role == "portal"
    assert [each.recipient for each in owed(walk.case, OFFICIALS, sop, DAY)] == [SITI]
