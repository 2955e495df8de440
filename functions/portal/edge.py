"""What every answer says about itself, wherever it is served from: the portal, whitenoise beside it, or CloudFront.

Data and pure functions; ``infra/template.yaml`` says the same, and a test compares the two.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "web" / "static"
"""What site and portal pages both load; published below ``/aset/<fingerprint>/``."""

POLICY: Final[Mapping[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""Content-Security-Policy: our own files only, nothing inline, in nobody's frame."""

HEADERS: Final[Mapping[str, str]] = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
"""What every page, file and refusal carries besides the policy."""

INSISTS: Final = "max-age=31536000"
"""Strict-Transport-Security: for a year nobody asks an address with TLS without it."""

KEPT: Final = "public, max-age=31536000, immutable"
ASKED_AGAIN: Final = "public, no-cache"
FOR_A_DAY: Final = "public, max-age=86400"

_FINGERPRINT: Final = re.compile(r"[/.](?:[0-9a-f]{10}|[0-9a-f]{8}(?=\.min))[/.]")
_FRESH: Final = re.compile(r"(?:/|\.html|\.xml|\.json|\.txt|worker\.js)$")


@lru_cache(8)
def policy(store_origin: str = "") -> str:
    """The Content-Security-Policy.

    Args:
        store_origin: origin to which browsers post files, when it is not the portal's own.
    """
    also = {"connect-src", "form-action"} if store_origin else set()
    return "; ".join(
        f"{name} {sources} {store_origin}" if name in also else f"{name} {sources}" for name, sources in POLICY.items()
    )


def headers(address: str) -> dict[str, str]:
    """``HEADERS``, and where the public address has TLS that nobody shall come without."""
    return {**HEADERS, **({"Strict-Transport-Security": INSISTS} if address.startswith("https:") else {})}


def cache_control(url: str) -> str:
    """How long a file of the site may be kept.

    For a year where the name holds the content's fingerprint; pages are asked for again each time, so that nobody reads
    yesterday's SOP or a page whose style sheet is gone; the rest (papers, pictures) for a day.
    """
    if _FINGERPRINT.search(url):
        return KEPT
    return ASKED_AGAIN if _FRESH.search(url) else FOR_A_DAY


def fingerprint(*files: Path) -> str:
    """Ten hex digits that change with the name or content of any file."""
    seen = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        seen.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return seen.hexdigest()[:10]


def static_address() -> str:
    """Where ``STATIC`` is published: ``/aset/<fingerprint>``."""
    return f"/aset/{fingerprint(*(path for path in STATIC.iterdir() if path.is_file()))}"
