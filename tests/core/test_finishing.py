"""What keeps a case from its end is found before there is one: each fault of a chain, and nothing of a sound one."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from portal.core.finishing import RULES
from portal.core.sop import Sop, parse
from portal.editions import read_sop
from tests.support.services import installed


@pytest.fixture(scope="module", params=["surel", "perpanjangan", "penerbitan"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sop:
    folder = tmp_path_factory.mktemp(request.param) / "schemas"
    installed(folder, request.param)
    return read_sop(folder / request.param)


@pytest.fixture(scope="module")
def surel(tmp_path_factory: pytest.TempPathFactory) -> Sop:
    folder = tmp_path_factory.mktemp("surel") / "schemas"
    installed(folder, "surel")
    return read_sop(folder / "surel")


def found(sop: Sop) -> set[tuple[str, str, object, str]]:
    """What is wrong, where, what is there, and what is expected."""
    problems = (problem for rule in RULES for problem in rule(sop))
    return {(each.code, each.key, each.value, each.expected) for each in problems}


def test_a_sound_chain_has_no_fault(sound: Sop) -> None:
    assert found(sound) == set()


HANDOVER = {"kind": "handover", "status": {}, "actions": {}}
VISIT = {
    "place": "Kantor",
    "length_minutes": 60,
    "days_ahead": 5,
    "capacity": 1,
    "bring": ["kartu"],
    "windows": {"mon": ["08.00-08.30"]},
}
OFFICIALS = "kadis, sekretaris, kabid, analis, administrator, operator, pengelola"
ENDINGS = "work, task, sign, dispatch, visit, handover"
SECOND_BEGINNING = ("sop_begins_twice", "steps[1].kind", "submission", "steps[0].kind = submission")
LATER_ROLE = ("sop_role_cannot", "steps[4].role", "pemohon", OFFICIALS)
Fault = tuple[str, str, object, str]
FAULTS: list[tuple[Callable[[Any], object], Fault]] = [
    (lambda d: d["steps"][1].update(role="pemohon"), ("sop_role_cannot", "steps[1].role", "pemohon", OFFICIALS)),
    (lambda d: d["steps"][4].update(role="pemohon"), ("sop_role_cannot", "steps[4].role", "pemohon", OFFICIALS)),
    (lambda d: d["steps"][10].update(role="kadis"), ("sop_role_cannot", "steps[10].role", "kadis", "pemohon")),
    (lambda d: d["steps"][0].update(role="kadis"), ("sop_role_cannot", "steps[10].role", "pemohon", "kadis")),
    (
        lambda d: d["either"][0].update(roles=["operator", "pemohon"]),
        ("sop_role_cannot", "steps[5].role", "pengelola", OFFICIALS.removesuffix(", pengelola")),
    ),
    (lambda d: d["steps"][0].update(kind="work"), ("sop_cannot_begin", "steps[0].kind", "work", "submission, opening")),
    (
        lambda d: d["steps"][3].update(kind="submission"),
        ("sop_begins_twice", "steps[3].kind", "submission", "steps[0].kind = submission"),
    ),
    (lambda d: d["steps"][4].update(HANDOVER), ("sop_after_the_end", "steps[5]", "pembuatan", "kajian")),
    (
        lambda d: d["steps"].append(d["steps"][1] | {"key": "lagi"}),
        ("sop_cannot_end", "steps[12].kind", "disposition", ENDINGS),
    ),
    (
        lambda d: d["steps"][1].update(also=["send_back"]),
        ("sop_nobody_before", "steps[1].also[0]", "send_back", "disposition, work, dispatch"),
    ),
    (
        lambda d: d["actions"].pop("send_back"),
        ("sop_invalid", "steps[3].actions.send_back", None, "label, button, done"),
    ),
    (
        lambda d: d["steps"][0].update(kind="opening", role="kadis"),
        ("sop_applicant_unclear", "roles", 0, "applies = true"),
    ),
    (lambda d: d["steps"][0].update(kind="opening"), ("sop_invalid", "actions.open", None, "done")),
    (lambda d: d["roles"][1].update(applies=True), ("sop_role_cannot", "roles[1].applies", "kadis", "pemohon")),
    (lambda d: d.update(reasons=[]), ("sop_invalid", "reasons", None, 'for = ["return"]')),
    (lambda d: d.update(instructions=[]), ("sop_invalid", "instructions", None, "[[instructions]]")),
    (
        lambda d: d["steps"][4].update(kind="visit", visit=VISIT),
        ("sop_no_room", "steps[4].visit.windows", 60, "length_minutes"),
    ),
    (
        lambda d: d["steps"][9]["documents"][0].update(key="surat_permintaan"),
        ("sop_key_twice", "steps[9].documents[0].key", "surat_permintaan", ""),
    ),
    (
        lambda d: d["steps"][10].update(documents=[dict(d["steps"][9]["documents"][0])]),
        ("sop_key_twice", "steps[10].documents[0].key", "surat_pemberitahuan", ""),
    ),
    (lambda d: d["steps"].insert(1, d["steps"][0] | {"key": "lagi"}), SECOND_BEGINNING),
    (lambda d: (d["steps"][1].update(role="siapa"), d["steps"][4].update(role="pemohon")), LATER_ROLE),
]


@pytest.mark.parametrize(("break_it", "fault"), FAULTS, ids=[f"{code} {key}" for _, (code, key, *_) in FAULTS])
def test_what_cannot_finish_is_told(surel: Sop, break_it: Callable[[Any], object], fault: Fault) -> None:
    data = copy.deepcopy(dict(surel.data))
    break_it(data)
    assert fault in found(parse(data, surel.form))


def test_rows_are_no_steps_and_may_stand_after_the_end(surel: Sop) -> None:
    data = copy.deepcopy(dict(surel.data))
    data["steps"][11].update(HANDOVER)
    data["steps"].append(data["steps"][2] | {"key": "catatan_akhir"})
    assert found(parse(data, surel.form)) == set()


def test_hours_that_are_none_and_kinds_that_are_none_are_told_elsewhere(surel: Sop) -> None:
    data = copy.deepcopy(dict(surel.data))
    data["steps"][4].update(kind="visit", visit=VISIT | {"windows": {"mon": ["pagi"]}})
    assert found(parse(data, surel.form)) == set()
    data["steps"][4].update(kind="sihir")
    assert found(parse(data, surel.form)) == set()


def test_where_a_service_begins_with_a_role_that_there_is_not_no_other_is_blamed(surel: Sop) -> None:
    data = copy.deepcopy(dict(surel.data))
    data["steps"][0].update(role="siapa")
    assert "sop_role_cannot" not in {code for code, *_ in found(parse(data, surel.form))}


@pytest.mark.parametrize(
    ("hours", "length", "fits"),
    [("08.10-08.40", 30, True), ("08.10-08.39", 30, False), ("08.50-09.20", 30, True), ("08.00-10.00", 121, False)],
)
def test_a_visit_fits_where_the_hours_are_as_long_as_it_is(surel: Sop, hours: str, length: int, fits: bool) -> None:
    data = copy.deepcopy(dict(surel.data))
    data["steps"][4].update(kind="visit", visit=VISIT | {"windows": {"mon": [hours]}, "length_minutes": length})
    assert (found(parse(data, surel.form)) == set()) is fits
