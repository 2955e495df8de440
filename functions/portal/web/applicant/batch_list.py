"""Colleagues as a list, pasted or from a spreadsheet: shown line by line as it would be added, and then added whole.

Nothing is kept between the two: the page carries the list, and it is judged anew.
"""

from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request

from portal.core.draft import Draft
from portal.core.errors import DocumentRefused
from portal.importing import as_csv
from portal.tables import read, written
from portal.usecases.batches import MOST
from portal.usecases.roster import Reader, Roster, Rows
from portal.web import fields
from portal.web.allowed import must_be_allowed_to_write_to
from portal.web.applicant.batch import csrf, own, path
from portal.web.here import here, present
from portal.web.refusals import explain

pages = Blueprint("batch_list", __name__)

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/usulan/<id>/daftar")
def ask(id: str) -> str:
    return _page(own(id))


@pages.post("/usulan/<id>/daftar")
def judge(id: str) -> Any:
    """What would come of the list (field ``daftar``, or the file ``berkas``); nothing is kept yet."""
    batch = own(id)
    sent, typed = request.files.get("berkas"), request.form.get("daftar", "")
    content = sent.read() if sent and sent.filename else typed.encode()
    try:
        rows = read(content)
    except DocumentRefused as refused:
        return _page(batch, typed=typed, refusal=explain(refused.code, refused.facts)), 422
    roster = _reader(batch).read(rows)
    shown = typed if content == typed.encode() else as_csv(rows)
    return _page(batch, roster, rows, shown), 422 if roster.wrong else 200


@pages.post("/usulan/<id>/daftar/tambah")
def add(id: str) -> Any:
    """Everybody on the list, or nobody; who is there already is passed over, so that twice is once."""
    batch, typed = own(id), request.form.get("daftar", "")
    try:
        rows = read(typed.encode())
    except DocumentRefused as refused:
        return _page(batch, typed=typed, refusal=explain(refused.code, refused.facts)), 422
    roster = _reader(batch).read(rows)
    if roster.wrong or len(batch.members) + len(roster.people) > MOST:
        return _page(batch, roster, rows, typed), 422
    if roster.people:
        must_be_allowed_to_write_to([each[present().applicant["email"]] for each in roster.people])
        here().batches.add(batch, roster.people)
    return redirect(f"{path(id)}#pegawai", 303)


@pages.get("/usulan/<id>/daftar/tambah")
def seen_again(id: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(f"{path(own(id).id)}/daftar", 303)


@pages.get("/usulan/<id>/daftar/contoh.xlsx")
def empty(id: str) -> Response:
    """A spreadsheet with our headings, to be filled in."""
    own(id)
    content = written([words[0] for words in present().batch["columns"].values()], [])
    headers = {"Content-Disposition": 'attachment; filename="daftar-pegawai.xlsx"'}
    return Response(content, mimetype=XLSX, headers=headers)


def _reader(batch: Draft) -> Reader:
    form, sop = here().office.words(batch.service).form, present()
    carried = {**here().batches.begins_with(batch), **(fields.filled_by(form, other=True) or {})}
    there = {member.email for member in here().batches.members(batch)}
    return Reader(sop, form, carried, there, here().messages["batch"], here().office.today())


def _page(batch: Draft, roster: Roster | None = None, rows: Rows = (), typed: str = "", refusal: Any = None) -> str:
    sop = present()
    needed = (sop.applicant["name"], sop.applicant["email"])
    return render_template(
        "batch/list.html",
        path=path(batch.id),
        csrf=csrf(),
        columns=[(words[0], name in needed) for name, words in sop.batch["columns"].items()],
        roster=roster,
        name=needed[0],
        email=needed[1],
        carried=as_csv(rows) if rows else "",
        typed=typed,
        refusal=refusal,
        room=MOST - len(batch.members),
    )
