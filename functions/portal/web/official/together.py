"""Several cases decided with one disposition, from the desk: only those that were opened, and each of them on its own.

What may be decided so is the SOP's to say (``Sop.together``); whether it can be, each case's own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core.application import Application
from portal.core.errors import Conflict, Finding, LinkExpired, LinkForged, NotAllowed, PortalError, Unavailable
from portal.core.history import overtaking
from portal.forms.wording import Words
from portal.usecases.cases import Claims, OfficialView
from portal.web.access import SESSION
from portal.web.case import sender
from portal.web.here import here, now, turn_to
from portal.web.official import choices, devices
from portal.web.official.opened import DESK, decided_before, sent_from_desk
from portal.web.refusals import explain

pages = Blueprint("together", __name__)

PATH: Final = "/meja/bersama"
FIELD: Final = "pilih"
DESK_LINK: Final = "desk"

MOST: Final = 50
"""Cases at once: one request decides them, one after the other."""


@dataclass(frozen=True)
class Entry:
    """A chosen case as it stands on the desk; ``choice`` is sent along for it."""

    application: Application
    words: Words
    sender: Mapping[str, str]
    choice: str

    @property
    def action(self) -> str:
        actions, together = self.application.official_actions(self.words.sop), self.words.sop.together
        return next((action for action in actions if action in together), "")

    @property
    def kind(self) -> tuple[str, ...]:
        """Cases of one kind are decided with the same words and the same fields."""
        return self.application.service, self.words.sop.version, self.application.step, self.action


@dataclass(frozen=True)
class Outcome:
    """What became of one case: ``done``, ``moved`` (somebody was faster) or ``refused``; ``words`` say what and why."""

    ticket: str
    name: str
    result: str
    words: str


def choice(application: Application, claims: Claims) -> str:
    """What a tick sends for a case that was opened: whose link it stands for, and the version that was read."""
    return here().office.links.sign(FIELD, {**claims, "v": application.version}, now() + SESSION)


def done_page(outcomes: Sequence[Outcome]) -> str:
    """What became of each, those that are done first."""
    return render_template(
        "official/together_done.html",
        outcomes=sorted(outcomes, key=lambda outcome: ("done", "moved", "refused").index(outcome.result)),
        number=sum(outcome.result == "done" for outcome in outcomes),
    )


def ticked(email: str) -> list[dict[str, Any]]:
    """What was ticked, each case once: claims of its link, and ``v`` the version that was read."""
    found: dict[str, dict[str, Any]] = {}
    for sent in request.form.getlist(FIELD):
        try:
            claims = here().office.links.read(FIELD, sent, now())
        except (LinkForged, LinkExpired):
            continue
        if claims["r"] == email.lower():
            found[claims["t"]] = claims
    return list(found.values())


@pages.post(f"{PATH}/periksa")
def check() -> Any:
    """The cases that were ticked, to be read once more, with the disposition to fill in; nothing is decided yet."""
    email = sent_from_desk()
    entries, left = _entries(email, ticked(email))
    return _page(entries, left), 200 if entries else 422


@pages.post(PATH)
def decide() -> Any:
    """Fields ``tindakan``, ``pilih`` for each case, and those of the action's form."""
    email, action, raw = sent_from_desk(), request.form.get("tindakan", ""), request.form.to_dict(flat=False)
    chosen = ticked(email)[:MOST]
    entries, _ = _entries(email, chosen)
    if entries and entries[0].action == action:
        form = entries[0].words.decision_form(entries[0].application.step, action)
        findings = [f for f in form.check(form.clean(raw), here().office.today()) if not f.passable]
        if findings:
            return _page(entries, [], raw, findings), 422
    return done_page(all_decided(chosen, action, raw, lambda view: action in view.sop.together))


@pages.get(PATH)
@pages.get(f"{PATH}/periksa")
def again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect("/meja", 303)


