"""What the records ask of DynamoDB: how often, and no more however much is stored."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from portal.core.recap import summarise
from portal.core.steps import State
from portal.engines.aws.records import DynamoRecords
from portal.engines.ports import Compiled
from portal.usecases.compilation import Compilation, read_sums
from tests.support.aws_wire import Wire
from tests.support.builders import AT, a_notice, a_sop, after, application, application_in, draft, owed_by
from tests.support.commits import LEASE, Open, change, claimed, write

pytestmark = pytest.mark.cloud


def test_looking_a_case_up_is_one_read(records: DynamoRecords, wire: Wire) -> None:
    case = write(records, application("confirm", "forward"))
    asked = len(wire.asked)
    records.load(case.ticket)
    assert wire.asked[asked:] == ["Query"]


def test_a_decision_is_one_read_and_one_transaction(records: DynamoRecords, wire: Wire) -> None:
    case = write(records, application("confirm"))
    asked = len(wire.asked)
    decided = after(records.load(case.ticket), "forward")
    records.commit(change(decided, notices=owed_by(decided)))
    assert wire.asked[asked:] == ["Query", "TransactWriteItems"]


def test_a_deed_costs_the_same_in_a_portal_of_twenty_services(open_records: Open, wire: Wire) -> None:
    services = ("penerbitan", *(f"layanan{number}" for number in range(19)))
    office = open_records(services=services)
    case = write(office, replace(application("confirm"), service=services[-1]))
    asked = len(wire.asked)
    decided = after(office.load(case.ticket), "forward")
    office.commit(change(decided, notices=owed_by(decided)))
    assert office.next_number(services[-1], "agenda-2026") == 1
    assert len(list(office.waiting_on(services[-1], "kabid"))) == 1
    deeds = ["Query", "TransactWriteItems", "UpdateItem", "Query", "Query"]
    assert wire.asked[asked:] == deeds
    # With what it began is asked for once.
    again = open_records(services=services)
    asked = len(wire.asked)
    list(again.waiting_on("layanan3", "kabid"))
    list(again.waiting_on("layanan4", "kabid"))
    assert wire.asked[asked:].count("GetItem") == 1


def test_sending_an_application_is_one_read_and_one_transaction(records: DynamoRecords, wire: Wire) -> None:
    records.save_draft(draft())
    asked = len(wire.asked)
    kept = records.load_draft("a1")
    case = application()
    records.commit(change(case, draft=kept.sent_as(case.ticket), notices=owed_by(case)))
    assert wire.asked[asked:] == ["GetItem", "TransactWriteItems"]


def test_picking_another_visit_is_one_transaction(records: DynamoRecords, wire: Wire) -> None:
    case = write(records, application_in("kunjungan", State.BOOKED))
    records.commit(change(after(case, "book"), claims=["visit/0800/0"]))
    asked = len(wire.asked)
    again = after(after(case, "book"), "book")
    records.commit(change(again, claims=["visit/0900/0"], releases=["visit/0700/0", "visit/0800/0"]))
    assert wire.asked[asked:] == ["TransactWriteItems"]
    assert records.taken("visit/") == ["visit/0900/0"]


def test_sending_an_email_is_one_look_and_two_changes(records: DynamoRecords, wire: Wire) -> None:
    records.owe([a_notice(f"T{number}", due_at=AT + timedelta(seconds=number)) for number in range(60)])
    asked = len(wire.asked)
    records.settle_notice(claimed(records, AT).delivered(AT))
    assert wire.asked[asked:] == ["Query", "UpdateItem", "UpdateItem"]
    assert json.loads(wire.bodies[asked])["Limit"] < 60


def test_many_emails_to_somebody_who_is_being_written_to_are_passed_over_many_at_a_time(
    records: DynamoRecords, wire: Wire
) -> None:
    records.owe([a_notice(f"T{number}") for number in range(75)])
    records.owe([a_notice("other", recipient="lain@x.id", due_at=AT + LEASE / 2)])
    given, now = [], AT + LEASE / 2
    for _ in range(2):
        asked = len(wire.asked)
        given.append(records.claim_notice(now, LEASE, lambda _: True))
    assert [each.recipient if each else "" for each in given] == [a_notice().recipient, "lain@x.id"]
    assert len(wire.asked[asked:]) < 16


def test_what_is_looked_at_does_not_grow_with_what_is_stored(records: DynamoRecords, dynamodb: Any) -> None:
    looked_at: list[int] = []
    days = count()
    dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: looked_at.append(parsed["ScannedCount"])
    )
    open_case = write(records, application("confirm"))
    store_closed_case(records, 2, at=AT)

    def a_day() -> list[int]:
        """Lookup, reminders, mail sweep, red list and the month's recap."""
        looked_at.clear()
        records.load(open_case.ticket)
        list(records.waiting_on("penerbitan", "kadis"))
        records.owe([a_notice(occasion=f"again-{next(days)}")])
        records.settle_notice(claimed(records, AT).delivered(AT))
        list(records.unsent())
        list(records.facts("penerbitan", "2026-08"))
        list(records.facts_after("penerbitan", "2026-08-02"))
        return list(looked_at)

    a_day()
    before = a_day()
    for number in range(3, 13):
        store_closed_case(records, number, at=AT - timedelta(days=40))
        records.save_draft(draft(id=f"d{number}"))
    assert a_day() == before


