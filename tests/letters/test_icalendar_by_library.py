"""Calendar entries in a reader that is not ours: the ``icalendar`` library finds in them what was put in."""

import unicodedata
from datetime import UTC, timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from tests.support.calendar_entry import an_entry
from tests.support.correspondence import MONDAY, Sent, first

ODD = "\\ ; , : \" ' \\n \\; — é 漢 🖋 END:VEVENT\nBEGIN:VEVENT"
LONG = "Bawa KTP-el asli, surat tugas; dan surat permohonan yang sudah ditandatangani.\n" * 20


def read(text: str) -> Event:
    """The one event of a calendar that the library has nothing to object to."""
    calendar = Calendar.from_ical(text)
    assert calendar.errors == []
    (event,) = calendar.events
    assert event.errors == []
    return event


def told(text: str) -> str:
    """What a calendar can hold of a text: all but its control characters other than line breaks."""
    return "".join(each for each in text if each == "\n" or unicodedata.category(each) != "Cc")


def test_the_booking_is_found_with_its_time_its_place_and_whose_it_is(sent: list[Sent]) -> None:
    booked = first(sent, "booked")
    event = read(booked.message.calendar)
    ticket, booking = booked.context["application"].ticket, booked.context["event"]
    assert event.start.isoformat() == "2026-11-24T00:00:00+00:00"
    assert event.end - event.start == timedelta(minutes=30)
    assert event.stamp == booking.at.astimezone(UTC).replace(microsecond=0)
    assert event.uid.startswith(f"{ticket}.")
    assert event.sequence == booking.number
    assert event.summary == f"Pengisian passphrase — {ticket}"
    assert event.location == "Kantor DKISP Kota Tarakan, Jl. Pulau Kalimantan No. 1 Tarakan"
    assert "- KTP-el asli\n" in event.description
    assert event.organizer == "mailto:dkisp@tarakankota.go.id"
    assert event.organizer.params["CN"] == "Dinas Komunikasi, Informatika, Statistik dan Persandian Kota Tarakan"
    (alarm,) = event.alarms.times
    assert event.start - alarm.trigger == timedelta(hours=2)  # picked less than a day before


def test_every_part_is_found_as_it_was_put_in() -> None:
    said = {"uid": f"TTE-26;7777,777M@{'kota.' * 30}id", "summary": ODD, "location": ODD[::-1], "description": LONG}
    event = read(an_entry(**said, sequence=12, start=MONDAY, minutes=95))
    assert {name: getattr(event, name) for name in said} == said
    assert event.sequence == 12
    assert (event.start, event.end) == (MONDAY, MONDAY + timedelta(minutes=95))


def test_an_organizer_is_found_without_the_quotes_that_a_name_cannot_have() -> None:
    organizer = read(an_entry(organizer=('Dinas A, B; C: "D" é 漢', "dkisp@tarakankota.go.id"))).organizer
    assert organizer.params["CN"] == "Dinas A, B; C: D é 漢"
    assert organizer == "mailto:dkisp@tarakankota.go.id"


@given(text=st.text())
@example(text="🖋" * 60)
@example(text=ODD * 9)
@example(text="\r\n\r\n ,;\t\x85\u2028x")
def test_any_text_is_found_again_however_its_lines_are_folded(text: str) -> None:
    event = read(an_entry(summary=text, location=text, description=text * 3))
    assert (event.summary, event.location, event.description) == (told(text), told(text), told(text * 3))
