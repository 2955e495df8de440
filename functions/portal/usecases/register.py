"""The register of what has been issued, for whoever keeps it: found, and what happens to an entry recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from portal.core.application import Actor
from portal.core.errors import Conflict, Finding, Invalid, NotFound
from portal.core.notices import Notice, notice
from portal.core.officials import Official
from portal.core.parts import Choice
from portal.core.register import HOLDER, Certificate, Recorded, Standing, corrections, plain_serial, soon
from portal.core.sop import APPLICANT, Sop
from portal.forms.form import Form
from portal.forms.wording import Fact
from portal.office import Office

_Entry = TypeVar("_Entry")

ACTIONS: Final = ("change", "revoke")
"""What the keepers of a register may record of an entry."""

_ENDED_BY: Final = {Standing.REVOKED: "revoke", Standing.REPLACED: "replace"}


@dataclass(frozen=True)
class Register:
    """Attributes:
    schemas: one JSON Schema per form (``register.schema.json``, ``$defs``).
    """

    office: Office
    schemas: Mapping[str, Mapping[str, Any]]

    # --- whose it is -----------------------------------------------------------------------------------------------

    def sop(self, service: str) -> Sop:
        """The present edition of a service. Raises NotFound (``service_unknown``)."""
        return self.office.services[service]

    # --- looking ---------------------------------------------------------------------------------------------------

    def entries(self, service: str) -> list[Certificate]:
        """All of a service, the next to end first."""
        found = self.office.records.certificates(service)
        return sorted(found, key=lambda entry: (entry.ended_on or date.max, entry.name, entry.id))

    def listed(self, service: str, standing: str, after: str, most: int, before: str = "") -> list[Certificate]:
        """Those that stand so today, the next to end first; no others are read, however long the register is.

        Args:
            standing: of ``Standing``; nothing for all that stand.
            after: the place (``Certificate.place``) of the last one seen; empty at the beginning.
            most: so many at most.
            before: the place of the first one seen, for those that come right before it.
        """
        today, ended_by, until = self.office.today(), "", None
        begins = today.isoformat()
        if standing == Standing.EXPIRING:
            until = today + timedelta(days=soon(self.sop(service)))
        elif standing == Standing.EXPIRED:
            begins, until = "", today - timedelta(days=1)
        elif standing in _ENDED_BY:
            begins, ended_by = "", _ENDED_BY[Standing(standing)]
        begins = max(begins, after)
        return list(self.office.records.certificates_by_end(service, ended_by, begins, until, most, before))

    def find(self, service: str, text: str = "", standing: str = "") -> list[Certificate]:
        """Those whose name, number or serial has this in it, and that stand so today; all where nothing is asked.

        The whole register is gone through, as a store finds no part of a name.
        """
        today, days = self.office.today(), soon(self.sop(service))
        found = (entry for entry in self.entries(service) if _is_meant(entry, text))
        return [entry for entry in found if standing in ("", entry.standing(today, days).value)]

    def standing(self, entry: Certificate) -> Standing:
        return entry.standing(self.office.today(), soon(self.sop(entry.service)))

    # --- renewing --------------------------------------------------------------------------------------------------

    def answers(self, entry: Certificate, form: Form) -> dict[str, Any]:
        """What is known of its holder, as answers to the present form: what he stated then, and what changed since."""
        sop, stated = self.sop(entry.service), self._stated(entry)
        known = {name: answer for name, answer in stated.items() if name in form.fields}
        for meaning in ("name", "number", "email"):
            if meaning in sop.applicant and getattr(entry, meaning):
                known[sop.applicant[meaning]] = getattr(entry, meaning)
        asked, other = sop.applicant.get("office", ""), sop.applicant.get("office_other", "")
        if asked and entry.office not in (known.get(asked), known.get(other)):
            listed = {option.value for option in form.fields[asked].options}
            known.pop(other, None)
            known[asked] = entry.office if entry.office in listed or not listed else ""
        return known

    def owe_again(self, entry: Certificate) -> None:
        """Owe the holder a fresh link to renew it, at most one an hour; nothing once it has ended before its time."""
        if entry.ended is None and entry.email:
            at, holder = self.office.clock(), Actor(APPLICANT, entry.name, email=entry.email)
            again = f"again-{at:%Y-%m-%dT%H}"
            self.office.records.owe([notice("expiring", holder, about=entry.about, event=0, at=at, occasion=again)])

    # --- recording -------------------------------------------------------------------------------------------------

    def form(self, service: str, action: str) -> Form:
        """What is asked to record this, with the service's own reasons in it."""
        return Form(self.schemas[action], {"reasons": [vars(reason) for reason in self.reasons(service, action)]})

    def reasons(self, service: str, action: str) -> list[Choice]:
        """Why; none where the service's SOP does not say, and then nothing can be recorded."""
        listed = self.sop(service).data.get("register", {}).get("reasons", ())
        return [
            Choice(each["key"], each["label"], tuple(each["for"]), each.get("needs_note", False))
            for each in listed
            if action in each["for"]
        ]

    def actions(self, entry: Certificate, by: Official) -> tuple[str, ...]:
        """What this official may record of it today."""
        running = self.standing(entry).is_running and not entry.concerns(by.email, by.number)
        return tuple(action for action in ACTIONS if running and self.reasons(entry.service, action))

    def checked(self, entry: Certificate, action: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed, tidied. Raises Invalid."""
        form = self.form(entry.service, action)
        values = form.clean(raw)
        findings = [found for found in form.check(values, self.office.today()) if not found.passable]
        if findings := findings or self._senseless(entry, action, values):
            raise Invalid(findings)
        return values

    def record(self, entry: Certificate, action: str, raw: Mapping[str, Any], seen: int, by: Actor) -> Certificate:
        """Record it, made on version ``seen``; recording the same twice is recording it once.

        Raises:
            Conflict: somebody else recorded something meanwhile (``certificate_changed``).
            Invalid: something is missing or wrong.
            NotAllowed: it stands no more (``certificate_ended``), or is one's own (``own_certificate``).
        """
        if entry.version != seen:
            return self._same_click(entry, action, seen, by)
        values, today, at = self.checked(entry, action, raw), self.office.today(), self.office.clock()
        said: dict[str, Any] = {name: values[name] for name in ("reason", "note") if name in values}
        on = date.fromisoformat(values["on"])
        if action == "revoke":
            after = entry.revoke(said, on=on, by=by, at=at, today=today)
        else:
            holder = {name: values.get(name, "") for name in HOLDER}
            after = entry.change(holder, said, on=on, by=by, at=at, today=today)
        notices = self._told("revoked" if action == "revoke" else "changed", entry, after)
        try:
            self.office.records.keep_certificates([after], corrections(entry, after, today), notices)
        except Conflict:
            return self._same_click(self.office.records.certificate(entry.service, entry.id), action, seen, by)
        return after

    def reason(self, entry: Certificate, recorded: Recorded) -> str:
        """Why, in words; the note alone where the reason says nothing without it."""
        reasons = {each.key: each for each in self.reasons(entry.service, recorded.action)}
        found = reasons.get(recorded.data.get("reason", ""))
        return "" if found is None or (found.needs_note and recorded.data.get("note")) else found.label

    def facts(self, entry: Certificate) -> dict[str, Fact]:
        """What the entry says, by field; nothing of the staff number, which no letter has a use for."""
        asked = self.schemas["entry"]["properties"]
        days = {"valid_from": entry.valid_from, "valid_until": entry.valid_until}
        said = {"serial": entry.serial, "name": entry.name, "office": entry.office}
        texts = said | {name: day.isoformat() if day else "" for name, day in days.items()}
        return {name: Fact(asked[name]["title"], (text,), name in days) for name, text in texts.items() if text}

    def changes(self, entry: Certificate, recorded: Recorded) -> dict[str, Fact]:
        """What was there before a change, by field."""
        asked, before = self.schemas["change"]["properties"], recorded.data.get("before", {})
        return {name: Fact(asked[name]["title"], (before[name],)) for name in HOLDER if name in before}

    def _stated(self, entry: Certificate) -> Mapping[str, Any]:
        try:
            return self.office.records.load(entry.ticket).form if entry.ticket else {}
        except NotFound:
            return {}

    # --- within ----------------------------------------------------------------------------------------------------

    def _senseless(self, entry: Certificate, action: str, values: Mapping[str, Any]) -> list[Finding]:
        if entry.valid_from and values["on"] < entry.valid_from.isoformat():
            field, broken = "on", "outside"
        elif action == "change" and all(values.get(name, "") == getattr(entry, name) for name in HOLDER):
            field, broken = "reason", "unchanged"
        else:
            return []
        return [Finding(field, self.schemas[action]["properties"][field]["messages"][broken])]

    def _told(self, letter: str, before: Certificate, after: Certificate) -> list[Notice]:
        """Word to the holder; also to the address that was his before."""
        at = self.office.clock()
        addresses = dict.fromkeys(email for email in (after.email, before.email) if email)
        return [
            notice(letter, Actor(APPLICANT, after.name, email=email), about=after.about, event=after.version, at=at)
            for email in addresses
        ]

    @staticmethod
    def _same_click(entry: Certificate, action: str, seen: int, by: Actor) -> Certificate:
        """The entry, if what was recorded on that version is what this person wanted to record on it."""
        recorded = entry.recorded[seen - 1] if 0 < seen <= len(entry.recorded) else None
        if recorded and (recorded.action, recorded.by.email) == (action, by.email):
            return entry
        raise Conflict("certificate_changed")


def page_of(found: Sequence[_Entry], asked: str, size: int) -> tuple[Sequence[_Entry], int, int]:
    """The entries of a page, its number, and how many pages there are; the nearest one there is."""
    last = max(1, -(-len(found) // size))
    number = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return found[(number - 1) * size : number * size], number, last


def _is_meant(entry: Certificate, text: str) -> bool:
    wanted = text.casefold().split()
    serial = plain_serial(text)
    named = entry.name.casefold()
    if all(word in named for word in wanted) or text.replace(" ", "") in (entry.number, entry.id):
        return True
    return len(serial) >= 4 and (serial in plain_serial(entry.serial) or serial in entry.number)
