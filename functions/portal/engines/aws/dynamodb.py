"""One DynamoDB table: reads, changes and transactions on items of plain values. Never knows what an item means."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError

from portal.core.errors import Conflict, Unavailable
from portal.engines.aws.faults import PASSING, code, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        KeysAndAttributesUnionTypeDef,
        UpdateItemInputTypeDef,
    )

    Wired = dict[str, AttributeValueTypeDef]

Item = Mapping[str, Any]
"""Attributes of an item as plain values: text, whole numbers, truth, nothing, lists and mappings of these."""

Key = Mapping[str, str]
Values = Mapping[str, Any]
"""What the placeholders of an expression (``:now``) stand for."""

Answer = TypeVar("Answer")

INDEX: Final = "GSI1"
MOST_AT_ONCE: Final = 100
MOST_IN_A_BATCH: Final = 25
"""Writes in a transaction and keys in a batch of reads, writes in a batch: the service's own limits."""

PAGE: Final = 500
"""Items that are read at a time of the whole table."""

NEW: Final = "attribute_not_exists(PK)"
EXISTING: Final = "attribute_exists(PK)"

_PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds to wait while another transaction is at the same items, or the service answers only a part."""


@dataclass(frozen=True)
class Write:
    """One item of a transaction: put, or deleted.

    Attributes:
        item: what to put; of a deletion the key.
        condition: on the item as it is stored; ``values`` fill its placeholders.
        conflict: code of the Conflict if the condition does not hold; if empty, this write is left out then.
        checks: nothing is put; ``item`` is the key of what the condition is about.
    """

    item: Item
    condition: str = ""
    values: Values = field(default_factory=dict)
    conflict: str = ""
    deletes: bool = False
    checks: bool = False


class Table:
    """A table whose key is ``PK`` and ``SK``.

    Reads of items are consistent: what was written is seen. The index follows a moment later, so it is only asked where
    to look.

    Args:
        pause: waits for so many seconds.

    Attributes:
        admits: looks before each change whether anything may be changed; raises what whoever wants to is told.

    Raises:
        Unavailable: from every method (``store_unavailable``).
    """

    def __init__(self, client: "DynamoDBClient", name: str, pause: Callable[[float], None]) -> None:
        self._client = client
        self._name = name
        self._pause = pause
        self.admits: Callable[[], object] = lambda: None

    # --- reading -------------------------------------------------------------------------------------------------

    def get(self, key: Key) -> Item | None:
        with translated():
            answer = self._client.get_item(TableName=self._name, Key=_wired(key), ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def get_all(self, keys: Iterable[Key]) -> Iterator[Item]:
        """The items under these keys that are there, in no order."""
        # A list that changes while its pages are read may name a key twice, which a batch refuses.
        wanted = [_wired({"PK": pk, "SK": sk}) for pk, sk in {(key["PK"], key["SK"]): None for key in keys}]
        for start in range(0, len(wanted), MOST_AT_ONCE):
            yield from self._batch(wanted[start : start + MOST_AT_ONCE])

    def partition(
        self, name: str, beginning: str = "", after: str = "", before: str = "", page: int = 0
    ) -> Iterator[Item]:
        """The items of a partition, or those whose sort key begins so, or comes after, in the order of their keys.

        Args:
            before: those whose key comes before, the last first.
            page: how many to read at a time; 0 for as many as come.
        """
        condition, values = "PK = :name", {":name": name}
        if beginning:
            condition, values = f"{condition} AND begins_with(SK, :beginning)", {**values, ":beginning": beginning}
        elif after:
            condition, values = f"{condition} AND SK > :after", {**values, ":after": after}
        elif before:
            condition, values = f"{condition} AND SK < :before", {**values, ":before": before}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=_wired(values),
            ConsistentRead=True,
            ScanIndexForward=not before,
            PaginationConfig={"PageSize": page} if page else {},
        )
        with translated():
            for found in pages:
                yield from map(_plain, found["Items"])

    def listed(
        self, name: str, until: str = "", page: int = MOST_AT_ONCE, after: str = "", *, backwards: bool = False
    ) -> Iterator[Key]:
        """The keys of the items on a list of the index, or of those up to a place on it, in its order.

        Args:
            after: with ``until``, a place before which none is wanted; printable, so that a space comes next after it.
            page: how many to read at a time.
            backwards: from the last of them to the first.
        """
        condition, values = "GSI1PK = :name", {":name": name}
        if after and until and f"{after} " > until:
            return  # DynamoDB refuses to be asked for what is between a later place and an earlier one
        if after and until:
            values |= {":next": f"{after} ", ":until": until}
            condition = f"{condition} AND GSI1SK BETWEEN :next AND :until"
        elif until:
            condition, values = f"{condition} AND GSI1SK <= :until", {**values, ":until": until}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            IndexName=INDEX,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=_wired(values),
            ScanIndexForward=not backwards,
            PaginationConfig={"PageSize": page},
        )
        with translated():
            for found in pages:
                yield from ({"PK": item["PK"]["S"], "SK": item["SK"]["S"]} for item in found["Items"])

    def scanned(self, after: Key | None) -> Iterator[tuple[list[Item], Key | None]]:
        """All items, some at a time, each time with the place up to which that is; for no function of the portal."""
        place = {"ExclusiveStartKey": _wired(after)} if after else {}
        while True:
            with translated():
                found = self._client.scan(TableName=self._name, ConsistentRead=True, Limit=PAGE, **place)  # type: ignore[arg-type]
            last = found.get("LastEvaluatedKey")
            yield [_plain(item) for item in found["Items"]], _plain(last) if last else None
            if not last:
                return
            place = {"ExclusiveStartKey": last}

    # --- writing -------------------------------------------------------------------------------------------------

    def update(self, key: Key, expression: str, values: Values, condition: str = "") -> Item | None:
        """The item after the change; None, and nothing changed, if the condition does not hold."""
        try:
            return self._updated(key, expression, values, condition)
        except ClientError as problem:
            if code(problem) == "ConditionalCheckFailedException":
                return None
            raise

    def count(self, key: Key) -> int:
        """1, 2, 3 ...: one more each time, whoever asks at the same moment."""
        return int(self._updated(key, "ADD given :one", {":one": 1})["given"])

    def put_all(self, items: Iterable[Item]) -> None:
        """Each of another key, in the place of what is there; cut short, some of them."""
        self._batched([{"PutRequest": {"Item": _wired(item)}} for item in items])

    def delete_all(self, keys: Iterable[Key]) -> None:
        self._batched([{"DeleteRequest": {"Key": _wired(key)}} for key in keys])

    def delete(self, key: Key) -> None:
        self.admits()
        with translated():
            self._undisturbed(lambda: self._client.delete_item(TableName=self._name, Key=_wired(key)))

    def transact(self, writes: Sequence[Write]) -> None:
        """All of the writes or none, save those that name no conflict and whose condition does not hold.

        botocore marks its own repetitions after a time-out with a token, so that one of them cannot meet another. Ours
        need none: a second try meets what the first one wrote, by its condition.

        Args:
            writes: at most 100, each of another item.

        Raises:
            Conflict: with the code of the first write, in their order, whose condition does not hold.
        """
        self.admits()
        pauses = iter(_PAUSES)
        while writes:
            reasons = self._attempt(writes)
            if not reasons:
                return
            unmet = [reason == "ConditionalCheckFailed" for reason in reasons]
            for write, is_unmet in zip(writes, unmet, strict=True):
                if is_unmet and write.conflict:
                    raise Conflict(write.conflict)
            if not any(unmet):
                self._wait(pauses)
            writes = [write for write, is_unmet in zip(writes, unmet, strict=True) if not is_unmet]

    # --- within --------------------------------------------------------------------------------------------------

    def _batched(self, requests: list[Any]) -> None:
        self.admits()
        for start in range(0, len(requests), MOST_IN_A_BATCH):
            left: Any = {self._name: requests[start : start + MOST_IN_A_BATCH]}
            pauses = iter(_PAUSES)
            while left:
                with translated():
                    left = self._client.batch_write_item(RequestItems=left).get("UnprocessedItems")
                if left:
                    self._wait(pauses)

    def _updated(self, key: Key, expression: str, values: Values, condition: str = "") -> Item:
        self.admits()
        request: UpdateItemInputTypeDef = {
            "TableName": self._name,
            "Key": _wired(key),
            "UpdateExpression": expression,
            "ExpressionAttributeValues": _wired(values),
            "ReturnValues": "ALL_NEW",
        }
        if condition:
            request["ConditionExpression"] = condition
        with translated():
            answer = self._undisturbed(lambda: self._client.update_item(**request))
        return _plain(answer["Attributes"])

    def _attempt(self, writes: Sequence[Write]) -> Sequence[str]:
        """For each write why the transaction was cancelled; empty if it was not."""
        transaction: Any = [self._operation(write) for write in writes]
        try:
            with translated():
                self._client.transact_write_items(TransactItems=transaction)
        except ClientError as problem:
            response: Any = problem.response
            reasons = [reason.get("Code", "None") for reason in response.get("CancellationReasons", ())]
            if set(reasons) - {"None", "ConditionalCheckFailed"} - PASSING or not reasons:
                raise
            return reasons
        return ()

    def _operation(self, write: Write) -> Mapping[str, Any]:
        named = "Key" if write.deletes or write.checks else "Item"
        operation: dict[str, Any] = {"TableName": self._name, named: _wired(write.item)}
        if write.condition:
            operation["ConditionExpression"] = write.condition
        if write.values:
            operation["ExpressionAttributeValues"] = _wired(write.values)
        return {"ConditionCheck" if write.checks else "Delete" if write.deletes else "Put": operation}

    def _batch(self, keys: Sequence["Wired"]) -> Iterator[Item]:
        pauses = iter(_PAUSES)
        wanted: Mapping[str, KeysAndAttributesUnionTypeDef] = {self._name: {"Keys": keys, "ConsistentRead": True}}
        while True:
            with translated():
                answer = self._client.batch_get_item(RequestItems=wanted)
            yield from map(_plain, answer["Responses"].get(self._name, ()))
            wanted = answer.get("UnprocessedKeys", {})
            if not wanted:
                return
            self._wait(pauses)

    def _undisturbed(self, change: Callable[[], Answer]) -> Answer:
        """Change one item, once no transaction is at it."""
        pauses = iter(_PAUSES)
        while True:
            try:
                return change()
            except ClientError as problem:
                if code(problem) != "TransactionConflictException":
                    raise
                self._wait(pauses)

    def _wait(self, pauses: Iterator[float]) -> None:
        for seconds in pauses:
            self._pause(seconds)
            return
        raise Unavailable("store_unavailable")


# Written here rather than taken from boto3, whose numbers come back as Decimal: what an event's hash covers must come
# back as it was, and so must the rest.


def _wired(item: Item) -> "Wired":
    return {name: _to_wire(value) for name, value in item.items()}


def _plain(item: Item) -> dict[str, Any]:
    return {name: _from_wire(value) for name, value in item.items()}


def _to_wire(value: object) -> "AttributeValueTypeDef":
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, Mapping):
        return {"M": _wired(value)}
    if isinstance(value, list | tuple):
        return {"L": [_to_wire(inner) for inner in value]}
    raise TypeError(f"not a value for an item: {type(value).__name__}")


def _from_wire(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    if kind == "NULL":
        return None
    if kind == "N":
        return int(value)
    if kind == "M":
        return _plain(value)
    if kind == "L":
        return [_from_wire(inner) for inner in value]
    return value
