"""What an engine must do so that all it keeps can be taken to another: told of in pieces, and taken in piece by piece.

A piece has no trace of the store that it comes from, so that the sums over all pieces are the same at both ends. What
every engine can make anew from the pieces is none: how open cases stand, ways by which the register is searched, how
far a sweep came.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Protocol, runtime_checkable

from portal.core.errors import NotMoved, traced
from portal.engines.ports import Files, Stored

LEAVING: Final = "leaving"
ARRIVING: Final = "arriving"
LEFT: Final = "left"
"""Marks of records that take nothing in: they are just being taken elsewhere, are just filled, or are elsewhere now."""

REFUSALS: Final[Mapping[str, str]] = {LEAVING: "store_moving", ARRIVING: "store_arriving", LEFT: "store_moved"}
"""Code of what a write is told there."""

Pin = tuple[str, str]
"""Key and version of a file."""


@dataclass(frozen=True)
class Piece:
    """One thing that is kept.

    Attributes:
        kind: ``founder``, ``sop``, ``official``, ``counter``, ``claim``, ``case`` (without its events), ``event``,
            ``notice``, ``draft``, ``certificate``, ``line``, ``fact``, ``tally``, ``told``, ``used`` or ``handout``.
        key: what tells it from others of its kind; names are as they are filed (``entries.filed``).
        entry: plain values, as in ``entries``; of an event the very values that its hash covers.
    """

    kind: str
    key: tuple[str | int, ...]
    entry: Mapping[str, Any]


@dataclass
class Sums:
    """How many pieces of each kind there are, and a sum of what they are, in whatever order they are told."""

    counts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)

    def add(self, piece: Piece) -> None:
        said = json.dumps([piece.key, piece.entry], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        before, proof = int(self.sums.get(piece.kind, "0"), 16), int(sha256(said.encode()).hexdigest(), 16)
        self.counts[piece.kind] = self.counts.get(piece.kind, 0) + 1
        self.sums[piece.kind] = f"{(before + proof) % 2**256:064x}"

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    def differing(self, other: "Sums") -> list[str]:
        """Kinds that are not the same there."""
        kinds = sorted({*self.counts, *other.counts})
        return [kind for kind in kinds if self.of(kind) != other.of(kind)]

    def of(self, kind: str) -> tuple[int, str]:
        return self.counts.get(kind, 0), self.sums.get(kind, "")


@runtime_checkable
class Marked(Protocol):
    """Records that know whether they take anything in."""

    def move_mark(self) -> str:
        """One of the above, or empty. Raises Unavailable."""


class MovableRecords(Marked, Protocol):
    """What ``ports.Records`` of both engines can do as well; every method may raise ``errors.Unavailable``."""

    def mark_move(self, mark: str) -> None:
        """From then on whoever else writes is refused by the code of the mark, in every process; by none, if empty."""

    def pages(self, after: str, now: datetime) -> Iterator[tuple[Sequence[Piece], str]]:
        """All pieces, some at a time, each time with the place up to which that is; nothing may be written meanwhile.

        Args:
            after: a place from before; all of them if empty.
            now: what is past its end by then is left out.

        Raises:
            NotMoved: ``move_unreadable``; ``kind`` and ``key`` of what makes no sense.
        """

    def take_in(self, pieces: Iterable[Piece]) -> None:
        """Keep them as they are; one that is there already is the same afterwards."""

    def forget_everything(self) -> None:
        """But the mark: for records that are just being filled."""


class MovableFiles(Files, Protocol):
    """What ``ports.Files`` of both engines can do as well."""

    def every(self) -> Iterator[Stored]:
        """All versions of all files, of each key the oldest first."""

    def forget_everything(self) -> None:
        """For a store that is just being filled."""


def repinned(piece: Piece, pins: Mapping[Pin, str]) -> Piece:
    """With the versions that its documents have at the other end; what is gone by now keeps the one it had."""
    if "documents" in piece.entry:
        return Piece(piece.kind, piece.key, _repinned(piece.entry, pins))
    if piece.kind == "case":
        application = _repinned(piece.entry["application"], pins)
        return Piece(piece.kind, piece.key, {**piece.entry, "application": application})
    return piece


def _repinned(entry: Mapping[str, Any], pins: Mapping[Pin, str]) -> dict[str, Any]:
    return {**entry, "documents": [_pinned(document, pins) for document in entry["documents"]]}


def _pinned(document: Mapping[str, Any], pins: Mapping[Pin, str]) -> dict[str, Any]:
    version = pins.get((document["key"], document["version"]), document["version"])
    sheets = {"sheets": [_pinned(each, pins) for each in document["sheets"]]} if "sheets" in document else {}
    return {**document, "version": version, **sheets}


class Making:
    """Around what makes a piece of what is kept. Raises NotMoved (``move_unreadable``) whatever goes wrong."""

    def __init__(self, kind: str, key: str) -> None:
        self._kind, self._key = kind, key

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, Exception) and not isinstance(problem, NotMoved):
            # Where, and never what: the message may hold what somebody typed.
            raise NotMoved("move_unreadable", kind=self._kind, value=self._key, problem=traced(problem)) from problem
