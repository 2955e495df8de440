"""Puts the pages' blueprints on one Flask application.

Pages ask the use cases and show the answer; every sentence is in a template or in ``messages.toml``.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from flask import Flask, g, render_template, request
from flask.templating import DispatchingJinjaLoader, Environment
from jinja2 import ChoiceLoader, ModuleLoader, StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.routing import BaseConverter, Rule

from portal import edge
from portal.core import errors, identity
from portal.core.draft import Draft
from portal.core.language import Language
from portal.core.progress import because
from portal.editions import read_language, read_messages
from portal.web.access import Access, by_its_name, refuse_foreign
from portal.web.answers import protect
from portal.web.bodies import SMALL, limit_body
from portal.web.here import Equipment, Here, UseCases, asker, here, now, present, spoken
from portal.web.limits import Limit
from portal.web.refusals import failed, http_error, refused

COMPILED: Final = "templates-compiled"

BLUEPRINTS: Final = (
    "applicant.apply",
    "applicant.parts",
    "applicant.bring",
    "applicant.send",
    "uploads",
    "public.status",
    "applicant.own_case",
    "applicant.mending",
    "applicant.tasks",
    "applicant.lost_links",
    "public.genuine",
    "applicant.leaving",
    "applicant.receipts",
    "public.security",
    "official.deciding",
    "official.decided",
    "official.codes",
    "official.visiting",
    "official.signing",
    "official.originals",
    "official.desk",
    "official.together",
    "official.one_letter",
    "official.opening",
    "applicant.batch",
    "applicant.batch_letter",
    "applicant.batch_list",
    "official.register",
    "official.register_import",
    "applicant.renewal",
    "public.recap",
    "clerk.entry",
    "clerk.desk",
    "clerk.archive",
    "clerk.corrections",
    "clerk.visiting",
    "clerk.mail",
    "clerk.people",
    "clerk.appointing",
    "clerk.changing",
    "clerk.privacy",
    "clerk.erasing",
    "clerk.ahead",
    "clerk.register",
)
"""The modules with pages."""

LIMITS: Final[Mapping[str, tuple[int, timedelta]]] = {
    "draft": (60, timedelta(seconds=10)),
    "data": (240, timedelta(seconds=1)),
    "address": (60, timedelta(seconds=5)),
    "upload": (60, timedelta(seconds=5)),
    "document": (60, timedelta(seconds=5)),
    "link": (20, timedelta(seconds=30)),
    "ticket": (30, timedelta(seconds=10)),
    "paper": (60, timedelta(seconds=2)),
    "health": (2, timedelta(seconds=10)),
}
"""What one client may do at once, and how often after that: begin a draft, send a page of its data, have an address
written to, send a document, have it checked, ask for a link, mistake a ticket, have a paper printed. Wide enough for an
office, or a course, of people behind one address. And how often all strangers together may have ``/sehat`` counted."""

LIMITED: Final[Mapping[str | None, str]] = {
    "apply.begin": "draft",
    "apply.begin_for_other": "draft",
    "renewal.begin": "draft",
    "batch.begin": "link",
    "batch.begin_one": "link",
    "batch.add": "address",
    "batch.remind": "link",
    "batch_letter.accept": "document",
    "batch_list.judge": "document",
    "batch_list.add": "address",
    "register_import.judge": "document",
    "apply.begin_one": "draft",
    "apply.begin_one_for_other": "draft",
    "opening.begin": "draft",
    "parts.part": "data",
    "parts.whole": "data",
    "uploads.receive": "upload",
    "bring.accept": "document",
    "mending.accept": "document",
    "tasks.accept": "document",
    "signing.accept": "document",
    "lost_links.send_link": "link",
    "desk.send_link": "link",
    "clerk_entry.send_link": "link",
    "clerk_entry.send_code": "link",
    "clerk_entry.come_in": "link",
    "codes.send": "link",
    "codes.send_for_desk": "link",
}
"""Which of these a posted form is, by endpoint; a ticket is counted where it turns out to be unknown, a
paper where it is printed, an address where a draft has a new one."""


def create_app(use_cases: UseCases, equipment: Equipment, *, address: str, names: Sequence[str] = BLUEPRINTS) -> Flask:
    """The WSGI application for the services of one office on one engine.

    Args:
        address: public address of the portal, without a slash at the end.
        names: of ``BLUEPRINTS``, those whose pages are wanted; in a rehearsal its own pages come with them.
    """
    office, messages = use_cases.office, read_messages()
    language = read_language(office.calendar)
    access = Access(office.links, secure=address.startswith("https:"))
    app = Flask(__name__, static_url_path=edge.static_address())
    app.url_rule_class, app.jinja_environment = _Rule, _Templates
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = SMALL
    # A redirect to the address with single slashes would be the one that repeats the Host header.
    app.url_map.merge_slashes = False
    app.url_map.converters["service"] = _among(tuple(edition.service for edition in office.services))
    limits = {name: Limit(*size) for name, size in LIMITS.items()}
    app.extensions["portal"] = Here(use_cases, equipment, language, access, address, messages, limits)
    _prepare_templates(app, language)
    app.before_request(lambda: refuse_foreign(request))
    app.before_request(_say_closed)
    app.before_request(lambda: by_its_name(request, address))
    app.before_request(_hold_back)
    app.before_request(limit_body)
    app.after_request(protect)
    app.register_error_handler(errors.PortalError, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, failed)
    for name in (*names, *(["rehearsal"] if equipment.rehearsal else ())):
        app.register_blueprint(import_module(f"portal.web.{name}").pages)
    return app


class _Rule(Rule):
    """Its address is worked out when it is first built.

    Hardly any ever is: the pages' addresses stand in templates as they are. werkzeug would compile two functions for
    each of some 130 rules, which took half the time of making an application.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_builder, compiled = super()._compile_builder, list[Callable[..., tuple[str, str]]]()

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build


