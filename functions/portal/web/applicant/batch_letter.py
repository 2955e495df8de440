"""The one letter of a batch: brought once, by whoever fills in for several, as any other document is (``cards``)."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template

from portal.core.draft import Draft
from portal.web import cards
from portal.web.applicant.batch import csrf, own, path
from portal.web.card_routes import Place, documents

pages = Blueprint("batch_letter", __name__)


@pages.get("/usulan/<id>/surat")
def show(id: str) -> str:
    return _page(own(id), {})


@pages.get("/usulan/<id>/surat/<kind>")
def seen_again(id: str, kind: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(_base(own(id).id), 303)


@documents(pages, "/usulan/<id>/surat")
def _place(id: str, changes: bool) -> Place:
    batch = own(id)
    return Place(batch, _base(id), csrf(), lambda refusals: _page(batch, refusals))


def _base(id: str) -> str:
    return f"{path(id)}/surat"


def _page(batch: Draft, refusals: Mapping[str, cards.Explained]) -> str:
    return render_template(
        "batch/letter.html",
        path=path(batch.id),
        cards=cards.document_cards(batch, _base(batch.id), csrf(), refusals),
        refused=bool(refusals),
    )
