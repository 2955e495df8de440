"""A typing error set right: what was there before is kept, and a corrected address is where letters go from then on."""

from datetime import timedelta

import pytest

from portal.core.amending import HOLDER, amend, readdressed, resend
from portal.core.application import Actor, Application
from portal.core.clerks import CLERK
from portal.core.errors import NotAllowed
from portal.core.notices import Notice
from portal.core.resending import owed_by_any
from portal.core.sop import APPLICANT
from tests.support.builders import FORM, a_sop, after, application, officials

BY = Actor(CLERK, "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
NEW = "siti.benar@tarakankota.go.id"


def amended(case: Application, by: Actor = BY, **changes: str) -> Application:
    at = case.events[-1].at + timedelta(hours=1)
    return amend(case, {**case.form, **changes}, "Salah ketik.", by=by, sop=a_sop(), at=at)


def sent_again(case: Application, to: str) -> Application:
    return resend(case, to, "Hilang.", by=BY, sop=a_sop(), at=case.events[-1].at + timedelta(hours=1))


def letters(case: Application) -> list[tuple[str, str, int]]:
    owed: tuple[Notice, ...] = owed_by_any(case, officials(), a_sop(), case.events[-1].at.date())
    return [(each.letter, each.recipient, each.event) for each in owed]


def test_the_answers_change_and_the_event_says_from_what_to_what_and_why() -> None:
    case = amended(application("confirm"), nama_ktp="Siti Amina")
    event = case.events[-1]
    assert case.form["nama_ktp"] == "Siti Amina"
    assert event.data["changes"] == {"nama_ktp": {"from": "Siti Aminah", "to": "Siti Amina"}}
    assert (event.data["reason"], event.actor, case.first_damage()) == ("Salah ketik.", BY, None)
    assert (case.address(a_sop()), readdressed(case)) == (FORM["email"], 0)
    assert letters(case) == [("amended", FORM["email"], 3)]


def test_a_corrected_address_counts_at_once_and_the_former_one_is_told() -> None:
    case = amended(application("confirm"), email=NEW)
    assert (case.address(a_sop()), readdressed(case)) == (NEW, 3)
    assert letters(case) == [("amended", NEW, 3), ("address_left", FORM["email"], 3)]
    assert after(case, "return").applicant(a_sop()).email == NEW


def test_one_that_nobody_has_confirmed_is_confirmed_itself_and_a_stranger_hears_nothing() -> None:
    case = amended(application(), email=NEW)
    assert letters(case) == [("confirm_address", NEW, 1)]
    confirmed = after(case, "confirm")
    assert (confirmed.events[-1].data["email"], confirmed.address(a_sop())) == (NEW, NEW)


def test_nothing_is_set_right_that_is_the_same_over_being_mended_or_ones_own() -> None:
    case = application("confirm")
    with pytest.raises(NotAllowed, match="nothing_amended"):
        amended(case)
    with pytest.raises(NotAllowed, match="action_not_now"):
        amended(after(case, "reject"), nama_ktp="x")
    with pytest.raises(NotAllowed, match="own_application"):
        amended(case, by=Actor(CLERK, "Siti", "Petugas", FORM["email"]), nama_ktp="x")
    returned = after(case, "return")
    assert amended(returned, nama_ktp="x").returned == returned.returned


def test_a_link_goes_again_to_whoever_it_was_asked_for() -> None:
    case = application("confirm", "forward")
    assert letters(sent_again(case, HOLDER)) == [("turn", "kabid@tarakankota.go.id", 3)]
    assert letters(sent_again(case, APPLICANT)) == [("new_link", FORM["email"], 4)]
    assert letters(sent_again(application(), APPLICANT)) == [("confirm_address", FORM["email"], 1)]
    assert letters(case) == [("turn", "kabid@tarakankota.go.id", 3), ("decided", "kadis@tarakankota.go.id", 3)]
    with pytest.raises(NotAllowed, match="action_not_now"):
        sent_again(application(), HOLDER)
