"""Refusals: what each carries, and what of a fault may be written down."""

from portal.core.errors import Finding, Invalid, NotAllowed, traced


def test_a_refusal_is_known_by_its_code_and_carries_what_its_sentence_needs() -> None:
    refusal = NotAllowed("action_not_now", action="forward", state="returned")
    assert (refusal.code, str(refusal)) == ("action_not_now", "action_not_now")
    assert refusal.facts == {"action": "forward", "state": "returned"}


def test_every_finding_of_a_form_comes_at_once() -> None:
    findings = [Finding("nik", "NIK terdiri atas 16 angka."), Finding("", "Pilih satu.", passable=True)]
    refusal = Invalid(iter(findings))
    assert refusal.code == "invalid"
    assert refusal.findings == tuple(findings)
    assert [finding.passable for finding in refusal.findings] == [False, True]


def innermost(secret: str) -> None:
    raise ValueError(f"not for the log: {secret}")


def around(secret: str) -> None:
    innermost(secret)


def test_of_a_fault_only_its_kind_and_place_are_told_innermost_first() -> None:
    """What it was about may be personal."""
    try:
        around("Siti Contoh")
    except ValueError as fault:
        told = traced(fault)
    line = innermost.__code__.co_firstlineno + 1
    assert told.startswith(f"ValueError in innermost:{line} < around:{line + 4} < ")
    assert "test_of_a_fault_only_its_kind_and_place_are_told_innermost_first" in told
    assert "Siti" not in told


def test_a_fault_that_happened_nowhere_is_told_by_its_kind() -> None:
    assert traced(KeyError("x")) == "KeyError in "
