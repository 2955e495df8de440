"""Whether the relay lets the portal in, and whether the public address leads to it."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Final

from portal.core.errors import MailDeferred, MailRefused
from portal.doctor.findings import Finding, bad, good, noted

Fetch = Callable[[str], tuple[int, bytes]]
"""Status and body of an address. Raises OSError: nothing answers there, or nothing that the machine trusts."""

SECONDS: Final = 10.0


def fetch(address: str) -> tuple[int, bytes]:
    """``Fetch``, with certificates checked as a browser checks them."""
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - an origin of the settings
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


def relay(log_in: Callable[[], None], host: str) -> Finding:
    """Does the relay greet, encrypt and take the login? Nothing is sent."""
    try:
        log_in()
    except (MailDeferred, MailRefused) as problem:
        return bad("relay", "relay_refuses", host=host, answer=problem.facts.get("answer", ""))
    return good("relay", "relay_lets_in", host=host)


def public(fetch: Fetch, address: str) -> Finding:
    """Does the address lead to a portal, and does that say that all is well?"""
    if not address.startswith("https://"):
        return bad("public", "public_open", address=address)
    try:
        status, body = fetch(f"{address}/sehat")
    except OSError as problem:
        return bad("public", "public_silent", address=address, problem=str(getattr(problem, "reason", problem)))
    try:
        said = json.loads(body)
        well = said["ok"]
    except (ValueError, TypeError, KeyError):
        return bad("public", "public_other", address=address, status=status)
    if status != 200:
        return bad("public", "public_ill", address=address, status=status)
    return good("public", "public_well", address=address) if well else noted("public", "public_busy", address=address)
