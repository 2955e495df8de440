"""The list of all cases in a table of before, where its lines lie by their tickets, and what one page of it reads."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.core.listing import Line, line
from portal.core.steps import State
from portal.engines import entries
from portal.engines.aws import items
from portal.engines.aws.dynamodb import Write
from portal.engines.aws.records import DynamoRecords
from tests.support.aws_wire import Wire
from tests.support.builders import AT, a_sop, application

pytestmark = pytest.mark.cloud

BASE = line(application(number=1), a_sop())
OLD, MOVED, NEW = (
    replace(BASE, ticket=f"TTE-{name}", opened=AT + timedelta(days=days), since=AT + timedelta(days=days))
    for name, days in (("OLD", 2), ("MOVED", 1), ("NEW", 3))
)
SINCE = replace(MOVED, state=State.REJECTED, since=AT + timedelta(days=4))
ALL = [NEW, OLD, SINCE]


def as_of_before(records: DynamoRecords, *lines: Line) -> None:
    for each in lines:
        records._table.transact([Write({**items.line_key(each.service, each.ticket), **entries.line_entry(each)})])


def everything_is_there(records: DynamoRecords) -> None:
    assert sorted(records.lines(BASE.service), key=lambda each: each.place, reverse=True) == ALL
    assert records.lines_by_age(BASE.service, 9) == ALL
    assert records.lines_by_age(BASE.service, 9, newer=True) == ALL[::-1]
    assert records.lines_by_age(BASE.service, 1, NEW.place) == [OLD]
    assert records.lines_by_age(BASE.service, 1, SINCE.place, newer=True) == [OLD]
    assert records.lines_by_age(BASE.service, 9, SINCE.place) == []


def test_lines_of_before_are_listed_among_the_others_until_they_are_in_their_places(records: DynamoRecords) -> None:
    as_of_before(records, OLD, MOVED)
    records.keep_lines([NEW, SINCE])  # a newer portal has written of it meanwhile
    everything_is_there(records)
    assert records.place_lines(BASE.service) == 2
    everything_is_there(records)
    assert records.place_lines(BASE.service) == 0


def test_what_an_older_portal_wrote_once_more_takes_the_place_of_what_is_older_still(records: DynamoRecords) -> None:
    records.keep_lines([NEW, OLD, MOVED])
    as_of_before(records, SINCE)
    records.place_lines(BASE.service)
    everything_is_there(records)


def test_more_lines_than_a_transaction_takes_are_placed(records: DynamoRecords) -> None:
    many = [replace(BASE, ticket=f"TTE-{number:03}") for number in range(120)]
    as_of_before(records, *many)
    assert records.place_lines(BASE.service) == 120
    assert records.lines_by_age(BASE.service, 200) == many[::-1]


def test_one_that_cannot_be_read_keeps_no_other_from_its_place(records: DynamoRecords) -> None:
    as_of_before(records, OLD)
    records._table.transact([Write({**items.line_key(BASE.service, "TTE-X"), "since": "?"})])
    assert records.place_lines(BASE.service) == 1
    assert list(records.lines(BASE.service)) == records.lines_by_age(BASE.service, 9) == [OLD]


def test_a_page_of_a_long_list_is_read_by_two_questions(records: DynamoRecords, wire: Wire) -> None:
    records.keep_lines([replace(BASE, ticket=f"TTE-{number:03}") for number in range(80)])
    before = len(wire.asked)
    assert len(records.lines_by_age(BASE.service, 5)) == 5
    assert wire.asked[before:] == ["Query", "Query"]