class _Templates(Environment):
    """Templates that share what is there for all of them, as it stands.

    Jinja would put a ChainMap before it for each, into which nobody here puts anything, and look all of that through
    in Python at every page, include and import.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


@cache
def _among(services: tuple[str, ...]) -> type[BaseConverter]:
    """Takes a part of an address for a service, where one is called so, before it is taken for anything else."""

    class Among(BaseConverter):
        regex = "|".join(map(re.escape, services))
        weight = BaseConverter.weight - 1

    return Among


def compile_templates(app: Flask, folder: Path) -> None:
    """Lay the templates of an application, as the Python they are compiled to, into the ``web`` folder of a package.

    A function on AWS cannot keep what it compiles, and would take a third of a cold start for it.
    """
    app.jinja_env.compile_templates(folder / COMPILED, zip=None, ignore_errors=False)


def _prepare_templates(app: Flask, language: Language) -> None:
    compiled = Path(__file__).with_name(COMPILED)
    if compiled.is_dir():
        app.jinja_env.loader = ChoiceLoader([ModuleLoader(compiled), DispatchingJinjaLoader(app)])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(batch_behind=_behind, framed=_framed, assets=app.static_url_path)
    app.jinja_env.filters.update(
        date=language.date,
        day=language.day,
        month=language.month,
        time=language.time,
        moment=language.moment,
        number=language.number,
        nip=identity.grouped_nip,
        because=_because,
    )

    @app.context_processor
    def shared() -> dict[str, Any]:
        place = here()
        return {
            "sop": spoken(),
            "services": place.office.services,
            "base": place.office.services.base(present().service),
            "rehearsal": place.equipment.rehearsal is not None,
            "address": place.address,
            "now": now(),
        }


def _say_closed() -> None:
    """A monitor is told more than people are; what pages look like is no data."""
    if (closed := here().equipment.closed) and request.endpoint not in ("static", "status.health"):
        raise errors.Unavailable(closed)


def _because(reason: Mapping[str, Any]) -> str:
    """What a forecast rests on (``progress.reasons``), in words."""
    return because(reason, here().messages["forecast"])


def _framed(name: str, active: str) -> Markup:
    """A part of the frame of every page, made once for each service and place that it marks."""
    return here().frames.of((name, g.get("service"), active), spoken(), lambda: _made(name, active))


def _made(name: str, active: str) -> Markup:
    return Markup(render_template(name, active=active))  # noqa: S704 - a template of ours, which escapes itself


def _behind(draft: Draft) -> str:
    """Address of the batch from whose page this browser has opened a draft, or empty."""
    from portal.web.applicant.drafts import behind

    return behind(draft)


def _hold_back() -> None:
    if request.method == "POST" and request.endpoint in LIMITED:
        limit = here().limits[LIMITED[request.endpoint]]
        if seconds := limit.take(asker(), now()):
            raise TooManyRequests(retry_after=seconds)
