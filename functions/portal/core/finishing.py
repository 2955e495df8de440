"""Whether a case can begin, go on at every step, and come to its end: what ``soundness`` asks of the chain of steps.

Each rule yields what is wrong; ``RULES`` are all of them. A step's number in a key is its place in the file.
"""

from collections.abc import Callable, Iterator
from typing import Final

from portal.core.errors import Problem, SopInvalid
from portal.core.parts import Step
from portal.core.sop import ROW, Sop
from portal.core.steps import KINDS, official_before
from portal.core.worktime import parse_hours

_WITH_REASONS: Final = ("return", "reject", "refuse", "send_back")


def _roles_can(sop: Sop) -> Iterator[Problem]:
    """A kind is for the applicant, or for officials; whose step it is has to be one of these."""
    if not any(role.applies or role.key == sop.first.role for role in sop.roles):
        return
    applying = sop.applying.key
    officials = ", ".join(role.key for role in (*sop.roles, *sop.either) if applying not in sop.acting(role.key))
    for key, step in _known(sop):
        if not any(role.key == step.role for role in (*sop.roles, *sop.either)):
            continue  # which is told elsewhere
        is_applicants = KINDS[step.kind].is_applicants
        if is_applicants and step.role != applying:
            yield Problem(f"{key}.role", step.role, applying, "sop_role_cannot")
        if not is_applicants and applying in sop.acting(step.role):
            yield Problem(f"{key}.role", step.role, officials, "sop_role_cannot")


def _one_applicant(sop: Sop) -> Iterator[Problem]:
    """Who applies is the role of the first step; where an official has that, one other role is marked."""
    marked = [number for number, role in enumerate(sop.roles) if role.applies]
    if sop.first.kind == "opening" and len(marked) != 1:
        yield Problem("roles", len(marked), "applies = true", "sop_applicant_unclear")
    if sop.first.kind == "submission":
        for number in marked:
            if sop.roles[number].key != sop.first.role:
                yield Problem(f"roles[{number}].applies", sop.roles[number].key, sop.first.role, "sop_role_cannot")


def _begins_and_ends(sop: Sop) -> Iterator[Problem]:
    """One beginning, at the beginning; an end at the end, and nothing after what closes every case."""
    begins = ", ".join(kind for kind in KINDS if KINDS[kind].begins)
    ends = ", ".join(kind for kind in KINDS if KINDS[kind].ends)
    steps = list(_known(sop))
    closed = ""
    for number, (key, step) in enumerate(steps):
        kind = KINDS[step.kind]
        if number == 0 and not kind.begins:
            yield Problem(f"{key}.kind", step.kind, begins, "sop_cannot_begin")
        if number > 0 and kind.begins:
            yield Problem(f"{key}.kind", step.kind, f"steps[0].kind = {step.kind}", "sop_begins_twice")
        if closed:
            yield Problem(key, step.key, closed, "sop_after_the_end")
        closed = closed or (step.key if kind.closes else "")
    if steps and not KINDS[steps[-1][1].kind].ends:
        key, last = steps[-1]
        yield Problem(f"{key}.kind", last.kind, ends, "sop_cannot_end")


def _way_back(sop: Sop) -> Iterator[Problem]:
    """To send a case back there has to be an official before, and words for it."""
    for key, step in _known(sop):
        for place, action in enumerate(step.also):
            if action == "send_back" and official_before(sop, step.key) is None:
                yield Problem(f"{key}.also[{place}]", action, "disposition, work, dispatch", "sop_nobody_before")
            if not sop.action(step.key, action).button:
                yield Problem(f"{key}.actions.{action}", None, "label, button, done", "sop_invalid")


def _opening_has_words(sop: Sop) -> Iterator[Problem]:
    if sop.first.kind == "opening" and not sop.action(sop.first.key, "open").done:
        yield Problem("actions.open", None, "done", "sop_invalid")


def _choices(sop: Sop) -> Iterator[Problem]:
    """Whatever has to be picked from a list needs a list to pick from."""
    possible = {action for _, step in _known(sop) for action in _decisions(step)}
    for action in _WITH_REASONS:
        if action in possible and not sop.reasons_for(action):
            yield Problem("reasons", None, f'for = ["{action}"]', "sop_invalid")
    if "forward" in possible and not sop.instructions:
        yield Problem("instructions", None, "[[instructions]]", "sop_invalid")


def _visits_have_room(sop: Sop) -> Iterator[Problem]:
    """Somebody who can never pick a time can never come."""
    for key, step in _known(sop):
        visit = step.visit
        if visit and not any(_fits(hours, visit.length_minutes) for hours in visit.windows.values()):
            yield Problem(f"{key}.visit.windows", visit.length_minutes, "length_minutes", "sop_no_room")


def _documents_once(sop: Sop) -> Iterator[Problem]:
    """A document's key is its own, wherever it is brought; those of the application are told apart elsewhere."""
    known = {document.key for document in sop.requirements}
    for key, step in _known(sop):
        for place, document in enumerate(step.documents):
            if document.key in known:
                yield Problem(f"{key}.documents[{place}].key", document.key, "", "sop_key_twice")
            known.add(document.key)


def _decisions(step: Step) -> Iterator[str]:
    kind = KINDS[step.kind]
    for moves in kind.official.values():
        yield from (action for action in moves if action not in kind.optional or action in step.also)


def _fits(hours: object, minutes: int) -> bool:
    """Is there a span of so many minutes? Hours that are none are told elsewhere."""
    try:
        spans = parse_hours(hours, "windows")
    except SopInvalid:
        return True
    return any((b.hour - a.hour) * 60 + b.minute - a.minute >= minutes for a, b in spans)


def _known(sop: Sop) -> Iterator[tuple[str, Step]]:
    """The steps, each with its key in the file; none while one is of no kind, which is told elsewhere."""
    if all(step.kind in KINDS for step in sop.steps):
        yield from ((f"steps[{number}]", row) for number, row in enumerate(sop.rows) if row.kind != ROW)


RULES: Final[tuple[Callable[[Sop], Iterator[Problem]], ...]] = (
    _roles_can,
    _one_applicant,
    _begins_and_ends,
    _way_back,
    _opening_has_words,
    _choices,
    _visits_have_room,
    _documents_once,
)
