"""Cases at given moments of the office, and any case that the SOP permits."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from portal.core.application import Actor, Application
from portal.core.draft import Document, Draft
from portal.core.sop import Sop
from portal.core.steps import KINDS, applicant_actions, official_actions
from tests.support.places import SCHEMAS
from tests.support.ways import FORM, SAYS

WITA = ZoneInfo("Asia/Makassar")
TICKET = "TTE-26-4F7K-9QXM"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=WITA)


def at(text: str) -> datetime:
    """A moment at the office, such as ``11-23 08.00`` (of 2026)."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H.%M").replace(tzinfo=WITA)


def sent(sop: Sop, when: datetime, form: Mapping[str, Any] = FORM) -> Application:
    documents = tuple(
        Document(r.key, f"applications/{r.key}", "1", "ab" * 32, 1000, "image/png", 1, when.isoformat(), "foto.png")
        for r in sop.requirements
    )
    draft = Draft("a1", sop.service, form, when, documents)
    return Application.submit(draft, ticket=TICKET, documents=documents, sop=sop, at=when)


def move(
    case: Application, action: str, when: datetime, sop: Sop, said: Mapping[str, Any] | None = None, who: str = "x"
) -> Application:
    """The case after one more action by whoever may take it."""
    if action in official_actions(sop, case.step, case.state):
        role = sop.role(sop.step(case.step).role)
        actor = Actor(
            role.key, f"Pejabat {who}", role.label, f"{role.key}.{who}@tarakankota.go.id", "197001012000121001"
        )
        return case.decide(action, SAYS.get(action, {}) if said is None else said, actor=actor, sop=sop, at=when)
    if action == "resubmit":
        mending = Draft("m1", sop.service, case.form, when, case.documents, mends=TICKET, items=("ktp",))
        return case.resubmit(mending, documents=case.documents, sop=sop, at=when)
    if action == "book":
        return case.book(when + timedelta(days=1), "visit/x/0", sop=sop, at=when)
    if action == "confirm":
        return case.confirm(agenda="12", sop=sop, at=when)
    if action == "cancel_visit":
        return case.cancel_visit({}, sop=sop, at=when)
    if action == "receive":
        return case.receive(sop=sop, at=when)
    return case.withdraw(sop=sop, at=when) if action == "withdraw" else case.lapse(sop=sop, at=when)


def moved(sop: Sop, *moves: tuple[str, datetime], **answers: Any) -> Application:
    """A case sent at the first moment and moved on at the others."""
    (_, first), *later = moves
    case = sent(sop, first, {**FORM, **answers})
    for action, when in later:
        case = move(case, action, when, sop)
    return case


def along(sop: Sop, *actions: str, start: datetime = MONDAY, **answers: Any) -> Application:
    """The same, a minute for each action; a visit is when it is agreed."""
    case, when = sent(sop, start, {**FORM, **answers}), start
    for action in actions:
        when = max(when + timedelta(minutes=1), case.slot or when)
        case = move(case, action, when, sop)
    return case


MARK = "zq7"
"""Stands in everything that a person of these cases ever typed or is called; no text of the portal holds it."""

marked = st.text(max_size=20).map(lambda text: f"{text}{MARK}{text}")


@st.composite
def cases(draw: st.DrawFn, sop: Sop) -> Application:
    """Any case that the SOP permits, with marked answers, notes and names."""
    form = {name: draw(marked) for name in (*FORM, "opd_lainnya", "nama_dengan_gelar")}
    when = MONDAY + timedelta(minutes=draw(st.integers(-1_000_000, 1_000_000)))
    case = sent(sop, when, form)
    for _ in range(draw(st.integers(0, 25))):
        kind = KINDS[sop.step(case.step).kind]
        actions = (
            *official_actions(sop, case.step, case.state),
            *applicant_actions(sop, case.step, case.state),
            *kind.portal.get(case.state, {}),
        )
        if not actions or case.is_received:
            break
        when += timedelta(minutes=draw(st.integers(0, 20_000)))
        said = {"items": ["ktp"], "note": draw(marked), "reason": draw(marked), "serial": draw(marked)}
        case = move(case, draw(st.sampled_from(actions)), when, sop, said, MARK)
    return case


VALIDATOR = Draft202012Validator(
    json.loads((SCHEMAS / "status.schema.json").read_text("utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER
)
