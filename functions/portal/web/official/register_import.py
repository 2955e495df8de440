"""Importing what was issued before the portal: a table is sent, shown as it would be taken in, and then taken in whole.

Nothing is kept between the two: the page carries the table, and it is judged anew.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from portal.core.errors import Conflict, DocumentRefused
from portal.importing import Importing, Plan, Rows, as_csv
from portal.tables import read
from portal.web.here import here, now
from portal.web.official.opened import DESK, sent_from_desk
from portal.web.official.register import keeper_of, path
from portal.web.refusals import explain

pages = Blueprint("register_import", __name__)


@pages.get("/meja/register/<service:service>/impor")
def ask(service: str) -> str:
    keeper_of(service)
    return _page(service)


@pages.post("/meja/register/<service:service>/impor")
def judge(service: str) -> Any:
    """What would come of the table; nothing is kept yet."""
    keeper_of(service)
    sent_from_desk()
    sent = request.files.get("berkas")
    try:
        rows = read(sent.read() if sent else b"")
    except DocumentRefused as refused:
        return _page(service, refusal=explain(refused.code, refused.facts)), 422
    plan = _importing().plan(service, rows)
    return _page(service, plan, rows), 422 if plan.problems else 200


@pages.post("/meja/register/<service:service>/impor/catat")
def take_in(service: str) -> Any:
    keeper_of(service)
    sent_from_desk()
    rows = read(request.form.get("isi", "").encode())
    plan = _importing().plan(service, rows)
    if plan.problems:
        return _page(service, plan, rows), 422
    added = len(plan.new)
    try:
        _importing().take_in(plan)
    except Conflict:  # the other click of a double click was faster, or another person; what is left is shown
        plan = _importing().plan(service, rows)
        if plan.new:
            return _page(service, plan, rows), 409
        added = 0
    return redirect(f"{path(service)}/impor?tercatat={len(plan.new) + plan.known + plan.resumed}&baru={added}", 303)


@pages.get("/meja/register/<service:service>/impor/catat")
def ask_again(service: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(f"{path(service)}/impor", 303)


def _importing() -> Importing:
    return Importing(here().register)


def _page(service: str, plan: Plan | None = None, rows: Rows = (), refusal: Any = None) -> str:
    asked = here().register.schemas["entry"]
    return render_template(
        "official/register_import.html",
        path=path(service),
        csrf=here().access.csrf(DESK, now()),
        columns=[(field["title"], name in asked["required"]) for name, field in asked["properties"].items()],
        plan=plan,
        table=as_csv(rows),
        refusal=refusal,
        just_done="tercatat" in request.args,
        there=request.args.get("tercatat", 0, int),
        added=request.args.get("baru", 0, int),
    )
