"""A letter's file may say what its class offers: it names nothing else, and nothing is offered in vain."""

from dataclasses import fields
from datetime import UTC
from pathlib import Path

import pytest
from jinja2 import meta

from portal.core.language import Language
from portal.forms.letter import (
    BatchLetter,
    CaseLetter,
    CertificateLetter,
    CodeLetter,
    ColleagueLetter,
    DeskLetter,
    DigestLetter,
    DraftLetter,
    DutyLetter,
    EndingLetter,
    EntranceLetter,
    EscalationLetter,
    Letter,
    TicketsLetter,
)
from portal.letters.writing import Letters
from tests.support.places import ROOT

TEXTS = ROOT / "functions" / "portal" / "letters" / "texts"
FILES = sorted(TEXTS.glob("*.txt"))
PARSED_BY = Letters(TEXTS, Language((), (), UTC, ""))._texts
CLASSES: dict[str, type[Letter]] = {
    "draft_saved": DraftLetter,
    "draft_waiting": DraftLetter,
    "colleague_begun": ColleagueLetter,
    "colleague_waiting": ColleagueLetter,
    "batch_link": BatchLetter,
    "desk": DeskLetter,
    "reminder": DeskLetter,
    "digest": DigestLetter,
    "duty": DutyLetter,
    "escalation": EscalationLetter,
    "unattended": EscalationLetter,
    "clerk_link": EntranceLetter,
    "expiring": CertificateLetter,
    "revoked": CertificateLetter,
    "changed": CertificateLetter,
    "expiring_list": EndingLetter,
    "code": CodeLetter,
    "tickets": TicketsLetter,
}
"""All others are about a case."""

GIVEN_TO_PARTS = {"_bring": {"step"}, "_calendar": {"step", "ticket"}, "_facts": {"said"}, "missed": {"slot"}}
GIVEN_TO_PARTS["_foot"] = {"code", "check"}
GIVEN_TO_PARTS |= {"_stuck": {"cases"}, "_turns": {"turns"}, "_below": {"vacant", "below"}}
GIVEN_TO_PARTS |= {letter: {"said"} for letter in ("expiring", "revoked", "changed")}
"""What ``Letters.visit``, or the letter that includes a part, gives it besides; or what it sets itself."""

NO_WORDS = {DraftLetter: {"name"}, EscalationLetter: {"link"}, CodeLetter: {"link"}, TicketsLetter: {"name", "link"}}
"""Nobody has confirmed yet that a draft is his, nor asked for tickets by name, of which each has its own link; an
escalation and a code lead nowhere."""


def named(file: Path) -> set[str]:
    return meta.find_undeclared_variables(PARSED_BY.parse(file.read_text("utf-8")))


def offered(kind: type[Letter]) -> set[str]:
    return {field.name for field in fields(kind)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_letter_names_only_what_its_class_offers(file: Path) -> None:
    kind = CLASSES.get(file.stem, CaseLetter)
    assert named(file) - offered(kind) - GIVEN_TO_PARTS.get(file.stem, set()) == set()


@pytest.mark.parametrize("kind", [CaseLetter, *dict.fromkeys(CLASSES.values())])
def test_whatever_a_class_offers_some_letter_says(kind: type[Letter]) -> None:
    said = set()
    for file in FILES:
        if file.stem.startswith("_") or CLASSES.get(file.stem, CaseLetter) is kind:
            said |= named(file)
    assert offered(kind) - said - NO_WORDS.get(kind, set()) == set()
