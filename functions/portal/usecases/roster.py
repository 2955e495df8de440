"""A list of people as somebody has it already, pasted or from a spreadsheet: what each line says, and what is wrong.

Judged whole: as long as one line has a fault, nobody of the list is taken.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.core.errors import Finding
from portal.core.sop import Sop
from portal.forms.form import Form

Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Fault:
    """Something about a line: the column's heading, what stands there, and the sentence; ``passable`` if only odd."""

    line: int
    column: str
    found: str
    sentence: str
    passable: bool = False


@dataclass(frozen=True)
class Roster:
    """What a list says.

    Attributes:
        people: answers of each person who is new, tidied, with what is carried over.
        known: how many of them are there already, and are passed over.
        ignored: headings that mean nothing here.
        faults: by line; with one that is not passable nobody is taken.
    """

    people: tuple[Mapping[str, Any], ...] = ()
    known: int = 0
    ignored: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def wrong(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if not fault.passable)

    @property
    def odd(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.passable)


@dataclass(frozen=True)
class Reader:
    """Reads lists for one batch.

    Attributes:
        form: the application's; ``carried`` what each person's begins with.
        there: addresses of whom the batch has already.
        words: sentences ``twice`` and ``heading`` (with {columns}).
    """

    sop: Sop
    form: Form
    carried: Mapping[str, Any]
    there: Collection[str]
    words: Mapping[str, str]
    today: date

    @property
    def needed(self) -> tuple[str, str]:
        """What every line has to say: who it is, and where to write to."""
        return self.sop.applicant["name"], self.sop.applicant["email"]

    def read(self, rows: Rows) -> Roster:
        """Args: ``rows``: each with its number; the first has the headings."""
        (first, heads), *lines = rows
        meant = [self._meant(head) for head in heads]
        # Of two columns of the same meaning the first counts.
        names = {place: name for place, name in enumerate(meant) if name and name not in meant[:place]}
        ignored = tuple(head for place, head in enumerate(heads) if head and place not in names)
        missing = [self.headings[name][0] for name in self.needed if name not in names.values()]
        if missing:
            columns = ", ".join(said[0] for said in self.headings.values())
            sentence = self.words["heading"].format(columns=columns)
            return Roster(ignored=ignored, faults=tuple(Fault(first, head, "", sentence) for head in missing))
        return self._judged(names, lines, ignored)

    @property
    def headings(self) -> Mapping[str, Sequence[str]]:
        """How a column may be called, by field; the first is ours."""
        found: Mapping[str, Sequence[str]] = self.sop.batch["columns"]
        return found

    def _judged(self, names: Mapping[int, str], lines: Rows, ignored: tuple[str, ...]) -> Roster:
        address = self.sop.applicant["email"]
        people, faults, known, seen = list[Mapping[str, Any]](), list[Fault](), 0, set[str]()
        for line, row in lines:
            typed = {name: self._choice(name, row[place]) for place, name in names.items() if place < len(row)}
            values = self.form.clean({**self.carried, **{name: said for name, said in typed.items() if said}})
            faults += [
                Fault(line, self.headings[f.field][0], typed.get(f.field, ""), f.message, f.passable)
                for f in self._findings(values, typed)
            ]
            email = str(values.get(address, ""))
            if email and email in seen:
                faults.append(Fault(line, self.headings[address][0], email, self.words["twice"]))
            seen.add(email)
            if email in self.there:
                known += 1
            else:
                people.append(values)
        return Roster(tuple(people), known, ignored, tuple(faults))

    def _findings(self, values: Mapping[str, Any], typed: Mapping[str, str]) -> Iterator[Finding]:
        """What is wrong with what the line says; what it leaves out may be said later, but for who it is."""
        for found in self.form.check(values, self.today):
            said = found.field in typed and found.field in values
            if said or (found.field in self.needed and not found.passable):
                yield found

    def _meant(self, head: str) -> str:
        """The field that a heading means; empty if none."""
        wanted = _plain(head)
        called = {name: {_plain(word) for word in (name, *words)} for name, words in self.headings.items()}
        titles = {name: _plain(self.form.fields[name].label) for name in self.headings}
        return next((name for name in self.headings if wanted in called[name] | {titles[name]}), "") if wanted else ""

    def _choice(self, name: str, said: str) -> str:
        """Of a list of choices the one that is meant, by its value or its words; else what was said."""
        options = self.form.fields[name].options
        wanted = _plain(said)
        return next((o.value for o in options if wanted in (_plain(o.value), _plain(o.label))), said) if wanted else ""


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
