"""Records of the stream as they may come: repeated, in another order, and long after the minute's look was there."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import cloud
import pytest

import mailer
from portal.core.notices import notice
from tests.support.handled import Hurried, Office

pytestmark = pytest.mark.cloud


@pytest.fixture
def office() -> Iterator[Office]:
    with cloud.cloud("https://tte.example.go.id") as aws:
        yield Office(aws)


def owed_to_everybody(office: Office) -> list[dict[str, Any]]:
    """What the stream tells of it."""
    records, service = office.pages.office.records, office.pages.office.services.first
    for official in records.officials():
        actor = official.as_actor(service)
        records.owe([notice("desk", actor, about="meja", event=0, at=office.clock(), occasion="one")])
    return [record for batch in office.aws.batches() for record in batch]


def told(office: Office, records: list[dict[str, Any]]) -> None:
    assert mailer.handler({"Records": records}, Hurried(60_000), office.mailer) == {"batchItemFailures": []}


def test_repeated_and_shuffled_each_email_goes_out_once(office: Office) -> None:
    records, chance = owed_to_everybody(office), random.Random(20261127)
    for _ in range(4):
        shuffled = chance.sample(records * 2, len(records) * 2)
        told(office, shuffled[: len(records)])
        told(office, shuffled[len(records) :])
    sent = Counter(mail["to"] for mail in office.box.messages())
    assert len(sent) > 3
    assert set(sent.values()) == {1}


def test_what_comes_after_the_minute_has_sent_it_sends_nothing(office: Office) -> None:
    records = owed_to_everybody(office)
    office.clock.forward(minutes=2)
    office.aws.minute()
    before = len(office.box.messages())
    office.clock.forward(hours=23)
    told(office, records)
    assert len(office.box.messages()) == before > 3
