"""The register's items: entries found by key, by end and by holder, and each kept over its version before."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Final

from portal.core.errors import Conflict, NotFound
from portal.core.register import Certificate, about
from portal.engines import entries
from portal.engines.aws import items, owed
from portal.engines.aws.dynamodb import MOST_AT_ONCE, NEW, Table, Write

_FIRST: Final = "0"
_LAST: Final = "\U0010ffff"


class DynamoCertificates:
    """What ``ports.Records`` promises to find in the register, and forgetting it."""

    _table: Table

    def certificates(self, service: str) -> Iterator[Certificate]:
        return map(entries.certificate, self._table.partition(items.register_of(service)))

    def certificate(self, service: str, id: str) -> Certificate:
        found = self._table.get(items.certificate_key(service, id))
        if found is None:
            raise NotFound("certificate_unknown")
        return entries.certificate(found)

    def certificates_by_end(
        self,
        service: str,
        ended_by: str = "",
        after: str = "",
        until: date | None = None,
        most: int = 0,
        before: str = "",
    ) -> Iterator[Certificate]:
        last = min(f"{until}#{_LAST}" if until else _LAST, before or _LAST)
        name, page = items.ended(service, ended_by), most + 1 if most else MOST_AT_ONCE
        listed = self._table.listed(name, last, page, after or _FIRST, backwards=bool(before))
        others = (key for key in listed if key["SK"] != before.partition("#")[2])
        keys = islice(others, most) if most else others
        # The index may still list what ended meanwhile; the item itself tells.
        found = map(entries.certificate, self._table.get_all(keys))
        return iter(sorted((each for each in found if each.ended_by == ended_by), key=attrgetter("place")))

    def certificates_of(self, service: str, number: str, email: str) -> Iterator[Certificate]:
        partitions = [items.holder(service, known_by) for known_by in (number, email) if known_by]
        ids = [item["SK"] for partition in partitions for item in self._table.partition(partition)]
        found = map(entries.certificate, self._table.get_all(items.certificate_key(service, id) for id in ids))
        # What somebody was known by before a change leads there still.
        return (each for each in found if each.concerns(email, number))

    def refile_certificates(self, service: str) -> int:
        before = [item for item in self._table.partition(items.register_of(service)) if "GSI1PK" not in item]
        for item in before:
            kept, was = entries.certificate(item), {":version": item["version"]}
            with suppress(Conflict):  # written anew meanwhile, hence listed
                self._table.transact(
                    [
                        Write(items.certificate_item(kept), "version = :version", was, "certificate_changed"),
                        *_known(kept),
                    ]
                )
        return len(before)

    def forget_certificate(self, service: str, id: str) -> None:
        kept = self._table.get(items.certificate_key(service, id))
        gone = items.holder_keys(entries.certificate(kept)) if kept else []
        for key in gone:
            self._table.delete(key)
        owed.forget_all(self._table, about(service, id))
        # Last, so that a sweep which was cut short finds the entry again.
        self._table.delete(items.certificate_key(service, id))


def entered(certificate: Certificate) -> list[Write]:
    """The entry over its version before, and its holder's way to it where that is new."""
    item = items.certificate_item(certificate)
    if certificate.version == 1:
        return [Write(item, NEW, conflict="certificate_changed"), *_known(certificate)]
    over = Write(item, "version = :before", {":before": certificate.version - 1}, "certificate_changed")
    moved = any(newest.action == "change" for newest in certificate.recorded[-1:])
    return [over, *(_known(certificate) if moved else ())]


def _known(certificate: Certificate) -> list[Write]:
    return [Write(key) for key in items.holder_keys(certificate)]
