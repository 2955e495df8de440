"""What heads the letters of a government's agencies: its emblem, and where each of them is; as ``office.toml`` says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Agency:
    """An agency as its own letters name it.

    Attributes:
        name: in full, even where the form's list abbreviates it.
        address: where it is, and how it is reached; a line each.
    """

    name: str
    address: str


@dataclass(frozen=True)
class Letterheads:
    """All that is known of them; nothing, of an office that says nothing.

    Attributes:
        emblem: a picture, PNG or JPEG; empty until the office has laid one down.
        agencies: by the answer that names them in the form.
    """

    emblem: bytes = b""
    agencies: Mapping[str, Agency] = field(default_factory=dict)


def listed(said: Mapping[str, Any], emblem: bytes = b"") -> Letterheads:
    """Of the parsed table ``letterhead``, already checked against ``office.schema.json``."""
    agencies = {
        each["answer"]: Agency(each.get("name", each["answer"]), "\n".join(each["lines"]))
        for each in said.get("agencies", ())
    }
    return Letterheads(emblem, agencies)
