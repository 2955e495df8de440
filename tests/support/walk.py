"""An application moved along through the core, a minute a move."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portal.core.application import Actor, Application
from portal.core.draft import Document, Draft
from portal.core.sop import Sop

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TICKET = "TTE-26-4F7K-9QXM"
KTP = Document("ktp", "drafts/a/ktp/1/checked", "v1", "ab" * 32, 1000, "image/jpeg", 1, MORNING.isoformat(), "ktp.jpg")
FORM = {"nama_ktp": "Siti Contoh", "email": "siti@tarakankota.go.id", "nip": "199001052015032001", "opd": "dkisp"}
DRAFT = Draft("a", "penerbitan", FORM, MORNING, (KTP,))


def sent(sop: Sop) -> Application:
    return Application.submit(DRAFT, ticket=TICKET, documents=(KTP,), sop=sop, at=MORNING)


def official(role: str) -> Actor:
    return Actor(role, f"Pejabat {role}", role, f"{role}@tarakankota.go.id")


class Walk:
    """Moves an application along, a minute per move."""

    def __init__(self, sop: Sop) -> None:
        self.sop, self.case = sop, sent(sop)

    @property
    def at(self) -> datetime:
        return self.case.events[-1].at + timedelta(minutes=1)

    def confirm(self) -> "Walk":
        self.case = self.case.confirm(agenda="1", sop=self.sop, at=self.at)
        return self

    def decide(self, *actions: str, **data: object) -> "Walk":
        for action in actions:
            actor = official(self.sop.step(self.case.step).role)
            at = max(self.at, self.case.opens_at(action, self.sop) or self.at)
            self.case = self.case.decide(action, data, actor=actor, sop=self.sop, at=at)
        return self

    def mend(self) -> "Walk":
        draft = replace(DRAFT, form={**FORM, "jabatan": "Analis"}, items=("jabatan",), mends=TICKET)
        self.case = self.case.resubmit(draft, documents=(KTP,), sop=self.sop, at=self.at)
        return self

    def book(self, slot: datetime = MORNING + timedelta(days=2)) -> "Walk":
        self.case = self.case.book(slot, "visit/x/0", sop=self.sop, at=self.at)
        return self

    def to_bsre(self) -> "Walk":
        return self.confirm().decide("forward", "forward", "forward", "dispatch")
