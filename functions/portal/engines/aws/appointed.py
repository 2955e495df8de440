"""Appointments in the table: those to one service lie together, so that they are read without the others."""

from collections.abc import Iterator
from typing import Final

from portal.engines.aws import items
from portal.engines.aws.dynamodb import NEW, Item, Table, Write

_FIRST: Final = "0"
"""Sorts after the slash that a further service's begin with, and before every role."""


def appointed(table: Table, service: str, founder: str) -> Iterator[Item]:
    """The appointments to a service, or all of them if none is named; perhaps with some of others, from before."""
    if not service:
        return table.partition(items.OFFICIALS)
    if service == founder:
        return table.partition(items.OFFICIALS, after=_FIRST)
    return table.partition(items.OFFICIALS, f"/{service}/")


def keep_apart(table: Table) -> None:
    """Put those to further services that an older portal kept among the others, as ``surel/kadis#2024-..``, apart."""
    for item in table.partition(items.OFFICIALS, after=_FIRST):
        key = {"PK": item["PK"], "SK": item["SK"]}
        if "/" in item["SK"].partition("#")[0]:
            table.transact([Write({**item, "SK": f"/{item['SK']}"}, NEW), Write(key, deletes=True)])
    table.update(items.FOUNDER, "SET apart = :yes", {":yes": True})
