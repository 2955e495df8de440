"""The papers of a service: its ``papers.toml``, made into sheets that are empty or filled in with what was answered.

Draws nothing, and holds no sentence: those are in the file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from portal.core import identity
from portal.core.errors import SopInvalid
from portal.core.language import Language
from portal.core.sop import Sop
from portal.forms import typed
from portal.forms.form import TICKED, Form
from portal.forms.questions import Field
from portal.papers.sheets import (
    Blank,
    Block,
    Box,
    Boxes,
    Column,
    Items,
    Letterhead,
    Line,
    OfficialForm,
    Paper,
    Row,
    Rows,
    Sheet,
    Signatures,
    Single,
    Text,
)

Spec = Mapping[str, Any]
Values = Mapping[str, object]

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


class Papers:
    """All papers of a service.

    Args:
        data: the parsed ``papers.toml``, already checked against ``papers.schema.json``.
        official: the parsed ``formulir/resmi.toml``, checked likewise.
        language: how the date of each paper is written.

    Raises:
        SopInvalid: a paper speaks of a field, section, document or paper that there is not; ``facts`` name the key.
    """

    def __init__(self, data: Spec, official: Spec, sop: Sop, language: Language) -> None:
        self._specs = {spec["key"]: spec for spec in data["papers"]}
        self._words = data["words"]
        self._sop = sop
        self._language = language
        self._form = Form(sop.form)
        self._facts = _facts(sop)
        self.all: tuple[Paper, ...] = tuple(self._paper(spec) for spec in data["papers"])
        self.official: tuple[OfficialForm, ...] = tuple(OfficialForm(**entry) for entry in official.get("forms", ()))
        self._check()

    def find(self, key: str) -> Paper | None:
        return next((paper for paper in self.all if paper.key == key), None)

    def stands_in(self, paper: Paper) -> OfficialForm | None:
        """The official form that takes the paper's place, if the office has it."""
        return next((form for form in self.official if form.replaces == paper.key), None)

    def offered_for(self, document: str) -> list[Paper]:
        """The papers that become this document of the SOP once they are signed."""
        return [paper for paper in self.all if paper.document == document]

    def sheet(self, paper: Paper, site: str = "", values: Values | None = None) -> Sheet:
        """The paper, empty; or filled in with the answers of an application, complete or not.

        Args:
            site: public address of the site, without a slash at the end; empty if it is not known.
        """
        blocks = tuple(self._block(spec, values) for spec in self._specs[paper.key]["blocks"])
        facts = {**self._facts, "version": paper.version, "date": self._language.date(paper.date)}
        return Sheet(
            paper=paper,
            blocks=tuple(part for block in blocks for part in block),
            edition=self._words["edition"].format_map(facts),
            note=paper.note,
            where=f"{site}/formulir/#{paper.anchor}",
            words=self._words,
            author=self._facts["short"],
            is_shortened=any(self._is_too_long(name, values or {}) for name in self._form.fields),
        )

    # --- blocks ------------------------------------------------------------------------------------------------------

    def _block(self, spec: Spec, values: Values | None) -> tuple[Block, ...]:
        match spec["kind"]:
            case "letterhead":
                return (Letterhead(self._lines(spec["lines"], values)),)
            case "line":
                return (Single(self._blank(spec["row"], values), spec.get("align", "left")),)
            case "rows":
                rows = tuple(self._row(row, values) for row in spec["rows"])
                return (Rows(rows, spec.get("ruled", False), spec.get("indent", False)),)
            case "sections":
                return tuple(self._sections(spec, values))
            case "items":
                return (Items(tuple(self._say(item) for item in spec["items"])),)
            case "signatures":
                return (Signatures(tuple(self._column(column, values) for column in spec["columns"])),)
            case "notice":
                return (Text(self._say(spec["text"]), "notice"),)
        return (Text(self._say(spec["text"]), spec.get("style", "body")),)

    def _sections(self, spec: Spec, values: Values | None) -> Iterator[Block]:
        """The questions of the form under their headings; when it is filled in, only those that are asked."""
        by_key = {section.key: section for section in self._form.sections}
        own, left_out = spec.get("own", {}), spec.get("leave_out", ())
        for section in (by_key[key] for key in spec["sections"]):
            fields = [field for field in section.fields if _is_on_paper(field) and field.name not in left_out]
            asked = [field for field in fields if values is None or self._form.asks(field, values)]
            rows = (self._row(own[f.name], values) if f.name in own else self._question(f, values) for f in asked)
            if asked:
                yield Text(spec.get("headings", {}).get(section.key, section.title), "heading")
                yield Rows(tuple(rows), is_ruled=True)

    def _column(self, spec: Spec, values: Values | None) -> Column:
        above, below = self._lines(spec["above"], values), self._lines(spec["below"], values)
        return Column(above, self._say(spec["room"]), below)

    def _lines(self, specs: Sequence[str | Spec], values: Values | None) -> tuple[Line, ...]:
        return tuple(self._say(spec) if isinstance(spec, str) else self._blank(spec, values) for spec in specs)

    # --- rows --------------------------------------------------------------------------------------------------------

    def _row(self, spec: Spec, values: Values | None) -> Row:
        if "boxes" in spec:
            boxes = (Box(f"{spec['name']}_{n}", self._say(label)) for n, label in enumerate(spec["boxes"], start=1))
            return Boxes(spec["label"], spec.get("hint", ""), tuple(boxes))
        return self._blank(spec, values)

    def _blank(self, spec: Spec, values: Values | None) -> Blank:
        said: dict[str, Any] = {
            key: self._say(spec[key]) for key in ("label", "hint", "prefix", "suffix") if key in spec
        }
        if "fields" not in spec:
            value, limit = self._say(spec.get("value", "")), spec.get("limit", _UNLIMITED)
            return replace(
                Blank(spec["name"], "", value=value, limit=limit, lines=_lines_for(limit), is_fixed="value" in spec),
                **said,
            )
        first = self._form.fields[spec["fields"][0]]
        asked = self._write(first)
        answers = (self._answer(name, values) for name in spec["fields"])
        value = next((answer for answer in answers if answer), "")
        if "also" in spec and (also := self._answer(spec["also"], values)):
            value = f"{value} – {also}" if value else also
        if spec.get("capitals"):
            value = value.upper()
        return replace(asked, value=value, limit=spec.get("limit", asked.limit), **said)

    def _question(self, field: Field, values: Values | None) -> Row:
        answers = typed.texts((values or {}).get(field.name))
        if field.widget == "checkbox":
            box = Box(field.name, field.label, TICKED in answers)
            return Boxes("", field.hint, (box,))
        if 1 < len(field.options) <= MOST_BOXES:
            boxes = (
                Box(f"{field.name}_{number}", option.label, option.value in answers)
                for number, option in enumerate((o for o in field.options if o.active or o.value in answers), start=1)
            )
            return Boxes(field.label, field.hint, tuple(boxes))
        return replace(self._write(field), value=self._answer(field.name, values))

    def _write(self, field: Field) -> Blank:
        """The line to write a field's answer on."""
        schema = self._sop.form["properties"][field.name]
        counted = _COUNTED.search(schema.get("pattern", ""))
        exact = int(counted[1]) if counted and schema.get("clean") == "digits" else 0
        limit = field.maxlength or exact or (_PHONE if field.widget == "tel" else _UNLIMITED)
        lines = 3 if field.widget == "textarea" else _lines_for(limit if field.maxlength else 0)
        return Blank(field.name, field.label, field.hint, limit=limit, lines=lines, cells=exact)

    def _answer(self, name: str, values: Values | None) -> str:
        """What was answered, in words and fit for print: as long as the schema lets it be, and no longer."""
        text = self._said(name, values or {})
        if self._is_too_long(name, values or {}):
            return text[: self._limit(name)].rstrip() + CUT
        return identity.grouped_nip(text) if name == self._sop.applicant.get("number") else text

    def _said(self, name: str, values: Values) -> str:
        words = (self._form.words(name, text) for text in typed.texts(values.get(name)))
        return _NOT_TEXT.sub("", ", ".join(words)).strip()

    def _is_too_long(self, name: str, values: Values) -> bool:
        return len(self._said(name, values)) > self._limit(name)

    def _limit(self, name: str) -> int:
        return self._form.fields[name].maxlength or _UNLIMITED

    def _say(self, text: str) -> str:
        return text.format_map(self._facts)

    # --- reading -----------------------------------------------------------------------------------------------------

    def _paper(self, spec: Spec) -> Paper:
        return Paper(
            key=spec["key"],
            title=spec["title"],
            anchor=spec["anchor"],
            document=spec.get("document", ""),
            formats=tuple(spec["formats"]),
            version=spec["version"],
            date=spec["date"],
            use=self._say(spec["use"]),
            note=self._say(spec["note"]),
        )

    def _check(self) -> None:
        documents = {requirement.key for requirement in self._sop.requirements} | {""}
        for number, paper in enumerate(self.all):
            _known(f"papers[{number}].document", paper.document, documents)
            try:
                self.sheet(paper)
            except KeyError as missing:
                known = sorted(self._form.fields.keys() | self._facts.keys())
                raise SopInvalid(
                    "sop_reference_unknown",
                    key=f"papers[{number}].blocks",
                    value=str(missing.args[0]),
                    expected=", ".join(known),
                ) from missing
        for number, form in enumerate(self.official):
            _known(f"forms[{number}].replaces", form.replaces, {paper.key for paper in self.all} | {""})


def _known(where: str, value: str, allowed: set[str]) -> None:
    if value not in allowed:
        raise SopInvalid("sop_reference_unknown", key=where, value=value, expected=", ".join(sorted(allowed - {""})))


def _is_on_paper(field: Field) -> bool:
    """A hidden field is on paper too if there is something to choose: there nobody else settles it."""
    return field.widget != "hidden" or len(field.options) > 1


def _lines_for(limit: int) -> int:
    """Lines for so many characters; one that is a little too long is written smaller."""
    return 1 if limit <= 100 else 2


def _facts(sop: Sop) -> dict[str, str]:
    office, text = sop.data["office"], sop.data["text"]
    return {
        **{key: office[key] for key in ("short", "unit", "city", "email", "website", "address")},
        **{key: sop.data["sentences"][key] for key in ("statement", "privacy", "safety")},
        "office": office["name"],
        "product": sop.data["product"],
        "title": sop.data["title"],
        "number": text["number"],
        "government": text["institution"][0],
        "agency": text["institution"][-1],
        "telephone": text["telephone"],
    }
