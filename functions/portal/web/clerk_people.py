"""Who serves in which role of which service, now, soon or before, for a clerk."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, render_template

from portal.core.errors import NotFound
from portal.core.notices import Official
from portal.web.clerk_entry import csrf, reader
from portal.web.here import here

pages = Blueprint("clerk_people", __name__)


@dataclass(frozen=True)
class Post:
    """A role of a service, and everybody ever appointed to it; ``serving`` today, ``coming`` later, ``gone`` before."""

    label: str
    product: str
    serving: Sequence[Official]
    coming: Sequence[Official]
    gone: Sequence[Official]


@pages.get("/petugas/pejabat")
def show() -> str:
    reader()
    return render_template("clerk/people.html", posts=_posts(), csrf=csrf())


def _posts() -> list[Post]:
    officials = here().office.records.officials()
    roles = [
        (sop.service, role)
        for sop in here().office.services
        for step in sop.steps
        for role in sop.acting(step.role)
        if role != sop.applying.key
    ]
    older = [(official.service, official.role) for official in officials]
    wanted = dict.fromkeys([*roles, *older])
    held = {key: list(found) for key, found in groupby(sorted(officials, key=_post), key=_post)}
    return [_told(service, role, held.get((service, role), [])) for service, role in wanted]


def _post(official: Official) -> tuple[str, str]:
    return official.service, official.role


def _told(service: str, role: str, held: Sequence[Official]) -> Post:
    today, services = here().office.today(), here().office.services
    try:
        label, product = services[service].role(role).label, services[service].data["product"]
    except NotFound:  # a role, or a service, that is no more
        label, product = role, service
    return Post(
        label,
        product,
        serving=[official for official in held if official.serves(today)],
        coming=[official for official in held if official.since and official.since > today],
        gone=[official for official in held if official.until and official.until < today],
    )
