"""What one part of a SOP says of another: each word that leads nowhere is told with its place and what would do."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from portal.core.errors import Problem
from portal.core.sop import parse
from portal.core.soundness import problems
from tests.support.builders import COLUMNS, a_sop

FORM = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("nama_ktp", "email", "nip", "opd")},
        "keperluan": {"type": "string", "oneOf": [{"const": "baru"}, {"const": "pindah"}, {"title": "Lain-lain"}]},
        "lampiran": {"type": "array", "items": {"oneOf": [{"const": "sk"}, {"const": "foto"}]}},
        "setuju": {"type": "string", "const": "setuju"},
    },
}
ROLES = ", ".join(COLUMNS)
FIELDS = ", ".join(FORM["properties"])


def told(change: Callable[[dict[str, Any]], object]) -> list[Problem]:
    data = copy.deepcopy(dict(a_sop().data))
    change(data)
    return [each for each in problems(parse(data, FORM)) if each.code == "sop_reference_unknown"]


def needed_if(field: str, *answers: str) -> dict[str, Any]:
    return {"field": field, "is": list(answers), "words": "bila diperlukan"}


def document(**changes: Any) -> dict[str, Any]:
    return {"key": "sk", "label": "SK", "hint": "Petunjuk.", **changes}


def test_a_sound_one_has_nothing_to_tell() -> None:
    assert list(problems(a_sop())) == []


@pytest.mark.parametrize(
    "condition",
    [
        needed_if("keperluan", "baru", "pindah"),
        needed_if("lampiran", "foto"),
        needed_if("setuju", "setuju"),
        needed_if("nip", "whatever is typed there"),
    ],
)
def test_a_document_may_be_needed_by_any_answer_that_the_form_offers(condition: dict[str, Any]) -> None:
    assert told(lambda data: data["documents"].append(document(required_if=condition))) == []


def unknown(place: str, value: str, expected: str) -> Problem:
    return Problem(place, value, expected, "sop_reference_unknown")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (needed_if("tujuan", "baru"), unknown("field", "tujuan", FIELDS)),
        (needed_if("keperluan", "baru", "hilang"), unknown("is[1]", "hilang", "baru, pindah")),
        (needed_if("lampiran", "ktp"), unknown("is[0]", "ktp", "sk, foto")),
        (needed_if("setuju", "ya"), unknown("is[0]", "ya", "setuju")),
    ],
)
def test_a_document_needed_by_what_nobody_can_answer_is_told(condition: dict[str, Any], found: Problem) -> None:
    place = f"documents[3].required_if.{found.key}"
    documents = [document(), document(key="foto", required_if=condition)]
    assert told(lambda data: data["documents"].extend(documents)) == [unknown(place, str(found.value), found.expected)]


def test_a_document_of_a_step_is_told_by_its_row_in_the_file() -> None:
    condition = needed_if("keperluan", "hilang")

    def change(data: dict[str, Any]) -> None:
        data["steps"][3]["documents"] = [document(), document(key="foto", required_if=condition)]

    assert told(change) == [unknown("steps[3].documents[1].required_if.is[0]", "hilang", "baru, pindah")]


def test_of_two_roles_that_may_act_an_unknown_one_is_told() -> None:
    either = {"key": "pimpinan", "label": "Kadis atau Sekdis", "roles": ["kadis", "sekdis"]}
    assert told(lambda data: data.update(either=[either])) == [unknown("either[0].roles[1]", "sekdis", ROLES)]


def test_a_step_may_be_done_by_either_of_two_roles() -> None:
    def change(data: dict[str, Any]) -> None:
        data["either"] = [{"key": "pimpinan", "label": "Kadis atau Kabid", "roles": ["kadis", "kabid"]}]
        data["steps"][1]["role"] = "pimpinan"

    assert told(change) == []


def test_a_mark_under_no_column_is_told_also_of_a_row_above_the_numbered_one() -> None:
    def change(data: dict[str, Any]) -> None:
        data["steps"][2]["text"] = {"marks": {"kadis": "↓", "camat": "↓"}}
        data["steps"][4]["text"] = {"above": [{"marks": {"lurah": "↓"}}, {}]}

    assert told(change) == [
        unknown("steps[2].text.marks", "camat", ROLES),
        unknown("steps[4].text.marks", "lurah", ROLES),
    ]


# --- headings and times ----------------------------------------------------------------------------------------------

CHART = {
    "minutes": "{minutes} menit",
    "hours": "{hours} jam",
    "working_days": "{working_days} hari kerja",
    "unsaid": "tidak disebut",
    "passed": "lewat {time}",
    "say": {"step": "langkah {time}"},
}


def everything_told(change: Callable[[dict[str, Any]], object]) -> list[Problem]:
    data = copy.deepcopy(dict(a_sop().data))
    change(data)
    return list(problems(parse(data, FORM)))


def test_a_part_of_the_identity_block_without_its_heading_is_told() -> None:
    found = everything_told(lambda data: data["text"].update(number="800/1", warning="Awas", other="Lain"))
    assert found == [
        Problem("text.labels.number", None, "text.number", "sop_label_missing"),
        Problem("text.labels.warning", None, "text.warning", "sop_label_missing"),
    ]
    headed = {"number": "800/1", "labels": {"number": "Nomor SOP"}}
    assert everything_told(lambda data: data["text"].update(headed)) == []


def test_where_every_step_says_minutes_words_for_minutes_are_enough() -> None:
    words = {"minutes": "{minutes} menit", "passed": "lewat {minutes}", "say": {"step": "langkah {minutes}"}}
    assert everything_told(lambda data: data.update(chart=words)) == []


def test_a_unit_without_words_is_told_once() -> None:
    def change(data: dict[str, Any]) -> None:
        data["chart"] = {word: said for word, said in CHART.items() if word not in ("hours", "unsaid")}
        for place in (1, 2):
            del data["steps"][place]["minutes"]
            data["steps"][place]["hours"] = 2
        del data["steps"][3]["minutes"]

    assert everything_told(change) == [
        Problem("chart.hours", None, "{hours}", "sop_time_unworded"),
        Problem("chart.unsaid", None, "{unsaid}", "sop_time_unworded"),
    ]


@pytest.mark.parametrize("other", [{"hours": 2}, {}])
def test_words_that_count_in_minutes_do_not_fit_a_sop_that_says_otherwise_somewhere(other: dict[str, int]) -> None:
    def change(data: dict[str, Any]) -> None:
        data["chart"] = CHART | {"passed": "lewat {minutes}", "say": {"step": "langkah {minutes}"}}
        del data["steps"][1]["minutes"]
        data["steps"][1].update(other)

    assert everything_told(change) == [
        Problem("chart.passed", "lewat {minutes}", "{time}", "sop_time_unworded"),
        Problem("chart.say.step", "langkah {minutes}", "{time}", "sop_time_unworded"),
    ]


BATCH: dict[str, Any] = {
    "form": {"properties": {"nama_pengisi": {}, "jabatan_pengisi": {}, "email_pengisi": {}}},
    "name": "nama_pengisi",
    "position": "jabatan_pengisi",
    "email": "email_pengisi",
    "letter": "ktp",
    "columns": {"nama_ktp": "Nama", "email": "Email"},
}
FILLERS = "nama_pengisi, jabatan_pengisi, email_pengisi"


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({"name": "x"}, [unknown("batch.name", "x", FILLERS)]),
        ({"position": "x"}, [unknown("batch.position", "x", FILLERS)]),
        ({"email": "x"}, [unknown("batch.email", "x", FILLERS)]),
        ({"form": {}, "name": "x", "position": "x", "email": "x"}, []),
        ({"letter": "x"}, [unknown("batch.letter", "x", "ktp, surat_permohonan")]),
        (
            {"columns": {"nama_ktp": "", "email": "", "x": ""}},
            [unknown("batch.columns.x", "x", FIELDS)],
        ),
        ({"columns": {"email": "Email"}}, [unknown("batch.columns", "nama_ktp", "email")]),
    ],
)
def test_what_a_batch_names_is_asked_brought_and_decided(changes: dict[str, Any], problems: list[Problem]) -> None:
    assert told(lambda data: data.update(batch={**BATCH, **changes})) == problems
    without = {name: part for name, part in {**BATCH, **changes}.items() if name != "form"}
    assert changes or told(lambda data: data.update(batch=without)) == []


def test_whom_to_ask_where_somebody_cannot_answer_is_said_of_a_question_that_there_is() -> None:
    assert told(lambda data: data.update(lacking={"email": {}, "x": {}})) == [unknown("lacking.x", "x", FIELDS)]
