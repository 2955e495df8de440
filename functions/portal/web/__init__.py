"""The dynamic pages, a file per kind of person; ``create_app`` puts their blueprints on one Flask application.

Pages ask ``service`` and ``intake`` and show the answer; every sentence is in a template or in ``messages.toml``.
"""

import gzip
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, render_template, request
from flask.templating import DispatchingJinjaLoader
from jinja2 import ChoiceLoader, ModuleLoader, StrictUndefined
from werkzeug.exceptions import HTTPException, TooManyRequests

from portal import edge
from portal.core import errors, identity, ticket
from portal.core.language import Language
from portal.editions import read_messages
from portal.service import Portal
from portal.web.access import Access, refuse_foreign
from portal.web.limits import Limit, client_of

if TYPE_CHECKING:
    from portal.clockwork import Clockwork
    from portal.intake import Intake

log = logging.getLogger(__name__)

STATUS: Final[Mapping[type[errors.PortalError], int]] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.Unavailable: 503,
    errors.DocumentRefused: 422,
    errors.Invalid: 422,
    errors.LinkForged: 403,
    errors.LinkExpired: 410,
}
"""HTTP status by kind of refusal; a code's own ``status`` in ``messages.toml`` goes before."""

COMPILED: Final = "templates-compiled"

LARGEST_BODY: Final = 256 * 1024
"""Bytes of a posted form; uploads have their own limit."""

RETRY_AFTER: Final = 60
"""Seconds after which to try again what a store could not take."""

WORTH_PRESSING: Final = 800
"""Bytes of text below which one packet holds it anyway."""

ROOMS: Final = ("apply", "uploads", "status", "applicant", "mending", "lost_links", "official", "recap")
"""The modules with pages."""

LIMITS: Final[Mapping[str, tuple[int, timedelta]]] = {
    "draft": (60, timedelta(seconds=10)),
    "data": (60, timedelta(seconds=5)),
    "upload": (60, timedelta(seconds=5)),
    "document": (60, timedelta(seconds=5)),
    "link": (20, timedelta(seconds=30)),
    "ticket": (30, timedelta(seconds=10)),
    "paper": (60, timedelta(seconds=2)),
}
"""What one client may do at once, and how often after that: begin a draft, change its data, send a document, have it
checked, ask for a link, mistake a ticket, have a paper printed. Wide enough for an office, or a course, of people
behind one address."""

_LIMITED: Final[Mapping[str | None, str]] = {
    "apply.begin": "draft",
    "apply.begin_for_other": "draft",
    "apply.data": "data",
    "uploads.receive": "upload",
    "apply.accept_document": "document",
    "mending.accept_document": "document",
    "lost_links.send_link": "link",
    "official.send_desk": "link",
}
"""Which of these a posted form is, by endpoint; a ticket is counted where it turns out to be unknown, a
paper where it is printed."""


@dataclass(frozen=True)
class Rooms:
    """What the pages have at hand, as ``current_app.extensions["portal"]`` (see ``rooms``).

    Attributes:
        address: public address of the portal, without a slash at the end.
        rehearsal: show the rehearsal strip and offer sample documents.
        messages: the parsed ``messages.toml``.
        limits: by name, as in ``LIMITS``.
        extra: what only one engine, mode or service has (the folder's receiver, the rehearsal's mailbox and time
            machine, the press that prints papers).
    """

    portal: Portal
    make_intake: Callable[[], "Intake"]
    make_clockwork: Callable[[], "Clockwork"]
    language: Language
    access: Access
    address: str
    rehearsal: bool
    messages: Mapping[str, Any]
    limits: Mapping[str, Limit]
    extra: Mapping[str, Any]

    @property
    def intake(self) -> "Intake":
        return self.make_intake()

    @property
    def clockwork(self) -> "Clockwork":
        return self.make_clockwork()


def rooms() -> Rooms:
    """The present application's ``Rooms``."""
    found: Rooms = current_app.extensions["portal"]
    return found


def now() -> datetime:
    """The portal's time, the same all through one request."""
    if "now" not in g:
        g.now = rooms().portal.clock()
    moment: datetime = g.now
    return moment


def allow_store(address: str) -> None:
    """The present page may post files there, which need not be the portal's own host."""
    parts = urlsplit(address)
    if parts.netloc:
        g.store = f"{parts.scheme}://{parts.netloc}"


def create_app(
    portal: Portal,
    make_intake: Callable[[], "Intake"],
    make_clockwork: Callable[[], "Clockwork"],
    *,
    address: str,
    rehearsal: bool = False,
    extra: Mapping[str, Any] | None = None,
    names: Sequence[str] = ROOMS,
) -> Flask:
    """The WSGI application for one service on one engine.

    Args:
        make_intake: gives the intake when a page first wants it, and the same one after that; ``make_clockwork`` alike.
        names: of ``ROOMS``, those whose pages are wanted.
    """
    messages = read_messages()
    dates = messages["dates"]
    language = Language(dates["months"], dates["days"], portal.calendar.zone, portal.calendar.label)
    access = Access(portal.links, secure=address.startswith("https:"))
    app = Flask(__name__, static_url_path=edge.static_address())
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    # A redirect to the address with single slashes would be the one that repeats the Host header.
    app.url_map.merge_slashes = False
    limits = {name: Limit(*size) for name, size in LIMITS.items()}
    app.extensions["portal"] = Rooms(
        portal, make_intake, make_clockwork, language, access, address, rehearsal, messages, limits, extra or {}
    )
    _prepare_templates(app, portal, language)
    app.before_request(lambda: refuse_foreign(request))
    app.before_request(_hold_back)
    app.after_request(_protect)
    app.register_error_handler(errors.PortalError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failed)
    for name in (*names, *(["rehearsal"] if rehearsal else ())):
        app.register_blueprint(import_module(f"portal.web.{name}").pages)
    return app


