"""Doing what is owed to be deleted, where the store lets only one do that: what somebody still has is never deleted.

It is owed before or with the decision by which it goes, so that nothing is forgotten; whether it may go is looked at
here once more, as the decision may have come to nothing. Twice is once, and what fails is owed still.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from portal.core.draft import Document
from portal.core.errors import NotFound, PortalError
from portal.engines.owed_deletions import Deletion, OwesDeletions
from portal.office import Office
from portal.usecases.retention import forgotten_on


class Deleting(Protocol):
    """The store, for who may delete."""

    def delete_for_good(self, target: str, version: str) -> None:
        """All below, or this version of a file. Raises Unavailable: not all of it is gone."""


@dataclass(frozen=True)
class Deletions:
    office: Office
    owed: OwesDeletions
    files: Deleting

    def carry_out(self, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Delete what is owed, as long as there is time for more; returns how much of it is settled.

        Raises:
            PortalError: the first of what could not be done; the others are, and the next round tries again.
        """
        settled, problems = 0, list[PortalError]()
        for owed in self.owed.owed_deletions():
            if not may_go_on():
                break
            try:
                if not self._is_kept(owed):
                    self.files.delete_for_good(owed.target, owed.version)
                self.owed.deletion_done(owed)
                settled += 1
            except PortalError as problem:
                problems.append(problem)
        if problems:
            raise problems[0]
        return settled

    # --- within ------------------------------------------------------------------------------------------------------

    def _is_kept(self, owed: Deletion) -> bool:
        """Has a draft or a case it still?"""
        folder, _, rest = owed.target.partition("/")
        owner = rest.partition("/")[0]
        try:
            return self._case_has(owner, owed.target) if folder == "applications" else self._draft_has(owner, owed)
        except NotFound:
            return False

    def _case_has(self, ticket: str, target: str) -> bool:
        case = self.office.records.load(ticket)
        if case.service in self.office.services:
            term = forgotten_on(case, self.office.services[case.service], self.office.calendar)
            if term and term <= self.office.today():
                return False
        return any(_covers(target, document) for document in case.documents)

    def _draft_has(self, id: str, owed: Deletion) -> bool:
        draft = self.office.records.load_draft(id)
        return owed.target == draft.folder or any(_covers(owed.target, document) for document in draft.documents)


def _covers(target: str, document: Document) -> bool:
    keys = [file.key for file in document.files]
    return target in keys or (target.endswith("/") and any(key.startswith(target) for key in keys))
