"""The items of how open cases stand.

In one partition a service (``items``), some 600 bytes each, so that one page of a query has those of a thousand.
"""

from collections.abc import Sequence
from contextlib import suppress

from portal.core.application import Application
from portal.core.errors import Conflict
from portal.core.standing import Standing
from portal.engines import entries
from portal.engines.aws import items
from portal.engines.aws.dynamodb import NEW, Key, Table, Write
from portal.engines.standings import Kept

PAGE = 1000
"""Keys of the index in one answer."""


class DynamoStandings:
    """What ``standings.Standings`` promises."""

    _table: Table

    def standings(self, service: str, roles: Sequence[str]) -> Kept:
        # First the lists, so that what moves meanwhile is missed by none of both; the index follows a moment later
        # anyway, and whoever reads the others looks at the cases themselves.
        listed = {role: self._tickets(self._filed(service, role)) for role in roles}
        found = entries.readable(entries.standing, self._table.partition(_of(service)))
        kept = [standing for standing in found if standing.line.waits_on in listed]
        known = {standing.ticket for standing in kept}
        others = {role: [each for each in tickets if each not in known] for role, tickets in listed.items()}
        return Kept(kept, {role: tickets for role, tickets in others.items() if tickets})

    def changes(self) -> int | None:
        return None

    def keep_standings(self, standings: Sequence[Standing]) -> None:
        for standing in standings:
            case, unmoved = items.application_key(standing.ticket), {":version": standing.version}
            with suppress(Conflict):  # it has moved on, and wrote its own
                self._table.transact(
                    [
                        Write(case, "version = :version", unmoved, "event_taken", checks=True),
                        Write(_item(standing), NEW),
                    ]
                )

    def _tickets(self, filed: str) -> list[str]:
        return [items.ticket(key) for key in self._table.listed(items.waiting_list(filed), page=PAGE)]

    def _filed(self, service: str, name: str) -> str:
        raise NotImplementedError


def write(application: Application, standing: Standing | None) -> Write:
    """What a move writes: how the case stands, or that nothing is said of it."""
    if standing is None:
        return Write(_key(application.service, application.ticket), deletes=True)
    return Write(_item(standing))


def _item(standing: Standing) -> dict[str, object]:
    return {**_key(standing.service, standing.ticket), **entries.standing_entry(standing)}


def _key(service: str, ticket: str) -> Key:
    return {"PK": _of(service), "SK": ticket}


def _of(service: str) -> str:
    return f"STANDING#{service}"
