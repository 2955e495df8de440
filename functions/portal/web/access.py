"""Who is behind a request: secrets of emailed links become cookies, and forms prove that they are ours.

The link's token is swapped at the first GET for an HttpOnly cookie on the page's own path and redirected away, so that
it stays out of history, logs and Referer.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Request, Response, g, redirect, request

from portal.core.errors import LinkExpired, LinkForged, NotAllowed
from portal.links import Links

SESSION: Final = timedelta(hours=12)
FORM: Final = timedelta(hours=12)

_THIS_MACHINE: Final = {"localhost", "127.0.0.1", "[::1]"}
_TOKEN: Final = re.compile(r"[.]?[\w-]+[.][\w-]+", re.ASCII)


class Access:
    """Cookies and form tokens over ``Links``.

    Args:
        secure: send cookies over HTTPS only (everywhere but on a rehearsing machine).
    """

    def __init__(self, links: Links, secure: bool) -> None:
        self._links = links
        self._secure = secure

    def read_link(self, page: str, token: str, now: datetime) -> dict[str, Any]:
        """The claims of an emailed link. Raises LinkForged or LinkExpired (with ``claims`` and ``page``)."""
        try:
            return self._links.read(page, without_tail(token), now)
        except LinkExpired as expired:
            raise LinkExpired("link_expired", page=page, claims=expired.facts["claims"]) from expired

    def enter(self, page: str, claims: Mapping[str, Any], path: str, now: datetime) -> Response:
        """Off to ``path``, with a cookie there that says ``claims``."""
        response = redirect(path, code=303)
        self.remember(response, page, claims, path, now)
        return response  # type: ignore[return-value]

    def remember(
        self,
        response: Any,
        page: str,
        claims: Mapping[str, Any],
        path: str,
        now: datetime,
        life: timedelta = SESSION,
    ) -> None:
        """A cookie that says for so long by which link a page was opened."""
        self.keep(response, f"cookie.{page}", claims, (path,), now, life)

    def keep(
        self,
        response: Any,
        purpose: str,
        claims: Mapping[str, Any],
        paths: Sequence[str],
        now: datetime,
        life: timedelta,
    ) -> None:
        """A cookie for each of the paths, that no script reads; it is called by the last part of what it is for."""
        signed = self._links.sign(f"{self._prefix}{purpose}", claims, now + life)
        for path in paths:
            response.set_cookie(
                f"{self._prefix}{_name(purpose)}",
                signed,
                path=path,
                max_age=int(life.total_seconds()),
                httponly=True,
                samesite="Lax",
                secure=self._secure,
            )

    def kept(self, purpose: str, now: datetime) -> dict[str, Any]:
        """What this request's cookie for it says, read once.

        A browser that has none by today's name may have one from before there was a prefix, which goes on to its end.
        What is kept by today's name is signed for another purpose, so that none of it counts by the other name.

        Raises:
            LinkForged, LinkExpired: there is none of ours.
        """
        read: dict[tuple[str, datetime], dict[str, Any]] = g.setdefault("cookies", {})
        if (purpose, now) not in read:
            read[purpose, now] = self._kept(purpose, now)
        return {**read[purpose, now]}

    def _kept(self, purpose: str, now: datetime) -> dict[str, Any]:
        name = _name(purpose)
        said = request.cookies.get(f"{self._prefix}{name}", "")
        if said:
            with suppress(LinkForged):  # the first ones with a prefix were signed as those without
                return self._links.read(f"{self._prefix}{purpose}", said, now)
        return self._links.read(purpose, said or request.cookies.get(name, ""), now)

    def forget(self, response: Any, name: str, path: str) -> None:
        for each in dict.fromkeys((f"{self._prefix}{name}", name)):
            response.delete_cookie(each, path=path, secure=self._secure, httponly=True, samesite="Lax")

    def leave(self, path: str, *opened: tuple[str, str]) -> Response:
        """Off to ``path``, with these cookies (name and path of each) forgotten in a browser that others use too, and
        with them the pictures of documents seen there, which going back would show without asking."""
        response: Response = redirect(path, code=303)  # type: ignore[assignment]
        for name, at in opened:
            self.forget(response, name, at)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    @property
    def _prefix(self) -> str:
        """Lets a browser take the cookie over HTTPS only, so that nobody on the line, or who speaks for a neighbour of
        the domain without TLS, puts another in its place. A neighbour with TLS can: that only ``__Host-`` forbids,
        which is for the path / alone, and each of ours is for its own page."""
        return "__Secure-" if self._secure else ""

    def claims(self, page: str, now: datetime) -> dict[str, Any]:
        """What this request's cookie says.

        Raises:
            LinkForged: there is no cookie, or it is not ours (``link_needed``): open the emailed link again.
        """
        try:
            return self.kept(f"cookie.{page}", now)
        except (LinkForged, LinkExpired) as problem:
            raise LinkForged("link_needed", page=page) from problem

    def csrf(self, page: str, now: datetime) -> str:
        """A token for the forms of a page: says whose page it is, about what, and how that stood."""
        return self._links.sign("csrf", {"p": page, "k": self.claims(page, now)}, now + FORM)

    def check_csrf(self, page: str, now: datetime) -> dict[str, Any]:
        """What the page with the posted form had open: the same person and thing as this request's cookie.

        How it stood then need not be how the cookie has it by now: an emailed link may have been opened again since.

        Raises:
            LinkForged: there is no cookie (``link_needed``).
            NotAllowed: not our form, or that of another person or thing (``form_foreign``), or ours, of this very page,
                and too old (``form_late``; fact ``page``).
        """
        late = False
        try:
            said = self._links.read("csrf", request.form.get("csrf", ""), now)
        except LinkExpired as expired:
            said, late = expired.facts["claims"], True  # type: ignore[assignment]
        except LinkForged as problem:
            raise NotAllowed("form_foreign") from problem
        if said.get("p") != page or _who_and_what(said["k"]) != _who_and_what(self.claims(page, now)):
            raise NotAllowed("form_foreign")
        if late:
            raise NotAllowed("form_late", page=page)
        opened: dict[str, Any] = said["k"]
        return opened

    def once_open(self, now: datetime) -> dict[str, Any]:
        """What the page with the posted form had open, however long ago, and whatever is open here by now.

        Raises NotAllowed: not our form (``form_foreign``).
        """
        try:
            said: Any = self._links.read("csrf", request.form.get("csrf", ""), now)
        except LinkExpired as expired:
            said = expired.facts["claims"]
        except LinkForged as problem:
            raise NotAllowed("form_foreign") from problem
        opened: dict[str, Any] = said["k"]
        return opened


def _name(purpose: str) -> str:
    return purpose.rpartition(".")[2]


def without_tail(token: str) -> str:
    """A link's token without what a mail program or a chat has hung on to it: a full stop, a bracket, ``&fbclid=1``."""
    found = _TOKEN.match(token)
    return found[0] if found else token


