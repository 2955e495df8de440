"""The documents of a draft as a list of tasks: what is there, what is missing, and the form that sends it.

Shared by the pages on which an applicant applies and those on which he mends; knows neither's addresses.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from flask import Response, redirect, render_template, request
from werkzeug.exceptions import TooManyRequests

from portal.core.draft import Document, Draft, requirement_of
from portal.core.errors import DocumentRefused, LinkExpired, LinkForged, NotAllowed, NotFound, Unavailable
from portal.core.requirements import Requirement
from portal.engines.ports import UploadForm
from portal.forms.typed import one_line
from portal.usecases.bringing import MOST_PHOTOS
from portal.web import files
from portal.web.answers import allow_store
from portal.web.case import doubts
from portal.web.here import asker, here, now
from portal.web.refusals import explain

Explained = Mapping[str, Any]

PDF: Final = "application/pdf"
ANY: Final = f"{PDF},image/*"
"""What a signed letter has to be, and what any other document may be."""

PICTURE: Final = 160
"""Pixels that the small picture of a document is wide."""

PATIENCE: Final = 12.0
"""Seconds that a person without JavaScript waits for a busy checker, once he is near the front, before he is told."""

SCRIPT_PATIENCE: Final = 3.0
"""The same of a script, which asks again by itself: so often a person hears his number."""

AGAIN: Final = 3
"""Seconds after which to ask again, where nobody can say better."""

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True)
class Card:
    """One document, as ``apply/_card.html`` shows it.

    Attributes:
        state: missing, received or replace; or spare: there may be a file, and need not be.
        refusal: why the file sent last was not taken (``refusals.explain``), or None.
        note: the official's words about it, when it is to be mended.
        kind: of its file (``core.requirements``); ``label`` what that is called.
        types: media types that are taken here.
        warnings: what was measured in the file that may make it hard to read, in words.
        more: the form for a further photo of it, or None; ``more_finish`` as ``finish``.
        papers: what may be printed and signed to become this document, each as (paper, the official form or None).
        base: address of all the cards; that of this one is ``base/<key>``.
    """

    requirement: Requirement
    kind: str
    label: str
    state: str
    document: Document | None
    received_at: datetime | None
    refusal: Explained | None
    note: str
    upload: UploadForm
    finish: str
    base: str
    csrf: str
    max_bytes: int
    types: str = ANY
    papers: Sequence[tuple[Any, Any]] = ()
    warnings: Sequence[str] = ()
    more: UploadForm | None = None
    more_finish: str = ""

    @property
    def key(self) -> str:
        return self.kind

    @property
    def address(self) -> str:
        return f"{self.base}/{self.key}"


def document_cards(
    draft: Draft,
    base: str,
    csrf: str,
    refusals: Mapping[str, Explained] = _NONE,
    notes: Mapping[str, str] = _NONE,
    only: str = "",
) -> list[Card]:
    """The cards of a draft's documents; of a mending draft only those to be mended.

    Args:
        base: path of the page's documents, such as ``/ajukan/<draft>/berkas``. Below it the page answers
            ``POST <base>/<kind>`` (``accept``) and ``GET <base>/<kind>/terunggah``, both with ``selesai``,
            ``POST <base>/<kind>/hapus``, ``GET <base>/<kind>/lihat`` (``view``), ``GET <base>/<kind>/gambar/1.jpg``
            (``picture``), ``POST <base>/<kind>/halaman`` (``arrange``) and ``GET <base>/unduh/<file>`` (``filled_in``).
        refusals: by kind, why the file sent just now was not taken.
        notes: by kind, what an official says about it; such a document is to be replaced, not merely missing.
        only: kind of a file; nothing but the cards of its document is wanted. Empty: all are.
    """
    return [
        _card(draft, requirement, kind, base, csrf, refusals.get(kind), notes.get(requirement.key, ""))
        for requirement in here().intake.asked(draft)
        if not only or requirement.key == requirement_of(only)
        for kind in _places(draft, requirement)
    ]


def find(cards: list[Card], kind: str) -> Card:
    """The card of one document. Raises NotFound (``document_unknown``)."""
    for card in cards:
        if card.key == kind:
            return card
    raise NotFound("document_unknown")


def accept(draft: Draft, kind: str, base: str, csrf: str, page: Callable[[Mapping[str, Explained]], str]) -> Any:
    """The browser reports that a file has arrived (fields ``selesai`` and ``name``).

    A script is answered with the card anew; a person with the page: again with the refusal in it, or by a redirect.
    While the file cannot be looked at, a script is told why in a line, and when to ask again; a person on a page with
    the button for it.

    Args:
        page: the whole page, given the refusals by kind.

    Raises:
        NotAllowed: the report is not ours (``form_foreign``).
        NotFound: no such document (``document_unknown``).
    """
    card = find(document_cards(draft, base, csrf, only=kind), kind)
    waits_itself = "X-Requested-With" in request.headers
    try:
        refusal, status = _accept(draft, SCRIPT_PATIENCE if waits_itself else PATIENCE)
    except Unavailable as busy:
        here().limits["document"].give_back(asker())
        told, finish = explain(busy.code, busy.facts), request.values.get("selesai", "")
        seconds = busy.facts.get("seconds")
        again = {"Retry-After": str(seconds or AGAIN)}
        if waits_itself:
            return Response(told["sentence"], 503, again, mimetype="text/plain")
        page_again = render_template("apply/arrived.html", card=card, finish=finish, busy=told, seconds=seconds)
        return page_again, 503, again
    refusals = {kind: refusal} if refusal else {}
    if waits_itself:
        newest = draft if refusal else here().intake.draft(draft.id)
        return render_template("apply/_cards.html", cards=_beside(newest, kind, base, csrf, refusals)), status
    return (page(refusals), status) if refusal else redirect(f"{base}#berkas-{kind}", 303)


def arrived(draft: Draft, kind: str, base: str, csrf: str) -> str:
    """Where a browser without JavaScript lands after an upload; looking at the file is a POST of its own."""
    card = find(document_cards(draft, base, csrf, only=kind), kind)
    return render_template("apply/arrived.html", card=card, finish=request.args.get("selesai", ""), busy=None)


def remove(draft: Draft, kind: str, base: str) -> Any:
    """Take a document off the draft; one that is not there is as good as removed.

    Raises:
        NotFound: no such document is asked for here (``document_unknown``).
    """
    here().bringing.must_be_asked(draft, kind)
    if draft.document(kind):
        here().bringing.remove(draft.id, kind)
    return redirect(f"{base}#berkas-{kind}", 303)


def arrange(draft: Draft, kind: str, base: str) -> Any:
    """A photo of a document goes to another place (field ``ke``, 1 for the first), or away if none is named.

    Raises:
        NotFound: no such document is asked for here (``document_unknown``).
    """
    here().bringing.must_be_asked(draft, kind)
    place = request.form.get("ke", type=int)
    here().bringing.arrange(draft.id, kind, request.form.get("foto", ""), place and place - 1)
    return redirect(f"{base}#berkas-{kind}", 303)


def picture(draft: Draft, kind: str, page: int) -> Response:
    """A page of what was taken, small. Raises NotFound (``document_unknown``, ``page_unknown``)."""
    document = draft.document(kind)
    if document is None:
        raise NotFound("document_unknown")
    return files.page(document, page, PICTURE)


def twins(draft: Draft) -> list[list[str]]:
    """Labels of documents for which the same file was sent: most likely a slip."""
    labels: defaultdict[str, list[str]] = defaultdict(list)
    for label, document in here().intake.sop_of(draft).brought(draft.documents):
        labels[document.sha256].append(label)
    return [same for same in labels.values() if len(same) > 1]


def view(draft: Draft, kind: str) -> Response:
    """What was taken, as it is kept, for the applicant's own eyes. Raises NotFound (``document_unknown``)."""
    document = draft.document(kind)
    if document is None:
        raise NotFound("document_unknown")
    return files.serve(document)


