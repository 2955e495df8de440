"""What a receipt says: of what was handed in, or of what was handed over; whoever draws it knows no more than this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Told = tuple[str, str]
"""A label, and what belongs to it."""


@dataclass(frozen=True)
class Receipt:
    """Attributes:
    sop: the parsed SOP file: the office that gives it.
    rows: what it is about; ``documents``, what came with it.
    words: of messages.toml, ``receipt``.
    address: of the status page.
    printed_at: the moment in words, and the day.
    receiver: who signs that it was received; empty where nobody does.
    hash: of the record that it is taken from; empty where it is of none.
    """

    sop: Mapping[str, Any]
    title: str
    ticket: str
    rows: Sequence[Told]
    documents: Sequence[Told]
    words: Mapping[str, str]
    address: str
    printed_at: tuple[str, date]
    receiver: str = ""
    hash: str = ""
