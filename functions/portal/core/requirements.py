"""The documents an applicant brings: which are needed, how many files each may be, and what each file is called.

A file's ``kind`` is its document's key, or from the second file on the key with a number: ``sk``, ``sk-2``, ``sk-3``.
So each file has a place of its own, and a case of one file each looks as it always did.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from portal.core.draft import Document


@dataclass(frozen=True)
class Condition:
    """An answer that makes a document needed: the ``field`` says one of ``answers``; ``words`` tell the applicant."""

    field: str
    answers: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Requirement:
    """A document the applicant brings.

    Attributes:
        optional: nobody has to bring it.
        required_if: somebody has to whose answer says so; nobody else.
        files: how many files it may be at most.
    """

    key: str
    label: str
    hint: str
    tip: str
    optional: bool = False
    required_if: Condition | None = None
    files: int = 1

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Self:
        """What an entry of ``[[documents]]`` says."""
        said = entry.get("required_if")
        condition = Condition(said["field"], tuple(said["is"]), said["words"]) if said else None
        optional, files = entry.get("optional", False), entry.get("files", 1)
        return cls(entry["key"], entry["label"], entry["hint"], entry.get("tip", ""), optional, condition, files)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The places of its files."""
        return (self.key, *(f"{self.key}-{number}" for number in range(2, self.files + 1)))

    def is_needed(self, form: Mapping[str, Any]) -> bool:
        """Does somebody with these answers have to bring it?"""
        if self.required_if:
            given = form.get(self.required_if.field)
            return any(answer in self.required_if.answers for answer in (given if isinstance(given, list) else [given]))
        return not self.optional

    def depends_on(self, fields: Container[str]) -> bool:
        """Can an answer to one of these fields make it needed?"""
        return self.required_if is not None and self.required_if.field in fields

    def label_of(self, kind: str) -> str:
        """What one of its files is called: ``SK terakhir``, ``SK terakhir (2)``."""
        return self.label if kind == self.key else f"{self.label} ({kind.rpartition('-')[2]})"

    def among(self, documents: Iterable[Document]) -> list[Document]:
        """Its files, in the order of their places."""
        return sorted((each for each in documents if each.requirement == self.key), key=lambda each: each.kind)


def brought(requirements: Sequence[Requirement], documents: Sequence[Document]) -> Iterator[tuple[str, Document]]:
    """Every file with its label, in the SOP's order."""
    for requirement in requirements:
        for document in requirement.among(documents):
            yield requirement.label_of(document.kind), document
