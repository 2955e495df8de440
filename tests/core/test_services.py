"""Several services of one office: found by their keys, in the office's order, none like another."""

from typing import Any

import pytest

from portal.core.errors import NotFound, SopInvalid
from portal.core.services import Services
from portal.core.sop import Sop


def edition(key: str, prefix: str, **data: Any) -> Sop:
    return Sop(key, "1", prefix, (), (), (), (), (), {}, {}, {}, data, {})


ISSUING = edition("penerbitan", "TTE", office={"telephone": "0551"})
EXTENDING = edition("perpanjangan", "PJG", office={"telephone": "0552"})


def test_services_are_found_by_their_keys_and_listed_as_the_office_lists_them() -> None:
    services = Services([ISSUING, EXTENDING])
    assert (services["penerbitan"], services["perpanjangan"]) == (ISSUING, EXTENDING)
    assert (list(services), len(services)) == ([ISSUING, EXTENDING], 2)
    assert ("penerbitan" in services, "tidak_ada" in services) == (True, False)


def test_the_first_speaks_where_none_is_meant_and_for_the_office_itself() -> None:
    services = Services([EXTENDING, ISSUING])
    assert (services.first, services.office) == (EXTENDING, {"telephone": "0552"})


def test_of_several_services_the_office_speaks_where_none_is_meant_and_of_one_that_service() -> None:
    shared = {"office": {"telephone": "0550"}, "short_title": "Layanan"}
    several, one = Services([EXTENDING, ISSUING], shared), Services([EXTENDING], shared)
    assert (several.general["short_title"], several.office) == ("Layanan", {"telephone": "0550"})
    assert (one.general, one.office) == (EXTENDING.data, {"telephone": "0552"})


def test_a_service_that_is_not_there_is_unknown() -> None:
    with pytest.raises(NotFound) as refusal:
        Services([ISSUING])["tidak_ada"]
    assert (refusal.value.code, refusal.value.facts) == ("service_unknown", {"key": "tidak_ada"})


@pytest.mark.parametrize(
    ("editions", "code", "key", "value"),
    [
        ([], "services_none", "", None),
        ([ISSUING, edition("penerbitan", "LN")], "sop_key_twice", "service", "penerbitan"),
        ([ISSUING, edition("lain", "TTE")], "sop_key_twice", "ticket_prefix", "TTE"),
        (
            [ISSUING, EXTENDING, edition("penerbitan", "A"), edition("perpanjangan", "B")],
            "sop_key_twice",
            "service",
            "penerbitan, perpanjangan",
        ),
    ],
)
def test_an_office_has_a_service_and_none_twice(editions: list[Sop], code: str, key: str, value: str | None) -> None:
    with pytest.raises(SopInvalid) as refusal:
        Services(editions)
    assert refusal.value.code == code
    assert refusal.value.facts == {"key": key, "value": value, "expected": ""}


def test_the_pages_of_a_single_service_lie_at_the_root_and_of_several_below_a_name_each() -> None:
    assert Services([ISSUING]).base("penerbitan") == "/"
    assert Services([ISSUING, EXTENDING]).base("perpanjangan") == "/layanan/perpanjangan/"
