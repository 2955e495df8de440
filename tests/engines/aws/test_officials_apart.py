"""Appointments to further services in a table of before, where they lay among those to the first."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal.core.errors import Unavailable
from portal.engines.aws import items
from portal.engines.aws.dynamodb import Write
from portal.engines.aws.records import DynamoRecords
from tests.support.aws_wire import Wire, refuses
from tests.support.builders import official

pytestmark = pytest.mark.cloud

BOTH = ("penerbitan", "surel")
APPOINTED = [replace(official(role), service=service) for role in ("kadis", "kabid") for service in BOTH]
OF_THE_OTHER = APPOINTED[1::2]

Open = Callable[..., DynamoRecords]


@pytest.fixture
def of_before(open_records: Open) -> Open:
    """Opens a table as a portal left it that knew nothing of this."""
    before = open_records(services=BOTH)
    for person in APPOINTED:
        before.appoint(person)
    table = before._table
    for item in [*table.partition(items.OFFICIALS, "/")]:
        key = {"PK": item["PK"], "SK": item["SK"]}
        table.transact([Write({**item, "SK": item["SK"][1:]}), Write(key, deletes=True)])
    table.transact([Write({**items.FOUNDER, "service": "penerbitan"})])
    return open_records


def apart(records: DynamoRecords) -> int:
    return len(list(records._table.partition(items.OFFICIALS, "/")))


def test_before_they_are_put_apart_they_are_found_by_whoever_may_only_read(of_before: Open, wire: Wire) -> None:
    asked = len(wire.asked)
    reader = of_before(services=BOTH)
    assert list(reader.officials("surel")) == OF_THE_OTHER
    assert list(reader.officials("penerbitan")) == APPOINTED[::2]
    assert wire.asked[asked:] == ["GetItem", "Query", "Query"]
    assert apart(reader) == 0


@pytest.mark.parametrize("begins", ["a case", "an appointment"])
def test_they_are_put_apart_once_and_nobody_is_lost(begins: str, of_before: Open, wire: Wire) -> None:
    writer = of_before(services=BOTH)
    if begins == "a case":
        writer.keep_sop("9f86d0", "{}")
    else:
        writer.appoint(APPOINTED[0])
    after = of_before(services=BOTH)
    assert [list(each.officials("surel")) for each in (writer, after)] == [OF_THE_OTHER] * 2
    assert list(after.officials()) == APPOINTED
    assert apart(after) == 2
    asked = len(wire.asked)
    assert list(of_before(services=BOTH).officials("surel")) == OF_THE_OTHER
    assert wire.asked[asked:] == ["GetItem", "Query"]


def test_a_portal_of_one_service_asks_for_nothing_more(of_before: Open, wire: Wire) -> None:
    asked = len(wire.asked)
    assert list(of_before(services=BOTH[:1]).officials("penerbitan")) == APPOINTED[::2]
    assert wire.asked[asked:] == ["Query"]


def test_what_was_cut_short_is_ended_the_next_time(of_before: Open, wire: Wire) -> None:
    wire.answers["UpdateItem"] = [refuses("InternalServerError", status=500)] * 9
    with pytest.raises(Unavailable):
        of_before(services=BOTH).keep_sop("9f86d0", "{}")
    wire.answers["UpdateItem"] = []
    assert list(of_before(services=BOTH).officials("surel")) == OF_THE_OTHER
    of_before(services=BOTH).keep_sop("9f86d0", "{}")
    assert list(of_before(services=BOTH).officials("surel")) == OF_THE_OTHER


def test_an_appointment_is_replaced_where_it_lies_now(of_before: Open) -> None:
    after = of_before(services=BOTH)
    after.appoint(replace(OF_THE_OTHER[0], capacity="Plt."))
    assert [each.capacity for each in after.officials("surel")] == ["Plt.", ""]
    assert len(after.officials()) == 4
