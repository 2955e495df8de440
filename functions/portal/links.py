"""Signed links, cookies and forms: what they say cannot be altered, and no usable one is ever stored.

Time comes in as an argument; keys come from ``bootstrap``. Around ``itsdangerous``, and nothing else.
"""

from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from hmac import HMAC, compare_digest
from typing import Any

from portal.core.errors import LinkExpired, LinkForged


class Links:
    """Signs and reads claims.

    Args:
        keys: secret keys, newest last: the last one signs, all of them are accepted (rotation). A function is asked for
            them when the first link is to be signed or read, as most pages have none.
    """

    def __init__(self, keys: Sequence[str] | Callable[[], Sequence[str]]) -> None:
        self._given = keys
        self._serializer = lru_cache(64)(self._serializer_of)  # there are some twenty purposes

    @cached_property
    def _keys(self) -> list[str]:
        return list(self._given() if callable(self._given) else self._given)

    def ready(self) -> bool:
        """Are there keys? Asks for them now, for whoever wants to hear at once of what is wrong with them."""
        return bool(self._keys)

    def sign(self, purpose: str, claims: Mapping[str, Any], expires: datetime) -> str:
        """A URL-safe text that says ``claims`` for this purpose only, until ``expires``."""
        return str(self._serializer(purpose).dumps({**claims, "x": int(expires.timestamp())}))

    def read(self, purpose: str, text: str, now: datetime) -> dict[str, Any]:
        """The claims.

        Raises:
            LinkForged: not signed by one of our keys for this purpose (``link_forged``).
            LinkExpired: genuine but too old (``link_expired``); ``facts["claims"]`` holds them.
        """
        from itsdangerous import BadData

        try:
            claims: dict[str, Any] = self._serializer(purpose).loads(text)
            _must_be_written_once(text)
            expires = datetime.fromtimestamp(claims.pop("x"), UTC)
        except (BadData, ValueError, KeyError, AttributeError, TypeError) as problem:
            raise LinkForged("link_forged") from problem
        if now > expires:
            raise LinkExpired("link_expired", claims=claims)
        return claims

    def codes(self, purpose: str, said: str) -> list[str]:
        """The six digits that each of our keys makes of a text, for this purpose only; the newest key's first.

        A code is sent by the newest; one that was sent before a key was added still stands among them.
        """
        return [f"{int.from_bytes(each) % 10**6:06}" for each in self._made(purpose, said)]

    def seal(self, purpose: str, said: str) -> str:
        """16 small letters and digits that nobody else can make of a text, for where a link has no room."""
        return _seal(next(self._made(purpose, said)))

    def short_seals(self, purpose: str, said: str) -> list[str]:
        """Six capitals and digits that each of our keys makes of a text, for people to type; the newest key's first."""
        return [_seal(each)[:6].upper() for each in self._made(purpose, said)]

    def is_sealed(self, purpose: str, said: str, seal: str) -> bool:
        """Did one of our keys make this seal of that text, for this purpose?"""
        return any(compare_digest(_seal(each), seal) for each in self._made(purpose, said))

    def _made(self, purpose: str, said: str) -> Iterator[bytes]:
        """What each key makes of a text; the newest first."""
        return (HMAC(key.encode(), f"portal.{purpose} {said}".encode(), sha256).digest() for key in self._keys[::-1])

    def _serializer_of(self, purpose: str) -> Any:
        from itsdangerous import URLSafeSerializer

        return URLSafeSerializer(self._keys, salt=f"portal.{purpose}")


def _must_be_written_once(text: str) -> None:
    """Base64 reads several texts as the same bytes; a signature is good in the one that we wrote.

    Raises:
        BadSignature: it is written otherwise.
    """
    from itsdangerous import BadSignature
    from itsdangerous.encoding import base64_decode, base64_encode

    signature = text.rpartition(".")[2]
    if base64_encode(base64_decode(signature)) != signature.encode():
        raise BadSignature("not as written")


def _seal(digest: bytes) -> str:
    # Small letters and digits only: servers on the way may write an address in either.
    return b32encode(digest[:10]).decode().lower()
