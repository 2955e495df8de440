"""A small SOP, and the value that is read from it, both written out; and what is said of one that does not fit."""

import copy
import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.core.errors import NotFound
from portal.core.parts import ActionText, Choice, Role, StatusText, Step, Visit, read_step
from portal.core.requirements import Requirement
from portal.core.sop import Sop, parse, restore
from portal.core.soundness import problems
from portal.core.times import Time

FORM = {"properties": {"nama": {"title": "Nama – é"}, "surel": {}}}
WINDOWS = {"mon": ["08.00-11.30", "13.00-15.00"]}
SMALL: dict[str, Any] = {
    "service": "kecil",
    "title": "Layanan – é",
    "ticket_prefix": "KCL",
    "text": {"columns": ["Pemohon", "Kepala"]},
    "roles": [
        {"key": "pemohon", "label": "Pemohon", "column": "Pemohon"},
        {"key": "kepala", "label": "Kepala Dinas", "column": "Kepala"},
    ],
    "documents": [
        {"key": "ktp", "label": "KTP-el", "hint": "Foto", "tip": "Rata"},
        {"key": "sk", "label": "SK", "hint": "Terakhir"},
    ],
    "instructions": [{"key": "proses", "label": "Proses"}],
    "reasons": [
        {"key": "lainnya", "label": "Lainnya", "for": ["return", "reject"], "needs_note": True},
        {"key": "buram", "label": "Buram", "for": ["return"]},
    ],
    "status": {"waiting": {"label": "Menunggu", "sentence": "Ditelaah."}},
    "actions": {"forward": {"label": "Teruskan", "button": "Kirim", "done": "Diteruskan", "hint": "Ke bawah"}},
    "applicant": {"name": "nama", "email": "surel"},
    "calendar": {"timezone": "Asia/Makassar"},
    "office": {"telephone": "0551"},
    "steps": [
        {
            "key": "kirim", "kind": "submission", "role": "pemohon", "minutes": 5, "name": "Mengirim",
            "summary": "Pemohon mengirim", "text": {"activity": "Mengajukan"}, "status": {},
        },
        {
            "key": "datang", "kind": "visit", "role": "kepala", "minutes": 20, "name": "Datang",
            "summary": "Pemohon datang", "text": {"activity": "Hadir"}, "task": "Terima", "subject": "Undangan",
            "status": {"waiting": {
                "label": "Diundang", "sentence": "Pilih.", "own": "Pilih di bawah.", "next": "Anda memilih.",
                "task": "Undang.",
            }},
            "actions": {"invite": {"label": "Undang"}},
            "checklist": [{"key": "ktp", "label": "KTP asli"}],
            "visit": {"place": "Kantor", "length_minutes": 30, "days_ahead": 10, "capacity": 2, "bring": ["KTP"],
                      "windows": WINDOWS},
            "turns_page": True,
        },
    ],
}  # fmt: skip

KIRIM = Step(
    key="kirim", kind="submission", role="pemohon", time=Time(5, "minutes"), name="Mengirim",
    summary="Pemohon mengirim", task="", subject="", text={"activity": "Mengajukan"}, status={}, actions={},
    checklist=(), visit=None, turns_page=False,
)  # fmt: skip
DATANG = Step(
    key="datang", kind="visit", role="kepala", time=Time(20, "minutes"), name="Datang", summary="Pemohon datang",
    task="Terima", subject="Undangan", text={"activity": "Hadir"},
    status={"waiting": StatusText("Diundang", "Pilih.", "Pilih di bawah.", "Anda memilih.", "Undang.")},
    actions={"invite": ActionText("Undang", "", "", "")},
    checklist=(Choice("ktp", "KTP asli", (), False),),
    visit=Visit("Kantor", 30, 10, 2, ("KTP",), WINDOWS),
    turns_page=True,
)  # fmt: skip


def small(**other: Any) -> Sop:
    return parse({**SMALL, **other}, FORM)


def without(*tables: str) -> dict[str, Any]:
    return {key: value for key, value in SMALL.items() if key not in tables}


def test_everything_in_the_file_is_in_the_value() -> None:
    read = small()
    assert (read.service, read.ticket_prefix) == ("kecil", "KCL")
    assert read.roles == (Role("pemohon", "Pemohon", "Pemohon"), Role("kepala", "Kepala Dinas", "Kepala"))
    assert read.requirements == (Requirement("ktp", "KTP-el", "Foto", "Rata"), Requirement("sk", "SK", "Terakhir", ""))
    assert read.instructions == (Choice("proses", "Proses", (), False),)
    assert read.reasons == (
        Choice("lainnya", "Lainnya", ("return", "reject"), True),
        Choice("buram", "Buram", ("return",), False),
    )
    assert read.status_texts == {"waiting": StatusText("Menunggu", "Ditelaah.", "", "", "")}
    assert read.action_texts == {"forward": ActionText("Teruskan", "Kirim", "Diteruskan", "Ke bawah")}
    assert read.applicant == {"name": "nama", "email": "surel"}
    assert (read.data, read.form) == (SMALL, FORM)
    assert read.steps == (KIRIM, DATANG)


def test_a_service_without_instructions_and_reasons_has_none() -> None:
    read = parse(without("instructions", "reasons"), FORM)
    assert (read.instructions, read.reasons) == ((), ())


def test_the_version_is_the_hash_of_what_a_case_runs_under() -> None:
    """Text as it is written, not escaped: so it was computed for the cases that are stored already."""
    under = {key: value for key, value in SMALL.items() if key not in ("calendar", "office")}
    text = json.dumps([under, FORM], ensure_ascii=False, sort_keys=True)
    assert small().version == hashlib.sha256(text.encode()).hexdigest()
    assert small().version == parse(dict(reversed(SMALL.items())), FORM).version