def all_decided(
    chosen: Sequence[dict[str, Any]],
    action: str,
    raw: Mapping[str, Any],
    may: Callable[[OfficialView], bool],
    link: str = DESK_LINK,
) -> list[Outcome]:
    """What became of each.

    Args:
        chosen: as ``ticked`` finds them.
        may: can this be decided on such a case together with others?
        link: by which way they were come to, as kept with each decision (``cases.Means``).

    Raises:
        Unavailable: nothing can be kept, before any of them is decided.
    """
    outcomes: list[Outcome] = []
    for claims in chosen:
        try:
            outcomes.append(_decided(claims, action, raw, may, link))
        except Unavailable as problem:
            if not any(outcome.result == "done" for outcome in outcomes):
                raise
            outcomes.append(Outcome(claims["t"], "", "refused", _why(problem)))
    return outcomes


# --- within ----------------------------------------------------------------------------------------------------------


def _entries(email: str, chosen: Sequence[dict[str, Any]]) -> tuple[list[Entry], list[Outcome]]:
    """Those that can be decided together, as many of one kind as there are; and of each other one, why it cannot."""
    waiting = {application.ticket: application for application, _ in here().cases.desk(email)}
    entries, left = [], []
    for claims in chosen:
        application = waiting.get(claims["t"])
        if application and overtaking(application.events, claims["v"]) is None:
            entries.append(_entry(application, claims))
        else:
            left.append(Outcome(claims["t"], "", "moved", ""))
    kinds = [entry.kind for entry in entries]
    most = max(kinds, key=kinds.count, default=())
    of_it = [entry for entry in entries if entry.kind == most and entry.action][:MOST]
    others = [entry for entry in entries if entry not in of_it]
    return of_it, [*left, *(Outcome(e.application.ticket, e.sender["name"], "other", "") for e in others)]


def _entry(application: Application, claims: dict[str, Any]) -> Entry:
    words = here().office.words_of(application)
    of_link = {name: said for name, said in claims.items() if name != "v"}
    return Entry(application, words, sender(application, words), choice(application, of_link))


def _page(
    entries: Sequence[Entry],
    left: Sequence[Outcome],
    raw: Mapping[str, Any] | None = None,
    findings: Iterable[Finding] = (),
) -> str:
    findings = tuple(findings)
    offered = None
    if entries:
        first = entries[0]
        turn_to(first.application.service)
        offered = choices.asked(first.words, first.application.step, first.action, raw, findings, is_open=True)
    return render_template(
        "official/together.html",
        entries=entries,
        left=left,
        choice=offered,
        findings=findings,
        path=PATH,
        most=MOST,
        csrf=here().access.csrf(DESK, now()),
    )


def _decided(
    chosen: dict[str, Any], action: str, raw: Mapping[str, Any], may: Callable[[OfficialView], bool], link: str
) -> Outcome:
    """One of them, as its own page would have it; whatever keeps it from being decided keeps no other."""
    claims, seen = {name: said for name, said in chosen.items() if name != "v"}, int(chosen["v"])
    number, name = claims["t"], ""
    try:
        view = here().cases.open_case(claims)
        name = sender(view.application, view.words)["name"]
        if not decided_before(view.application, claims, action, seen):
            if not may(view):
                raise NotAllowed("action_not_now", action=action, state=view.application.state.value)
            here().cases.decide(claims, action, raw, seen, view, means=replace(devices.means(claims), link=link))
        return Outcome(number, name, "done", view.sop.action(claims["s"], action).done)
    except Conflict as conflict:
        if conflict.code != "case_moved_on" or not _was_mine(claims, action, seen):
            return Outcome(number, name, "moved", explain(conflict.code, conflict.facts)["sentence"])
        return Outcome(number, name, "done", view.sop.action(claims["s"], action).done)
    except Unavailable:
        raise
    except PortalError as refusal:
        return Outcome(number, name, "refused", _why(refusal))


def _was_mine(claims: Claims, action: str, seen: int) -> bool:
    """Did the other one of two clicks at once win?"""
    return decided_before(here().cases.open_case(claims).application, claims, action, seen)


def _why(refusal: PortalError) -> str:
    said = explain(refusal.code, refusal.facts)
    return f"{said['sentence']} {said['advice']}".strip()
