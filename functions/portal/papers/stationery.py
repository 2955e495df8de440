"""The papers of a service: its ``papers.toml``, made into sheets that are empty or filled in with what was answered.

Draws nothing, and holds no sentence: those are in the file.
"""

from collections.abc import Iterator, Sequence

from portal.core.errors import Problem, SopInvalid
from portal.core.language import Language
from portal.core.sop import Sop
from portal.forms.form import Form
from portal.papers.filling import Answers, Filling, Spec
from portal.papers.gaps import without_gaps
from portal.papers.letterheads import Letterheads
from portal.papers.sheets import OfficialForm, Paper, Sheet


class Papers:
    """All papers of a service.

    Args:
        data: the parsed ``papers.toml``, already checked against ``papers.schema.json``.
        official: the parsed ``formulir/resmi.toml``, checked likewise.
        language: how the date of each paper is written.
        heads: what heads the letters of the government's agencies, as far as the office says.

    Raises:
        SopInvalid: a paper speaks of a field, section, document or paper that there is not; ``facts`` name the key.
    """

    def __init__(
        self, data: Spec, official: Spec, sop: Sop, language: Language, heads: Letterheads | None = None
    ) -> None:
        self._specs = {spec["key"]: spec for spec in data["papers"]}
        self._words = data["words"]
        self._heads = heads or Letterheads()
        self._sop = sop
        self._language = language
        self._form = Form(sop.form)
        self._facts = _facts(sop)
        self._every = tuple(self._paper(spec) for spec in data["papers"])
        self.all: tuple[Paper, ...] = tuple(paper for paper in self._every if not paper.several)
        self.official: tuple[OfficialForm, ...] = tuple(OfficialForm(**entry) for entry in official.get("forms", ()))
        if found := list(self._problems()):
            raise SopInvalid.of(found)

    def find(self, key: str) -> Paper | None:
        return next((paper for paper in self._every if paper.key == key), None)

    def stands_in(self, paper: Paper) -> OfficialForm | None:
        """The official form that takes the paper's place, if the office has it."""
        return next((form for form in self.official if form.replaces == paper.key), None)

    def offered_for(self, document: str, *, several: bool = False) -> list[Paper]:
        """The papers that become this document of the SOP once they are signed, of one person or of several."""
        return [paper for paper in self._every if (paper.document, paper.several) == (document, several)]

    def sheet(
        self, paper: Paper, site: str = "", values: Answers | None = None, people: Sequence[Answers] = ()
    ) -> Sheet:
        """The paper, empty; or filled in with the answers of an application, complete or not.

        What is filled in will be signed: it carries neither a notice nor a code, nor where it comes from.

        Args:
            site: public address of the site, without a slash at the end; empty if it is not known.
            people: answers of each of those whom a paper for several is about.
        """
        filling = self._filling(values, people)
        blocks = (filling.block(spec) for spec in self._specs[paper.key]["blocks"])
        facts = {**self._facts, "version": paper.version, "date": self._language.date(paper.date)}
        return Sheet(
            paper=paper,
            blocks=tuple(part for block in blocks for part in block),
            edition=without_gaps(self._words["edition"], facts),
            note=paper.note if values is None else "",
            where=f"{site}/formulir/#{paper.anchor}",
            words=self._words,
            author=self._facts["short"],
            is_shortened=filling.is_shortened,
            pages=self._specs[paper.key].get("pages", 0),
            is_sample=values is None,
        )

    def _filling(self, values: Answers | None, people: Sequence[Answers] = ()) -> Filling:
        place = self._words.get("emblem", "")
        return Filling(self._sop, self._form, self._facts, values, self._heads, place, people)

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
            use=without_gaps(spec["use"], self._facts),
            note=without_gaps(spec["note"], self._facts),
            several=spec.get("several", False),
        )

    def _problems(self) -> Iterator[Problem]:
        documents = {requirement.key for requirement in self._sop.documents} | {""}
        known = ", ".join(sorted(self._form.fields.keys() | self._facts.keys()))
        for number, paper in enumerate(self._every):
            yield from _known(f"papers[{number}].document", paper.document, documents)
            filling = self._filling(None)
            for place, block in enumerate(self._specs[paper.key]["blocks"]):
                try:
                    list(filling.block(block))
                except KeyError as missing:
                    key = f"papers[{number}].blocks[{place}]"
                    yield Problem(key, str(missing.args[0]), known, "sop_reference_unknown")
        for number, form in enumerate(self.official):
            yield from _known(f"forms[{number}].replaces", form.replaces, {paper.key for paper in self._every} | {""})


def _known(where: str, value: str, allowed: set[str]) -> Iterator[Problem]:
    if value not in allowed:
        yield Problem(where, value, ", ".join(sorted(allowed - {""})), "sop_reference_unknown")


def _facts(sop: Sop) -> dict[str, str]:
    office, text = sop.data["office"], sop.data["text"]
    return {
        **{key: office[key] for key in ("short", "unit", "city", "email", "website", "address")},
        **{key: sop.data["sentences"][key] for key in ("statement", "privacy", "safety")},
        "office": office["name"],
        "product": sop.data["product"],
        "title": sop.data["title"],
        "number": text.get("number", ""),
        "government": text["institution"][0],
        "agency": text["institution"][-1],
        "telephone": text.get("telephone", ""),
    }
