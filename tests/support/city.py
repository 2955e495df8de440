"""The portal and everybody who uses it."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.support.browser_without_javascript import Browser
from tests.support.devices import make_known
from tests.support.people import Applicant, Mailbox, Official
from tests.support.places import ROOT
from tests.support.server import Clock, Served, rehearsal_of

KADIS, KABID = "kepala.dinas@tarakankota.go.id", "kepala.bidang@tarakankota.go.id"
STATISTISI = "statistisi@tarakankota.go.id"
VERIFIKATOR, OTHER_VERIFIKATOR = "verifikator.satu@tarakankota.go.id", "verifikator.dua@tarakankota.go.id"


class City:
    """The portal and everybody who uses it."""

    def __init__(self, served: Served, clock: Clock) -> None:
        self.house, self.clock, self.address = served.house, clock, served.house.config.address
        self.mailbox, self.stored = Mailbox(self.address, served.deliver), served.stored
        self.first = self.house.office.services.first.service
        self.samples = rehearsal_of(self.house).props[self.first]
        self.public = Browser(self.address)

    def applicant(self, service: str = "", **differently: Any) -> Applicant:
        """Somebody who brings what a service asks for; that of the first one if none is named."""
        samples = rehearsal_of(self.house).props[service or self.first]
        return Applicant(self.address, self.mailbox, samples, **differently)

    def official(self, email: str) -> Official:
        person = Official(self.address, self.mailbox, email)
        make_known(person.browser.cookies, self.house, email)
        return person

    def status(self, ticket: str) -> dict[str, Any]:
        answer = self.public.get(f"/status/{ticket}", Accept="application/json")
        found: dict[str, Any] = json.loads(answer.body)
        schema = json.loads((ROOT / "schemas" / "status.schema.json").read_text())
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(found)
        return found

    def forward_to_verifikator(self, ticket: str) -> None:
        for email in (KADIS, KABID, STATISTISI):
            self.official(email).decide(ticket, "forward", instructions=["proses"], note="Mohon diproses.")

    def hand_over(self, siti: Applicant, **certificate: str) -> None:
        """From the confirmation to the certificate handed over, two days later; what is not said of it is made up."""
        siti.confirm()
        self.forward_to_verifikator(siti.ticket)
        verifikator = self.official(VERIFIKATOR)
        verifikator.decide(siti.ticket, "dispatch", checklist="*")
        verifikator.decide(siti.ticket, "accept")
        verifikator.decide(siti.ticket, "invite")
        siti.pick()
        self.clock.forward(days=2)
        verifikator.decide(siti.ticket, "attend")
        made_up = {"serial": "4A1F2209", "valid_from": "2026-11-24", "valid_until": "2028-11-24"}
        verifikator.decide(siti.ticket, "record", **{**made_up, **certificate})
        verifikator.decide(siti.ticket, "hand_over", received_by="Siti Contoh")
