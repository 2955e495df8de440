"""What was erased is in no item of the table and in no version of a file, and the rest is there as it was."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.erasing import Ground
from portal.core.listing import line
from portal.engines.aws.files import S3Files
from portal.engines.aws.records import DynamoRecords
from portal.usecases.dossiers import Dossiers
from portal.usecases.erasing import Erasing
from portal.usecases.handouts import Handouts
from tests.support.aws_wire import BUCKET, TABLE, client
from tests.support.builders import AT
from tests.support.on_aws import moved, written
from tests.support.stage import Stage
from tests.support.ways import FORM, WAYS

pytestmark = pytest.mark.cloud

CLERK = Actor("clerk", "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
HIS = ("RAHASIA", "Rahasia", "siti.rahasia", FORM["nik"], FORM["nip"], FORM["hp"][3:], "4A:1F:22:09")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def kept(s3: Any) -> tuple[str, dict[str, Any]]:
    """All items as text, and every version of every object by its key."""
    items = client("dynamodb").scan(TableName=TABLE)["Items"]
    return json.dumps(items, ensure_ascii=False), s3.list_object_versions(Bucket=BUCKET)


def test_nothing_is_left_in_table_or_bucket(stage: Stage, records: DynamoRecords, files: S3Files, s3: Any) -> None:
    number = stage.case(*WAYS["done"])
    office = replace(stage.office, records=records, files=files)
    moved(stage, number, office, records)
    items, versions = kept(s3)
    assert all(secret in items for secret in HIS)
    assert len(versions["Versions"]) > 8
    stage.clock.forward(days=365 * 3)  # what was issued has ended, and its term is not over
    dossier = Dossiers(office).find(FORM["nik"])
    gone = Erasing(office, Handouts(office)).erase(dossier, Ground.DECREE, "Surat 800/12", CLERK)
    assert [item.name for item in gone if item.case] == [number]
    items, versions = kept(s3)
    assert [secret for secret in HIS if secret in items] == []
    assert (versions.get("Versions"), versions.get("DeleteMarkers")) == (None, None)
    case = records.load(number)
    assert (case.first_damage(), case.version) == (None, len(stage.load(number).events) + 1)
    assert Erasing(office, Handouts(office)).is_accounted_for(case)
    assert [each["ticket"] for each in records.facts("penerbitan")] == [number]


def test_a_case_of_more_events_than_a_transaction_takes_is_erased_too(
    stage: Stage, records: DynamoRecords, files: S3Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.engines.aws.accounts.MOST_AT_ONCE", 6)
    case = stage.load(stage.case(*WAYS["rejected"]))
    for _ in range(9):
        case = case.correct("resend", {"reason": "Siti Rahasia"}, to=case.moved, by=CLERK, at=AT)
    written(records, case)
    records.keep_lines([line(case, stage.office.sop_of(case))])
    office = replace(stage.office, records=records, files=files)
    Erasing(office, Handouts(office)).erase(Dossiers(office).find(FORM["nik"]), Ground.DECREE, "Surat 800/12", CLERK)
    after = records.load(case.ticket)
    assert (after.first_damage(), after.version, "Rahasia" in repr(after.events)) == (None, case.version + 1, False)
