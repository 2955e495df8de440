"""What a move of the register writes down, to the letter: entries and corrections are kept for years."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.recap import merge, of_month, tally
from portal.core.register import (
    Certificate,
    Recorded,
    correction,
    corrections,
    count,
    from_before,
    handed_over,
    imported_id,
    keeps_register,
    plain_serial,
)
from portal.core.steps import State
from tests.support.builders import WITA, a_sop, application_in, certificate, official, reachable
from tests.support.calendars import ORDINARY

TODAY = date(2028, 6, 1)
NOW = datetime(2028, 6, 1, 9, 0, tzinfo=WITA)
BY = Actor("verifikator", "Andi", "Verifikator", "andi@tarakankota.go.id")
ENTRY = certificate()
DONE = next(application_in(*place) for place in reachable() if place[1].value == "done")


def test_an_entry_from_before_the_portal_holds_what_was_said_and_nothing_else() -> None:
    said = {
        "serial": "4f:7k 01",
        "name": "Siti Aminah",
        "number": "199001012015012001",
        "email": "Siti@TarakanKota.go.id",
        "office": "Dinas Sosial",
        "valid_from": "2024-02-29",
        "valid_until": "2026-02-28",
    }
    assert from_before("contoh", said) == Certificate(
        service="contoh",
        id="impor-" + sha256(b"4F7K01").hexdigest()[:16],
        serial="4f:7k 01",
        name="Siti Aminah",
        number="199001012015012001",
        email="siti@tarakankota.go.id",
        office="Dinas Sosial",
        valid_from=date(2024, 2, 29),
        valid_until=date(2026, 2, 28),
        issued=date(2024, 2, 29),
    )
    bare = from_before("contoh", {"serial": "1", "valid_from": "2024-02-29"})
    assert (bare.name, bare.number, bare.email, bare.office, bare.valid_until) == ("", "", "", "", None)


@pytest.mark.parametrize("serial", ["4f:7k:01", "4F-7K-01", " 4f 7k 01 "])
def test_a_serial_is_compared_in_capitals_without_what_groups_it(serial: str) -> None:
    assert plain_serial(serial) == "4F7K01"
    assert imported_id(serial) == "impor-" + sha256(b"4F7K01").hexdigest()[:16]


def test_a_revocation_says_why_from_when_and_by_whom() -> None:
    revoked = ENTRY.revoke({"reason": "hilang"}, on=date(2028, 5, 30), by=BY, at=NOW, today=TODAY)
    recorded = Recorded("revoke", date(2028, 5, 30), NOW, BY, {"reason": "hilang"})
    assert revoked == replace(ENTRY, recorded=(recorded,), version=2)


def test_a_renewal_says_by_which_one_and_counts_from_its_day() -> None:
    newer = replace(ENTRY, id="TTE-2", issued=date(2028, 5, 31))
    renewed = ENTRY.renew(newer, by=BY, at=NOW, today=TODAY)
    recorded = Recorded("replace", date(2028, 5, 31), NOW, BY, {"id": "TTE-2"})
    assert renewed == replace(ENTRY, recorded=(recorded,), version=2)


def test_a_change_says_what_was_there_before() -> None:
    on, said = date(2028, 5, 30), {"reason": "mutasi"}
    changed = ENTRY.change({"office": "BKPSDM", "name": "Siti"}, said, on=on, by=BY, at=NOW, today=TODAY)
    recorded = Recorded("change", on, NOW, BY, {"reason": "mutasi", "before": {"office": "Dinas Sosial"}})
    assert changed == replace(ENTRY, office="BKPSDM", recorded=(recorded,), version=2)


@pytest.mark.parametrize(
    ("action", "is_entered"), [("record", True), ("hand_over", True), ("complete", False), ("sign", False)]
)
def test_only_what_was_recorded_or_handed_over_is_entered(action: str, is_entered: bool) -> None:
    events = tuple(replace(each, action="x" if each.action == "record" else each.action) for each in DONE.events)
    done = replace(DONE, events=(*events[:-1], replace(events[-1], action=action)))
    assert (handed_over(done, a_sop(), ORDINARY) is not None) is is_entered


def test_nothing_is_entered_of_a_case_that_was_closed_otherwise_although_a_product_was_recorded() -> None:
    assert handed_over(replace(DONE, state=State.REJECTED), a_sop(), ORDINARY) is None


def test_the_holder_is_written_to_at_the_typed_address_where_none_was_confirmed() -> None:
    made = handed_over(
        replace(DONE, events=tuple(replace(each, data=without(each.data)) for each in DONE.events)), a_sop(), ORDINARY
    )
    assert made is not None
    assert made.email == "siti@tarakankota.go.id"


def without(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: said for key, said in data.items() if key != "email"}


def test_the_holder_is_written_to_at_the_confirmed_address() -> None:
    events = tuple(
        replace(each, data={**each.data, "email": "Siti.Aminah@TarakanKota.go.id"})
        if each.action == "confirm"
        else each
        for each in DONE.events
    )
    made = handed_over(replace(DONE, events=events), a_sop(), ORDINARY)
    assert made is not None
    assert made.email == "siti.aminah@tarakankota.go.id"


def test_what_the_recap_hears_of_each_move() -> None:
    moved = ENTRY.change({"office": "BKPSDM"}, {}, on=TODAY, by=BY, at=NOW, today=TODAY)
    revoked = ENTRY.revoke({}, on=TODAY, by=BY, at=NOW, today=TODAY)
    said: dict[str, Any] = {"service": "contoh", "today": TODAY}
    assert corrections(None, ENTRY, TODAY) == [correction("TTE-1/1", [count(ENTRY, 1)], **said)]
    assert corrections(ENTRY, revoked, TODAY) == [correction("TTE-1/2", [count(ENTRY, -1, "revoked")], **said)]
    assert corrections(ENTRY, moved, TODAY) == [correction("TTE-1/2", [count(ENTRY, -1), count(moved, 1)], **said)]


def test_emails_about_an_entry_name_service_and_entry() -> None:
    assert ENTRY.about == "register/contoh/TTE-1"


def test_the_register_is_kept_by_the_role_of_the_last_step_of_its_own_service() -> None:
    sop = a_sop()
    last = sop.steps[-1].role
    assert keeps_register(official(last, service=sop.service), sop)
    assert not keeps_register(official(last, service="lain"), sop)
    others = {role.key for role in sop.roles} - {last}
    assert not any(keeps_register(official(role, service=sop.service), sop) for role in others)
    handed_over_by_another = replace(sop, steps=(*sop.steps[:-1], replace(sop.steps[-1], role="kadis")))
    assert keeps_register(official("kadis", service=sop.service), handed_over_by_another)
    assert not keeps_register(official(last, service=sop.service), handed_over_by_another)


def test_the_recap_hears_of_a_correction_by_key_service_and_day() -> None:
    counts = [count(ENTRY, -1, "revoked")]
    assert counts == [
        {"month": "2026-08", "office": "Dinas Sosial", "until": "2028-08-03", "holders": -1, "outcome": "revoked"}
    ]
    assert correction("TTE-1/2", iter(counts), service="contoh", today=TODAY) == {
        "ticket": "TTE-1/2",
        "service": "contoh",
        "closed": "2028-06-01",
        "outcome": "register",
        "counts": counts,
    }


def test_a_change_that_the_recap_does_not_show_is_not_told_to_it() -> None:
    renamed = ENTRY.change({"name": "Siti A."}, {}, on=TODAY, by=BY, at=NOW, today=TODAY)
    assert corrections(ENTRY, renamed, TODAY) == []


def test_of_another_month_s_tally_only_what_it_says_of_this_month_counts() -> None:
    fact = correction("TTE-1/2", [count(ENTRY, -1, "revoked")], service="contoh", today=TODAY)
    told = merge([tally([fact])])
    of_august = of_month(told, "2026-08")
    assert of_august == {"months": {"2026-08": told["months"]["2026-08"]}}
    assert of_month(told, "2026-09") == {"months": {}}
    assert of_month({}, "2026-08") == {"months": {}}