def test_the_recap_of_a_month_reads_neither_other_months_nor_what_is_in_a_tally(
    records: DynamoRecords, wire: Wire, dynamodb: Any
) -> None:
    looked_at: list[int] = []
    dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: looked_at.append(parsed["ScannedCount"])
    )
    for number in range(1, 6):
        store_closed_case(records, number, at=AT - timedelta(days=40 - number))
    for month in ("2026-05", "2026-06", "2026-07"):
        records.keep_tally("penerbitan", Compiled(month, f"{month}-30", 5), {})
    store_closed_case(records, 6, at=AT)
    asked = len(wire.asked)
    looked_at.clear()
    records.compiled("penerbitan")
    list(records.tallies("penerbitan", "2026-06"))  # that of the one month after it
    list(records.facts_after("penerbitan", "2026-07-30"))
    assert wire.asked[asked:] == ["Query"] * 3
    assert looked_at == [3, 1, 1]


@pytest.mark.parametrize("stored", [2, 12])
def test_the_recap_looks_at_as_much_however_many_applications_are_stored(
    records: DynamoRecords, dynamodb: Any, stored: int
) -> None:
    office: Any = SimpleNamespace(records=records, services=[SimpleNamespace(service="penerbitan")], today=AT.date)
    for number in range(1, stored + 1):
        store_closed_case(records, number, at=AT - timedelta(days=5 + number % 2))
    Compilation(office).compile_recap()
    looked_at: list[int] = []
    dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: looked_at.append(parsed["ScannedCount"])
    )
    for asked in ("", "2026-07"):
        sums = read_sums(office, "penerbitan", asked)
        assert summarise(sums.tallies, a_sop(), AT.date()).outcomes == {"withdrawn": stored}
    # The heads of July and August, no fact, and the tallies of both: August's may correct July's.
    assert looked_at == [2, 0, 2, 2, 0, 2]


def store_closed_case(records: DynamoRecords, number: int, at: datetime) -> None:
    case = write(records, application(number=number, at=at))
    closed = after(case, "withdraw")
    said = {"outcome": "withdrawn", "office": "Dinas Sosial", "returns": 0, "minutes": {}, "valid_until": ""}
    fact = {"ticket": case.ticket, "closed": f"{at:%Y-%m-%d}", **said}
    records.commit(change(closed, notices=[a_notice(case.ticket, due_at=at)], fact=fact))
    records.settle_notice(claimed(records, at).delivered(at))
