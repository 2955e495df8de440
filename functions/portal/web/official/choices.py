"""What an official may choose between: the decisions on offer now, each with its own fields, and those to come.

Decides nothing and has no words of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.errors import Finding
from portal.core.parts import ActionText
from portal.forms.form import Field
from portal.forms.wording import Words
from portal.usecases.cases import OfficialView
from portal.web import fields


@dataclass(frozen=True)
class Choice:
    """One decision on offer, with its own fields; what came back with findings is ``open`` and keeps what was typed."""

    action: str
    text: ActionText
    title: str
    fields: tuple[Field, ...]
    values: Mapping[str, Any]
    errors: Mapping[str, str]
    open: bool


@dataclass(frozen=True)
class Later:
    """A decision that is not on offer yet: its ``label``, and from when on it is; ``all_day``: from that day on."""

    label: str
    at: datetime
    all_day: bool


def to_come(view: OfficialView, now: datetime) -> list[Later]:
    """What will be on offer once the visit's time has come, soonest first."""
    application = view.application
    found = []
    for key in view.actions:
        opens = application.opens_at(key, view.sop)
        if opens and now < opens:
            label = view.sop.action(application.step, key).label
            found.append(Later(label, opens, opens != application.slot))
    return sorted(found, key=lambda later: later.at)


def offered(
    view: OfficialView,
    action: str,
    raw: Mapping[str, Any],
    findings: Iterable[Finding],
    now: datetime,
) -> list[Choice]:
    """The choices of a page; what is a matter of time only once it has come (see ``to_come``).

    Args:
        action: the one that was tried; ``raw`` what was typed for it, and ``findings`` what was wrong. Empty at first.
    """
    open_now = [key for key in view.actions if now >= (view.application.opens_at(key, view.sop) or now)]
    # A way out that stands alone is there for the rare case: nobody is to be led to it.
    led_to = open_now[0] if len(open_now) == 1 and open_now != ["reject"] else ""
    return [
        choice(view, key, raw if key == action else None, findings, is_open=key in (action, led_to)) for key in open_now
    ]


def choice(
    view: OfficialView, action: str, raw: Mapping[str, Any] | None, findings: Iterable[Finding], *, is_open: bool
) -> Choice:
    """One decision of a case with its fields; ``raw`` is None where it was not tried."""
    return asked(view.words, view.application.step, action, raw, findings, is_open=is_open)


def asked(
    words: Words,
    step: str,
    action: str,
    raw: Mapping[str, Any] | None,
    findings: Iterable[Finding],
    *,
    is_open: bool,
) -> Choice:
    """The same of whatever cases are at this step."""
    form, tried = words.decision_form(step, action), raw is not None
    return Choice(
        action=action,
        text=words.sop.action(step, action),
        title=form.sections[0].title,
        fields=tuple(field for field in form.fields.values() if field.widget != "hidden"),
        values=fields.as_typed(form, raw, form.clean(raw)) if raw is not None else {},
        errors={finding.field: finding.message for finding in findings} if tried else {},
        open=is_open,
    )
