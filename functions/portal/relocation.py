"""Takes all that one engine keeps to another: read-only meanwhile, proven at both ends, taken up again after a kill.

The source is marked first, so that nothing changes in it any more; what is read twice is then the same, and a place in
it stays where it is. Files go before the records that name them. Only when every sum, every chain and every fingerprint
holds at the other end is that end opened.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Protocol

from portal.core.errors import NotFound, NotMoved, PortalError, Unavailable
from portal.engines.moving import (
    ARRIVING,
    LEAVING,
    LEFT,
    MovableFiles,
    MovableRecords,
    Piece,
    Pin,
    Sums,
    repinned,
)

UNSEEN: Final = "application/octet-stream"
"""The media type under which a file is kept; the portal has its own in the document's description."""

BEGINS_WITH: Final = ("founder", "sop", "counter", "tally")
"""Kinds that a portal may have kept before anybody has used it."""


class Checked(Protocol):
    """What going through everything tells (``stocktaking.Tally``)."""

    @property
    def cases(self) -> int: ...
    @property
    def documents(self) -> int: ...
    @property
    def amiss(self) -> list[Any]: ...


@dataclass(frozen=True)
class End:
    """Where it is taken from, or to.

    Attributes:
        check: goes through every case and every document.
        settle: waits until whoever writes has seen the mark, and does what is owed until then.
    """

    records: MovableRecords
    files: MovableFiles
    check: Callable[[], Checked]
    settle: Callable[[], object]


class Journal(Protocol):
    """How far it is, kept where a kill does not reach it.

    Attributes:
        begun: what is past its end by then is left behind.
        is_marked: both ends may bear this move's marks.
        is_checked: the source was found whole; ``place``: up to which its pieces are taken in; ``is_over``: everything
            was proven at the target.
        pins: of each file that was taken, its version at the target.
        sums: of the source's pieces as the target is to have them.
    """

    begun: datetime
    is_marked: bool
    is_checked: bool
    place: str
    is_over: bool
    pins: dict[Pin, str]
    sums: Sums

    def keep(self) -> None: ...
    def pinned(self, pin: Pin, version: str) -> None: ...


Progress = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]
"""Shows how far something is, by its name and of how many."""


@dataclass(frozen=True)
class Relocation:
    source: End
    target: End
    journal: Journal
    progress: Progress
    hand_over: Callable[[], object]
    """Gives the target what its links are signed with; once more is no harm."""

    def run(self) -> Checked:
        """All of it, or what is left to do; returns what was found at the target.

        Raises:
            NotMoved: ``move_amiss`` (the source is not whole), ``move_target_full``, ``move_unreadable``,
                ``move_unsettled`` (what is owed could not be done first); the source is open again, as nothing was
                begun. ``move_differs``, ``move_arrived_amiss``: the target is not what the source is; it stays closed,
                and so does the source.
            Unavailable: one of the two cannot answer now; the next run goes on from here.
        """
        if not self.journal.is_over:
            self._begin()
            self._take_files()
            self._take_records()
            found = self._prove()
            self.hand_over()
            self.journal.is_over = True
            self.journal.keep()
        else:
            found = self.target.check()
        self.source.records.mark_move(LEFT)
        self.target.records.mark_move("")
        return found

    def give_up(self) -> None:
        """Open the source again, and empty what this move has filled. Raises NotMoved (``move_is_over``)."""
        if self.journal.is_over or self.source.records.move_mark() == LEFT:
            raise NotMoved("move_is_over")
        if self.journal.is_marked and self.target.records.move_mark() == ARRIVING:
            if self.journal.is_checked:  # before that it has put nothing there
                self.target.records.forget_everything()
                self.target.files.forget_everything()
            self.target.records.mark_move("")
        self.source.records.mark_move("")

    # --- within --------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        source, target = self.source.records, self.target.records
        if source.move_mark() in (ARRIVING, LEFT):
            raise NotMoved("move_source_gone")
        if target.move_mark() not in ("", ARRIVING):
            raise NotMoved("move_target_full")
        if self.journal.is_checked:
            return
        try:
            self._must_be_free()
            self._close()
            self._must_be_free()  # whoever had not seen the mark may have written
            if self.source.check().amiss:
                raise NotMoved("move_amiss")
        except NotMoved:
            self._open()
            raise
        self.target.records.forget_everything()
        self.target.files.forget_everything()
        self.journal.is_checked = True
        self.journal.keep()

    def _close(self) -> None:
        """Both ends, until whoever writes has seen it; noted first, so that nobody wonders whose mark it is."""
        self.journal.is_marked = True
        self.journal.keep()
        self.source.records.mark_move(LEAVING)
        self.target.records.mark_move(ARRIVING)
        try:
            self.source.settle()
            self.target.settle()
        except PortalError as problem:
            raise NotMoved("move_unsettled", problem=type(problem).__name__) from problem

    def _open(self) -> None:
        """Both ends, if it was this move that has closed them."""
        if self.journal.is_marked:
            self.source.records.mark_move("")
            self.target.records.mark_move("")
            self.journal.is_marked = False
            self.journal.keep()

    def _must_be_free(self) -> None:
        """Raises NotMoved (``move_target_full``)."""
        pages = self.target.records.pages("", self.journal.begun)
        used = {piece.kind for page, _ in pages for piece in page} - set(BEGINS_WITH)
        if used or any(True for _ in self.target.files.every()):
            raise NotMoved("move_target_full")

    def _take_files(self) -> None:
        every = list(self.source.files.every())
        with self.progress("move_files", sum(each.size for each in every)) as told:
            for each in every:
                if (each.key, each.version) not in self.journal.pins:
                    self._take_file((each.key, each.version))
                told(each.size)

    def _take_file(self, pin: Pin) -> None:
        try:
            content = self.source.files.read(*pin)
        except NotFound:
            return  # past its time, and gone a moment ago
        kept = self.target.files.write(pin[0], content, UNSEEN)
        if sha256(self.target.files.read(kept.key, kept.version)).digest() != sha256(content).digest():
            raise Unavailable("store_unavailable")
        self.journal.pinned(pin, kept.version)

    def _take_records(self) -> None:
        if not self.journal.sums.counts:
            sums = Sums()
            for page, _ in self._pages(""):
                for piece in page:
                    sums.add(piece)
            self.journal.sums = sums
            self.journal.keep()
        with self.progress("move_records", self.journal.sums.number) as told:
            for page, place in self._pages(self.journal.place):
                self.target.records.take_in(page)
                self.journal.place = place
                self.journal.keep()
                told(len(page))

    def _pages(self, after: str) -> Iterator[tuple[list[Piece], str]]:
        for page, place in self.source.records.pages(after, self.journal.begun):
            yield [repinned(piece, self.journal.pins) for piece in page], place

    def _prove(self) -> Checked:
        arrived = Sums()
        for page, _ in self.target.records.pages("", self.journal.begun):
            for piece in page:
                arrived.add(piece)
        if differing := self.journal.sums.differing(arrived):
            raise NotMoved("move_differs", kind=", ".join(differing))
        found = self.target.check()
        if found.amiss:
            raise NotMoved("move_arrived_amiss", number=len(found.amiss))
        return found
