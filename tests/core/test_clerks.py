"""Who keeps watch over an office's cases, as its file says."""

from portal.core.application import Actor
from portal.core.clerks import CLERK, Clerk, clerk, clerks

NAMED = {
    "short": "DKISP",
    "email": "dkisp@tarakankota.go.id",
    "clerks": [
        {"name": "Dewi", "email": "Dewi@Tarakankota.go.id"},
        {"name": "Hasan", "email": "hasan@tarakankota.go.id"},
    ],
}
DEWI, HASAN = Clerk("Dewi", "dewi@tarakankota.go.id"), Clerk("Hasan", "hasan@tarakankota.go.id")


def test_the_clerks_are_those_whom_the_office_names() -> None:
    assert clerks(NAMED) == [DEWI, HASAN]


def test_an_office_that_names_none_has_one_at_its_own_address() -> None:
    assert clerks({**NAMED, "clerks": []}) == [Clerk("DKISP", "dkisp@tarakankota.go.id")]
    assert clerks({"short": "DLD", "email": "DLD@x.example"}) == [Clerk("DLD", "dld@x.example")]


def test_a_clerk_is_found_by_the_address_however_it_is_typed() -> None:
    assert clerk(NAMED, "HASAN@tarakankota.go.id") == HASAN
    assert clerk(NAMED, "dkisp@tarakankota.go.id") is None


def test_a_clerk_acts_by_name_and_address_under_the_title_that_the_history_has_for_clerks() -> None:
    assert DEWI.as_actor("Petugas") == Actor(CLERK, "Dewi", "Petugas", "dewi@tarakankota.go.id")
