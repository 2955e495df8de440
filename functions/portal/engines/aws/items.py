"""The table: which items there are and under which keys, around the entries of nouns. Pure; never talks to AWS.

One DynamoDB table with the key ``PK`` (partition, string) and ``SK`` (sort, string), and one global secondary index
``GSI1`` with the key ``GSI1PK`` (partition, string) and ``GSI1SK`` (sort, string) that projects keys only: the index
says where to look, what is true is read from the item itself. Items carry the index's attributes only while they are on
a list, so the index holds what is to be done and nothing else. Time to live is taken from ``expires_at`` (epoch
seconds). The stream tells of a new owed email by the insertion of an item whose ``PK`` begins with ``NOTICE#``.

=========== ========================== =============================== ================= ==============================
item        PK                         SK                              GSI1PK            GSI1SK
=========== ========================== =============================== ================= ==============================
application APPLICATION#TTE-26-4F7K-.. APPLICATION                     WAITING#kadis (1) since, then #ticket
event       APPLICATION#TTE-26-4F7K-.. EVENT#0003
notice      NOTICE#TTE-26-4F7K-9QXM    0003#turn##kadis@...go.id (2)   OUTBOX (3)        due_at
                                                                       HOPELESS (3)      due_at
told        TOLD#kadis@...go.id (6)    TOLD
draft       DRAFT#5b0c...              DRAFT                           DRAFTS            created_at, then #id
claim       CLAIM                      visit/penerbitan/2026-08-04...
official    OFFICIAL                   kadis#2024-01-02#kadis@...go.id
sop         SOP#<version>              SOP
counter     COUNTER#agenda-2026        COUNTER
fact        FACT                       2026-08-03#TTE-26-4F7K-9QXM (5)
certificate CERTIFICATE#penerbitan     TTE-26-4F7K-9QXM                REGISTER#pener... 2028-08-03#TTE-26-4F7K..
                                                                       (8)
holder      HOLDER#penerbitan#1990...  TTE-26-4F7K-9QXM (9)
line        LINE#penerbitan            2026-08-03T..#TTE-26-4F.. (7)
standing    STANDING#penerbitan        TTE-26-4F7K-9QXM, while open (``standings``)
tally       TALLY                      2026-08
compiled    COMPILED                   2026-08 (4)
used        USED#8c1d... (10)          <mark of a browser>
handout     HANDOUT                    00000012 (11)
sweep       SWEEP#documents/penerbitan SWEEP (12)
deletion    DELETION                   applications/TTE-26-4F7K.. (13)
founder     FOUNDER                    FOUNDER
=========== ========================== =============================== ================= ==============================

The names are those of the service with which the table began. What belongs to another has its key before the name:
``WAITING#surel/kadis``, ``/surel/kadis#2024-..``, ``COUNTER#surel/agenda-2026``, ``surel/FACT``, ``surel/TALLY`` and
``surel/COMPILED`` (``entries.filed``).

(1) whoever has to act, a role or the applicant; on no list once closed.
(2) event, letter, occasion, recipient: with the PK the identity of the notice.
(3) OUTBOX while it is to be sent, HOPELESS when the relay has refused it for good, on no list once sent or dropped.
(4) how far the tally of that month goes, without the tally: which months there are is known without reading them all.
(5) of a closed case; or, with the entry's version behind, of what the register corrects: TTE-26-4F7K-9QXM/2.
(6) when an official was last sent one of the emails that are collected, and which.
(7) of some 300 bytes, one a case, by when it was sent; by the ticket alone where an older portal has left it.
(8) with how it ended before its time behind, if it did: REGISTER#penerbitan#revoke; by last day.
(9) a certificate's key by its holder's staff number, and another by the address.
(10) an official's link that was used in that browser, until ``expires_at``; under TURN, whose turn it is.
(11) who took personal data out, in order. (12) how far it came. (13) what is to be deleted (``deletions``; streamed).

An item may have 400 KB. What a person types is bounded by the forms (a case and its newest event take some 10 KB), the
events are items of their own, and an edition of the SOP takes some 40 KB; of a tally ``recap.tally`` tells.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from portal.core.application import Application, Event
from portal.core.draft import Draft
from portal.core.listing import Line
from portal.core.notices import Identity, Notice
from portal.core.officials import Official
from portal.core.recap import Tally
from portal.core.register import Certificate
from portal.engines import entries
from portal.engines.aws.dynamodb import Item, Key
from portal.engines.ports import Compiled, Fact

CLAIMS: Final = "CLAIM"
OFFICIALS: Final = "OFFICIAL"
FACTS: Final = "FACT"
TALLIES: Final = "TALLY"
COMPILED: Final = "COMPILED"
FOUNDER: Final = {"PK": "FOUNDER", "SK": "FOUNDER"}

OUTBOX: Final = "OUTBOX"
HOPELESS: Final = "HOPELESS"
DRAFTS: Final = "DRAFTS"

# --- keys ------------------------------------------------------------------------------------------------------------


def application_key(ticket: str) -> Key:
    """``APPLICATION#TTE-26-4F7K-9QXM``, ``APPLICATION``"""
    return _key(f"APPLICATION#{ticket}", "APPLICATION")


