"""What is refused of a case, each by its exact code: the key of its sentence and status in ``messages.toml``."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from portal.core.application import Application
from portal.core.errors import PortalError
from portal.core.sop import Sop
from portal.core.steps import State, follow
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
