"""Who serves in which role of which service, now, soon or before, for a clerk; and what is not in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Final

from flask import Blueprint, render_template, request

from portal.core.errors import NotFound
from portal.core.officials import Official
from portal.core.parts import Visit
from portal.web.clerk.entry import csrf, reader
from portal.web.here import here

pages = Blueprint("clerk_people", __name__)

PATH: Final = "/petugas/pejabat"


@dataclass(frozen=True)
class Post:
    """A role of a service, and everybody ever appointed to it; ``serving`` today, ``coming`` later, ``gone`` before."""

    service: str
    role: str
    label: str
    product: str
    serving: Sequence[Official]
    coming: Sequence[Official]
    gone: Sequence[Official]


@pages.get(PATH)
def show() -> str:
    reader()
    troubles = [(trouble, post_label(trouble.service, trouble.role)) for trouble in here().appointing.check()]
    return render_template(
        "clerk/people.html",
        posts=_posts(),
        troubles=troubles,
        errors=here().messages["errors"],
        mark=mark_of,
        today=here().office.today(),
        done=request.args.get("selesai", ""),
    )


@pages.get(f"{PATH}/<id>")
def one(id: str) -> str:
    reader()
    return official_page(official_of(id))


def official_page(official: Official, **shown: object) -> str:
    """One appointment, what was done about it, and what can be; ``shown``: what came back of a form (``values``)."""
    return render_template(
        "clerk/official.html",
        **{"findings": [], "values": {}, "deed": "", **shown},
        official=official,
        mark=mark_of(official),
        label=post_label(official.service, official.role),
        others=[each for each in same_person(official) if each != official],
        label_of=lambda each: post_label(each.service, each.role),
        today=here().office.today(),
        visit=visit_of(official),
        deeds=here().messages["clerk"]["deeds"],
        csrf=csrf(),
    )


def mark_of(official: Official) -> str:
    """Tells an appointment from others in an address, and says nothing of whose it is."""
    return sha256("\n".join(map(str, (*official.post, official.since))).encode()).hexdigest()[:16]


def official_of(mark: str) -> Official:
    """Raises NotFound (``official_unknown``)."""
    for official in here().office.records.officials():
        if mark_of(official) == mark:
            return official
    raise NotFound("official_unknown")


def same_person(official: Official) -> list[Official]:
    """All appointments of that person that are not over."""
    today = here().office.today()
    every = [each for each in here().office.records.officials() if each.email.lower() == official.email.lower()]
    return [each for each in every if each.until is None or each.until >= max(today, each.since or today)]


def visit_of(official: Official) -> Visit | None:
    """The visits that whoever holds this office receives, if there are any."""
    if official.service not in here().office.services:
        return None
    sop = here().office.services[official.service]
    return next((step.visit for step in sop.steps if step.visit and official.role in sop.acting(step.role)), None)


def post_label(service: str, role: str) -> str:
    """Its title, and of which of several services; the bare keys of what is no more."""
    label, product = _named(service, role)
    return label if len(here().office.services) == 1 else f"{label} – {product}"


def offered() -> list[tuple[str, str]]:
    """Service and role of every office that somebody can be appointed to."""
    return list(dict.fromkeys(_roles()))


def _roles() -> Iterator[tuple[str, str]]:
    for sop in here().office.services:
        for step in sop.steps:
            yield from ((sop.service, role) for role in sop.acting(step.role) if role != sop.applying.key)


def _posts() -> list[Post]:
    officials = here().office.records.officials()
    older = [(official.service, official.role) for official in officials]
    held = {key: list(found) for key, found in groupby(sorted(officials, key=_post), key=_post)}
    return [_told(*post, held.get(post, [])) for post in dict.fromkeys([*offered(), *older])]


def _post(official: Official) -> tuple[str, str]:
    return official.service, official.role


def _told(service: str, role: str, held: Sequence[Official]) -> Post:
    today, (label, product) = here().office.today(), _named(service, role)
    return Post(
        service,
        role,
        label,
        product,
        serving=[official for official in held if official.serves(today)],
        coming=[o for o in held if o.since and o.since > today and not o.is_cancelled],
        gone=[o for o in held if o.is_cancelled or (o.until and o.until < today)],
    )


def _named(service: str, role: str) -> tuple[str, str]:
    services = here().office.services
    try:
        return services[service].role(role).label, services[service].data["product"]
    except NotFound:  # a role, or a service, that is no more
        return role, service
