"""Valid by default: a small SOP of all kinds of steps, and drafts, documents, officials and cases to test with.

A case is never put together by hand; it is moved through the core, one real action after the other.
"""

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from portal.core import ticket
from portal.core.application import Actor, Application
from portal.core.draft import Document, Draft
from portal.core.errors import NotFound
from portal.core.notices import Notice, notice, owed
from portal.core.officials import Official
from portal.core.register import Certificate
from portal.core.sop import APPLICANT, Sop, parse
from portal.core.steps import KINDS, State, applicant_actions, follow, official_actions

WITA = timezone(timedelta(hours=8))
AT = datetime(2026, 8, 3, 8, 0, tzinfo=WITA)
"""A Monday, when the office opens."""

COLUMNS = {"pemohon": "Pemohon", "kadis": "Kadis", "kabid": "Kabid", "verifikator": "Verifikator"}
STEPS = {
    "ajukan": ("submission", "pemohon"),
    "disposisi_kadis": ("disposition", "kadis"),
    "disposisi_kabid": ("disposition", "kabid"),
    "pemeriksaan": ("dispatch", "verifikator"),
    "kunjungan": ("visit", "verifikator"),
    "penyerahan": ("handover", "verifikator"),
}
VISIT = {
    "place": "DKISP",
    "length_minutes": 30,
    "days_ahead": 14,
    "capacity": 1,
    "bring": ["KTP asli"],
    "windows": {"mon": ["08.00-11.30"], "tue": ["08.00-11.30"]},
}
FORM = {
    "nama_ktp": "Siti Aminah",
    "email": "siti@tarakankota.go.id",
    "nip": "199001012015012001",
    "opd": "Dinas Sosial",
}

DECISIONS: Mapping[str, Mapping[str, Any]] = {
    "forward": {"instruction": "tindak_lanjuti", "note": "Mohon ditelaah."},
    "return": {"items": ["ktp"], "reason": "tidak_terbaca", "note": "KTP buram – pindai ulang."},
    "reject": {"reason": "bukan_asn", "note": ""},
    "dispatch": {"checklist": ["ktp"], "note": ""},
    "accept": {"note": ""},
    "refuse": {"reason": "tidak_terbaca", "note": ""},
    "record": {"serial": "4F7K9QXM", "valid_from": "2026-08-03", "valid_until": "2028-08-03"},
}
"""What an official sends with an action, by action; the others send nothing."""


def a_sop() -> Sop:
    """Two requirements, four roles and six steps, at least one of every kind."""
    texts = {"label": "Label", "sentence": "Kalimat."}
    steps = [
        {
            "key": key,
            "kind": kind,
            "role": role,
            "minutes": 10,
            "name": key,
            "summary": key,
            "text": {},
            "status": {},
            **({"visit": VISIT} if kind == "visit" else {}),
        }
        for key, (kind, role) in STEPS.items()
    ]
    data = {
        "service": "penerbitan",
        "ticket_prefix": "TTE",
        "draft_days": 7,
        "text": {"columns": list(COLUMNS.values())},
        "roles": [{"key": key, "label": column, "column": column} for key, column in COLUMNS.items()],
        "documents": [{"key": key, "label": key, "hint": "Petunjuk."} for key in ("ktp", "surat_permohonan")],
        "instructions": [{"key": "tindak_lanjuti", "label": "Tindak lanjuti"}],
        "reasons": [
            {"key": "tidak_terbaca", "label": "Tidak terbaca", "for": ["return", "refuse"]},
            {"key": "bukan_asn", "label": "Bukan ASN", "for": ["reject"]},
        ],
        "status": {state.value: texts for state in State},
        "actions": {},
        "applicant": {"name": "nama_ktp", "email": "email", "number": "nip", "office": "opd"},
        "steps": steps,
    }
    return parse(data, {"type": "object", "properties": {name: {"type": "string"} for name in FORM}})


def a_ticket(number: int = 1) -> str:
    """A well-formed ticket number; another for every ``number``."""
    return ticket.new("TTE", AT.year, random.Random(number).choice)


def document(kind: str = "ktp", **changes: Any) -> Document:
    kept = Document(
        kind=kind,
        key=f"drafts/a1/{kind}/checked",
        version="000001.a",
        sha256=sha256(kind.encode()).hexdigest(),
        size=48_213,
        media_type="application/pdf",
        pages=2,
        uploaded_at=AT.astimezone(UTC).isoformat(),
        name=f"{kind} – Siti.pdf",
    )
    return replace(kept, **changes)


