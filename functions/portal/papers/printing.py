"""The printing room: a service's papers as files, empty for the public site and filled in for whoever applies.

The libraries that draw are loaded with the first paper, not before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.core.errors import NotFound
from portal.papers.sheets import OfficialForm, Paper
from portal.papers.stationery import Papers

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class Press:
    """Prints papers.

    Attributes:
        site: public address of the site, for the code on each paper; empty if it is not known.
    """

    papers: Papers
    site: str = ""

    def offers(self, document: str, *, several: bool = False) -> list[tuple[Paper, OfficialForm | None]]:
        """What becomes this document of the SOP once it is signed, each with the official form in its place, if any.

        Args:
            several: for several people at once, and not for one.
        """
        offered = self.papers.offered_for(document, several=several)
        return [(paper, self.papers.stands_in(paper)) for paper in offered]

    def print(
        self, file: str, values: Mapping[str, Any] | None = None, people: Sequence[Mapping[str, Any]] = ()
    ) -> tuple[bytes, str]:
        """A paper's file such as ``surat-permohonan.pdf``, and its media type.

        Args:
            values: answers of an application to fill in, or of a batch.
            people: answers of the members of a batch.

        Raises:
            NotFound: there is no such paper, or not in that format (``file_unknown``).
        """
        key, _, ending = file.rpartition(".")
        paper = self.papers.find(key)
        if paper is None or ending not in paper.formats:
            raise NotFound("file_unknown")
        sheet = self.papers.sheet(paper, self.site, values, people)
        if ending == "docx":
            from portal.papers import sheet_docx

            return sheet_docx.draw(sheet), MEDIA_TYPES[ending]
        from portal.papers import sheet_pdf

        return sheet_pdf.draw(sheet), MEDIA_TYPES[ending]
