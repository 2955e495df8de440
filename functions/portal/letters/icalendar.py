"""A visit as a calendar entry: one iCalendar event, written out (RFC 5545).

Knows nothing of applications; every word comes from the caller.
"""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

ALARMS: Final = ((timedelta(days=1), "-P1D"), (timedelta(hours=2), "-PT2H"))
"""How long before a visit a calendar reminds of it: a day, while the papers can still be found, or else two hours."""

PUBLISH: Final = "PUBLISH"
CANCEL: Final = "CANCEL"

LONGEST_LINE: Final = 75
"""Octets of a line, without its end (RFC 5545 3.1)."""


def entry(
    *,
    uid: str,
    sequence: int,
    stamp: datetime,
    start: datetime,
    minutes: int,
    summary: str,
    description: str,
    location: str,
    organizer: tuple[str, str],
    handed_out: datetime | None = None,
    cancelled: bool = False,
) -> str:
    """One published event (RFC 5546 4.1.1), in UTC, with the earliest alarm that is still to come.

    Args:
        uid: the same for all versions of the event; the highest ``sequence`` counts.
        stamp: when this version was made; aware, as is ``start``.
        organizer: name and email address.
        handed_out: from when on an alarm can go off; ``stamp`` if that is when it is handed out.
        cancelled: it does not take place (RFC 5546 4.1.3).
    """
    name, address = organizer
    quoted = " ".join(name.replace('"', "").split())
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_escaped(f'-//{name}//portal//ID')}",
        "CALSCALE:GREGORIAN",
        f"METHOD:{CANCEL if cancelled else PUBLISH}",
        "BEGIN:VEVENT",
        f"UID:{_escaped(uid)}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(start + timedelta(minutes=minutes))}",
        f"SUMMARY:{_escaped(summary)}",
        f"LOCATION:{_escaped(location)}",
        f"DESCRIPTION:{_escaped(description)}",
        f'ORGANIZER;CN="{quoted}":mailto:{"".join(address.split())}',
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        *([] if cancelled else _alarm(start - (handed_out or stamp), summary)),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


def _alarm(left: timedelta, summary: str) -> list[str]:
    trigger = next((trigger for ahead, trigger in ALARMS if ahead < left), "")
    if not trigger:
        return []
    shown = f"DESCRIPTION:{_escaped(summary)}"
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{trigger}", shown, "END:VALARM"]


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"not an aware datetime: {moment!r}")
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """RFC 5545 3.3.11; control characters have no place in it."""
    kept = "".join(character for character in text if character == "\n" or unicodedata.category(character) != "Cc")
    for character in "\\;,":
        kept = kept.replace(character, f"\\{character}")
    return kept.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces that are never cut within a character; every further one begins with a space."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    yield piece