def test_the_snapshot_is_what_a_case_runs_under_as_it_is_written_in_one_order() -> None:
    kept = small().snapshot()
    assert kept == json.dumps({"form": FORM, "sop": without("calendar", "office")}, ensure_ascii=False, sort_keys=True)
    assert kept == parse(dict(reversed(SMALL.items())), FORM).snapshot()


def test_an_older_edition_is_restored_into_the_office_of_today() -> None:
    """A new telephone reaches running cases; a table that the office of today has no more is gone; words stay."""
    older = small(title="Lama", office={"telephone": "lama"}, chart={"columns": 2})
    present = small(office={"telephone": "baru"}, notes={"x": "y"})

    restored = restore(older.snapshot(), present)

    assert (restored.version, restored.steps) == (older.version, older.steps)
    assert restored.data == {**SMALL, "title": "Lama", "office": {"telephone": "baru"}, "notes": {"x": "y"}}
    assert restored.form == FORM


def test_steps_and_roles_are_found_by_their_keys_or_are_unknown() -> None:
    read = small()
    assert (read.first, read.step("datang"), read.role("kepala")) == (KIRIM, DATANG, read.roles[1])
    assert (read.after("kirim"), read.after("datang"), read.minutes) == (DATANG, None, 25)
    for asked, code in ((read.step, "step_unknown"), (read.after, "step_unknown"), (read.role, "role_unknown")):
        with pytest.raises(NotFound) as refusal:
            asked("tidak_ada")
        assert (refusal.value.code, refusal.value.facts) == (code, {"key": "tidak_ada"})


def test_a_steps_own_words_come_before_the_general_ones() -> None:
    read = small()
    assert (read.status("datang", "waiting").label, read.status("kirim", "waiting").label) == ("Diundang", "Menunggu")
    assert (read.action("datang", "invite").label, read.action("datang", "forward").label) == ("Undang", "Teruskan")
    assert read.action("datang", "tidak_ada") == ActionText("", "", "", "")


def test_reasons_are_offered_for_the_actions_they_name() -> None:
    read = small()
    assert [reason.key for reason in read.reasons_for("return")] == ["lainnya", "buram"]
    assert [reason.key for reason in read.reasons_for("reject")] == ["lainnya"]
    assert read.reasons_for("forward") == ()


def test_visits_have_the_ranges_of_their_weekday() -> None:
    visit = Visit("Kantor", 30, 10, 2, (), {"mon": ["08.00-11.30"], "sun": ["10.00-11.00"]})
    monday = date(2026, 11, 23)
    assert visit.windows_on(monday) == ["08.00-11.30"]
    assert visit.windows_on(date(2026, 11, 24)) == ()
    assert visit.windows_on(date(2026, 11, 29)) == ["10.00-11.00"]


@pytest.mark.parametrize(
    ("break_it", "code", "facts"),
    [
        (lambda d: d["roles"].append(d["roles"][0]), "sop_key_twice", {"key": "roles[2].key", "value": "pemohon"}),
        (lambda d: d["steps"].append(d["steps"][1]), "sop_key_twice", {"key": "steps[2].key", "value": "datang"}),
        (
            lambda d: d["documents"].append(d["documents"][1]),
            "sop_key_twice",
            {"key": "documents[2].key", "value": "sk"},
        ),
        (lambda d: d["reasons"].append(d["reasons"][1]), "sop_key_twice", {"key": "reasons[2].key", "value": "buram"}),
        (
            lambda d: d["roles"][1].update(column="Camat"),
            "sop_reference_unknown",
            {"key": "roles[1].column", "value": "Camat", "expected": "Pemohon, Kepala"},
        ),
        (
            lambda d: d["steps"][1].update(role="camat"),
            "sop_reference_unknown",
            {"key": "steps[1].role", "value": "camat", "expected": "pemohon, kepala"},
        ),
        (
            lambda d: d["applicant"].update(email="email"),
            "sop_reference_unknown",
            {"key": "applicant.email", "value": "email", "expected": "nama, surel"},
        ),
    ],
)
def test_what_does_not_fit_is_named_with_what_was_expected(
    break_it: Callable[[Any], object], code: str, facts: dict[str, str]
) -> None:
    broken = copy.deepcopy(SMALL)
    break_it(broken)
    (problem,) = problems(parse(broken, FORM))
    assert (problem.code, problem.facts) == (code, {"expected": ""} | facts)


def test_another_form_is_another_version() -> None:
    assert parse(SMALL, {"properties": {**FORM["properties"], "hp": {}}}).version != small().version


ABOVE: list[dict[str, Any]] = [{"marks": {"pemohon": "Hadir"}}]
"""Rows of the printed table above the step's own."""


def test_a_step_says_who_verifies_and_keeps_marks_apart_from_its_text() -> None:
    least = {"key": "arsip", "kind": "work", "role": "kepala", "name": "Arsip", "text": {"activity": "Diarsipkan"}}
    plain = read_step(least)
    assert (plain.summary, plain.verifier, plain.text) == ("", "", {"activity": "Diarsipkan"})
    text = {"activity": "Diarsipkan", "marks": {"kepala": "Selesai"}, "above": ABOVE}
    more = read_step({**least, "verifier": "BSrE", "summary": "Berkas diarsipkan", "text": text})
    assert (more.summary, more.verifier, more.text) == ("Berkas diarsipkan", "BSrE", {"activity": "Diarsipkan"})
    assert (more.marks, more.above) == ({"kepala": "Selesai"}, ABOVE)
