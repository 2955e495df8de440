"""Calendar entries, read back."""

import re
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.core.sop import Sop
from tests.support.calendar_entry import an_entry
from tests.support.correspondence import MONDAY, WRITTEN, Sent, first


def calendar(text: str) -> dict[str, Any]:
    """A strict reading of one iCalendar object: {name: (parameters, value)}, components nested under their names."""
    assert text.endswith("\r\n")
    physical = text.removesuffix("\r\n").split("\r\n")
    assert all(len(line.encode()) <= 75 for line in physical)
    assert not any(character in line for line in physical for character in "\r\n")
    logical = re.sub(r"\r\n[ \t]", "", text.removesuffix("\r\n")).split("\r\n")
    root: dict[str, Any] = {}
    stack = [("", root)]
    for line in logical:
        found = re.fullmatch(
            r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):([^\x00-\x08\x0a-\x1f]*)', line
        )
        assert found, line
        name, parameters, value = found.groups()
        if name == "BEGIN":
            assert value not in stack[-1][1]
            stack.append((value, stack[-1][1].setdefault(value, {})))
        elif name == "END":
            assert stack.pop()[0] == value
        else:
            assert name not in stack[-1][1], f"{name} twice"
            stack[-1][1][name] = (parameters, value)
    assert len(stack) == 1
    return dict(root["VCALENDAR"])


def unescaped(text: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", text, re.DOTALL), text
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def test_the_booking_comes_with_a_calendar_entry_in_utc(sent: list[Sent]) -> None:
    each = first(sent, "booked")
    read = calendar(each.message.calendar)
    event = read["VEVENT"]
    assert (read["VERSION"][1], read["METHOD"][1], event["STATUS"][1]) == ("2.0", "PUBLISH", "CONFIRMED")
    assert (event["DTSTART"][1], event["DTEND"][1]) == ("20261124T000000Z", "20261124T003000Z")
    assert event["DTSTAMP"][1] == f"{each.context['event'].at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    assert unescaped(event["LOCATION"][1]) == "Kantor DKISP Kota Tarakan, Jl. Pulau Kalimantan No. 1 Tarakan"
    assert unescaped(event["SUMMARY"][1]) == f"Pengisian passphrase — {each.context['application'].ticket}"
    assert "- KTP-el asli\n" in unescaped(event["DESCRIPTION"][1])
    assert event["ORGANIZER"] == (
        ';CN="Dinas Komunikasi, Informatika, Statistik dan Persandian Kota Tarakan"',
        "mailto:dkisp@tarakankota.go.id",
    )
    assert event["VALARM"]["TRIGGER"][1] == "-PT2H"  # it was picked on the day before


@pytest.mark.parametrize(
    ("left", "trigger"),
    [
        (timedelta(days=1, seconds=1), "-P1D"),
        (timedelta(days=1), "-PT2H"),
        (timedelta(hours=2, seconds=1), "-PT2H"),
        (timedelta(hours=2), ""),
        (timedelta(days=-1), ""),
    ],
)
def test_no_alarm_lies_in_the_past(left: timedelta, trigger: str) -> None:
    handed_out_later = an_entry(stamp=MONDAY - timedelta(days=9), start=MONDAY + left, handed_out=MONDAY)
    for text in (an_entry(stamp=MONDAY, start=MONDAY + left), handed_out_later):
        event = calendar(text)["VEVENT"]
        assert event.get("VALARM", {}).get("TRIGGER", ("", ""))[1] == trigger


def test_a_visit_that_is_off_is_taken_out_of_calendars(sent: list[Sent]) -> None:
    read = calendar(an_entry(cancelled=True, start=MONDAY + timedelta(days=3)))
    event = read["VEVENT"]
    assert (read["METHOD"][1], event["STATUS"][1], "VALARM" in event) == ("CANCEL", "CANCELLED", False)
    assert {"UID", "SEQUENCE", "DTSTAMP", "ORGANIZER"} <= event.keys()


def test_a_calendar_entry_holds_nothing_personal(sent: list[Sent]) -> None:
    said = unescaped(calendar(first(sent, "booked").message.calendar)["VEVENT"]["DESCRIPTION"][1])
    assert not re.search(r"SITI|Siti|https?:", said)


def test_a_changed_booking_takes_the_place_of_the_one_before(sent: list[Sent]) -> None:
    ticket = first(sent, "booked").context["application"].ticket
    of_one = [each for each in sent if each.message.calendar and each.context["application"].ticket == ticket]
    events = [calendar(each.message.calendar)["VEVENT"] for each in of_one]
    assert [event["STATUS"][1] for event in events] == [
        "CONFIRMED",  # picked
        "CONFIRMED",  # moved
        "CANCELLED",
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
        "CONFIRMED",  # picked again, as nobody came
        "CANCELLED",  # he came without it
    ]
    assert len({event["UID"] for event in events}) == 1
    sequences = [int(event["SEQUENCE"][1]) for event in events]
    assert sequences == sorted(set(sequences))
    assert len({event["DTSTART"] for event in events[:2]}) == 2


def test_only_what_agrees_a_visit_or_calls_it_off_has_a_calendar_entry(sent: list[Sent]) -> None:
    found = {each.letter for each in sent if each.message.calendar}
    assert found == {"booked", "visit_moved", "visit_cancelled", "visit_done"}


def test_a_step_without_visits_has_no_calendar_entry(edition: Sop, sent: list[Sent]) -> None:
    received = first(sent, "received").context["event"]
    with pytest.raises(ValueError, match="telaah_kadis"):
        WRITTEN.visit("TTE-26-7777-777M", received, edition)


@given(summary=st.text(), location=st.text("aé漢🖋\\;,\n\r\"' "))
@example(summary="🖋" * 60, location="漢" * 100)
@example(summary="a\r\nEND:VEVENT\r\nBEGIN:VEVENT", location="x\ny")
def test_any_text_survives_the_calendar_and_stays_in_its_place(summary: str, location: str) -> None:
    event = calendar(an_entry(summary=summary, description=summary * 3, location=location))["VEVENT"]
    printable = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
    assert unescaped(event["SUMMARY"][1]) == printable.sub("", summary)
    assert unescaped(event["LOCATION"][1]) == printable.sub("", location)


def test_a_calendar_entry_needs_to_know_the_zone() -> None:
    with pytest.raises(ValueError, match="not an aware datetime"):
        an_entry(start=MONDAY.replace(tzinfo=None))
