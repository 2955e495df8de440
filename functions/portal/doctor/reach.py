"""Whether the relay lets the portal in, and whether the public address leads to it."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from portal.core.errors import MailDeferred, MailRefused
from portal.doctor.findings import Finding, bad, good, noted

Fetch = Callable[[str], tuple[int, bytes]]
"""Status and body of an address. Raises OSError: nothing answers there, or nothing that the machine trusts."""

Offer = Callable[[str, int], int]
"""Status with which an address refuses so many bytes before it has them; 0 where it waits for them. Raises OSError."""

SECONDS: Final = 10.0

WAITS: Final = 4.0
"""Seconds after which nobody in front has refused what was announced."""

LARGEST: Final = 64 * 1024**2
"""Bytes of an upload that the portal still answers with a page of its own."""


def fetch(address: str) -> tuple[int, bytes]:
    """``Fetch``, with certificates checked as a browser checks them."""
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - an origin of the settings
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


def offer(address: str, size: int) -> int:
    """``Offer`` of an upload, of which only the head is sent."""
    found = urlsplit(address)
    context = ssl.create_default_context()
    with closing(HTTPSConnection(found.hostname or "", found.port, timeout=WAITS, context=context)) as connection:
        connection.putrequest("POST", "/unggah")
        connection.putheader("Content-Type", "multipart/form-data; boundary=b")
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        try:
            return connection.getresponse().status
        except TimeoutError:
            return 0
        except HTTPException as problem:
            raise OSError(str(problem)) from problem


def uploads(offer: Offer, address: str) -> Finding:
    """Does what stands in front let a large file through, so that the portal can say what is amiss with it?"""
    if not address.startswith("https://"):
        return noted("uploads", "uploads_unknown", address=address)
    try:
        status = offer(address, LARGEST)
    except OSError:
        return noted("uploads", "uploads_unknown", address=address)
    if status == 413:
        return bad("uploads", "uploads_cut", address=address, mb=LARGEST // 1024**2)
    return good("uploads", "uploads_taken", mb=LARGEST // 1024**2)


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
