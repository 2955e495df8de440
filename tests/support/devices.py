"""One device for all officials of a test, so that whoever has decided in one browser goes on in another without a code.

Tests of the code itself do not use it.
"""

from datetime import timedelta
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.parse import urlsplit

from portal.house import House
from portal.web.official.devices import COOKIE, PATHS

LONG = timedelta(days=9999)


def known_to(house: House, *emails: str) -> str:
    """What a browser keeps in which these officials have typed a code; all of them, if none is named."""
    named = emails or {official.email.lower() for official in house.office.records.officials()}
    return house.office.links.sign(COOKIE, {"d": "0" * 12, "r": sorted(named)}, house.office.clock() + LONG)


def make_known(jar: CookieJar, house: House, email: str) -> None:
    host = f"{urlsplit(house.config.address).hostname}"
    host = host if "." in host else f"{host}.local"  # as the jar calls it
    rest: dict[str, Any] = {}
    for path in PATHS:
        jar.set_cookie(
            Cookie(
                0, COOKIE, known_to(house, email), None, False, host, False, False, path, True, False, None, True, None,
                None, rest,
            )
        )  # fmt: skip