def compile_templates(app: Flask, folder: Path) -> None:
    """Lay the templates of an application, as the Python they are compiled to, into the ``web`` folder of a package.

    A function on AWS cannot keep what it compiles, and would take a third of a cold start for it.
    """
    app.jinja_env.compile_templates(folder / COMPILED, zip=None, ignore_errors=False)


def _prepare_templates(app: Flask, portal: Portal, language: Language) -> None:
    compiled = Path(__file__).with_name(COMPILED)
    if compiled.is_dir():
        app.jinja_env.loader = ChoiceLoader([ModuleLoader(compiled), DispatchingJinjaLoader(app)])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        date=language.date,
        day=language.day,
        month=language.month,
        time=language.time,
        moment=language.moment,
        number=language.number,
        nip=identity.grouped_nip,
    )

    @app.context_processor
    def shared() -> dict[str, Any]:
        here = rooms()
        return {"sop": here.portal.sop.data, "rehearsal": here.rehearsal, "address": here.address, "now": now()}


def _hold_back() -> None:
    if request.method == "POST" and request.endpoint in _LIMITED:
        limit = rooms().limits[_LIMITED[request.endpoint]]
        if seconds := limit.take(client_of(request.remote_addr), now()):
            raise TooManyRequests(retry_after=seconds)


def _protect(response: Response) -> Response:
    for name, value in edge.HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", edge.policy(g.get("store", "")))
    if request.endpoint == "static" and response.status_code < 400:
        response.headers["Cache-Control"] = edge.KEPT
    response.headers.setdefault("Cache-Control", "no-store")
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", str(RETRY_AFTER))
    return _pressed(response)


def _pressed(response: Response) -> Response:
    """The same answer in fewer bytes, for whoever understands them; CloudFront does not press what it may not keep.

    A secret can be guessed from lengths only beside words that the guesser chooses; no page that a cookie opens repeats
    what its address says, and no stranger can post to it.
    """
    response.vary.add("Accept-Encoding")
    kind = response.mimetype or ""
    text = kind.startswith("text/") or kind in ("application/json", "image/svg+xml")
    wanted = request.accept_encodings.quality("gzip") > 0 and "Content-Encoding" not in response.headers
    if text and wanted and response.status_code not in (204, 206, 304):
        response.direct_passthrough = False
        content = response.get_data()
        if len(content) > WORTH_PRESSING:
            response.set_data(gzip.compress(content, 6, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
            response.headers.pop("ETag", None)
    return response


def explain(code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Title, sentence, what to do, and a link, for a refusal's code."""
    entry = rooms().messages["errors"][code]
    return {
        "title": entry["title"],
        "sentence": rooms().language.fill(entry["sentence"], facts),
        "advice": rooms().language.fill(entry.get("advice", ""), facts),
        "link": entry.get("link"),
    }


def _refused(refusal: errors.PortalError) -> tuple[str, int]:
    entry = rooms().messages["errors"][refusal.code]
    status = entry.get("status") or next((code for kind, code in STATUS.items() if isinstance(refusal, kind)), 500)
    page = explain(refusal.code, refusal.facts)
    return render_template(
        "error.html", code=refusal.code, facts=refusal.facts, renewal=_renewal(refusal), **page
    ), status


def _renewal(refusal: errors.PortalError) -> dict[str, str] | None:
    """How to ask for a new link: with the expired one itself, or with what one knows."""
    page, given = refusal.facts.get("page"), request.view_args or {}
    if isinstance(refusal, errors.LinkExpired):
        return {"page": str(page), "token": str(given.get("token", "")), "ticket": ""}
    if refusal.code == "link_needed":
        return {"page": str(page), "token": "", "ticket": _ticket(given.get("number", given.get("token", "")))}
    return None


def _ticket(named: str) -> str:
    """The ticket that an address names; empty if it is none: what may be a link's secret goes into no other address."""
    try:
        return ticket.parse(named)
    except errors.NotFound:
        return ""


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    messages = rooms().messages["http"]
    entry = messages.get(str(error.code), messages["400" if error.code < 500 else "500"])
    page = render_template("error.html", code=str(error.code), facts={}, renewal=None, link=None, **entry)
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    return page, error.code, headers


def _failed(error: Exception) -> tuple[str, int]:
    log.error("%s: %s", request.url_rule, errors.traced(error))
    entry = rooms().messages["http"]["500"]
    return render_template("error.html", code="500", facts={}, renewal=None, link=None, **entry), 500
