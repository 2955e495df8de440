"""The table of keys, literally: what is stored under them outlives every version of the code."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.core.draft import Draft
from portal.core.notices import Notice
from portal.core.recap import tally
from portal.core.sop import APPLICANT, parse
from portal.core.steps import State
from portal.editions import read_sop
from portal.engines import entries
from portal.engines.aws import items
from portal.engines.ports import Compiled
from tests.support.builders import AT, a_notice, a_sop, after, application, application_in, draft, official, reachable
from tests.support.places import SCHEMAS

TICKET = "TTE-26-4F7K-9QXM"
FAR = datetime(2026, 8, 5, 1, 0, 0, 5, tzinfo=UTC)
SERVICE = SCHEMAS / "penerbitan"


@pytest.mark.parametrize(
    ("key", "partition", "sort"),
    [
        (items.application_key(TICKET), "APPLICATION#TTE-26-4F7K-9QXM", "APPLICATION"),
        (items.event_key(TICKET, 3), "APPLICATION#TTE-26-4F7K-9QXM", "EVENT#0003"),
        (
            items.notice_key((TICKET, 3, "turn", "kadis@tarakankota.go.id", "")),
            "NOTICE#TTE-26-4F7K-9QXM",
            "0003#turn##kadis@tarakankota.go.id",
        ),
        (
            items.notice_key((TICKET, 3, "reminder", "kadis@tarakankota.go.id", "2026-08-05")),
            "NOTICE#TTE-26-4F7K-9QXM",
            "0003#reminder#2026-08-05#kadis@tarakankota.go.id",
        ),
        (items.draft_key("5b0c61"), "DRAFT#5b0c61", "DRAFT"),
        (items.claim_key("visit/penerbitan/2026-08-04T08:30/0"), "CLAIM", "visit/penerbitan/2026-08-04T08:30/0"),
        (items.official_key(official("kadis"), "kadis"), "OFFICIAL", "kadis#2024-01-02#kadis@tarakankota.go.id"),
        (items.official_key(official(since=None, email="K@X.ID"), "kadis"), "OFFICIAL", "kadis##k@x.id"),
        (items.sop_key("9f86d0"), "SOP#9f86d0", "SOP"),
        (items.counter_key("agenda-2026"), "COUNTER#agenda-2026", "COUNTER"),
        (
            items.official_key(official("kadis"), "surel/kadis"),
            "OFFICIAL",
            "/surel/kadis#2024-01-02#kadis@tarakankota.go.id",
        ),
        (items.fact_key("FACT", TICKET, "2026-08-03"), "FACT", "2026-08-03#TTE-26-4F7K-9QXM"),
        (items.certificate_key("penerbitan", TICKET), "CERTIFICATE#penerbitan", TICKET),
    ],
)
def test_every_item_has_its_key(key: dict[str, Any], partition: str, sort: str) -> None:
    assert key == {"PK": partition, "SK": sort}


def test_the_case_and_its_events_are_one_range_in_the_order_of_events() -> None:
    keys = [items.application_key(TICKET), *(items.event_key(TICKET, number) for number in (1, 9, 10, 999, 1000))]
    assert {key["PK"] for key in keys} == {"APPLICATION#TTE-26-4F7K-9QXM"}
    assert sorted(keys, key=lambda key: key["SK"]) == keys


def test_notices_that_differ_in_any_part_of_their_identity_have_different_keys() -> None:
    notices = [
        a_notice("a"),
        a_notice("b"),
        a_notice("a", event=2),
        a_notice("a", letter="turn"),
        a_notice("a", occasion="again"),
        a_notice("a", recipient="again#siti@tarakankota.go.id"),
        a_notice("a", recipient="#again#siti@tarakankota.go.id"),
    ]
    assert len({tuple(items.notice_key(notice.identity).values()) for notice in notices}) == len(notices)


# --- applications ----------------------------------------------------------------------------------------------------


def test_an_application_waits_on_the_list_of_whoever_has_to_act_since_it_came_there() -> None:
    case = replace(application("confirm"), ticket=TICKET)
    item = items.application_item(case, "kadis")
    assert item["GSI1PK"] == items.waiting_list("kadis") == "WAITING#kadis"
    assert item["GSI1SK"] == "2026-08-03T01:00:00.000000+00:00#TTE-26-4F7K-9QXM"
    assert {name: item[name] for name in ("ticket", "service", "version", "waits_on")} == {
        "ticket": TICKET,
        "service": "penerbitan",
        "version": 2,
        "waits_on": "kadis",
    }


def test_a_closed_application_is_on_no_list() -> None:
    item = items.application_item(application("withdraw"), "")
    assert not {"GSI1PK", "GSI1SK"} & item.keys()


def test_an_event_is_stored_as_what_its_hash_covers() -> None:
    event = application("confirm").events[1]
    assert items.event_item(TICKET, event) == {
        "PK": "APPLICATION#TTE-26-4F7K-9QXM",
        "SK": "EVENT#0002",
        "entry": event.entry(),
    }


@pytest.mark.parametrize(("step", "state"), reachable())
def test_an_application_and_its_events_become_items_and_back(step: str, state: State) -> None:
    case = application_in(step, state)
    found = [
        items.application_item(case, case.waits_on(a_sop())),
        *(items.event_item(case.ticket, e) for e in case.events),
    ]
    assert items.application(found) == case
    assert items.waits_on(found) == case.waits_on(a_sop())
    assert items.ticket(items.application_key(case.ticket)) == case.ticket


def test_what_was_read_while_a_transaction_was_under_way_is_not_of_one_moment() -> None:
    before, now = application("confirm", "return"), application("confirm", "return", "resubmit")
    events = [items.event_item(now.ticket, event) for event in now.events]
    assert items.is_of_one_moment([items.application_item(now, ""), *events])
    assert not items.is_of_one_moment([items.application_item(before, ""), *events])
    assert not items.is_of_one_moment([items.application_item(now, ""), *events[:-1]])
    assert not items.is_of_one_moment([items.application_item(now, "")])


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_on_the_list_by_age_and_the_table_forgets_it_in_the_end() -> None:
    item = items.draft_item(draft(id="5b0c61"), timedelta(days=30))
    assert (item["GSI1PK"], item["GSI1SK"]) == ("DRAFTS", "2026-08-02T23:00:00.000000+00:00#5b0c61")
    assert datetime.fromtimestamp(item["expires_at"], UTC) == AT - timedelta(hours=1) + timedelta(days=30)


def test_a_draft_that_mends_lives_as_long_as_its_application_waits() -> None:
    assert "expires_at" not in items.draft_item(draft(mends=TICKET), timedelta(days=30))


@pytest.mark.parametrize("made", [draft(), draft(documents=(), ticket=TICKET), draft(mends=TICKET, items=("ktp",))])
def test_a_draft_becomes_an_item_and_back(made: Draft) -> None:
    assert entries.draft(items.draft_item(made, timedelta(days=30))) == made


# --- owed emails -----------------------------------------------------------------------------------------------------


def test_an_email_is_listed_by_when_it_is_due_until_it_is_hopeless_or_sent() -> None:
    owed = a_notice(queued_at=AT, due_at=FAR)
    held = owed.held(FAR)
    listed = {
        "owed": items.notice_list(owed),
        "failed": items.notice_list(held.failed("451", FAR)),
        "hopeless": items.notice_list(held.failed("550", FAR, hopeless=True)),
        "sent": items.notice_list(held.delivered(FAR)),
    }
    assert listed == {
        "owed": {"GSI1PK": "OUTBOX", "GSI1SK": "2026-08-05T01:00:00.000005+00:00"},
        "failed": {"GSI1PK": "OUTBOX", "GSI1SK": "2026-08-05T01:00:10.000005+00:00"},
        "hopeless": {"GSI1PK": "HOPELESS", "GSI1SK": "2026-08-05T01:00:10.000005+00:00"},
        "sent": {},
    }


@pytest.mark.parametrize(
    "owed",
    [
        a_notice(name="Siti – Ny.", occasion="again", due_at=FAR),
        a_notice().held(FAR).failed("451 later", FAR),
        a_notice().held(FAR).failed("550 no", FAR, hopeless=True),
        a_notice().held(FAR).delivered(FAR),
    ],
)
def test_a_notice_becomes_an_item_and_back(owed: Notice) -> None:
    assert entries.notice(items.notice_item(owed)) == owed


# --- the others ------------------------------------------------------------------------------------------------------


def test_claims_editions_and_facts_are_what_they_say() -> None:
    assert items.claim_item("visit/1", TICKET) == {"PK": "CLAIM", "SK": "visit/1", "ticket": TICKET}
    assert items.sop_item("9f", "{}") == {"PK": "SOP#9f", "SK": "SOP", "text": "{}"}
    fact = {"ticket": TICKET, "closed": "2026-08-03", "minutes": {"ajukan": 12}}
    assert items.fact_item("FACT", TICKET, fact) == {"PK": "FACT", "SK": "2026-08-03#TTE-26-4F7K-9QXM", "fact": fact}


def test_the_facts_after_a_day_begin_behind_all_of_that_day() -> None:
    day, later = (items.fact_key("FACT", TICKET, closed)["SK"] for closed in ("2026-08-03", "2026-08-04"))
    assert day < items.facts_after("2026-08-03") < later


def test_a_tally_is_text_under_its_month_and_how_far_it_goes_is_an_item_of_its_own() -> None:
    compiled = Compiled("2026-08", "2026-08-31", 2)
    head = {"month": "2026-08", "through": "2026-08-31", "cases": 2}
    item = items.tally_item("TALLY", compiled, {"steps": {"ajukan": {"12": 2}}})
    assert item == {"PK": "TALLY", "SK": "2026-08", **head, "text": '{"steps":{"ajukan":{"12":2}}}'}
    assert items.compiled_item("COMPILED", compiled) == {"PK": "COMPILED", "SK": "2026-08", **head}
    assert items.tally(item) == {"steps": {"ajukan": {"12": 2}}}
    assert items.compiled(item) == items.compiled(items.compiled_item("COMPILED", compiled)) == compiled


def month_of_facts(count: int, minutes: Callable[[int], int]) -> list[dict[str, Any]]:
    """So many completed cases in forty offices, whose certificates end on all working days of a month."""
    steps = [step.key for step in read_sop(SERVICE).steps]
    return [
        {
            "closed": "2026-08-31",
            "office": f"Dinas Perumahan dan Kawasan Permukiman {n % 40}",
            "outcome": "done",
            "returns": 0,
            "minutes": {step: minutes(n) for step in steps},
            "valid_until": f"2028-08-{n % 22 + 1:02d}",
        }
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("facts", "most"),
    [
        (month_of_facts(100, lambda n: n * 37 % 900), 12_000),
        # No two took equally long anywhere, none of them less than twenty working days.
        (month_of_facts(5000, lambda n: 9_000 + n), 400 * 1024),
    ],
)
def test_a_month_fits_into_an_item(facts: list[dict[str, Any]], most: int) -> None:
    item = items.tally_item("TALLY", Compiled("2026-08", "2026-08-31", len(facts)), tally(facts))
    assert sum(len(f"{name}{value}".encode()) for name, value in item.items()) < most


def test_the_office_s_own_edition_fits_into_an_item_ten_times_over() -> None:
    data = tomllib.loads((SERVICE / "sop.toml").read_text("utf-8"))
    form = json.loads((SERVICE / "application.schema.json").read_text("utf-8"))
    assert len(parse(data, form).snapshot().encode()) < 400 * 1024 / 10


def test_since_when_a_case_waits_outlasts_another_choice_of_the_same_kind() -> None:
    booked = application_in("kunjungan", State.BOOKED)
    assert after(booked, "book").since == booked.since == booked.events[-1].at
    assert items.application_item(booked, "verifikator")["GSI1SK"].startswith(entries.moment(booked.since))
    assert items.application_item(application(), APPLICANT)["GSI1PK"] == "WAITING#applicant"
