"""What the acknowledgement of an application says, whoever holds it: the draft it came from, or its own link."""

from typing import Any

from portal.core.application import Application
from portal.web.here import here


def acknowledged(application: Application) -> dict[str, Any]:
    """What ``acknowledgement.html`` shows."""
    words = here().office.words_of(application)
    field = words.sop.applicant["office"]
    status_address = f"{here().address}/status/{application.ticket}"
    return {
        "application": application,
        "edition": words.sop,
        "submitted": application.events[0].at,
        "name": application.value("name", words.sop),
        "office": words.form.label(field, application.value("office", words.sop)),
        "office_label": words.form.fields[field].label,
        "status_address": status_address,
        "qr_code": here().equipment.qr(status_address),
    }
