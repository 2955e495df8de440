"""Brings back what was lost from a table that DynamoDB restored to an earlier moment (point-in-time recovery).

    .venv/bin/python infra/restore.py --source portal-restored --target portal-Table-1ABC       # whatever is missing
    .venv/bin/python infra/restore.py --source ... --target ... --ticket TTE-26-4F7K-9QXM       # one case, as it was

What is there already stays as it is, but of a ticket that is named: its case, its emails and its line in the recap
become what they were, and its visit is held again unless somebody else has that time by now. An email that had been
sent by then is not sent again. ``make aws`` brings the one library that it needs.
"""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.session import get_session

from portal.engines.aws.items import CLAIMS, FACTS, application_key, notices_of

Item = Mapping[str, Any]
"""An item as DynamoDB writes it: ``{"PK": {"S": "..."}, ...}``."""


def bring_back(client: Any, source: str, target: str) -> int:
    """Put every item into ``target`` that is missing there; returns how many were.

    Times of visits are left out: one that is missing may have been given up.
    """
    found = (item for item in _all(client, source) if item["PK"]["S"] != CLAIMS)
    return sum(_put_if_missing(client, target, item) for item in found)


def bring_back_case(client: Any, source: str, target: str, ticket: str) -> int:
    """Make a ticket's items in ``target`` those of ``source``; returns how many there are now.

    Raises:
        LookupError: ``source`` knows no such ticket, so nothing was changed.
    """
    kept, stale = list(_case(client, source, ticket)), {_key(item) for item in _case(client, target, ticket)}
    if not kept:
        raise LookupError(f"{ticket} is not in {source}")
    for item in kept:
        client.put_item(TableName=target, Item=item)
    for pk, sk in stale - {_key(item) for item in kept}:
        client.delete_item(TableName=target, Key={"PK": {"S": pk}, "SK": {"S": sk}})
    for claim in _partition(client, source, CLAIMS):
        if claim["ticket"]["S"] == ticket:
            _put_if_missing(client, target, claim)
    return len(kept)


def _case(client: Any, table: str, ticket: str) -> Iterator[Item]:
    cases = list(_partition(client, table, application_key(ticket)["PK"]))
    yield from cases
    yield from _partition(client, table, notices_of(ticket))
    for facts in (FACTS, *(f"{case['service']['S']}/{FACTS}" for case in cases if "service" in case)):
        yield from (fact for fact in _partition(client, table, facts) if fact["SK"]["S"].endswith(f"#{ticket}"))


def _put_if_missing(client: Any, target: str, item: Item) -> bool:
    try:
        client.put_item(TableName=target, Item=item, ConditionExpression="attribute_not_exists(PK)")
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _all(client: Any, table: str) -> Iterator[Item]:
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _partition(client: Any, table: str, name: str) -> Iterator[Item]:
    asked = {"KeyConditionExpression": "PK = :name", "ExpressionAttributeValues": {":name": {"S": name}}}
    for page in client.get_paginator("query").paginate(TableName=table, ConsistentRead=True, **asked):
        yield from page["Items"]


def _key(item: Item) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--source", required=True, help="the restored table")
    options.add_argument("--target", required=True, help="the portal's table (the stack's output Table)")
    options.add_argument("--ticket", help="one case, to become what it was")
    given = options.parse_args()
    client = get_session().create_client("dynamodb")
    if given.ticket:
        print(f"{bring_back_case(client, given.source, given.target, given.ticket)} items of {given.ticket} restored")
    else:
        print(f"{bring_back(client, given.source, given.target)} missing items restored")


if __name__ == "__main__":
    main()
