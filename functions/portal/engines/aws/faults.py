"""Which answers of AWS mean "not now". Any other fault is one of the program or its setting up, and left to be seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, IncompleteReadError

from portal.core.errors import Unavailable

PASSING: Final = frozenset(
    {
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)

Fault = (ClientError, BotoCoreError)


def code(problem: Exception) -> str:
    """The stable name that AWS gave the fault; of a fault on the way there, the name of its kind."""
    if isinstance(problem, ClientError):
        return problem.response.get("Error", {}).get("Code", "")
    return type(problem).__name__


def is_passing(problem: Exception) -> bool:
    """May the same request succeed later, without anybody doing anything about it?"""
    if isinstance(problem, ClientError):
        status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or status == 429 or code(problem) in PASSING
    return isinstance(problem, ConnectionError | HTTPClientError | IncompleteReadError)


@contextmanager
def translated() -> Iterator[None]:
    """Passing faults as Unavailable (``store_unavailable``).

    After a time-out it is unknown whether a write went through. Whoever repeats one finds out: every write of the
    portal either may be done twice or meets itself by its condition.
    """
    try:
        yield
    except Fault as problem:
        if is_passing(problem):
            raise Unavailable("store_unavailable") from problem
        raise
