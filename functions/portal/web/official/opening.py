"""An official begins a service for somebody, from his desk; the further steps of the draft are as for anybody."""

from functools import partial
from typing import Any

from flask import Blueprint, request

from portal.core.errors import NotFound
from portal.web import fields
from portal.web.applicant.apply import begun
from portal.web.here import here, now, turn_to
from portal.web.official.opened import DESK, at_desk, sent_from_desk

pages = Blueprint("opening", __name__)


@pages.route("/meja/buka/<service:service>", methods=["GET", "POST"])
def begin(service: str) -> Any:
    """The form of a service that whoever has this desk begins.

    Raises:
        LinkForged: no desk is open here. NotFound: not a service that this person begins (``service_unknown``).
    """
    email = at_desk()["r"].lower()
    if service not in {sop.service for sop in here().cases.opens(email)}:
        raise NotFound("service_unknown", key=service)
    if request.method == "POST":
        sent_from_desk()
    turn_to(service)
    form = here().office.words(service).form
    fixed, token = fields.filled_by(form, other=False) or {}, here().access.csrf(DESK, now())
    return begun(form, fixed, partial(here().intake.start, service, opened_by=email), token)
