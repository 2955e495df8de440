"""What the register holds of one thing issued, whether it stands on a day, and what the recap hears of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.errors import NotAllowed
from portal.core.recap import merge, summarise, tally
from portal.core.register import (
    Certificate,
    Standing,
    corrections,
    days_before,
    ends_within,
    from_before,
    handed_over,
    imported_id,
    keeps_register,
    soon,
)
from portal.core.steps import State
from tests.support.builders import AT, FORM, WITA, a_sop, after, application, application_in, draft, official, reachable
from tests.support.builders import certificate as entry
from tests.support.calendars import ORDINARY

TODAY = date(2028, 6, 1)
NOW = datetime(2028, 6, 1, 9, 0, tzinfo=WITA)
BY = Actor("verifikator", "Andi", "Verifikator", "andi@tarakankota.go.id")


def revoked(certificate: Certificate, on: date = TODAY) -> Certificate:
    return certificate.revoke({"reason": "hilang"}, on=on, by=BY, at=NOW, today=TODAY)


def moved(certificate: Certificate, **holder: str) -> Certificate:
    return certificate.change(holder, {"reason": "mutasi"}, on=TODAY, by=BY, at=NOW, today=TODAY)


# --- how an entry comes into being -----------------------------------------------------------------------------------

DONE = next(application_in(*place) for place in reachable() if place[1].value == "done")


def test_a_hand_over_makes_the_entry_of_its_case() -> None:
    made = handed_over(DONE, a_sop(), ORDINARY)
    assert made is not None
    assert (made.id, made.ticket, made.service, made.version) == (DONE.ticket, DONE.ticket, DONE.service, 1)
    assert (made.serial, made.valid_from, made.valid_until) == ("4F7K9QXM", date(2026, 8, 3), date(2028, 8, 3))
    assert (made.name, made.number, made.office) == ("Siti Aminah", "199001012015012001", "Dinas Sosial")
    assert (made.email, made.recorded) == ("siti@tarakankota.go.id", ())
    assert made.issued == ORDINARY.local(DONE.events[-1].at).date()


@pytest.mark.parametrize("place", [place for place in reachable() if place[1].value != "done"])
def test_no_other_case_makes_one(place: tuple[str, Any]) -> None:
    assert handed_over(application_in(*place), a_sop(), ORDINARY) is None


def test_a_product_without_serial_and_end_is_entered_too() -> None:
    events = tuple(replace(event, data={} if event.action == "record" else event.data) for event in DONE.events)
    made = handed_over(replace(DONE, events=events), a_sop(), ORDINARY)
    assert made is not None
    assert (made.serial, made.valid_from, made.valid_until) == ("", None, None)
    assert made.standing(date.max) is Standing.VALID
    assert (made.letter_due(TODAY, (60,)), made.forgotten_on(5)) == (None, None)


def test_what_was_issued_before_the_portal_has_the_same_id_however_its_serial_is_written() -> None:
    said = {
        "serial": "4f:7k",
        "name": "Siti",
        "email": "Siti@X.id",
        "valid_from": "2024-02-29",
        "valid_until": "2026-02-28",
    }
    made = from_before("contoh", said)
    assert made.id == imported_id("4F 7K") == imported_id("4F-7K")
    assert made.id != imported_id("4F7L")
    assert (made.ticket, made.issued, made.number, made.office, made.email) == (
        "",
        date(2024, 2, 29),
        "",
        "",
        "siti@x.id",
    )
    assert from_before("contoh", {**said, "valid_until": ""}).valid_until is None


# --- whose it is ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("same", [{"email": BY.email.upper()}, {"number": "197001012000011001"}])
def test_nobody_revokes_or_changes_his_own(same: dict[str, str]) -> None:
    own = entry(**same)
    by = replace(BY, number="197001012000011001")
    with pytest.raises(NotAllowed, match=r"^own_certificate$"):
        own.revoke({"reason": "hilang"}, on=TODAY, by=by, at=NOW, today=TODAY)
    with pytest.raises(NotAllowed, match=r"^own_certificate$"):
        own.change({"office": "BKPSDM"}, {"reason": "mutasi"}, on=TODAY, by=by, at=NOW, today=TODAY)
    assert revoked(entry(number="", email="")).ended


# --- whether it stands -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2026, 1, 1), Standing.VALID),
        (date(2028, 6, 3), Standing.VALID),
        (date(2028, 6, 4), Standing.EXPIRING),
        (date(2028, 8, 3), Standing.EXPIRING),
        (date(2028, 8, 4), Standing.EXPIRED),
    ],
)
def test_it_stands_through_its_last_day_and_is_about_to_end_sixty_days_before(day: date, standing: Standing) -> None:
    assert entry().standing(day) is standing
    assert standing.is_running is (standing is not Standing.EXPIRED)


def test_what_was_revoked_stands_no_more_and_stays_revoked_after_its_end() -> None:
    ended = revoked(entry())
    assert [ended.standing(day) for day in (TODAY, date(2030, 1, 1))] == [Standing.REVOKED] * 2
    assert not Standing.REVOKED.is_running
    assert (ended.version, ended.ended_on, ended.ended and ended.ended.data) == (2, TODAY, {"reason": "hilang"})


def test_what_a_newer_one_replaced_says_by_which() -> None:
    newer = entry(id="TTE-2", issued=TODAY)
    ended = entry().renew(newer, by=BY, at=NOW, today=TODAY)
    assert ended.standing(TODAY) is Standing.REPLACED
    assert ended.ended is not None
    assert (ended.ended.on, ended.ended.data) == (TODAY, {"id": "TTE-2"})


@pytest.mark.parametrize("ended", [revoked(entry()), entry(valid_until=date(2028, 5, 31))])
def test_what_has_ended_is_neither_revoked_nor_changed_nor_renewed(ended: Certificate) -> None:
    for move in (revoked, moved, lambda one: one.renew(entry(id="B"), by=BY, at=NOW, today=TODAY)):
        with pytest.raises(NotAllowed) as refused:
            move(ended)
        assert refused.value.code == "certificate_ended"


def test_a_change_keeps_what_was_there_and_goes_on_standing() -> None:
    changed = moved(entry(), office="BKPSDM", name="Siti", email="")
    assert (changed.office, changed.name, changed.email, changed.number) == ("BKPSDM", "Siti", "", "199001012015012001")
    assert changed.recorded[-1].data == {
        "reason": "mutasi",
        "before": {"email": "siti@tarakankota.go.id", "office": "Dinas Sosial"},
    }
    assert (changed.standing(TODAY), changed.version, changed.ended) == (Standing.VALID, 2, None)


# --- letters before the end ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "due"), [(61, None), (60, 60), (59, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_one_letter_is_due_the_latest_whose_day_has_come(left: int, due: int | None) -> None:
    assert entry(valid_until=TODAY + timedelta(days=left)).letter_due(TODAY, (60, 30, 7)) == due


def test_no_letter_is_due_of_what_was_ended_or_where_none_are_wanted() -> None:
    near = entry(valid_until=TODAY + timedelta(days=5))
    assert near.letter_due(TODAY, (60, 30, 7)) == 7
    assert revoked(near).letter_due(TODAY, (60, 30, 7)) is None
    assert near.letter_due(TODAY, ()) is None


@pytest.mark.parametrize(
    ("other", "newer"),
    [
        ({"valid_until": date(2030, 1, 1)}, True),
        ({"valid_until": None}, True),
        ({"valid_until": date(2028, 8, 3)}, False),
        ({"valid_until": date(2030, 1, 1), "number": "199101012015012001"}, False),
        ({"valid_until": date(2030, 1, 1), "number": ""}, True),
        ({"valid_until": date(2030, 1, 1), "number": "", "email": "SITI@tarakankota.go.id"}, True),
        ({"valid_until": date(2030, 1, 1), "number": "", "email": "lain@tarakankota.go.id"}, False),
        ({"valid_until": date(2030, 1, 1), "number": "", "email": ""}, False),
    ],
)
def test_a_newer_one_is_of_the_same_holder_and_ends_later(other: Mapping[str, Any], newer: bool) -> None:
    assert entry().has_newer([entry(), entry(id="TTE-2", **other)]) is newer


def test_a_newer_one_that_was_revoked_is_none() -> None:
    assert not entry().has_newer([revoked(entry(id="TTE-2", valid_until=date(2030, 1, 1)))])


def test_the_days_are_the_services_or_else_the_usual_ones() -> None:
    sop = a_sop()
    assert (days_before(sop), soon(sop)) == ((60, 30, 7), 60)
    other = replace(sop, data={**sop.data, "reminders": {"expiry_days": [14, 90]}})
    assert (days_before(other), soon(other)) == ((14, 90), 90)
    none = replace(sop, data={**sop.data, "reminders": {"expiry_days": []}})
    assert (days_before(none), soon(none)) == ((), 0)


# --- how long it is kept ---------------------------------------------------------------------------------------------


def test_it_is_forgotten_so_many_years_after_it_ended() -> None:
    assert entry().forgotten_on(5) == date(2033, 8, 3)
    assert revoked(entry()).forgotten_on(5) == date(2033, 6, 1)
    assert entry(valid_until=date(2028, 2, 29)).forgotten_on(5) == date(2033, 3, 1)
    assert entry(valid_until=date(2028, 2, 29)).forgotten_on(4) == date(2032, 2, 29)
    assert revoked(entry(valid_until=None)).forgotten_on(5) == date(2033, 6, 1)


# --- what the recap hears --------------------------------------------------------------------------------------------


def of_case(certificate: Certificate) -> dict[str, Any]:
    issued = certificate.issued.isoformat()
    said = {"ticket": certificate.id, "closed": issued, "office": certificate.office, "outcome": "done"}
    return {**said, "returns": 0, "minutes": {}, "valid_until": str(certificate.valid_until or "")}


def holders(*facts: Mapping[str, Any], today: date = TODAY) -> dict[str, int]:
    return dict(summarise([tally(facts)], a_sop(), today).holders)


def test_a_revocation_lowers_the_count_of_its_office_and_month_at_once() -> None:
    facts = [of_case(entry()), of_case(entry(id="TTE-2")), *corrections(entry(), revoked(entry()), TODAY)]
    recap = summarise([tally(facts)], a_sop(), TODAY)
    assert (recap.holders, recap.outcomes) == ({"Dinas Sosial": 1}, {"done": 2, "revoked": 1})
    assert [(row.month, row.holders) for row in recap.rows] == [("2026-08", 1)]
    assert holders(*facts, today=date(2029, 1, 1)) == {}


def test_a_replaced_one_counts_no_more_and_the_newer_one_does() -> None:
    newer = entry(id="TTE-2", issued=TODAY, valid_until=date(2030, 6, 1))
    replaced = entry().renew(newer, by=BY, at=NOW, today=TODAY)
    facts = [of_case(entry()), of_case(newer), *corrections(entry(), replaced, TODAY)]
    assert holders(*facts) == {"Dinas Sosial": 1}
    assert summarise([tally(facts)], a_sop(), TODAY).outcomes["replaced"] == 1


def test_whoever_moves_counts_where_he_has_gone_and_other_changes_say_nothing() -> None:
    facts = [of_case(entry()), *corrections(entry(), moved(entry(), office="BKPSDM"), TODAY)]
    assert holders(*facts) == {"BKPSDM": 1}
    assert corrections(entry(), moved(entry(), name="Siti A."), TODAY) == []


def test_what_was_issued_before_the_portal_counts_in_the_month_it_was_issued() -> None:
    facts = corrections(None, entry(ticket="", issued=date(2026, 8, 3)), TODAY)
    recap = summarise([tally(facts)], a_sop(), TODAY)
    assert [(row.month, row.office, dict(row.outcomes), row.holders) for row in recap.rows] == [
        ("2026-08", "Dinas Sosial", {}, 1)
    ]
    forever = corrections(None, entry(valid_until=None), TODAY)
    assert holders(*forever, today=date(2099, 1, 1)) == {"Dinas Sosial": 1}


def test_the_recap_counts_what_ends_soon() -> None:
    facts = [
        of_case(entry(id=str(number), valid_until=TODAY + timedelta(days=days)))
        for number, days in enumerate((0, 60, 61, -1))
    ]
    assert summarise([tally(facts)], a_sop(), TODAY).expiring == 2
    assert ends_within({"": 4, "2028-06-01": 2, "2028-06-02": 1}, TODAY, 0) == 2


def test_a_correction_names_nobody() -> None:
    (fact,) = corrections(entry(), revoked(entry()), TODAY)
    assert fact["ticket"] == "TTE-1/2"
    assert not any(secret in str(fact) for secret in ("Siti", "siti", "1990", "4F7K"))


def test_tallies_from_before_the_register_go_on_adding_up() -> None:
    old = {"months": {"2026-08": {"Dinas Sosial": {"outcomes": {"done": 2}, "returns": 1, "ends": {"2028-08-03": 2}}}}}
    new = tally(corrections(entry(), revoked(entry()), TODAY))
    recap = summarise([merge([old, new])], a_sop(), TODAY)
    assert (recap.holders, recap.outcomes["done"], recap.rows[0].returns) == ({"Dinas Sosial": 1}, 2, 1)


# --- renewing --------------------------------------------------------------------------------------------------------


def test_an_application_says_which_entry_it_is_to_replace_and_its_chain_covers_that() -> None:
    plain = application()
    assert (plain.renews, "renews" in plain.events[0].data) == ("", False)
    sent = draft(renews="TTE-1")
    renewing = type(plain).submit(sent, ticket=plain.ticket, documents=sent.documents, sop=a_sop(), at=AT)
    assert (renewing.renews, after(renewing, "confirm").renews) == ("TTE-1", "TTE-1")
    assert renewing.first_damage() is None
    other = replace(renewing.events[0], data={**renewing.events[0].data, "renews": "TTE-9"})
    assert replace(renewing, events=(other,)).first_damage() == 1


def test_an_entry_stands_among_others_by_its_end_and_what_never_ends_comes_last() -> None:
    assert entry().place == "2028-08-03#TTE-1"
    assert entry(valid_until=None).place == "9999-12-31#TTE-1"
    assert revoked(entry()).place == f"{TODAY}#TTE-1"


def test_what_ended_it_before_its_time_is_told() -> None:
    assert (entry().ended_by, revoked(entry()).ended_by) == ("", "revoke")


def test_the_register_is_kept_by_whoever_hands_over() -> None:
    sop = a_sop()
    assert [keeps_register(official(role), sop) for role in ("verifikator", "kabid", "kadis")] == [True, False, False]
    assert not keeps_register(official("verifikator", service="surel"), sop)


def test_an_entry_goes_to_the_address_that_was_vouched_for() -> None:
    """Also where another one was typed while mending."""
    case = application_in("penyerahan", State.DONE)
    other = replace(case, form={**case.form, "email": "lain@x.id"})
    found = handed_over(other, a_sop(), ORDINARY)
    assert found is not None
    assert found.email == FORM["email"]
    assert handed_over(application("confirm", "reject"), a_sop(), ORDINARY) is None
