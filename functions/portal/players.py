"""The made-up people of a rehearsed office: what they are called, bring and say, and how they do what can be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import Any

from portal.core.application import Application
from portal.core.draft import Document, Draft
from portal.core.officials import Official
from portal.core.requirements import Requirement
from portal.core.sop import Sop
from portal.core.steps import State
from portal.documents.samples import sample
from portal.editions import read_messages, read_toml
from portal.house import House
from portal.trial import answer, decision
from portal.usecases.intake import Intake


@dataclass
class Passing:
    """The time in an office that is played; its house has to have it as its clock."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Players:
    """Whoever applies and decides in a house.

    Attributes:
        chance: every choice is its, so that the same seed plays the same.
        draw: makes a sample document (``documents.samples.sample``).
    """

    house: House
    chance: Random
    draw: Callable[[str, Mapping[str, Any]], tuple[bytes, str]] = sample

    @cached_property
    def intake(self) -> Intake:
        """The house's own, with tickets and ids that come from the seed too."""
        return replace(self.house.intake, choice=self.chance.choice, token=self._token)

    def draft(self, n: int) -> Draft:
        """A draft of the so-and-so-manieth applicant with its documents."""
        sop = self.chance.choice([*self.house.office.services])
        draft = self.intake.start(sop.service, self._answers(sop, n), self._opener(sop))
        for requirement in sop.requirements:
            if requirement.is_needed(draft.form):
                draft = self._bring(draft, requirement)
        return draft

    def ways(self, case: Application, able: Sequence[Official]) -> list[str]:
        """What can be done with it now: by these officials, if there are any, and by its applicant."""
        sop, now = self.house.office.sop_of(case), self.house.office.clock()
        ways = list(case.official_actions(sop)) if able else []
        ways += [each for each in ("resubmit", "book", "report", "withdraw") if case.may(each, sop)]
        ways += ["confirm"] if case.state is State.UNCONFIRMED else []
        return [way for way in ways if (case.opens_at(way, sop) or now) <= now and way != "sign"]

    def do(self, case: Application, way: str, able: Sequence[Official] = ()) -> Application | None:
        """One thing of those that can be done; nothing, if it turns out that it cannot."""
        cases, intake = self.house.cases, self.intake
        if way == "confirm":
            return cases.confirm(case.ticket)
        if way == "withdraw":
            return cases.withdraw(case)
        if way == "book":
            slots = self.house.visits.slots(case)
            return self.house.visits.book(case, self.chance.choice(slots[:12])) if slots else None
        if way in ("resubmit", "report"):
            draft = intake.begin_mending(case)
            for requirement in intake.asked(draft):
                draft = self._bring(draft, requirement)
            return intake.resubmit(case) if way == "resubmit" else intake.report(case, case.version)
        claims = cases.case_claims(case, self.chance.choice(able).email)
        said = decision(self.house.office, case.service, read_messages()["preview"], case.step, way)
        return cases.decide(claims, way, said, case.version)

    def deputy(self, sop: Sop) -> Official | None:
        """Somebody who could stand in for the first official of a service, from no day on yet."""
        words, officials = read_messages()["rehearse"], self.house.office.officials()
        roles = [official.role for official in officials if official.service == sop.service]
        if not roles:
            return None
        name = f"{self.chance.choice(words['given'])} {words['family']}"
        email = f"{words['deputy'].lower()}@{sop.data['office'].get('email_domain', 'contoh.example')}"
        return Official(sop.service, roles[0], name, email, capacity="Plh.", decree=words["decree"])

    # --- who they are and what they bring ----------------------------------------------------------------------------

    def _token(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    def _opener(self, sop: Sop) -> str:
        roles = sop.acting(sop.first.role) if sop.first.kind == "opening" else ()
        opening = (o for o in self.house.office.officials() if o.service == sop.service and o.role in roles)
        return next((official.email.lower() for official in opening), "")

    def _answers(self, sop: Sop, n: int) -> dict[str, Any]:
        """The form's own examples, and what the service's ``[applicant]`` says; what fits no better is left out."""
        words, form = read_messages()["rehearse"], self.house.office.words(sop.service).form
        name, today = f"{words['given'][n % len(words['given'])]} {words['family']}", self.house.office.today()
        raw = {key: answer(each, words["family"], today) for key, each in form.fields.items()}
        raw[sop.applicant["name"]] = name.upper()
        told = self._props_of[sop.service].get("applicant", {})
        raw |= {key: said.format(name=name, n=n) for key, said in told.items()}
        typed = form.clean(raw)
        wrong = {finding.field for finding in form.check(typed, today) if not finding.passable}
        return {key: value for key, value in typed.items() if key not in wrong}

    def _bring(self, draft: Draft, requirement: Requirement) -> Draft:
        """The service's sample of it, as it would lie there once it has been checked."""
        entries = (each for each in self._props_of[draft.service]["samples"] if each["document"] == requirement.key)
        content, media_type, pages = self._drawn(
            draft.service, next(entry for entry in entries if "refused" not in entry)
        )
        key = f"{draft.folder}{requirement.key}/{self.intake.token()}/checked"
        kept = self.house.office.files.write(key, content, media_type)
        mark, at = sha256(content).hexdigest(), self.house.office.clock().isoformat()
        document = Document(requirement.key, key, kept.version, mark, kept.size, media_type, pages, at)
        changed = draft.with_document(document)
        self.house.office.records.save_draft(changed)
        return changed

    def _drawn(self, service: str, entry: Mapping[str, Any]) -> tuple[bytes, str, int]:
        if (service, entry["name"]) not in self._drawings:
            drawing = (*self.draw(entry["name"], self._props_of[service]), len(entry.get("pages", ("",))))
            self._drawings[service, entry["name"]] = drawing
        return self._drawings[service, entry["name"]]

    @cached_property
    def _drawings(self) -> dict[tuple[str, str], tuple[bytes, str, int]]:
        return {}

    @cached_property
    def _props_of(self) -> Mapping[str, Mapping[str, Any]]:
        folder = self.house.config.schemas
        return {sop.service: read_toml(folder / sop.service / "rehearsal.toml") for sop in self.house.office.services}
