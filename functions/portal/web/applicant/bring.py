"""The applicant's way in, step 2: the documents he brings, as a list of tasks (``cards``)."""

from collections.abc import Mapping

from flask import Blueprint, render_template

from portal.core.draft import Draft
from portal.web import cards
from portal.web.applicant.drafts import csrf, open_draft
from portal.web.card_routes import Place, documents
from portal.web.here import here

pages = Blueprint("bring", __name__)


@pages.get("/ajukan/<draft>/berkas")
def show(draft: str) -> str:
    return _documents_page(open_draft(draft), {})


@documents(pages, "/ajukan/<draft>/berkas")
def _place(draft: str, changes: bool) -> Place:
    kept = open_draft(draft)
    return Place(kept, _base(kept), csrf(), lambda refusals: _documents_page(kept, refusals))


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
