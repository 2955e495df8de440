"""Nouns as entries and back: the plain values that both engines keep. Knows no store, and never decides where one lies.

An entry holds text, whole numbers, truth, nothing, lists and mappings of these, as JSON does. A store may keep more
beside it, a key say: what is not the noun's is passed over. What a noun has gained since its entry was written has its
default. An event is an entry by itself, the very values that its hash covers (``Event.entry``); a fact and a tally are
of plain values already.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Any, TypeVar

from portal.core.application import Actor, Application, Event
from portal.core.draft import Document, Draft
from portal.core.errors import Unreadable, traced
from portal.core.handouts import Handout
from portal.core.history import Stay
from portal.core.listing import Line, moment_place
from portal.core.notices import Notice
from portal.core.officials import Deed, Official
from portal.core.register import Certificate, Recorded
from portal.core.standing import Standing
from portal.core.steps import State

Entry = Mapping[str, Any]
Kept = TypeVar("Kept")
Noun = TypeVar("Noun")


@contextmanager
def reading(ticket: str) -> Iterator[None]:
    """Around what makes a case of what is kept of it. Raises Unreadable (``case_unreadable``) whatever goes wrong."""
    try:
        yield
    except Exception as problem:
        # Where, and never what: the message may hold what somebody typed.
        raise Unreadable("case_unreadable", ticket=ticket, problem=traced(problem)) from problem


def readable(read: Callable[[Kept], Noun], kept: Iterable[Kept]) -> Iterator[Noun]:
    """What can be read of it, in its order."""
    for each in kept:
        with suppress(Exception):
            yield read(each)


def application_entry(application: Application) -> Entry:
    """What its ticket and the entries of its events do not say: service, sop_version, form and documents."""
    return {
        "service": application.service,
        "sop_version": application.sop_version,
        "form": application.form,
        "documents": [_document_entry(document) for document in application.documents],
    }


def application(ticket: str, entry: Entry, events: Iterable[Entry]) -> Application:
    """The application of an ``application_entry`` and the entries of its events, oldest first.

    Its step and state are those of its newest event and kept nowhere else.
    """
    happened = tuple(map(Event.from_entry, events))
    return Application(
        ticket=ticket,
        service=entry["service"],
        sop_version=entry["sop_version"],
        form=entry["form"],
        documents=_documents(entry),
        step=happened[-1].step,
        state=happened[-1].state,
        events=happened,
    )


def draft_entry(draft: Draft) -> Entry:
    """All of it, ``created_at`` in the zone it was made in; what few drafts have, only where they have it."""
    entry = {
        **vars(draft),
        "created_at": draft.created_at.isoformat(),
        "documents": [_document_entry(document) for document in draft.documents],
        "members": list(draft.members),
    }
    few = ("renews", "opened_by", "batch", "members", "number")
    return {name: value for name, value in entry.items() if value or name not in few}


def draft(entry: Entry) -> Draft:
    kept = _own(Draft, entry)
    kept["created_at"] = datetime.fromisoformat(kept["created_at"])
    kept["documents"] = _documents(kept)
    kept["items"], kept["members"] = tuple(kept["items"]), tuple(kept.get("members", ()))
    return Draft(**kept)


def notice_entry(notice: Notice) -> Entry:
    """All of it; times as ``moment`` writes them, or nothing."""
    return {
        **vars(notice),
        "queued_at": moment(notice.queued_at),
        "due_at": moment(notice.due_at),
        "sent_at": moment(notice.sent_at) if notice.sent_at else None,
        "dropped_at": moment(notice.dropped_at) if notice.dropped_at else None,
    }


def notice(entry: Entry) -> Notice:
    kept = _own(Notice, entry)
    for name in ("queued_at", "due_at", "sent_at", "dropped_at"):
        kept[name] = datetime.fromisoformat(kept[name]) if kept.get(name) else None
    return Notice(**kept)


def official_entry(official: Official, founder: str) -> Entry:
    """All of it but the service with which the store began (``filed``); no first or last day is an empty text.

    What few appointments have, only where they have it.
    """
    away = [[day(first), day(last)] for first, last in official.away]
    deeds = [{**vars(deed), "at": moment(deed.at)} for deed in official.deeds]
    days = {"since": day(official.since), "until": day(official.until)}
    entry = {**vars(official), **days, "away": away, "formerly": list(official.formerly), "deeds": deeds}
    own = {name: value for name, value in entry.items() if (name, value) != ("service", founder)}
    few = ("replaces", "away", "each", "formerly", "deeds")
    return {name: value for name, value in own.items() if value or value == 0 or name not in few}


def official(entry: Entry, founder: str) -> Official:
    days = {name: date.fromisoformat(entry[name]) if entry[name] else None for name in ("since", "until")}
    away = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in entry.get("away", ()))
    deeds = tuple(Deed(**{**deed, "at": datetime.fromisoformat(deed["at"])}) for deed in entry.get("deeds", ()))
    read = {"away": away, "formerly": tuple(entry.get("formerly", ())), "deeds": deeds}
    return Official(**{"service": founder, **_own(Official, entry), **days, **read})


def filed(service: str, name: str, founder: str) -> str:
    """The name under which a service keeps a list, a series, a register: ``surel/kadis``.

    Bare for the service with which a store began (``founder``): what was kept before there were several stays where it
    lies, and no key has to be rewritten, least of all in a table that is at work.
    """
    return name if service == founder else f"{service}/{name}"


def certificate_entry(certificate: Certificate) -> Entry:
    """All of it; days as ISO texts or empty, what was recorded oldest first."""
    days = {name: day(getattr(certificate, name)) for name in ("valid_from", "valid_until", "issued")}
    return {**vars(certificate), **days, "recorded": [_recorded_entry(each) for each in certificate.recorded]}


def certificate(entry: Entry) -> Certificate:
    kept = _own(Certificate, entry)
    for name in ("valid_from", "valid_until", "issued"):
        kept[name] = date.fromisoformat(kept[name]) if kept[name] else None
    kept["recorded"] = tuple(_recorded(each) for each in kept["recorded"])
    return Certificate(**kept)


def line_entry(line: Line) -> Entry:
    """All of it; times as ``moment`` writes them."""
    return {
        **vars(line),
        "state": line.state.value,
        "opened": moment(line.opened),
        "since": moment(line.since),
    }


def line(entry: Entry) -> Line:
    kept = _own(Line, entry)
    times = {name: datetime.fromisoformat(kept[name]) for name in ("opened", "since")}
    return Line(**{**kept, **times, "state": State(kept["state"])})


def standing_entry(standing: Standing) -> Entry:
    """All of it, its line within; times as ``moment`` writes them, or nothing."""
    stay, slot = standing.stay, standing.slot
    counted = [[moment(start), moment(end)] for start, end in stay.counted] if stay else []
    times = {"since": moment(stay.since), "runs": moment(stay.runs), "counted": counted} if stay else {}
    return {
        **vars(standing),
        "line": line_entry(standing.line),
        "slot": moment(slot) if slot else None,
        "stay": {**vars(stay), **times} if stay else None,
    }


def standing(entry: Entry) -> Standing:
    stay, slot = entry["stay"], entry["slot"]
    return Standing(
        line=line(entry["line"]),
        sop_version=entry["sop_version"],
        version=entry["version"],
        turn=entry["turn"],
        address=entry["address"],
        email=entry["email"],
        held_by=entry["held_by"],
        slot=datetime.fromisoformat(slot) if slot else None,
        stay=_stay(stay) if stay else None,
    )


def handout_entry(handout: Handout) -> Entry:
    """All of it; its time as ``moment`` writes it."""
    return {**vars(handout), "at": moment(handout.at), "tickets": list(handout.tickets)}


def handout(entry: Entry) -> Handout:
    kept = _own(Handout, entry)
    return Handout(**{**kept, "at": datetime.fromisoformat(kept["at"]), "tickets": tuple(kept["tickets"])})


def text(entry: Entry) -> str:
    """As JSON, for where only text can be kept."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime) -> str:
    """``2026-08-03T00:00:00.000000+00:00``: UTC and always to the microsecond, so that texts sort as times do."""
    return moment_place(at)


