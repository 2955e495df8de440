"""Taking what was issued before the portal into its register: all lines of a table, or none if one is wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from portal.core.register import Certificate, corrections, from_before, plain_serial
from portal.core.sop import Sop
from portal.forms.form import Form
from portal.tables import Row
from portal.usecases.register import Register

Rows = Sequence[tuple[int, Row]]

AT_A_TIME: Final = 200
"""Entries in one transaction."""

UNFINISHED: Final = timedelta(days=30)
"""How long it is remembered of an import that it was begun, and whether it was finished."""

DONE: Final = "selesai"

Told = Callable[[int], object]
"""Hears how many entries are kept, again and again."""


def unheard(_: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Problem:
    """What keeps a line from being taken in: where it is, what is there, and what is expected."""

    line: int
    column: str
    found: str
    expected: str


@dataclass(frozen=True)
class Plan:
    """What would come of a table.

    Attributes:
        new: the entries to be made; ``known`` how many lines were in the register before this table was taken in.
        resumed: how many of its lines are there since, as its own import took them in before it was cut short.
        mark: of this table, by which it is known again.
        ignored: headings of columns that the register has no use for.
        problems: if there are any, nothing is taken in.
    """

    new: tuple[Certificate, ...]
    known: int
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...]
    resumed: int = 0
    mark: str = ""


@dataclass(frozen=True)
class Importing:
    register: Register

    def plan(self, service: str, rows: Rows) -> Plan:
        """What would come of these rows, the first of which holds the headings; changes nothing."""
        form, asked = Form(self.register.schemas["entry"]), self.register.schemas["entry"]["properties"]
        (line, heads), *lines = rows
        meant = [_meant(head, asked) for head in heads]
        # Of two columns of the same heading the first counts.
        names = {position: name for position, name in enumerate(meant) if name and name not in meant[:position]}
        ignored = tuple(head for position, head in enumerate(heads) if head and position not in names)
        missing = [name for name in self.register.schemas["entry"]["required"] if name not in names.values()]
        if missing:
            titles = ", ".join(field["title"] for field in asked.values())
            absent = [Problem(line, asked[name]["title"], "", titles) for name in missing]
            return Plan((), 0, ignored, tuple(absent))
        said = [
            (line, {name: cell for position, cell in enumerate(row) if (name := names.get(position))})
            for line, row in lines
        ]
        plan = self._judged(self.register.sop(service), form, asked, said, ignored)
        table = repr([service, *(list(row) for _, row in rows)])
        mark = f"impor/{sha256(table.encode()).hexdigest()[:16]}"
        begun = self.register.office.records.used(mark, self.register.office.clock())
        known = plan.known if DONE in begun else min((int(each) for each in begun), default=plan.known)
        return replace(plan, known=known, resumed=plan.known - known, mark=mark)

    def take_in(self, plan: Plan, told: Told = unheard) -> int:
        """Make the entries of a plan without problems, so many at a time that nobody waits long; returns how many.

        Cut short, a new plan of the same rows holds what is left.

        Raises:
            Conflict: somebody else is importing the same (``certificate_changed``).
        """
        today = self.register.office.today()
        if plan.new:
            self._note(plan, str(plan.known))
        for first in range(0, len(plan.new), AT_A_TIME):
            some = plan.new[first : first + AT_A_TIME]
            heard = [fact for entry in some for fact in corrections(None, entry, today)]
            self.register.office.records.keep_certificates(some, heard)
            told(len(some))
        if plan.new or plan.resumed:
            self._note(plan, DONE)
        return len(plan.new)

    # --- within ----------------------------------------------------------------------------------------------------

    def _note(self, plan: Plan, what: str) -> None:
        """Of this table: how many of its lines were known before, or that it is in whole."""
        now = self.register.office.clock()
        self.register.office.records.use(plan.mark, what, now, now + UNFINISHED)

    def _judged(
        self,
        sop: Sop,
        form: Form,
        asked: Mapping[str, Mapping[str, Any]],
        said: Sequence[tuple[int, Mapping[str, str]]],
        ignored: tuple[str, ...],
    ) -> Plan:
        today, offices = self.register.office.today(), self._offices(sop)
        holders = {plain_serial(entry.serial): entry for entry in self.register.entries(sop.service) if entry.serial}
        new: dict[str, Certificate] = {}
        known, problems = 0, list[Problem]()
        for line, raw in said:
            values = form.clean(raw)
            findings = {found.field: found.message for found in form.check(values, today) if not found.passable}
            if findings:
                problems += [
                    Problem(line, asked[name]["title"], raw.get(name, ""), why) for name, why in findings.items()
                ]
                continue
            kept = {name: str(value) for name, value in values.items()}
            kept["office"] = offices.get(kept["office"].casefold(), kept["office"])
            entry = from_before(sop.service, kept)
            serial = plain_serial(entry.serial)
            if serial in new:
                problems.append(_about_serial(asked, line, entry, "twice"))
            elif serial in holders and not entry.is_of(holders[serial]):
                problems.append(_about_serial(asked, line, entry, "taken"))
            elif serial in holders:
                known += 1
            else:
                new[serial] = entry
        return Plan(tuple(new.values()), known, ignored, tuple(problems))

    def _offices(self, sop: Sop) -> dict[str, str]:
        """The offices of the application's list by how they are written in small letters."""
        field = sop.applicant.get("office", "")
        options = self.register.office.words(sop.service).form.fields[field].options if field else ()
        return {option.value.casefold(): option.value for option in options}


def _meant(head: str, asked: Mapping[str, Mapping[str, Any]]) -> str:
    """The field that a heading names, by its title or its key; empty if none."""
    wanted = _letters(head)
    return next((name for name, field in asked.items() if wanted in (_letters(name), _letters(field["title"]))), "")


def _by_name(row: Row, names: Mapping[int, str]) -> dict[str, str]:
    return {names[position]: cell for position, cell in enumerate(row) if position in names}


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _about_serial(asked: Mapping[str, Mapping[str, Any]], line: int, entry: Certificate, why: str) -> Problem:
    return Problem(line, asked["serial"]["title"], entry.serial, asked["serial"]["messages"][why])


def as_csv(rows: Rows) -> str:
    """The rows as they can be sent along with a page, each on the line that it had in the file."""
    return "\n".join(_lines(rows))


def _lines(rows: Rows) -> Iterator[str]:
    at = 1
    for number, row in rows:
        yield from [""] * (number - at)
        yield ";".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row)
        at = number + 1


def exported(register: Register, entries: Sequence[Certificate], words: Mapping[str, Any]) -> str:
    """Entries as CSV that ``plan`` reads again, with how each stands behind: semicolons and a byte order mark."""
    fields = {name: field["title"] for name, field in register.schemas["entry"]["properties"].items()}
    heads = [*fields.values(), words["standing_column"]]
    told = [
        [*(_cell(getattr(entry, name)) for name in fields), words["standings"][register.standing(entry)]]
        for entry in entries
    ]
    return "\ufeff" + as_csv([*enumerate([heads, *told], 1)]) + "\n"


def _cell(value: object) -> str:
    """As text; what a spreadsheet would take for a formula is marked as none."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
