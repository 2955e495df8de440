"""Everything that is kept about one person, found on request and handed out as one archive (UU 27/2022: access, copy).

A request is rare, so that nothing is indexed for it: each case and each draft is read once. That is seconds for the
thousands of a city.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from portal.core import ticket
from portal.core.application import Application
from portal.core.draft import Document, Draft
from portal.core.errors import NotFound
from portal.core.language import Language
from portal.core.notices import Notice
from portal.core.officials import Official
from portal.core.persons import keys_of, known_by, plain_name
from portal.core.register import Certificate
from portal.core.sop import APPLICANT
from portal.office import Office

ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}

Words = Mapping[str, Any]
"""``[dossier]`` of ``messages.toml``."""


@dataclass(frozen=True)
class Dossier:
    """Attributes:
    keys: by what the person is known, at least by what was asked for.
    letters: emails to the person, sent or owed; their texts are not kept.
    officials: appointments of the person.
    alike: whole names of the person under which there are drafts that say neither an address nor a number, and so may
        be somebody else's; they are found by that name alone, and not among ``drafts`` otherwise.
    """

    keys: frozenset[str]
    cases: list[Application]
    drafts: list[Draft]
    letters: list[Notice]
    certificates: list[Certificate]
    officials: list[Official]
    alike: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.cases or self.drafts or self.certificates or self.officials)

    @property
    def by_name(self) -> bool:
        """Was it found by a name alone, which others may have too?"""
        return bool(self.keys) and not known_by(self.keys)

    @property
    def documents(self) -> list[tuple[str, Document]]:
        """Whose folder it is, and each file."""
        of_cases = [(case.ticket, document) for case in self.cases for document in case.documents]
        return of_cases + [(draft.id, document) for draft in self.drafts for document in draft.documents]


@dataclass(frozen=True)
class Dossiers:
    office: Office

    def find(self, text: str) -> Dossier:
        """All about the person with this address, NIK or NIP, or whose ticket it is; or the drafts under this name.

        Raises:
            NotFound: it is none of these (``person_unclear``), or the ticket is nobody's (``ticket_unknown``).
            NotAllowed: what the case said was erased (``data_erased``).
        """
        services = self.office.services
        unclear = [d for d in self._drafts() if d.service in services and not known_by(d.form.values())]
        named = [draft for draft in unclear if plain_name(text) and self._name(draft) == plain_name(text)]
        if named and not _is_ticket(text):
            return self._of_drafts(plain_name(text), named)
        keys = known_by([text]) or self._of_ticket(text)
        cases = [case for case in self._cases() if keys & self._keys(case)]
        drafts = [draft for draft in self._drafts() if keys & known_by(draft.form.values())]
        entries = list(self._certificates(keys))
        about = [*(c.ticket for c in cases), *(d.id for d in drafts), *(e.about for e in entries)]
        addresses = {key for key in keys if "@" in key}
        addresses |= {key for case in cases for key in self._keys(case) if "@" in key}
        letters = [n for each in dict.fromkeys(about) for n in self.office.records.notices(each)]
        return Dossier(
            keys,
            cases,
            drafts,
            [notice for notice in letters if notice.role == APPLICANT or notice.recipient.lower() in addresses],
            entries,
            [o for o in self.office.officials() if keys & known_by([o.email, o.number])],
            self._alike(
                [
                    *(self._name(d) for d in drafts if d.service in services),
                    *map(self._named, cases),
                    *(e.name for e in entries),
                ],
                unclear,
            ),
        )

    def packed(self, dossier: Dossier, words: Words, language: Language, *, files: bool = True) -> bytes:
        """A ZIP: an index to read, all of it as JSON, and the files that are still kept."""
        content = BytesIO()
        with ZipFile(content, "w", ZIP_DEFLATED) as archive:
            kept = dict(self._files(dossier)) if files else {}
            for name, file in kept.items():
                archive.writestr(name, file)
            index = "\r\n".join(self._index(dossier, words, language, kept, files=files))
            archive.writestr(words["index"], index.encode("utf-8-sig"))  # so that old editors see the encoding
            archive.writestr("data.json", json.dumps(_plain(dossier), ensure_ascii=False, indent=1, default=str))
        return content.getvalue()

    # --- what there is -----------------------------------------------------------------------------------------------

    def _of_ticket(self, text: str) -> frozenset[str]:
        try:
            number = ticket.parse(text)
        except NotFound as problem:
            raise NotFound("person_unclear") from problem
        return self._keys(self.office.records.load(number).must_be_there())

    def _of_drafts(self, name: str, drafts: list[Draft]) -> Dossier:
        """What was found by a name alone."""
        letters = [notice for draft in drafts for notice in self.office.records.notices(draft.id)]
        return Dossier(frozenset({name}), [], drafts, letters, [], [])

    def _alike(self, names: Iterable[str], unclear: Iterable[Draft]) -> tuple[str, ...]:
        """Those of a person's names that are all that some draft says of whose it is."""
        found = {self._name(draft) for draft in unclear} - {""}
        return tuple(dict.fromkeys(name for name in names if plain_name(name) in found))

    def _name(self, draft: Draft) -> str:
        return plain_name(draft.form.get(self.office.services[draft.service].applicant["name"]))

    def _named(self, case: Application) -> str:
        """As the form says it, by the fields of today's edition where its own is gone."""
        return str(case.form.get(self.office.services[case.service].applicant["name"], ""))

    def _keys(self, case: Application) -> frozenset[str]:
        try:
            return keys_of(case, self.office.sop_of(case))
        except NotFound:  # its edition is gone, and what was typed is there still
            return known_by(case.form.values())

    def _cases(self) -> Iterator[Application]:
        for sop in self.office.services:
            lines = sorted(self.office.records.lines(sop.service), key=lambda line: (line.opened, line.ticket))
            yield from self.office.each(line.ticket for line in lines)

    def _drafts(self) -> Iterator[Draft]:
        """Those that were not sent: what was sent is the case's."""
        found = self.office.records.drafts_before(self.office.clock() + timedelta(days=1))
        return (draft for draft in found if not draft.ticket)

    def _certificates(self, keys: frozenset[str]) -> Iterator[Certificate]:
        for sop in self.office.services:
            for entry in self.office.records.certificates(sop.service):
                if keys & known_by([entry.number, entry.email]):
                    yield entry

    def _files(self, dossier: Dossier) -> Iterator[tuple[str, bytes]]:
        for folder, document in dossier.documents:
            with suppress(NotFound):  # deleted when its term was over
                yield _name(folder, document), self.office.files.read(document.key, document.version)

    # --- in words ----------------------------------------------------------------------------------------------------

    def _index(
        self, dossier: Dossier, words: Words, language: Language, kept: Mapping[str, bytes], *, files: bool
    ) -> Iterator[str]:
        office = self.office.services.office

        def say(key: str, **facts: Any) -> str:
            return language.fill(words[key], facts)

        yield say("title", office=office["name"])
        yield say("made", at=self.office.clock(), known=", ".join(sorted(dossier.keys)))
        for case in dossier.cases:
            yield from ("", say("case", ticket=case.ticket, product=self._product(case.service)))
            with suppress(NotFound):  # the words of an edition that is gone
                yield from self._case(case, say)
        for draft in dossier.drafts:
            yield from ("", say("draft", product=self._product(draft.service), at=draft.created_at))
            yield from self._answers(draft.service, draft.form, say)
        yield from ("", say("files", number=len(dossier.documents)))
        for folder, document in dossier.documents:
            name = _name(folder, document)
            key = "file" if name in kept or not files else "file_gone"
            yield say(key, name=name, pages=document.pages, size=language.number(-(-document.size // 1024)))
        yield from ("", say("entries", number=len(dossier.certificates)))
        for entry in dossier.certificates:
            yield say("entry", serial=entry.serial or entry.id, issued=entry.issued, until=entry.valid_until or "…")
        yield from ("", say("letters", number=len(dossier.letters)))
        for notice in dossier.letters:
            key = "letter" if notice.sent_at else "letter_owed"
            yield say(key, to=notice.recipient, at=notice.sent_at or notice.queued_at)
        yield from ("", say("officials", number=len(dossier.officials)))
        for official in dossier.officials:
            facts = {"since": official.since or "…", "until": official.until or "…"}
            yield say("official", name=official.name, role=official.role, **facts)
        yield from ("", words["end"])

    def _case(self, case: Application, say: Any) -> Iterator[str]:
        words = self.office.words_of(case)
        yield say("state", state=words.sop.status(case.step, case.state.value).label)
        yield from self._answers_in(words.form.shown(case.form), say)
        yield say("history")
        for event in case.events:
            done = words.sop.action(case.step_before(event), event.action).done or event.action
            by = words.sop.applying.label if event.actor.role == APPLICANT else event.actor.office
            who = ", ".join(filter(None, (by, event.actor.name)))
            yield say("event", at=event.at, done=done, by=f" ({who})" if who else "")
            yield from (say("said", text=fact.text) for fact in words.said(case, event).values())

    def _answers(self, service: str, form: Mapping[str, Any], say: Any) -> Iterator[str]:
        yield from self._answers_in(self.office.words(service).form.shown(form), say)

    def _answers_in(self, shown: Any, say: Any) -> Iterator[str]:
        for _, answers in shown:
            yield from (say("answer", label=field.label, answer=answer) for field, answer in answers)

    def _product(self, service: str) -> str:
        return str(self.office.services[service].data["product"])


def _name(folder: str, document: Document) -> str:
    return f"berkas/{folder}/{document.kind}.{ENDINGS.get(document.media_type, 'bin')}"


def _plain(dossier: Dossier) -> dict[str, Any]:
    """All of it as it is kept; times and days as ISO texts."""
    return {
        "cases": [
            {
                **{name: getattr(case, name) for name in ("ticket", "service", "step", "form")},
                "state": case.state.value,
                "documents": [asdict(document) for document in case.documents],
                "events": [event.entry() for event in case.events],
            }
            for case in dossier.cases
        ],
        "drafts": [_said(draft) for draft in dossier.drafts],
        "letters": [_said(notice) for notice in dossier.letters],
        "register": [_said(entry) for entry in dossier.certificates],
        "appointments": [_said(official) for official in dossier.officials],
    }


def _said(noun: Draft | Notice | Certificate | Official) -> Any:
    return json.loads(json.dumps(asdict(noun), default=_iso))


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_ticket(text: str) -> bool:
    try:
        ticket.parse(text)
    except NotFound:
        return False
    return True
