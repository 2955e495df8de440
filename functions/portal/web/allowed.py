"""Before a client lays something down with the portal: whether he has not laid down a great deal already."""

from collections.abc import Callable, Collection
from functools import partial

from flask import request
from werkzeug.exceptions import TooManyRequests

from portal.core.draft import Draft
from portal.core.errors import DocumentRefused
from portal.engines.ports import Stored
from portal.usecases.allowance import HOUR, Allowance
from portal.web.here import here, now
from portal.web.limits import client_of


def counted(start: Callable[[], Draft], id: str = "") -> Draft:
    """A draft that is begun, or written to again where it has this id already. Raises TooManyRequests."""
    allowance, client = _allowance(), _client()
    if not allowance.may_begin(client, id, now()):
        raise TooManyRequests(retry_after=int(HOUR.total_seconds()))
    draft = start()
    allowance.has_begun(client, draft.id, now())
    return draft


def must_be_allowed_to_write_to(addresses: Collection[str]) -> None:
    """Counts them. Raises TooManyRequests: emails went to a great many for this client already."""
    allowance, client = _allowance(), _client()
    if not allowance.may_write_to(client, addresses, now()):
        raise TooManyRequests(retry_after=int(HOUR.total_seconds()))
    allowance.writes_to(client, addresses, now())


def must_be_allowed_to_send() -> None:
    """Raises DocumentRefused (``uploads_spent``)."""
    if not _allowance().may_send(_client(), now()):
        raise DocumentRefused("uploads_spent")


def has_sent(stored: Stored) -> None:
    _allowance().has_sent(_client(), f"{stored.key} {stored.version}", stored.size, now())


def _client() -> str:
    """Empty where many may come as one, as without a declared proxy: no office is shut out for what one of it does."""
    return client_of(request.remote_addr)


def _allowance() -> Allowance:
    office = here().office
    return Allowance(office.records, partial(office.links.seal, "client"))
