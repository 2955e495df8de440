"""The services of one office, by the present edition of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from portal.core.errors import NotFound, SopInvalid
from portal.core.sop import Sop

BELOW: Final = "layanan"
"""The address below which the public pages of several services lie, each below its own key."""


@dataclass(frozen=True)
class Services:
    """All of them, in the order in which the office lists them.

    Attributes:
        shared: what the office says itself where none of several is meant, by table of a ``sop.toml``.

    Raises:
        SopInvalid: there is none (``services_none``), or two share a key or the beginning of their tickets
            (``sop_key_twice``).
    """

    editions: Sequence[Sop]
    shared: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.editions:
            raise SopInvalid("services_none")
        _unique("service", [edition.service for edition in self.editions])
        _unique("ticket_prefix", [edition.ticket_prefix for edition in self.editions])

    def __getitem__(self, key: str) -> Sop:
        """Raises NotFound (``service_unknown``)."""
        if key not in self._by_key:
            raise NotFound("service_unknown", key=key)
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __iter__(self) -> Iterator[Sop]:
        return iter(self.editions)

    def __len__(self) -> int:
        return len(self.editions)

    @property
    def first(self) -> Sop:
        """The one with which the office began; with one service, that one."""
        return self.editions[0]

    @cached_property
    def general(self) -> Mapping[str, Any]:
        """What is said where no service is meant: by one service its own words, of several what the office says."""
        return self.first.data if len(self) == 1 else {**self.first.data, **self.shared}

    def base(self, key: str) -> str:
        """The address below which the public pages of a service lie: the root for a single one."""
        return "/" if len(self) == 1 else f"/{BELOW}/{key}/"

    @property
    def office(self) -> Mapping[str, Any]:
        """Names, addresses and telephones of the office itself (``[office]``)."""
        found: Mapping[str, Any] = self.general["office"]
        return found

    @cached_property
    def _by_key(self) -> Mapping[str, Sop]:
        return {edition.service: edition for edition in self.editions}


def _unique(what: str, values: Sequence[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise SopInvalid("sop_key_twice", key=what, value=", ".join(twice))
