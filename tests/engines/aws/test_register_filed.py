"""The register in a table of before, in one that has grown long, and where keeping it was cut short."""

from typing import Any

import pytest
from moto.core.models import botocore_stubber

from portal.core.errors import Unavailable
from portal.core.register import corrections
from portal.engines.aws import items
from portal.engines.aws.dynamodb import Write
from portal.engines.aws.records import DynamoRecords
from tests.support.aws_wire import Wire, refuses
from tests.support.contract_certificates import BEFORE, ENDED, TODAY, by_end, entry

pytestmark = pytest.mark.cloud


def test_a_table_of_before_finds_its_entries_once_they_are_filed(records: DynamoRecords) -> None:
    for each in BEFORE:
        kept = items.certificate_item(each)
        unlisted = {name: value for name, value in kept.items() if not name.startswith("GSI1")}
        records._table.transact([Write(unlisted)])
    assert by_end(records) == [[], [], []]
    assert records.refile_certificates("contoh") == 4
    assert records.refile_certificates("contoh") == 0
    assert by_end(records) == ENDED
    assert [each.id for each in records.certificates_of("contoh", "", "siti.baru@x.go.id")] == ["D"]


def test_an_import_that_was_cut_short_is_ended_by_importing_again(records: DynamoRecords, wire: Wire) -> None:
    many = [entry(f"impor-{number:03}", number="", email=f"o{number}@x.go.id") for number in range(60)]
    heard = [fact for each in many for fact in corrections(None, each, TODAY)]
    through: Any = lambda request: botocore_stubber("before-send.dynamodb.TransactWriteItems", request)  # noqa: E731
    wire.answers["TransactWriteItems"] = [through, refuses("InternalServerError", status=500)]
    with pytest.raises(Unavailable):
        records.keep_certificates(many, heard)
    kept = list(records.certificates("contoh"))
    assert 0 < len(kept) < 60
    assert {fact["ticket"] for fact in records.facts("contoh")} == {f"{each.id}/1" for each in kept}
    rest = [each for each in many if each not in kept]
    records.keep_certificates(rest, [fact for each in rest for fact in corrections(None, each, TODAY)])
    assert list(records.certificates("contoh")) == many
    assert len(list(records.facts("contoh"))) == 60


def test_of_a_long_register_a_page_is_read_by_two_questions(records: DynamoRecords, wire: Wire) -> None:
    records.keep_certificates([entry(f"impor-{number:03}") for number in range(40)])
    before = len(wire.asked)
    assert len(list(records.certificates_by_end("contoh", most=5))) == 5
    assert wire.asked[before:] == ["Query", "BatchGetItem"]
