"""Is this email yours? For anybody who holds an email, and its code."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.exceptions import TooManyRequests

from portal.core.errors import NotFound
from portal.web.here import asker, here, now
from portal.web.refusals import explain

pages = Blueprint("genuine", __name__)


@pages.get("/cek-email")
def ask() -> Any:
    """The form; ``?kode=`` is what somebody typed. Whatever is wrong with a code, the answer is the same."""
    typed = request.args.get("kode", "").strip()
    found = refusal = None
    if typed:
        limit, client = here().limits["ticket"], asker()
        if seconds := limit.wait(client, now()):
            raise TooManyRequests(retry_after=seconds)
        try:
            found = here().genuine.check(typed)
        except NotFound as unknown:
            limit.take(client, now())
            refusal = explain(unknown.code, unknown.facts)
    page = render_template("genuine.html", typed=typed[:40], found=found, refusal=refusal)
    return page, 404 if refusal else 200