def event_key(ticket: str, number: int) -> Key:
    """``APPLICATION#TTE-26-4F7K-9QXM``, ``EVENT#0003``: sorts after the application and as the events happened."""
    return _key(f"APPLICATION#{ticket}", f"EVENT#{number:04d}")


def notice_key(identity: Identity) -> Key:
    """``NOTICE#TTE-26-4F7K-9QXM``, ``0003#reminder#2026-08-05#kadis@example.go.id``

    The recipient comes last, as nothing else in it is typed by people and could hold a ``#``.
    """
    about, event, letter, recipient, occasion = identity
    return _key(notices_of(about), f"{event:04d}#{letter}#{occasion}#{recipient}")


def notices_of(about: str) -> str:
    """``NOTICE#TTE-26-4F7K-9QXM``: the partition of all emails about a ticket or a draft."""
    return f"NOTICE#{about}"


def recipient(key: Key) -> str:
    """To whom the notice of a ``notice_key`` is owed."""
    return key["SK"].split("#", 3)[3]


def told_key(recipient: str) -> Key:
    """``TOLD#kadis@tarakankota.go.id``, ``TOLD``"""
    return _key(f"TOLD#{recipient}", "TOLD")


def used_key(link: str, device: str) -> Key:
    """``USED#8c1d``, ``0f3a``"""
    return _key(used_of(link), device)


def used_of(link: str) -> str:
    return f"USED#{link}"


def draft_key(id: str) -> Key:
    """``DRAFT#5b0c61``, ``DRAFT``"""
    return _key(f"DRAFT#{id}", "DRAFT")


def claim_key(name: str) -> Key:
    """``CLAIM``, ``visit/penerbitan/2026-08-04T08:30/0``: in one partition, to be listed by beginning."""
    return _key(CLAIMS, name)


def official_key(official: Official, role: str) -> Key:
    """``OFFICIAL``, ``kadis#2024-01-02#kadis@example.go.id``, or ``/surel/kadis#2024-..`` of another service."""
    return official_place(role, entries.day(official.since), official.email.lower())


def official_place(role: str, *further: str) -> Key:
    """Those of further services lie behind a slash, which comes before every role (``appointed``)."""
    return _key(OFFICIALS, "#".join([f"/{role}" if "/" in role else role, *further]))


def sop_key(version: str) -> Key:
    """``SOP#9f86d0``, ``SOP``"""
    return _key(f"SOP#{version}", "SOP")


def counter_key(series: str) -> Key:
    """``COUNTER#agenda-2026``, ``COUNTER``"""
    return _key(f"COUNTER#{series}", "COUNTER")


def fact_key(book: str, ticket: str, closed: str) -> Key:
    """``FACT``, ``2026-08-03#TTE-26-4F7K-9QXM``: in one partition by day, so that a month is one range of it."""
    return _key(book, f"{closed}#{ticket}")


def facts_after(day: str) -> str:
    """``2026-08-03#`` and more: sorts after the facts of that day and before those of the next."""
    return fact_key(FACTS, "\U0010ffff", day)["SK"]


def certificate_key(service: str, id: str) -> Key:
    """``CERTIFICATE#penerbitan``, ``TTE-26-4F7K-9QXM``: in one partition a service, which is its register."""
    return _key(register_of(service), id)


def register_of(service: str) -> str:
    """``CERTIFICATE#penerbitan``"""
    return f"CERTIFICATE#{service}"


def ended(service: str, by: str) -> str:
    """``REGISTER#penerbitan`` for those that nothing ended before their time, or ``REGISTER#penerbitan#revoke``"""
    return f"REGISTER#{service}#{by}" if by else f"REGISTER#{service}"


def holder(service: str, known_by: str) -> str:
    """``HOLDER#penerbitan#199001012015012001``, or by an address: the partition of what somebody holds."""
    return f"HOLDER#{service}#{known_by.lower()}"


def line_key(service: str, place: str) -> Key:
    """``LINE#penerbitan``, ``2026-08-03T00:..#TTE-26-4F7K-9QXM`` (``Line.place``): one list a service."""
    return _key(lines_of(service), place)


def lines_of(service: str) -> str:
    """``LINE#penerbitan``"""
    return f"LINE#{service}"


def waiting_list(role: str) -> str:
    """``WAITING#kadis``"""
    return f"WAITING#{role}"


# --- applications ----------------------------------------------------------------------------------------------------


