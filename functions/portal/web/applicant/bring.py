"""The applicant's way in, step 2: the documents he brings, as a list of tasks (``cards``)."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template

from portal.core.draft import Draft
from portal.web import cards
from portal.web.applicant.drafts import csrf, open_draft
from portal.web.here import here

pages = Blueprint("bring", __name__)


@pages.get("/ajukan/<draft>/berkas")
def show(draft: str) -> str:
    return _documents_page(open_draft(draft), {})


@pages.get("/ajukan/<draft>/berkas/<kind>/terunggah")
def arrived(draft: str, kind: str) -> str:
    kept = open_draft(draft)
    return cards.arrived(kept, kind, _base(kept), csrf())


@pages.post("/ajukan/<draft>/berkas/<kind>")
def accept(draft: str, kind: str) -> Any:
    kept = open_draft(draft)
    return cards.accept(kept, kind, _base(kept), csrf(), lambda refusals: _documents_page(kept, refusals))


@pages.post("/ajukan/<draft>/berkas/<kind>/hapus")
def remove(draft: str, kind: str) -> Any:
    kept = open_draft(draft)
    return cards.remove(kept, kind, _base(kept))


@pages.post("/ajukan/<draft>/berkas/<kind>/halaman")
def arrange(draft: str, kind: str) -> Any:
    kept = open_draft(draft)
    return cards.arrange(kept, kind, _base(kept))


@pages.get("/ajukan/<draft>/berkas/<kind>/gambar/<int:page>.jpg")
def picture(draft: str, kind: str, page: int) -> Response:
    return cards.picture(open_draft(draft), kind, page)


@pages.get("/ajukan/<draft>/berkas/<kind>/lihat")
def view(draft: str, kind: str) -> Response:
    return cards.view(open_draft(draft), kind)


@pages.get("/ajukan/<draft>/berkas/unduh/<file>")
def filled_in(draft: str, file: str) -> Response:
    return cards.filled_in(open_draft(draft), file)


def _base(draft: Draft) -> str:
    return f"/ajukan/{draft.id}/berkas"


def _documents_page(draft: Draft, refusals: Mapping[str, cards.Explained]) -> str:
    rehearsal = here().equipment.rehearsal
    return render_template(
        "apply/documents.html",
        draft=draft,
        cards=cards.document_cards(draft, _base(draft), csrf(), refusals),
        samples=rehearsal.props[draft.service]["samples"] if rehearsal else (),
        refused=bool(refusals),
        letters=[label for label, each in here().intake.sop_of(draft).brought(draft.documents) if draft.shares(each)],
    )
