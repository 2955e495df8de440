"""What the portal asks of an engine whose files it may not delete itself: to keep what is owed to be deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Deletion:
    """What is owed to be deleted.

    Attributes:
        target: key of a file, or the beginning of keys, which ends with a slash.
        version: of the file; all of them if empty.
        decided: owed in the very transaction by which it goes.
    """

    target: str
    version: str = ""
    decided: bool = False


@runtime_checkable
class OwesDeletions(Protocol):
    """What records can do as well whose portal may not delete files itself; ``Records.erase`` and ``delete_draft`` owe
    the deletion of what a case or a draft has by themselves."""

    def owe_deletion(self, target: str, versions: Sequence[str] = ("",)) -> None:
        """Owing it twice is owing it once."""

    def owes_deletion(self, beginning: str) -> bool:
        """Is anything still owed whose target begins so?"""

    def owed_deletions(self) -> Iterator[Deletion]: ...
    def deletion_done(self, deletion: Deletion) -> None: ...
