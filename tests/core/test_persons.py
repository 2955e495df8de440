"""By what a person is found in whatever is kept: addresses and long numbers, however they are written."""

import pytest

from portal.core.persons import keys_of, known_by
from tests.support.builders import a_sop, after, application


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (" Siti@Tarakankota.go.id ", "siti@tarakankota.go.id"),
        ("6473 0141 0190 0001", "6473014101900001"),
        ("19900101 201501 2 001", "199001012015012001"),
    ],
)
def test_an_address_and_a_nik_or_nip_have_one_written_form(typed: str, key: str) -> None:
    assert known_by([typed]) == {key}


@pytest.mark.parametrize("typed", ["Siti Aminah", "", "   ", "0811432453", "64730141019000012", None, 7, ["x@y"]])
def test_what_others_may_have_too_is_no_key(typed: object) -> None:
    assert known_by([typed]) == frozenset()


def test_an_applicant_is_known_by_what_was_typed_and_by_the_confirmed_address() -> None:
    case = after(application(), "confirm")
    assert keys_of(case, a_sop()) == {"siti@tarakankota.go.id", "199001012015012001"}


def test_an_applicant_who_has_confirmed_nothing_is_known_by_what_was_typed() -> None:
    assert keys_of(application(), a_sop()) == {"siti@tarakankota.go.id", "199001012015012001"}
