"""Erasing what is kept about one person: what will go, what stays and why; and only then, with a reason, done."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core.erasing import Ground
from portal.core.errors import Finding
from portal.forms.typed import one_line
from portal.usecases.dossiers import Dossier
from portal.web.clerk.entry import csrf, sent_by_reader
from portal.web.clerk.privacy import PATH, who
from portal.web.here import here
from portal.web.refusals import explain

pages = Blueprint("clerk_erasing", __name__)

GROUND: Final = "dasar"
REASON: Final = "alasan"
SURE: Final = "pasti"

FIELDS: Final = {"reason_missing": REASON, "reason_tells_who": REASON, "nothing_to_erase": GROUND, "erase_unsure": SURE}
"""At which field a refusal is told."""


@pages.post(f"{PATH}/hapus")
def ask() -> Any:
    """Field ``siapa``. Nothing is erased yet."""
    sent_by_reader()
    dossier = here().dossiers.find(who())
    return redirect(PATH, 303) if _is_gone(dossier) else _page(dossier)


@pages.post(f"{PATH}/hapus/laksanakan")
def erase() -> Any:
    """Fields ``siapa``, ``dasar`` (why before its term, where that is needed), ``alasan`` and ``pasti``."""
    clerk, dossier = sent_by_reader(), here().dossiers.find(who())
    if _is_gone(dossier):  # by the same click before
        return redirect(f"{PATH}?dihapus", 303)
    typed = {name: one_line(request.form.get(name, ""))[:500] for name in (GROUND, REASON, SURE)}
    ground = Ground(typed[GROUND]) if typed[GROUND] in set(Ground) else None
    lacks = [*here().erasing.lacks(dossier, ground, typed[REASON]), *([] if typed[SURE] else ["erase_unsure"])]
    if lacks:
        return _page(dossier, [Finding(FIELDS[code], explain(code, {})["sentence"]) for code in lacks], typed), 422
    here().erasing.erase(dossier, ground, typed[REASON], clerk.as_actor(here().corrections.title))
    return redirect(f"{PATH}?dihapus", 303)


@pages.get(f"{PATH}/hapus")
@pages.get(f"{PATH}/hapus/laksanakan")
def ask_again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(PATH, 303)


def _is_gone(dossier: Dossier) -> bool:
    return not (dossier.cases or dossier.drafts or dossier.certificates)


def _page(dossier: Dossier, findings: Sequence[Finding] = (), typed: Mapping[str, str] = MappingProxyType({})) -> str:
    plan, words = here().erasing.plan(dossier), here().messages["erasing"]
    early = {ground for item in plan if item.verdict.stays is None for ground in item.verdict.grounds}
    choices = [{"value": ground, "label": words["grounds"][ground]} for ground in Ground if ground in early]
    return render_template(
        "clerk/erase.html",
        who=who(),
        going=[(item, here().office.services[item.service]) for item in plan if item.verdict.stays is None],
        staying=[(item, here().office.services[item.service]) for item in plan if item.verdict.stays],
        officials=dossier.officials,
        words=words,
        needs_ground=not any(item.verdict.allows(None) for item in plan),
        choices=[choice for choice in choices if choice["value"] != Ground.OVER],
        over=Ground.OVER,
        findings=findings,
        typed=typed,
        csrf=csrf(),
    )
