"""The applicant's way in, step 1: what he states, on a short page for each part of the form.

What is asked and every rule about it are the schema's. A page keeps what was typed on it, right or wrong, whichever of
its buttons was pressed; only an address is kept when it is good, as the link to the draft is sent there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.exceptions import TooManyRequests

from portal.core.draft import Draft, answers_to
from portal.core.errors import Conflict, Finding
from portal.forms.form import Form
from portal.web import fields
from portal.web.allowed import counted, must_be_allowed_to_write_to
from portal.web.applicant.drafts import (
    beginning,
    begun_as,
    begun_at,
    csrf,
    enter,
    mark,
    next_step,
    open_draft,
    overtaken,
    shown_email,
    wrong,
)
from portal.web.fields import Part
from portal.web.here import asker, here, now, present

pages = Blueprint("parts", __name__)

SAVE: Final = "simpan"
BACK: Final = "kembali"
"""Ways to leave a page (field ``tindakan``) without being told what is missing; the key of a part is another."""

APART: Final = "lain"
"""In the same field: what was typed is somebody else's."""


@dataclass(frozen=True)
class Taken:
    """What was typed on one page.

    Attributes:
        typed: as it is to be shown again; ``answers``: as it is to be kept, of the whole form.
        findings: what is wrong or odd about it; ``stops``: those because of which one does not go on.
        onward: where to, if not to the next page.
    """

    typed: Mapping[str, Any]
    answers: Mapping[str, Any]
    findings: tuple[Finding, ...]
    stops: tuple[Finding, ...]
    noticed: bool
    onward: str

    @classmethod
    def of(cls, form: Form, part: Part, raw: Mapping[str, list[str]], kept: Mapping[str, Any]) -> "Taken":
        """Args: ``kept``: the answers there are already."""
        others = {name: answer for name, answer in kept.items() if name not in part.names}
        page = {name: raw.get(name, []) for name in part.names}
        answers = form.clean({**others, **page})
        findings = fields.concerning(form, part, answers, here().office.today())
        noticed, leave = "peringatan_dibaca" in request.form, request.form.get("tindakan", "")
        if leave not in (SAVE, BACK, *map(fields.key_of, form.sections)):
            leave = ""
        stops = tuple(finding for finding in findings if not (finding.passable and noticed))
        address = present().applicant["email"]
        doubtful = any(finding.field == address for finding in stops)
        if leave:
            # What is missing may wait; where to send the link may not.
            stops = tuple(f for f in stops if f.field == address and address in answers)
        typed = {**others, **fields.as_typed(form, page, answers)}
        if address in part.names and (doubtful or address not in answers):
            answers = {name: answer for name, answer in answers.items() if name != address}
            answers |= {address: kept[address]} if address in kept else {}
        return cls(typed, answers, findings, stops, noticed, leave)


@dataclass(frozen=True)
class Listed:
    """One line of the list of parts: ``state`` is done, open (nothing missing, nothing said), empty, begun or wrong."""

    part: Part
    state: str

    @property
    def is_done(self) -> bool:
        return self.state in ("done", "open")


@pages.get("/ajukan/<draft>/data")
def overview(draft: str) -> Any:
    """The list of parts; of a form with one part, that part."""
    kept = open_draft(draft)
    form = here().intake.words_of(kept).form
    parts, asks = fields.parts(form, kept.form), _asks(kept, form)
    if len(parts) == 1 and not asks:
        return redirect(f"/ajukan/{kept.id}/data/{parts[0].key}", 303)
    return render_template(
        "apply/parts.html",
        draft=kept,
        asks=asks,
        other=kept.form.get(fields.FILLED_BY) == fields.OTHER,
        parts=listed(kept, form),
        email=shown_email(kept.form, kept.opened_by),
        expires=here().intake.expires_at(kept),
        following=next_step(kept),
    )


@pages.post("/ajukan/<draft>/data")
def whole(draft: str) -> Any:
    """Sent by a page that is open somewhere since the form was one long page."""
    kept = open_draft(draft)
    form = here().intake.words_of(kept).form
    return _taken(kept, form, fields.whole(form, {**kept.form, **form.clean(dict(request.form.lists()))}))


@pages.route("/ajukan/<draft>/data/<key>", methods=["GET", "POST"])
def part(draft: str, key: str) -> Any:
    kept = open_draft(draft)
    form = here().intake.words_of(kept).form
    found = next((part for part in _every(kept, form) if part.key == key), None)
    if found is None:
        if key in {section.key for section in form.sections}:  # not asked any more
            return redirect(f"/ajukan/{kept.id}/data", 303)
        abort(404)
    if request.method == "POST":
        return _taken(kept, form, found)
    findings = fields.concerning(form, found, kept.form, here().office.today())
    said = tuple(finding for finding in findings if finding.field in kept.form)
    return part_page(form, found, kept.form, Taken(kept.form, kept.form, said, (), True, ""), draft=kept)


def onward(draft: Draft, part: Part, leave: str = "") -> str:
    """Last part of the address to which one goes on from a page: the next one in which something is still to be said.

    Args:
        leave: where one wants to go instead.
    """
    form = here().intake.words_of(draft).form
    if leave == SAVE:
        return "tersimpan"
    every = _every(draft, form)
    keys = [each.key for each in every]
    at = keys.index(part.key) if part.key in keys else len(keys)
    if leave == BACK:
        return f"data/{keys[at - 1]}" if 0 < at < len(keys) else "data"
    if leave:
        return f"data/{leave}" if leave in keys else "data"
    if at + 1 < len(keys):
        following = listed(draft, form, every[at + 1 :])[0]
        if following.state != "done":
            return f"data/{following.part.key}"
    return next_step(draft)


