"""A letter that an official brings signed: who signed it and when is read from the file, and kept with the case.

The signing itself is done elsewhere; neither key nor passphrase ever comes here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.application import Application
from portal.core.draft import Document, Draft
from portal.core.errors import Finding, Invalid, NotAllowed
from portal.core.history import overtaking
from portal.usecases.cases import Brought, Cases, Claims, Means, OfficialView
from portal.usecases.intake import Intake


@dataclass(frozen=True)
class Signature:
    """Whose certificate is in the file, and when it was signed as it says itself; None if it says nothing."""

    by: str
    at: datetime | None


@dataclass(frozen=True)
class Signing:
    """Attributes:
    signatures: of a PDF, each as (``by``, ``at``) texts (``documents.inspection.signatures``).
    """

    cases: Cases
    intake: Intake
    signatures: Callable[[bytes], Sequence[Mapping[str, str]]]

    def draft(self, view: OfficialView) -> Draft:
        """The draft that the letter is brought in; looking at it keeps nothing.

        Raises:
            NotAllowed: nothing is to be signed here now (``action_not_now``).
        """
        application = view.application
        if "sign" not in view.actions:
            raise NotAllowed("action_not_now", action="sign", state=application.state.value)
        named = [document.key for document in view.sop.step(application.step).documents]
        return self.intake.collecting(application, named, keeping=True)

    def begin(self, view: OfficialView) -> Draft:
        """The same, kept from now on."""
        return self.intake.keep(self.draft(view))

    def found(self, document: Document) -> list[Signature]:
        """Who signed a letter that was taken."""
        content = self.cases.office.files.read(document.key, document.version)
        return [
            Signature(said["by"], datetime.fromisoformat(said["at"]) if said["at"] else None)
            for said in self.signatures(content)
        ]

    def sign(self, claims: Claims, raw: Mapping[str, Any], seen: int, view: OfficialView, means: Means) -> Application:
        """The decision with which the letter becomes part of the case; raises as ``Cases.decide`` does.

        Raises:
            Invalid: no letter was brought (finding with the document's key).
        """
        if view.moved_on or overtaking(view.application.events, seen):
            return self.cases.decide(claims, "sign", raw, seen, view)  # which says who was faster
        draft = self.draft(view)
        if missing := self.intake.missing(draft):
            raise Invalid(Finding(kind, "") for kind in missing)
        signed = [one for kind in draft.items if (letter := draft.document(kind)) for one in self.found(letter)]
        newest = max((one.at for one in signed if one.at), default=None)
        said = {"signed_by": [one.by for one in signed]}
        if newest:
            said["signed_at"] = [self.cases.office.calendar.local(newest).date().isoformat()]
        number = view.application.ticket
        with self.intake.custody.copied(draft.documents, number) as documents:
            brought = Brought(documents, draft.sent_as(number), said)
            return self.cases.decide(claims, "sign", raw, seen, view, brought, means)
