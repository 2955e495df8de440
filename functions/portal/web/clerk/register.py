"""The registers of what has been issued, for a clerk to read: who keeps them records what happens to an entry."""

from typing import Any, Final

from flask import Blueprint, redirect, render_template

from portal.web.clerk.entry import csrf, reader, sent_by_reader
from portal.web.here import here, turn_to
from portal.web.official import register

pages = Blueprint("clerk_register", __name__)

PATH: Final = "/petugas/register"


@pages.get(PATH)
def registers() -> Any:
    """The one of each service; the only one at once."""
    reader()
    services = list(here().office.services)
    if len(services) == 1:
        return redirect(f"{PATH}/{services[0].service}", 303)
    return render_template("official/registers.html", kept=services, above=PATH)


@pages.get(f"{PATH}/<service:service>")
def show(service: str) -> str:
    reader()
    return register.listed(service, _common(service))


@pages.post(f"{PATH}/<service:service>")
def search(service: str) -> str:
    """Posted, so that no name stays in an address."""
    sent_by_reader()
    return register.found_in(service, _common(service))


@pages.get(f"{PATH}/<service:service>/entri/<id>")
def entry(service: str, id: str) -> str:
    reader()
    kept = here().office.records.certificate(service, id)
    return render_template(
        "official/entry.html",
        **_common(service),
        **register.told(kept),
        choices=[],
        own=False,
        findings=[],
        tried="",
        just_done=False,
    )


def _common(service: str) -> dict[str, Any]:
    turn_to(service)
    return register.common(f"{PATH}/{service}", csrf(), keeps=False)
