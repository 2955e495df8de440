"""What is refused of a case, each by its exact code: the key of its sentence and status in ``messages.toml``."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from portal.core.amending import HOLDER, assign, resend
from portal.core.application import Actor, Application
from portal.core.erasing import erase
from portal.core.errors import PortalError
from portal.core.sop import Sop
from portal.core.steps import State, follow
from tests.support.builders import AT, FORM, a_sop, after, application, application_in
from tests.support.walk import MORNING, Walk, official

SLOT = datetime.fromisoformat("2026-11-25T08:30+08:00")
KADIS, VERIFIKATOR = official("kadis"), official("verifikator")
SITI = replace(KADIS, email="siti@tarakankota.go.id")


def with_kadis(sop: Sop) -> Application:
    return Walk(sop).confirm().case


def expected(sop: Sop) -> Application:
    return Walk(sop).to_bsre().decide("accept", "invite").book(SLOT).case


REFUSALS: list[tuple[str, Callable[[Sop], object]]] = [
    ("action_not_now", lambda sop: with_kadis(sop).decide("dispatch", {}, actor=KADIS, sop=sop, at=MORNING)),
    ("action_not_now", lambda sop: with_kadis(sop).lapse(sop=sop, at=MORNING)),
    ("action_not_now", lambda sop: follow(sop, "penyerahan", State.DONE, "record")),
    ("not_your_turn", lambda sop: with_kadis(sop).decide("forward", {}, actor=VERIFIKATOR, sop=sop, at=MORNING)),
    ("own_application", lambda sop: with_kadis(sop).decide("forward", {}, actor=SITI, sop=sop, at=MORNING)),
    ("visit_to_come", lambda sop: expected(sop).decide("miss", {}, actor=VERIFIKATOR, sop=sop, at=MORNING)),
    ("document_unknown", lambda sop: with_kadis(sop).document("paspor")),
]


@pytest.mark.parametrize(("code", "ask"), REFUSALS)
def test_what_is_refused_is_known_by_its_code(sop: Sop, code: str, ask: Callable[[Sop], object]) -> None:
    with pytest.raises(PortalError) as refusal:
        ask(sop)
    assert refusal.value.code == code


def hours_later(case: Application) -> datetime:
    return case.events[-1].at + timedelta(hours=1)


CLERK = Actor("clerk", "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
HIMSELF = Actor("clerk", "Siti", "Petugas", number=FORM["nip"])
WITHDRAWN = after(application("confirm"), "withdraw")
RECEIVED = application_in("penyerahan", State.DONE).receive(sop=a_sop(), at=AT + timedelta(days=9))
GIVEN = assign(application("confirm"), KADIS, "x", by=CLERK, sop=a_sop(), at=AT)


def given(case: Application, by: Actor = CLERK) -> Application:
    return assign(case, None, "Salah.", by=by, sop=a_sop(), at=hours_later(case))


def again(case: Application, by: Actor = CLERK) -> Application:
    return resend(case, HOLDER, "Hilang.", by=by, sop=a_sop(), at=hours_later(case))


def bare(case: Application, by: Actor = CLERK) -> Application:
    return erase(case, {"ground": "decree", "reason": "x"}, by=by, sop=a_sop(), at=hours_later(case))


IN_FULL: list[tuple[Callable[[], object], str, dict[str, str]]] = [
    (lambda: given(WITHDRAWN), "action_not_now", {"action": "assign", "state": "withdrawn"}),
    (lambda: again(WITHDRAWN), "action_not_now", {"action": "resend", "state": "withdrawn"}),
    (lambda: bare(application("confirm")), "action_not_now", {"action": "erase", "state": "waiting"}),
    (lambda: RECEIVED.receive(sop=a_sop(), at=AT), "action_not_now", {"action": "receive", "state": "done"}),
    (lambda: given(application("confirm")), "nothing_assigned", {}),
    (lambda: again(application("confirm"), HIMSELF), "own_application", {}),
    (lambda: given(GIVEN, HIMSELF), "own_application", {}),
    (lambda: bare(WITHDRAWN, HIMSELF), "own_application", {}),
]


@pytest.mark.parametrize(("ask", "code", "facts"), IN_FULL)
def test_what_a_clerk_or_an_owner_is_refused_is_told_in_full(
    ask: Callable[[], object], code: str, facts: dict[str, str]
) -> None:
    with pytest.raises(PortalError) as refusal:
        ask()
    assert (refusal.value.code, refusal.value.facts) == (code, facts)
