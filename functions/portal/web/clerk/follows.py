"""What follows from an appointment or a change of one: told to the clerk first, and done once it was told.

It may have changed meanwhile; then it is told anew.
"""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final

from flask import redirect, render_template, request

from portal.core.appointments import Amendment
from portal.core.clerks import Clerk
from portal.core.errors import Finding, NotAllowed, PortalError
from portal.forms import typed
from portal.web.clerk.desk import days_of_visits
from portal.web.clerk.entry import csrf
from portal.web.clerk.people import PATH, post_label, visit_of
from portal.web.here import here
from portal.web.refusals import explain

SEEN: Final = "akibat"
BACK: Final = "kembali"

FIELDS: Final = {
    "appointment_nameless": "nama",
    "appointment_number": "nip",
    "appointment_email": "email",
    "appointment_decree": "surat",
    "appointment_endless": "sampai",
    "appointment_past": "sampai",
    "appointment_overlaps": "mulai",
    "successor_wanted": "",
    "appointment_begun": "",
    "post_wanted": "jabatan",
    "capacity_unreadable": "sekaligus",
}
"""Where on the form a refusal belongs; one of several days names its field itself."""

LONGEST: Final = 200


def settle(made: Sequence[Amendment], clerk: Clerk | None, back: str, values: dict[str, Any]) -> Any:
    """Told what follows, or done if that was told and still is so; done twice is done once."""
    done = f"{PATH}?selesai={made[0].what if made else ''}"
    if all(amendment.changes_nothing for amendment in made):
        return redirect(done, 303)
    outlook = here().appointing.outlook(made)
    seen = sha256(repr(outlook).encode()).hexdigest()[:16]
    if clerk and request.form.get(SEEN) == seen:
        here().appointing.carry_out(made, clerk)
        return redirect(done, 303)
    return render_template(
        "clerk/follows.html",
        outlook=outlook,
        label_of=lambda official: post_label(official.service, official.role),
        today=here().office.today(),
        visits=_visits_on_leave(made),
        typed=[(name, each) for name, said in values.items() for each in ([said] if isinstance(said, str) else said)],
        changed=bool(clerk),
        seen=seen,
        back=back,
        csrf=csrf(),
    )


def _visits_on_leave(made: Sequence[Amendment]) -> list[date]:
    """The day of each visit that is agreed for days of an absence, in the offices that receive visitors."""
    return sorted(each for amendment in made for each in _visits_during(amendment))


def _visits_during(absence: Amendment) -> list[date]:
    official = absence.after
    if absence.what != "absent" or absence.back is None or visit_of(official) is None:
        return []
    standings = [each for each in here().watch.standings() if each.service == official.service]
    return [each for each in days_of_visits(standings) if absence.day <= each < absence.back]


def typed_fields() -> dict[str, str]:
    names = [name for name in request.form if name not in ("csrf", SEEN, BACK)]
    return {name: typed.one_line(request.form[name])[:LONGEST] for name in names}


def day(name: str) -> date | PortalError | None:
    text = typed.day(typed.one_line(request.form.get(name, "")))
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return NotAllowed("day_unreadable", field=name)


def findings_of(refused: Sequence[PortalError]) -> list[Finding]:
    """Each of them once, though several offices may be refused for the same reason."""
    found = [
        Finding(str(fault.facts.get("field", "")) or FIELDS[fault.code], explain(fault.code, fault.facts)["sentence"])
        for fault in refused
    ]
    return list(dict.fromkeys(found))
