"""Every action of the SOP, and the letters it owes to whom: written out."""

from dataclasses import replace
from datetime import date

import pytest

from portal.core.notices import OWN, about_draft, owed
from portal.core.officials import Official
from portal.core.sop import APPLICANT, Sop
from tests.support.builders import AT, a_sop, draft
from tests.support.moments import along
from tests.support.ways import EMAIL, TO_VERIFIKATOR, TO_VISIT

DAY = date(2026, 11, 23)
NAMES = {"kadis": "Rahma", "kabid": "Budi", "pelaksana_bidang": "Nur", "verifikator": "Andi"}
OFFICIALS = [Official("penerbitan", role, name, f"{role}@tarakankota.go.id") for role, name in NAMES.items()]
BOOKED = (*TO_VISIT, "invite", "book")

LETTERS = [
    # before it                  action       to the applicant   told that it is their turn       receipt
    ((), "submit", "confirm_address", "", ""),
    ((), "withdraw", "withdrawn", "", ""),
    ((), "lapse", "lapsed", "", ""),
    ((), "confirm", "received", "turn kadis", ""),
    (("confirm",), "withdraw", "withdrawn", "", ""),
    (("confirm",), "forward", "", "turn kabid", "kadis"),
    (("confirm",), "return", "returned", "", "kadis"),
    (("confirm",), "reject", "rejected", "", "kadis"),
    (("confirm", "return"), "resubmit", "mended", "turn kadis", ""),
    (("confirm", "return"), "withdraw", "withdrawn", "", ""),
    (("confirm", "forward"), "forward", "", "turn pelaksana_bidang", "kabid"),
    (("confirm", "forward"), "return", "returned", "", "kabid"),
    (("confirm", "forward", "return"), "resubmit", "mended", "turn kabid", ""),
    (("confirm", "forward", "forward"), "forward", "", "turn verifikator", "pelaksana_bidang"),
    (TO_VERIFIKATOR, "return", "returned", "", "verifikator"),
    (TO_VERIFIKATOR, "reject", "rejected", "", "verifikator"),
    (TO_VERIFIKATOR, "dispatch", "dispatched", "", "verifikator"),
    ((*TO_VERIFIKATOR, "dispatch"), "refuse", "refused", "", "verifikator"),
    ((*TO_VERIFIKATOR, "dispatch"), "accept", "", "turn verifikator", "verifikator"),
    (TO_VISIT, "invite", "invited", "", "verifikator"),
    ((*TO_VISIT, "invite"), "reject", "rejected", "", "verifikator"),
    ((*TO_VISIT, "invite"), "book", "booked", "visit_booked verifikator", ""),
    (BOOKED, "book", "booked", "visit_booked verifikator", ""),
    (BOOKED, "miss", "missed", "", "verifikator"),
    ((*BOOKED, "miss"), "book", "booked", "visit_booked verifikator", ""),
    ((*BOOKED, "miss"), "reject", "rejected", "", "verifikator"),
    (BOOKED, "attend", "", "turn verifikator", "verifikator"),
    ((*BOOKED, "attend"), "record", "ready", "", "verifikator"),
    ((*BOOKED, "attend", "record"), "hand_over", "handed_over", "", "verifikator"),
]


@pytest.mark.parametrize(("before", "action", "applicant", "turn", "receipt"), LETTERS)
def test_what_an_action_owes_to_whom(
    sop: Sop, before: tuple[str, ...], action: str, applicant: str, turn: str, receipt: str
) -> None:
    """Nobody else hears of it; the portal itself, which lets a case lapse, is owed no receipt."""
    case = along(sop, *before) if action == "submit" else along(sop, *before, action)
    expected = [(applicant, EMAIL, APPLICANT, "SITI RAHASIA")] if applicant else []
    if turn:
        letter, role = turn.split()
        expected.append((letter, f"{role}@tarakankota.go.id", role, NAMES[role]))
    if receipt:
        expected.append(("decided", f"{receipt}.x@tarakankota.go.id", receipt, "Pejabat x"))

    entries = owed(case, OFFICIALS, sop, DAY)

    assert [(entry.letter, entry.recipient, entry.role, entry.name) for entry in entries] == expected
    newest = case.events[-1]
    assert {(entry.about, entry.event, entry.queued_at, entry.due_at) for entry in entries} == {
        (case.ticket, newest.number, newest.at, newest.at)
    }


def test_whose_turn_it_is_again_by_his_own_doing_is_told_without_haste(sop: Sop) -> None:
    """One's own step may follow one's own step: that is no news, and waits for the evening."""
    case = along(sop, "confirm", "forward")
    kadis = case.events[-1].actor
    same = [OFFICIALS[0], replace(OFFICIALS[1], email=kadis.email.upper())]
    letters = {each.letter: each for each in owed(case, same, sop, DAY)}
    assert letters["turn"].recipient == letters["decided"].recipient == kadis.email
    assert (letters["turn"].occasion, letters["decided"].occasion) == (OWN, "")
    assert [each.occasion for each in owed(case, OFFICIALS, sop, DAY)] == ["", ""]


def test_what_a_colleague_reads_whose_draft_somebody_else_began_is_a_letter_of_its_own() -> None:
    own, colleagues = draft(), draft(batch="b1")
    told = [
        about_draft(letter, each, a_sop(), AT)[0]
        for letter in ("draft_saved", "draft_waiting")
        for each in (own, colleagues)
    ]
    assert [notice.letter for notice in told] == [
        "draft_saved", "colleague_begun", "draft_waiting", "colleague_waiting",
    ]  # fmt: skip
    assert about_draft("draft_saved", draft(mends="TTE-1"), a_sop(), AT) == ()
