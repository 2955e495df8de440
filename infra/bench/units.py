"""DynamoDB's published rule for what a call consumes, where the engine does not say so itself. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-unit-calculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html (sizes of items)
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any, Final

READ_UNIT: Final = 4096
WRITE_UNIT: Final = 1024

Wired = Mapping[str, Mapping[str, Any]]
"""An item as it goes over the wire: ``{"PK": {"S": "..."}}``."""


def read_units(size: int, *, consistent: bool) -> float:
    """For so many bytes read by one call; nothing found is charged as if it were something."""
    units = max(1, ceil(size / READ_UNIT))
    return float(units) if consistent else units / 2


def write_units(size: int, *, transactional: bool = False) -> float:
    """For an item of so many bytes, put, changed or deleted, without what the index takes."""
    return max(1, ceil(size / WRITE_UNIT)) * (2.0 if transactional else 1.0)


def item_size(item: Wired) -> int:
    """Bytes of an item: its attributes' names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def least(operation: str, reported: float, *, consistent: bool) -> float:
    """What is charged at least; DynamoDB Local reports nothing for a query that finds nothing."""
    return max(reported, read_units(0, consistent=consistent)) if operation == "Query" else reported


def by_rule(operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[float, float]:
    """Read and write units of a call, from what was asked and answered.

    Without what writes take in the index, and as if what is deleted had a kilobyte: the call does not tell.
    """
    match operation:
        case "GetItem":
            return read_units(item_size(answer.get("Item", {})), consistent=asked.get("ConsistentRead", False)), 0
        case "Query":
            size = sum(map(item_size, answer.get("Items", ())))
            return read_units(size, consistent=asked.get("ConsistentRead", False)), 0
        case "BatchGetItem":
            return sum(_batch(asked, answer)), 0
        case "TransactWriteItems":
            items = (one["Put"]["Item"] if "Put" in one else {} for one in asked["TransactItems"])
            return 0, sum(write_units(item_size(item), transactional=True) for item in items)
        case "UpdateItem":
            return 0, write_units(item_size(answer.get("Attributes", {})))
        case _:
            return 0, write_units(item_size(asked.get("Item", {})))


def _batch(asked: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterable[float]:
    for table, found in answer.get("Responses", {}).items():
        consistent = asked["RequestItems"][table].get("ConsistentRead", False)
        yield from (read_units(item_size(item), consistent=consistent) for item in found)


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return (len(held.lstrip("-0.").replace(".", "")) + 1) // 2 + 1
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(inner) for name, inner in held.items())
        case "L":
            return 3 + sum(1 + _value_size(inner) for inner in held)
        case _:
            return 1
