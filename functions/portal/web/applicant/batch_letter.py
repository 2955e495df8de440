"""The one letter of a batch: brought once, by whoever fills in for several, as any other document is (``cards``)."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template

from portal.core.draft import Draft
from portal.web import cards
from portal.web.applicant.batch import csrf, own, path

pages = Blueprint("batch_letter", __name__)


@pages.get("/usulan/<id>/surat")
def show(id: str) -> str:
    return _page(own(id), {})


@pages.get("/usulan/<id>/surat/<kind>/terunggah")
def arrived(id: str, kind: str) -> str:
    return cards.arrived(own(id), kind, _base(id), csrf())


@pages.post("/usulan/<id>/surat/<kind>")
def accept(id: str, kind: str) -> Any:
    batch = own(id)
    return cards.accept(batch, kind, _base(id), csrf(), lambda refusals: _page(batch, refusals))


@pages.get("/usulan/<id>/surat/<kind>")
def seen_again(id: str, kind: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(_base(own(id).id), 303)


@pages.post("/usulan/<id>/surat/<kind>/hapus")
def remove(id: str, kind: str) -> Any:
    return cards.remove(own(id), kind, _base(id))


@pages.post("/usulan/<id>/surat/<kind>/halaman")
def arrange(id: str, kind: str) -> Any:
    return cards.arrange(own(id), kind, _base(id))


@pages.get("/usulan/<id>/surat/<kind>/gambar/<int:page>.jpg")
def picture(id: str, kind: str, page: int) -> Response:
    return cards.picture(own(id), kind, page)


@pages.get("/usulan/<id>/surat/<kind>/lihat")
def view(id: str, kind: str) -> Response:
    return cards.view(own(id), kind)


@pages.get("/usulan/<id>/surat/unduh/<file>")
def filled_in(id: str, file: str) -> Response:
    return cards.filled_in(own(id), file)


def _base(id: str) -> str:
    return f"{path(id)}/surat"


def _page(batch: Draft, refusals: Mapping[str, cards.Explained]) -> str:
    return render_template(
        "batch/letter.html",
        path=path(batch.id),
        cards=cards.document_cards(batch, _base(batch.id), csrf(), refusals),
        refused=bool(refusals),
    )
