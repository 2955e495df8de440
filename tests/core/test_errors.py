"""Refusals: what each carries, and what of a fault may be written down."""

from dataclasses import replace

from portal.core.errors import Finding, Invalid, NotAllowed, Problem, SopInvalid, traced


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


def test_what_does_not_fit_is_told_with_its_file_where_that_is_known() -> None:
    problem = Problem("steps[2].role", "camat", "kadis, kabid")
    assert (problem.code, problem.line) == ("sop_invalid", 0)
    assert problem.facts == {"key": "steps[2].role", "value": "camat", "expected": "kadis, kabid"}
    assert replace(problem, file="sop.toml", line=7).facts == {"file": "sop.toml", **problem.facts}


def test_a_folder_that_breaks_a_rule_is_refused_with_that_problem() -> None:
    refusal = SopInvalid("calendar_invalid", key="calendar.label", value=" ", expected='"..."', file="sop.toml")
    assert str(refusal) == refusal.code == "calendar_invalid"
    assert refusal.facts == {"key": "calendar.label", "value": " ", "expected": '"..."', "file": "sop.toml"}
    assert refusal.problems == (Problem("calendar.label", " ", '"..."', "calendar_invalid", "sop.toml"),)
    assert SopInvalid("services_none").problems == (Problem("", None, "", "services_none", ""),)


def test_all_problems_of_a_folder_come_in_one_refusal_that_speaks_of_the_first() -> None:
    first = Problem("roles[1].key", "kadis", "", "sop_key_twice", "sop.toml", 12)
    second = Problem("applicant.email", "surel", "email", "sop_reference_unknown", "sop.toml", 90)
    refusal = SopInvalid.of([first, second])
    assert str(refusal) == refusal.code == "sop_key_twice"
    assert (refusal.facts, refusal.problems) == (first.facts, (first, second))


def test_all_that_is_wrong_with_a_sop_comes_in_one_refusal_which_speaks_of_the_first() -> None:
    problems = [
        Problem("steps[2].role", "sekda", "kadis | kabid", "role_unknown", "sop.toml", 12),
        Problem("draft_days", 0, "1", "sop_invalid", "sop.toml"),
    ]
    refusal = SopInvalid.of(problems)
    assert (refusal.code, refusal.problems) == ("role_unknown", tuple(problems))
    assert refusal.facts == problems[0].facts