def day(day: date | None) -> str:
    """``2026-08-03``, or empty."""
    return day.isoformat() if day else ""


def _recorded_entry(recorded: Recorded) -> Entry:
    return {**vars(recorded), "on": day(recorded.on), "at": moment(recorded.at), "by": vars(recorded.by)}


def _recorded(entry: Entry) -> Recorded:
    on, at = date.fromisoformat(entry["on"]), datetime.fromisoformat(entry["at"])
    return Recorded(**{**_own(Recorded, entry), "on": on, "at": at, "by": Actor(**entry["by"])})


def _stay(entry: Entry) -> Stay:
    read = datetime.fromisoformat
    counted = tuple((read(start), read(end)) for start, end in entry["counted"])
    return Stay(entry["step"], entry["turn"], read(entry["since"]), counted, read(entry["runs"]))


def _own(
    noun: type[Certificate | Draft | Handout | Line | Notice | Official | Recorded], entry: Entry
) -> dict[str, Any]:
    return {name: entry[name] for name in noun.__dataclass_fields__ if name in entry}


def _document_entry(document: Document) -> Entry:
    """All of it; what few documents have, only where they have it."""
    few = {"sheets": [_document_entry(each) for each in document.sheets], "warnings": list(document.warnings)}
    return {**vars(document), **few} if any(few.values()) else {k: v for k, v in vars(document).items() if k not in few}


def _documents(entry: Entry) -> tuple[Document, ...]:
    return tuple(map(_document, entry["documents"]))


def _document(entry: Entry) -> Document:
    few = {"sheets": tuple(map(_document, entry.get("sheets", ()))), "warnings": tuple(entry.get("warnings", ()))}
    return Document(**{**entry, **few})
