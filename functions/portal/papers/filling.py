"""A paper's blocks, made of what ``papers.toml`` says of them and of an application's answers; draws nothing."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from portal.core import identity
from portal.core.sop import Sop
from portal.forms import typed
from portal.forms.form import TICKED, Form
from portal.forms.questions import Field
from portal.papers.gaps import without_gaps
from portal.papers.letterheads import Letterheads
from portal.papers.sheets import (
    Blank,
    Block,
    Box,
    Boxes,
    Column,
    Items,
    Letterhead,
    Line,
    People,
    Row,
    Rows,
    Signatures,
    Single,
    Text,
)

Spec = Mapping[str, Any]
Answers = Mapping[str, object]

MOST_BOXES: Final = 6
"""A question with more choices than that is a line to write on instead of boxes to tick."""

CUT: Final = "…"
"""How a value ends that was too long to print."""

_UNLIMITED: Final = 200  # characters of an answer whose schema sets no limit
_PHONE: Final = 20  # characters of a telephone number, spaces and dashes included
_COUNTED: Final = re.compile(r"\{(?:\d+,)?(\d+)\}\$$")
_NOT_TEXT: Final = re.compile(
    "[\0-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)  # of no use, XML refuses them


class Filling:
    """A paper being filled in.

    Args:
        facts: by name, what a paper's own text may say of the service.
        answers: of an application, complete or not; None for an empty paper, which nobody signs.
        heads: of the government's agencies; ``place``: what an empty paper says where the emblem belongs.
        people: answers of each of those whom a paper for several is about.
    """

    def __init__(
        self,
        sop: Sop,
        form: Form,
        facts: Mapping[str, str],
        answers: Answers | None,
        heads: Letterheads,
        place: str,
        people: Sequence[Answers] = (),
    ) -> None:
        self._people = people
        self._sop, self._form, self._facts, self._answers = sop, form, facts, answers or {}
        self._is_sample, self._heads, self._place = answers is None, heads, place

    @property
    def is_shortened(self) -> bool:
        """An answer is longer than a paper prints."""
        return any(self._is_too_long(name) for name in self._form.fields)

    def block(self, spec: Spec) -> tuple[Block, ...]:
        """What one entry of a paper's ``blocks`` becomes.

        Raises:
            KeyError: it speaks of a field, section or fact that there is not.
        """
        match spec["kind"]:
            case "letterhead":
                lines = tuple(line for line in self._lines(spec["lines"]) if line != "")
                return (Letterhead(lines, self._heads.emblem, self._place if self._is_sample else ""),)
            case "line":
                return (Single(self._blank(spec["row"]), spec.get("align", "left")),)
            case "rows":
                rows = tuple(self._row(row) for row in spec["rows"])
                return (Rows(rows, spec.get("ruled", False), spec.get("indent", False)),)
            case "sections":
                return tuple(self._sections(spec))
            case "items":
                return (Items(tuple(self._say(item) for item in spec["items"])),)
            case "signatures":
                return (Signatures(tuple(self._column(column) for column in spec["columns"])),)
            case "people":
                return (self._table(spec),)
            case "notice":
                return (Text(self._say(spec["text"]), "notice"),) if self._is_sample else ()
        return (Text(self._say(spec["text"]), spec.get("style", "body")),)

    def _table(self, spec: Spec) -> People:
        """A row for each person; of what is said under several names, the first that there is."""
        cells = spec["cells"]
        rows = tuple(
            tuple(tuple(filter(None, (_first(one, names) for names in cell["lines"]))) for cell in cells)
            for one in (self._of(answers) for answers in self._people)
        )
        for cell in cells:
            for name in (name for names in cell["lines"] for name in names):
                self._form.fields[name]  # a field that there is not is told at once, and not with the first person
        heads = tuple(self._say(cell["label"]) for cell in cells)
        return People(self._say(spec["title"]), heads, tuple(cell["width"] for cell in cells), rows)

    def _of(self, answers: Answers) -> Callable[[str], str]:
        """How the same paper says what somebody else has answered."""
        other = Filling(self._sop, self._form, self._facts, answers, self._heads, self._place)
        return other._answer

    def _sections(self, spec: Spec) -> Iterator[Block]:
        """The questions of the form under their headings; when it is filled in, only those that are asked."""
        by_key = {section.key: section for section in self._form.sections}
        own, left_out = spec.get("own", {}), spec.get("leave_out", ())
        for section in (by_key[key] for key in spec["sections"]):
            fields = [field for field in section.fields if _is_on_paper(field) and field.name not in left_out]
            asked = [field for field in fields if self._form.asks(field, self._answers)]
            rows = (self._row(own[f.name]) if f.name in own else self._question(f) for f in asked)
            if asked:
                yield Text(spec.get("headings", {}).get(section.key, section.title), "heading")
                yield Rows(tuple(rows), is_ruled=True)

    def _column(self, spec: Spec) -> Column:
        above, below = self._lines(spec["above"]), self._lines(spec["below"])
        return Column(above, self._say(spec["room"]) if self._is_sample else "", below)

    def _lines(self, specs: Sequence[str | Spec]) -> tuple[Line, ...]:
        return tuple(self._say(spec) if isinstance(spec, str) else self._blank(spec) for spec in specs)

    def _row(self, spec: Spec) -> Row:
        if "boxes" in spec:
            boxes = (Box(f"{spec['name']}_{n}", self._say(label)) for n, label in enumerate(spec["boxes"], start=1))
            return Boxes(spec["label"], spec.get("hint", ""), tuple(boxes))
        return self._blank(spec)

    def _blank(self, spec: Spec) -> Blank:
        said: dict[str, Any] = {
            key: self._say(spec[key]) for key in ("label", "hint", "prefix", "suffix") if key in spec
        }
        if "fields" not in spec:
            value, limit = self._say(spec.get("value", "")), spec.get("limit", _UNLIMITED)
            value = self._of_agency(spec) or value or self._own(spec["name"])
            return replace(
                Blank(spec["name"], "", value=value, limit=limit, lines=_lines_for(limit), is_fixed="value" in spec),
                **said,
            )
        first = self._form.fields[spec["fields"][0]]
        asked = self._write(first)
        answers = (self._answer(name) for name in spec["fields"])
        value = self._of_agency(spec) or next((answer for answer in answers if answer), "")
        if "also" in spec and (also := self._answer(spec["also"])):
            value = f"{value} – {also}" if value else also
        if spec.get("capitals"):
            value = value.upper()
        return replace(asked, value=value, limit=spec.get("limit", asked.limit), **said)

    def _of_agency(self, spec: Spec) -> str:
        """What the office's list says of the applicant's agency; nothing of one that it does not name."""
        agency = self._heads.agencies.get(self._said(self._sop.applicant.get("office", "")))
        return getattr(agency, spec["agency"], "") if "agency" in spec else ""

    def _own(self, name: str) -> str:
        """What was answered to a question that the application's form does not ask, and a batch's does."""
        said = self._answers.get(name, "") if name not in self._form.fields else ""
        return _NOT_TEXT.sub("", said).strip() if isinstance(said, str) else ""

    def _question(self, field: Field) -> Row:
        answers = typed.texts(self._answers.get(field.name))
        if field.widget == "checkbox":
            box = Box(field.name, field.label, TICKED in answers)
            return Boxes("", field.hint, (box,))
        if 1 < len(field.options) <= MOST_BOXES:
            boxes = (
                Box(f"{field.name}_{number}", option.label, option.value in answers)
                for number, option in enumerate((o for o in field.options if o.active or o.value in answers), start=1)
            )
            return Boxes(field.label, field.hint, tuple(boxes))
        return replace(self._write(field), value=self._answer(field.name))

    def _write(self, field: Field) -> Blank:
        """The line to write a field's answer on."""
        schema = self._sop.form["properties"][field.name]
        counted = _COUNTED.search(schema.get("pattern", ""))
        exact = int(counted[1]) if counted and schema.get("clean") == "digits" else 0
        limit = field.maxlength or exact or (_PHONE if field.widget == "tel" else _UNLIMITED)
        # Room for much is on the empty paper; on one that is filled in, what was left out was left out on purpose.
        most = 3 if field.widget == "textarea" else _lines_for(limit if field.maxlength else 0)
        lines = most if self._is_sample else 1
        return Blank(field.name, field.label, field.hint, limit=limit, lines=lines, cells=exact)

    def _answer(self, name: str) -> str:
        """What was answered, in words and fit for print: as long as the schema lets it be, and no longer."""
        text = self._said(name)
        if self._is_too_long(name):
            return text[: self._limit(name)].rstrip() + CUT
        return identity.grouped_nip(text) if name == self._sop.applicant.get("number") else text

    def _said(self, name: str) -> str:
        words = (self._form.words(name, text) for text in typed.texts(self._answers.get(name)))
        return _NOT_TEXT.sub("", ", ".join(words)).strip()

    def _is_too_long(self, name: str) -> bool:
        return len(self._said(name)) > self._limit(name)

    def _limit(self, name: str) -> int:
        return self._form.fields[name].maxlength or _UNLIMITED

    def _say(self, text: str) -> str:
        return without_gaps(text, self._facts)


def _is_on_paper(field: Field) -> bool:
    """A hidden field is on paper too if there is something to choose: there nobody else settles it."""
    return field.widget != "hidden" or len(field.options) > 1


def _lines_for(limit: int) -> int:
    """Lines for so many characters; one that is a little too long is written smaller."""
    return 1 if limit <= 100 else 2


def _first(said: Callable[[str], str], names: Sequence[str]) -> str:
    return next((answer for name in names if (answer := said(name))), "")