def draft(**changes: Any) -> Draft:
    """In version 1, with form and documents complete."""
    made = Draft("a1", "penerbitan", FORM, AT - timedelta(hours=1), (document("ktp"), document("surat_permohonan")))
    return replace(made, **changes)


def certificate(**changes: Any) -> Certificate:
    """Handed over in August 2026, good until the third of August 2028."""
    made = Certificate(
        "contoh", "TTE-1", "4F7K", "Siti", "199001012015012001", "siti@tarakankota.go.id", "Dinas Sosial",
        date(2026, 8, 3), date(2028, 8, 3), date(2026, 8, 4), "TTE-1",
    )  # fmt: skip
    return replace(made, **changes)


def official(role: str = "kadis", **changes: Any) -> Official:
    appointed = Official("penerbitan", role, f"Pejabat {role}", f"{role}@tarakankota.go.id", since=date(2024, 1, 2))
    return replace(appointed, **changes)


def officials() -> list[Official]:
    return [official(role) for role in ("kadis", "kabid", "verifikator")]


def a_notice(about: str = "TTE-26-7777-777M", **changes: Any) -> Notice:
    """An owed email, due at ``AT``."""
    return replace(
        notice("received", Actor(APPLICANT, "Siti", email=FORM["email"]), about=about, event=1, at=AT), **changes
    )


def application(*actions: str, number: int = 1, at: datetime = AT, form: Mapping[str, Any] = FORM) -> Application:
    """A case after being sent and these further actions, an hour apart."""
    sop = a_sop()
    sent = draft(form=form)
    made = Application.submit(sent, ticket=a_ticket(number), documents=sent.documents, sop=sop, at=at)
    for action in actions:
        made = after(made, action)
    return made


def application_in(step: str, state: State, number: int = 1) -> Application:
    """A case at that step and state, by the shortest way there."""
    return application(*path_to(step, state), number=number)


def after(before: Application, action: str, at: datetime | None = None) -> Application:
    """The case after one more action by whoever may do it, an hour after the last one, or when its time comes."""
    sop = a_sop()
    soonest = before.events[-1].at + timedelta(hours=1)
    at = at or max(soonest, before.opens_at(action, sop) or soonest)
    if action in official_actions(sop, before.step, before.state):
        actor = official(sop.step(before.step).role).as_actor(sop)
        return before.decide(action, DECISIONS.get(action, {}), actor=actor, sop=sop, at=at)
    if action == "confirm":
        return before.confirm(agenda="1", sop=sop, at=at)
    if action == "book":
        slot = at + timedelta(days=1)
        return before.book(slot, f"visit/{slot:%Y-%m-%dT%H.%M}/1", sop=sop, at=at)
    if action == "resubmit":
        items = tuple(before.returned["items"])
        mending = draft(form=before.form, mends=before.ticket, items=items)
        mended = tuple(document(d.kind, sha256="b" * 64) if d.kind in items else d for d in before.documents)
        return before.resubmit(mending, documents=mended, sop=sop, at=at)
    return before.withdraw(sop=sop, at=at) if action == "withdraw" else before.lapse(sop=sop, at=at)


def a_number_nobody_has() -> str:
    """Whose check letter is right, so that only looking it up can tell."""
    for letter in ticket.ALPHABET:
        with suppress(NotFound):
            return ticket.parse(f"TTE-26-2222-222{letter}")
    raise AssertionError


def draw(letters: str) -> Callable[[str], str]:
    """Chance that always falls out like this."""
    drawn = iter(letters)
    return lambda _alphabet: next(drawn)


def path_to(step: str, state: State) -> tuple[str, ...]:
    """The fewest actions after the sending that lead there."""
    return _paths()[step, state]


def reachable() -> list[tuple[str, State]]:
    """Every step and state a case can be in."""
    return list(_paths())


def owed_by(case: Application) -> tuple[Notice, ...]:
    """The emails the newest event owes."""
    return owed(case, officials(), a_sop(), case.events[-1].at.date())


def _paths() -> dict[tuple[str, State], tuple[str, ...]]:
    sop = a_sop()
    begin = (sop.first.key, State.UNCONFIRMED)
    paths: dict[tuple[str, State], tuple[str, ...]] = {begin: ()}
    queue = [begin]
    for step, state in queue:
        portal_actions = KINDS[sop.step(step).kind].portal.get(state, {})
        for action in (*official_actions(sop, step, state), *applicant_actions(sop, step, state), *portal_actions):
            there = follow(sop, step, state, action)
            if there not in paths:
                paths[there] = (*paths[step, state], action)
                queue.append(there)
    return paths