def application_item(application: Application, waits_on: str) -> Item:
    """The application without its events; ``version`` is the number of the newest; ``waits_on`` as it is filed."""
    ticket, since = application.ticket, entries.moment(application.since)
    return {
        **application_key(ticket),
        **(_on_list(waiting_list(waits_on), f"{since}#{ticket}") if waits_on else {}),
        "ticket": ticket,
        **entries.application_entry(application),
        "version": application.version,
        "waits_on": waits_on,
    }


def event_item(ticket: str, event: Event) -> Item:
    """The event as the very values that its hash covers."""
    return {**event_key(ticket, event.number), "entry": event.entry()}


def application(found: Sequence[Item]) -> Application:
    """The application of an ``application_item`` and its ``event_item``s, in the order of their keys.

    Raises:
        Unreadable: as ``entries.reading``.
    """
    with entries.reading(found[0]["PK"].removeprefix("APPLICATION#")):
        kept, *events = found
        return entries.application(kept["ticket"], kept, [item["entry"] for item in events])


def ticket(key: Key) -> str:
    """The ticket of an ``application_key``."""
    return key["PK"].removeprefix("APPLICATION#")


def waits_on(found: Sequence[Item]) -> str:
    """Who has to act: a role, the applicant, or nobody ("") once closed."""
    return str(found[0]["waits_on"])


def waits_since(found: Sequence[Item]) -> datetime:
    """Since when an open case waits where it is."""
    return datetime.fromisoformat(found[0]["GSI1SK"].partition("#")[0])


def is_of_one_moment(found: Sequence[Item]) -> bool:
    """Were application and events read as one transaction left them, not while another was being written?"""
    kept, *events = found
    return bool(events) and kept["version"] == events[-1]["entry"]["number"]


# --- drafts ----------------------------------------------------------------------------------------------------------


def draft_item(draft: Draft, life: timedelta) -> Item:
    """``life``: how long after its making the table may forget it by itself.

    A draft that mends a returned application lives as long as that waits, so it has no such term; nor has a batch.
    """
    made = draft.created_at
    return {
        **draft_key(draft.id),
        **_on_list(DRAFTS, f"{entries.moment(made)}#{draft.id}"),
        **entries.draft_entry(draft),
        **({} if draft.mends or draft.is_batch else {"expires_at": int((made + life).timestamp())}),
    }


# --- owed emails -----------------------------------------------------------------------------------------------------


def notice_item(notice: Notice) -> Item:
    return {**notice_key(notice.identity), **notice_list(notice), **entries.notice_entry(notice)}


def notice_list(notice: Notice) -> Item:
    """The index's attributes of a notice: on which list it is, if any."""
    if not notice.is_owed:
        return {}
    return _on_list(HOPELESS if notice.hopeless else OUTBOX, entries.moment(notice.due_at))


# --- claims, editions, facts and their sums --------------------------------------------------------------------------


def claim_item(name: str, ticket: str) -> Item:
    return {**claim_key(name), "ticket": ticket}


def sop_item(version: str, text: str) -> Item:
    return {**sop_key(version), "text": text}


def fact_item(book: str, ticket: str, fact: Fact) -> Item:
    return {**fact_key(book, ticket, str(fact.get("closed", ""))), "fact": fact}


def certificate_item(certificate: Certificate) -> Item:
    key, service = certificate_key(certificate.service, certificate.id), certificate.service
    listed = _on_list(ended(service, certificate.ended_by), certificate.place)
    return {**key, **listed, **entries.certificate_entry(certificate)}


def holder_keys(certificate: Certificate) -> list[Key]:
    """Where it is found by its holder, also by what he was known by before a change."""
    before = [each.data.get("before", {}) for each in certificate.recorded]
    known = [certificate.number, certificate.email]
    known += [was[name] for was in before for name in ("number", "email") if name in was]
    partitions = dict.fromkeys(holder(certificate.service, each) for each in known if each)
    return [_key(partition, certificate.id) for partition in partitions]


def line_item(line: Line) -> Item:
    return {**line_key(line.service, line.place), **entries.line_entry(line)}


def tally_item(book: str, compiled: Compiled, tally: Tally) -> Item:
    """The tally as JSON: an office that is not stated is an empty name, which an attribute cannot have."""
    return {**_key(book, compiled.month), **vars(compiled), "text": entries.text(tally)}


def tally(item: Item) -> Tally:
    found: Tally = json.loads(item["text"])
    return found


def compiled_item(book: str, compiled: Compiled) -> Item:
    return {**_key(book, compiled.month), **vars(compiled)}


def compiled(item: Item) -> Compiled:
    """Of a ``compiled_item`` or a ``tally_item``."""
    return Compiled(item["month"], item["through"], item["cases"])


# --- within ----------------------------------------------------------------------------------------------------------


def _key(partition: str, sort: str) -> Key:
    return {"PK": partition, "SK": sort}


def _on_list(name: str, place: str) -> Item:
    return {"GSI1PK": name, "GSI1SK": place}
