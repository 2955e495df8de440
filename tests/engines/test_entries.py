"""Nouns as plain values and back; what exactly lies in stores, ``test_stored`` holds to the letter."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.draft import Draft
from portal.core.notices import Notice
from portal.core.officials import Official
from portal.core.steps import State
from portal.engines import entries
from tests.support.builders import AT, a_notice, a_ticket, application_in, draft, official, reachable

FAR = datetime(2026, 8, 5, 1, 0, 0, 5, tzinfo=UTC)


def told(entry: entries.Entry) -> entries.Entry:
    """As a store gives it back that keeps text only."""
    kept: entries.Entry = json.loads(entries.text(entry))
    return kept


@pytest.mark.parametrize(("step", "state"), reachable())
def test_an_application_becomes_an_entry_and_those_of_its_events_and_back(step: str, state: State) -> None:
    case = application_in(step, state)
    entry = told(entries.application_entry(case))
    assert entries.application(case.ticket, entry, (told(event.entry()) for event in case.events)) == case


@pytest.mark.parametrize("made", [draft(), draft(documents=(), ticket="T"), draft(mends=a_ticket(), items=("ktp",))])
def test_a_draft_becomes_an_entry_and_back_and_was_made_at_the_hour_it_says(made: Draft) -> None:
    back = entries.draft(told(entries.draft_entry(made)))
    assert back == made
    assert back.created_at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "owed",
    [
        a_notice(name="Siti – Ny.", occasion="again", due_at=FAR),
        a_notice().held(FAR).failed("451 later", FAR),
        a_notice().held(FAR).failed("550 no", FAR, hopeless=True),
        a_notice().held(FAR).delivered(FAR),
        a_notice().held(FAR).dropped(FAR),
    ],
)
def test_a_notice_becomes_an_entry_and_back(owed: Notice) -> None:
    assert entries.notice(told(entries.notice_entry(owed))) == owed


@pytest.mark.parametrize(
    "person",
    [
        official(),
        official(since=None, number="198001012005011001"),
        official(formerly=("lama@x.id",)),
        official(capacity="Plt.", decree="800/12", until=date(2026, 8, 9)),
    ],
)
@pytest.mark.parametrize("founder", ["penerbitan", "surel"])
def test_an_official_becomes_an_entry_and_back(person: Official, founder: str) -> None:
    assert entries.official(told(entries.official_entry(person, founder)), founder) == person


def test_what_a_store_keeps_beside_an_entry_is_not_the_noun_s() -> None:
    beside = {"PK": "somewhere", "expires_at": 1}
    assert entries.draft({**entries.draft_entry(draft()), **beside}) == draft()
    assert entries.notice({**entries.notice_entry(a_notice()), **beside}) == a_notice()
    assert entries.official({**entries.official_entry(official(), "surel"), **beside}, "surel") == official()


def test_what_a_noun_has_gained_since_its_entry_was_written_has_its_default() -> None:
    entry = {name: value for name, value in entries.notice_entry(a_notice()).items() if name != "dropped_at"}
    assert entries.notice(entry) == a_notice()


def test_moments_sort_as_texts() -> None:
    moments = [AT, AT + timedelta(microseconds=1), AT + timedelta(seconds=1), AT.astimezone(UTC) + timedelta(hours=1)]
    assert sorted(map(entries.moment, moments)) == list(map(entries.moment, moments))
    assert entries.moment(AT) == "2026-08-03T00:00:00.000000+00:00"