def filled_in(draft: Draft, file: str) -> Response:
    """A paper with the draft's answers on it, to print and sign; nothing of them in its address or file name.

    Raises:
        NotFound: there is no such paper (``file_unknown``).
    """
    press = here().equipment.press(draft.service)
    if press is None:
        raise NotFound("file_unknown")
    if seconds := here().limits["paper"].take(asker(), now()):
        raise TooManyRequests(retry_after=seconds)
    people = [member.answers for member in here().batches.members(draft)] if draft.is_batch else ()
    content, media_type = press.print(file, here().batches.on_paper(draft), people)
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _places(draft: Draft, requirement: Requirement) -> list[str]:
    """The kinds of its files that are there, and one more where there may be another."""
    taken = [document.kind for document in requirement.among(draft.documents)]
    free = [kind for kind in requirement.kinds if kind not in taken]
    return sorted([*taken, *free[: 1 if len(taken) < requirement.files else 0]])


def _beside(draft: Draft, kind: str, base: str, csrf: str, refusals: Mapping[str, Explained]) -> list[Card]:
    """The card of a file, and then that of the one which may come next."""
    cards = document_cards(draft, base, csrf, refusals, only=kind)
    return [find(cards, kind), *(card for card in cards if not card.document and card.kind != kind)]


def _card(
    draft: Draft, requirement: Requirement, kind: str, base: str, csrf: str, refusal: Explained | None, note: str
) -> Card:
    document, others = draft.document(kind), requirement.among(draft.documents)
    spare = bool(others) or not requirement.is_needed(draft.form)
    address = f"{here().address}{base}/{kind}/terunggah"
    press = here().equipment.press(draft.service)
    upload, finish = here().bringing.upload_form(draft, kind, lambda token: f"{address}?selesai={token}")
    allow_store(upload.url)
    more, more_finish = None, ""
    if document and document.photos and len(document.photos) < MOST_PHOTOS:
        more, more_finish = here().bringing.upload_form(
            draft, kind, lambda token: f"{address}?selesai={token}", adds=True
        )
    return Card(
        requirement=requirement,
        kind=kind,
        label=requirement.label_of(kind),
        state="received" if document else "replace" if refusal or note else "spare" if spare else "missing",
        document=document,
        received_at=datetime.fromisoformat(document.uploaded_at) if document else None,
        refusal=refusal,
        note="" if document else note,
        upload=upload,
        finish=f"{base}/{kind}?selesai={finish}",
        base=base,
        csrf=csrf,
        max_bytes=here().bringing.max_bytes,
        types=PDF if requirement.key in here().intake.sop_of(draft).letters else ANY,
        papers=press.offers(kind, several=draft.is_batch) if press and not others else (),
        warnings=_warnings(draft, document) if document else (),
        more=more,
        more_finish=f"{base}/{kind}?selesai={more_finish}",
    )


def _warnings(draft: Draft, document: Document) -> list[str]:
    """Of a document just brought: what was measured, and that it was brought twice."""
    sop = here().intake.sop_of(draft)
    said, brought = doubts(document, sop), sop.brought(draft.documents)
    same = [label for label, other in brought if other.sha256 == document.sha256 and other.kind != document.kind]
    return [*said, here().messages["warnings"]["same"].format(labels=", ".join(same))] if same else said


def _accept(draft: Draft, patience: float) -> tuple[Explained | None, int]:
    """Why the file is not taken, if it is not, and the HTTP status that says so.

    Raises:
        Unavailable: it can be looked at later.
    """
    finish, name = request.values.get("selesai", ""), one_line(request.form.get("name", ""))
    try:
        here().bringing.accept(draft.id, finish, name, patience)
    except LinkExpired:
        return explain("upload_form_expired", {}), 422
    except LinkForged as forged:
        raise NotAllowed("form_foreign") from forged
    except DocumentRefused as refusal:
        return explain(refusal.code, refusal.facts), 422
    except NotFound as missing:
        if missing.code != "file_unknown":
            raise
        return explain(missing.code, missing.facts), 422
    return None, 200
