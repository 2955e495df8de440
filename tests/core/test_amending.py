"""A typing error set right: what was there before is kept, and a corrected address is where letters go from then on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.core.amending import HOLDER, amend, changed, may_amend, readdressed, resend
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


def test_a_refusal_says_what_was_asked_for_and_how_the_case_stands() -> None:
    closed = after(application("confirm"), "reject")
    with pytest.raises(NotAllowed) as refusal:
        amended(closed, nama_ktp="x")
    assert (refusal.value.code, refusal.value.facts) == ("action_not_now", {"action": "amend", "state": "rejected"})
    with pytest.raises(NotAllowed) as refusal:
        amended(closed)
    assert (refusal.value.code, refusal.value.facts) == ("nothing_amended", {})


def test_what_the_applicant_is_asked_to_mend_himself_is_not_set_right_beside_it() -> None:
    before, sop = application("confirm"), a_sop()
    said = {"items": ["nama_ktp"], "reason": "tidak_terbaca", "note": ""}
    kadis = officials()[0].as_actor(sop)
    case = before.decide("return", said, actor=kadis, sop=sop, at=before.events[-1].at + timedelta(hours=1))
    assert (may_amend(case, "nama_ktp"), may_amend(case, "opd")) == (False, True)
    with pytest.raises(NotAllowed) as refusal:
        amended(case, opd="Dinas Pendidikan", nama_ktp="x")
    assert refusal.value.code == "action_not_now"
    assert amended(case, opd="Dinas Pendidikan").form["opd"] == "Dinas Pendidikan"


def test_with_a_corrected_address_the_event_still_says_all_that_changed_and_why() -> None:
    said = amended(application("confirm"), email=NEW, opd="Dinas Pendidikan").events[-1].data
    assert (said["reason"], said["email"], said["was"]) == ("Salah ketik.", NEW, FORM["email"])
    assert said["changes"].keys() == {"email", "opd"}


def test_a_service_whose_form_asks_for_no_address_has_none_corrected() -> None:
    sop, case = replace(a_sop(), applicant={"name": "nama_ktp"}), application("confirm")
    kept = amend(case, {**FORM, "opd": "x"}, "Salah.", by=BY, sop=sop, at=case.events[-1].at)
    assert "email" not in kept.events[-1].data


def test_an_answer_that_was_not_given_changes_from_or_to_nothing() -> None:
    assert changed({"a": "1", "c": ""}, {"b": "2", "d": ""}) == {
        "a": {"from": "1", "to": ""},
        "b": {"from": "", "to": "2"},
    }
    assert list(changed({"b": "1", "a": "1"}, {"c": "3", "a": "2"})) == ["b", "a", "c"]


def test_a_link_that_goes_again_is_of_the_case_and_of_the_moment_it_was_asked_for() -> None:
    case = sent_again(application("confirm", "forward"), HOLDER)
    (again,) = owed_by_any(case, officials(), a_sop(), case.events[-1].at.date())
    assert (again.about, again.queued_at, again.due_at) == (case.ticket, case.events[-1].at, case.events[-1].at)
    assert (again.occasion, again.is_asked_for) == ("again-4", True)


def test_word_of_a_corrected_address_is_of_the_case_and_due_at_once() -> None:
    case = amended(application("confirm"), email=NEW)
    owed = owed_by_any(case, officials(), a_sop(), case.events[-1].at.date())
    assert {(each.about, each.due_at) for each in owed} == {(case.ticket, case.events[-1].at)}


def test_why_a_link_went_again_is_kept_with_it() -> None:
    assert sent_again(application("confirm", "forward"), HOLDER).events[-1].data == {"to": HOLDER, "reason": "Hilang."}
