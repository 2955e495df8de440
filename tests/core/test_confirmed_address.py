"""Whose application it is, and where its letters go, also after another address was typed while mending."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from portal.core.application import Actor, Application
from portal.core.errors import NotAllowed
from portal.core.notices import owed
from portal.core.officials import Official, eligible
from portal.core.sop import APPLICANT, Sop
from tests.support.walk import DRAFT, FORM, KTP, TICKET, Walk, official

CONFIRMED, TYPED = "siti@tarakankota.go.id", "siti.baru@tarakankota.go.id"


def mended(sop: Sop, **typed: str) -> Application:
    """Returned by the Kepala Dinas, and sent again with these answers."""
    walk = Walk(sop).confirm().decide("return", items=list(typed), reason="lainnya", note="x")
    draft = replace(DRAFT, form={**FORM, **typed}, items=tuple(typed), mends=TICKET)
    return walk.case.resubmit(draft, documents=(KTP,), sop=sop, at=walk.at)


def test_before_it_is_confirmed_letters_go_to_the_address_that_was_typed(sop: Sop) -> None:
    assert Walk(sop).case.address(sop) == CONFIRMED


def test_letters_go_to_the_confirmed_address_while_another_one_was_typed_in_mending(sop: Sop) -> None:
    """Else whoever gets hold of a link could have the certificate's letters sent elsewhere."""
    case = mended(sop, email=TYPED)

    assert (case.form["email"], case.value("email", sop)) == (TYPED, TYPED)
    assert case.address(sop) == CONFIRMED
    assert [entry.recipient for entry in owed(case, [], sop, date(2026, 11, 23))] == [CONFIRMED]


def test_whoever_mends_acts_under_the_name_and_address_that_the_case_knew(sop: Sop) -> None:
    case = mended(sop, email=TYPED, nama_ktp="Siti Contoh Baru")
    assert case.events[-1].actor == Actor(APPLICANT, "Siti Contoh", "", CONFIRMED, "")
    assert case.applicant(sop) == Actor(APPLICANT, "Siti Contoh Baru", "", CONFIRMED, "")


@pytest.mark.parametrize("email", [CONFIRMED, TYPED, CONFIRMED.upper(), TYPED.upper()])
def test_neither_address_of_the_applicant_may_decide_on_the_case(sop: Sop, email: str) -> None:
    case = mended(sop, email=TYPED)
    kadis = replace(official("kadis"), email=email)

    assert case.concerns(email, "", sop)
    with pytest.raises(NotAllowed, match="own_application"):
        case.decide("forward", {}, actor=kadis, sop=sop, at=case.events[-1].at + timedelta(minutes=1))
    assert list(eligible(case, [Official("penerbitan", "kadis", "Siti", email)], sop, date(2026, 11, 23))) == []


@pytest.mark.parametrize(
    ("email", "number", "own"),
    [
        ("", "", False),
        ("kadis@tarakankota.go.id", "", False),
        ("kadis@tarakankota.go.id", "196501112000121002", False),
        ("kadis@tarakankota.go.id", "199001052015032001", True),
        ("", "199001052015032001", True),
        ("SITI@tarakankota.go.id", "196501112000121002", True),
    ],
)
def test_a_case_concerns_whoever_has_its_address_or_staff_number(sop: Sop, email: str, number: str, own: bool) -> None:
    assert Walk(sop).confirm().case.concerns(email, number, sop) is own


@pytest.mark.parametrize("missing", [{"nip": ""}, {"nip": None}])
def test_an_official_without_a_number_is_not_the_applicant_without_one(sop: Sop, missing: Mapping[str, Any]) -> None:
    case = replace(Walk(sop).confirm().case, form={**FORM, **missing})
    assert not case.concerns("kadis@tarakankota.go.id", "", sop)


def test_an_answer_that_is_on_no_list_speaks_for_the_list(sop: Sop) -> None:
    case = Walk(sop).case
    assert case.value("office", sop) == "dkisp"
    assert replace(case, form={**FORM, "opd_lainnya": "Perumda"}).value("office", sop) == "Perumda"
    assert replace(case, form={**FORM, "opd_lainnya": ""}).value("office", sop) == "dkisp"
    assert replace(case, form={}).value("office", sop) == ""
    assert case.value("shoe_size", sop) == ""


def test_before_it_is_confirmed_the_case_concerns_whoever_typed_the_address(sop: Sop) -> None:
    assert Walk(sop).case.concerns(CONFIRMED.upper(), "", sop)
    assert not Walk(sop).case.concerns(TYPED, "", sop)