def listed(draft: Draft, form: Form, parts: Sequence[Part] | None = None) -> list[Listed]:
    """The parts of the form, or these of them, and how far each is."""
    missing = {finding.field for finding in wrong(draft)}
    return [
        Listed(part, _state(part, draft.form, missing))
        for part in (fields.parts(form, draft.form) if parts is None else parts)
    ]


def part_page(
    form: Form,
    part: Part,
    values: Mapping[str, Any],
    taken: Taken | None = None,
    *,
    draft: Draft | None = None,
    begins: str = "",
    token: str = "",
    mine: Sequence[Draft] = (),
    changed: Sequence[tuple[str, str]] = (),
) -> str:
    """One page of the form.

    Args:
        taken: what is said of what stands on it; what stops somebody, at its top too.
        begins: of a page with which a draft begins, or may begin beside ``draft``, what its form carries
            (``drafts.beginning``).
        token: of one that an official begins, what its form carries besides.
        mine: what this browser has begun before and not sent.
        changed: as ``drafts.overtaken`` tells it.
    """
    found = taken.findings if taken else ()
    parts = listed(draft, form) if draft else []
    number = next((n for n, each in enumerate(parts, 1) if each.part.key == part.key), 0)
    return render_template(
        "apply/form.html",
        action=f"/ajukan/{draft.id}/data/{part.key}".rstrip("/") if draft else request.path,
        begun=begins,
        begun_at=begun_at(),
        csrf=csrf() if draft else token,
        opening=bool(draft.opened_by if draft else token),
        draft=draft,
        part=part,
        asks=part.key == fields.FOR_WHOM,
        number=number,
        back=number > 1 or bool(number and draft and _asks(draft, form)),
        parts=parts,
        other=request.path.endswith("/orang-lain") if not draft else draft.form.get(fields.FILLED_BY) == fields.OTHER,
        values=values,
        findings=taken.stops if taken else (),
        errors={finding.field: finding.message for finding in found if not finding.passable},
        warnings={finding.field: finding.message for finding in found if finding.passable},
        elsewhere=[
            (finding, fields.home_of(form, finding.field)) for finding in found if finding.field not in part.names
        ],
        noticed=taken.noticed if taken else False,
        mark=mark(answers_to(draft.form, part.names)) if draft else "",
        mine=[(each, [*listed(each, form)]) for each in mine],
        changed=changed,
    )


# --- within ----------------------------------------------------------------------------------------------------------


def _taken(draft: Draft, form: Form, part: Part) -> Any:
    """What was typed on a page, kept and on to the next; or the page again, with what is wrong."""
    taken = Taken.of(form, part, dict(request.form.lists()), draft.form)
    if begun_as() and request.form.get("tindakan") == APART:
        return _taken_apart(draft, form, part, taken)
    if changed := overtaken(draft, form, taken.answers, part.names):
        return _overtaken_page(draft, form, part, taken, changed), 409
    if taken.stops and "tanda" not in request.form:  # from no page of ours: it empties nothing
        return part_page(form, part, taken.typed, taken, draft=draft), 422
    _must_not_flood(draft, taken)
    try:
        kept = here().intake.answer(draft.id, taken.answers, part.names, draft.form)
    except Conflict as conflict:
        if conflict.code != "draft_changed":
            raise
        draft = here().intake.draft(draft.id)  # changed at this very moment
        changed = overtaken(draft, form, taken.answers, part.names)
        return _overtaken_page(draft, form, part, taken, changed), 409
    if taken.stops:
        return part_page(form, part, taken.typed, taken, draft=kept), 422
    return enter(kept, onward(kept, part, taken.onward))


def _overtaken_page(draft: Draft, form: Form, part: Part, taken: Taken, changed: Sequence[tuple[str, str]]) -> str:
    """Two tabs may hold one draft for two people, as long as neither has said anything; so one of them may go apart."""
    begins = "" if draft.opened_by or draft.batch or draft.renews else beginning()
    return part_page(form, part, taken.typed, taken, draft=draft, begins=begins, changed=changed)


def _taken_apart(draft: Draft, form: Form, part: Part, taken: Taken) -> Any:
    """What was typed begins a draft of its own; the one that the page was of stays as it is."""
    if taken.stops:
        return part_page(form, part, taken.typed, taken, draft=draft, begins=beginning()), 422
    _must_not_flood(draft, taken)
    own = {name: answer for name, answer in taken.answers.items() if name in (*part.names, fields.FILLED_BY)}
    start = partial(here().intake.start, draft.service, own, id=begun_as(), names=part.names)
    begun = counted(start, begun_as())
    return enter(begun, onward(begun, part))


def _must_not_flood(draft: Draft, taken: Taken) -> None:
    """Each new address is sent a link, so that nobody may have one after another written to. Raises TooManyRequests."""
    address = present().applicant["email"]
    if taken.answers.get(address) == draft.form.get(address):
        return
    if seconds := here().limits["address"].take(asker(), now()):
        raise TooManyRequests(retry_after=seconds)
    must_be_allowed_to_write_to([taken.answers[address]] if address in taken.answers else [])


def _asks(draft: Draft, form: Form) -> Part | None:
    """The page that asks for whom it is; an official's draft is for somebody in any case."""
    return None if draft.opened_by else fields.for_whom(form)


def _every(draft: Draft, form: Form) -> list[Part]:
    """Every page, in their order."""
    asks = _asks(draft, form)
    return [*((asks,) if asks else ()), *fields.parts(form, draft.form)]


def _state(part: Part, answers: Mapping[str, Any], missing: set[str]) -> str:
    answered = {name for name in part.names if name in answers}
    lacking = part.names & missing
    if not lacking:
        return "done" if answered else "open"
    if lacking & answered:
        return "wrong"
    return "begun" if answered else "empty"