def refuse_foreign(request: Request) -> None:
    """Raises NotAllowed (``form_foreign``) for what another site makes a browser post here."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    # A browser that keeps the origin to itself may still say that it is ours, which no other site can make it say.
    ours = site == "same-origin" if origin == "null" else not origin or site_of(origin) == request.host
    if site == "cross-site" or not ours:
        raise NotAllowed("form_foreign")


def by_its_name(request: Request, address: str) -> Response | None:
    """Leads somebody who looks at a portal of this machine under another of the machine's names to its one address.

    Cookies and forms are for the one: under another name a file could be sent, and its answer would be lost. Between
    machines this is left to the proxy, which knows the names; it may ask us by whatever name it likes.
    """
    one, asked = site_of(address), request.host
    looking = request.method in ("GET", "HEAD") and request.path != "/sehat"  # asked for by programs of this machine
    if not looking or asked == one or not {_without_port(one), _without_port(asked)} <= _THIS_MACHINE:
        return None
    return redirect(address + request.full_path.rstrip("?"), 307)  # type: ignore[return-value]


def _without_port(host: str) -> str:
    return re.sub(r":\d*$", "", host)


def site_of(address: str) -> str:
    """Host and port of an address as a browser sends it; empty for what is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:  # half an IPv6 address, say
        return ""


def _who_and_what(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Claims without how the case stood (step, event), by which way it was opened and where, and for how long."""
    return {name: value for name, value in claims.items() if name not in ("s", "n", "way", "elsewhere", "stays", "g")}
