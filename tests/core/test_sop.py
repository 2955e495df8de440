"""The SOP file of the repository, read as the portal reads it."""

import copy
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal.core import sop
from portal.core.errors import NotFound, SopInvalid
from portal.core.parts import ActionText
from portal.core.soundness import problems
from portal.core.steps import KINDS, State, official_actions
from portal.editions import read_sop
from tests.support.builders import a_sop
from tests.support.places import SCHEMAS

FOLDER = SCHEMAS / "penerbitan"


@pytest.fixture(scope="module")
def edition() -> sop.Sop:
    return read_sop(FOLDER)


def test_the_seven_steps_take_one_hundred_minutes(edition: sop.Sop) -> None:
    assert [step.minutes for step in edition.steps] == [15, 15, 15, 15, 10, 20, 10]
    assert edition.minutes == 100


def test_each_step_follows_the_one_before_and_the_last_is_followed_by_none(edition: sop.Sop) -> None:
    keys = [step.key for step in edition.steps]
    assert [following.key if (following := edition.after(key)) else None for key in keys] == [*keys[1:], None]


def test_every_state_an_application_can_be_in_has_words(edition: sop.Sop) -> None:
    closed_or_returned = [State.RETURNED, *(state for state in State if state.is_closed)]
    for step in edition.steps:
        kind = KINDS[step.kind]
        for state in {kind.entry, *kind.official, *kind.applicant, *closed_or_returned}:
            text = edition.status(step.key, state)
            assert text.label
            assert text.sentence


def test_every_action_an_official_can_take_has_a_choice_a_button_and_a_past_tense(edition: sop.Sop) -> None:
    for step in edition.steps:
        for state in KINDS[step.kind].official:
            for action in official_actions(edition, step.key, state):
                text = edition.action(step.key, action)
                assert (text.label, text.button, text.done) > ("", "", ""), (step.key, action)


def test_an_application_keeps_the_edition_it_began_with(edition: sop.Sop) -> None:
    restored = sop.restore(edition.snapshot(), edition)
    assert (edition.version, edition.steps, edition.reasons) == (restored.version, restored.steps, restored.reasons)


def test_another_wording_is_another_version_but_other_office_hours_are_not(edition: sop.Sop) -> None:
    hours = copy.deepcopy(dict(edition.data))
    hours["calendar"]["hours"]["fri"] = ["07.30-11.00"]
    wording = copy.deepcopy(dict(edition.data))
    wording["steps"][1]["minutes"] = 20
    assert sop.parse(hours, edition.form).version == edition.version
    assert sop.parse(wording, edition.form).version != edition.version


def test_an_unknown_step_is_not_found(edition: sop.Sop) -> None:
    with pytest.raises(NotFound):
        edition.step("tidak_ada")


@pytest.mark.parametrize(
    ("break_it", "key"),
    [
        (lambda d: d["steps"][1].update(role="wali_kota"), "steps[1].role"),
        (lambda d: d["steps"][2].update(key=d["steps"][1]["key"]), "steps[2].key"),
        (lambda d: d["roles"][1].update(column="Kepala"), "roles[1].column"),
        (lambda d: d["applicant"].update(email="surel"), "applicant.email"),
        (lambda d: d["documents"].append(d["documents"][0]), "documents[4].key"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(edition: sop.Sop, break_it: Callable[..., Any], key: str) -> None:
    data = copy.deepcopy(dict(edition.data))
    break_it(data)
    assert [problem.key for problem in problems(sop.parse(data, edition.form))] == [key]


def test_a_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "sop.toml").write_text("service = \n")
    with pytest.raises(SopInvalid) as refusal:
        read_sop(tmp_path)
    assert "line 1" in str(refusal.value.facts["expected"])


def test_the_schema_names_a_step_without_a_role(tmp_path: Path) -> None:
    (tmp_path / "layanan").mkdir()
    text = (FOLDER / "sop.toml").read_text().replace('role = "kadis"\n', "", 1)
    (tmp_path / "layanan" / "sop.toml").write_text(text)
    (tmp_path / "layanan" / "application.schema.json").write_text((FOLDER / "application.schema.json").read_text())
    (tmp_path / "sop.schema.json").write_text((FOLDER.parent / "sop.schema.json").read_text())
    with pytest.raises(SopInvalid) as refusal:
        read_sop(tmp_path / "layanan")
    assert "steps[1]" in str(refusal.value.facts["key"])
    assert "role" in f"{refusal.value.facts['key']} {refusal.value.facts['expected']}"


def test_the_snapshot_is_json_of_the_file_without_its_calendar(edition: sop.Sop) -> None:
    kept = json.loads(edition.snapshot())["sop"]
    read = tomllib.loads((FOLDER / "sop.toml").read_text())
    assert kept == {key: value for key, value in read.items() if key not in sop.OF_THE_OFFICE}


def test_what_may_be_decided_on_several_cases_at_once_is_for_the_office_to_say() -> None:
    edition = a_sop()
    assert replace(edition, data={"desk": {"together": ["forward"]}}).together == ("forward",)
    silent: list[dict[str, Any]] = [{}, {"desk": {}}]
    assert [replace(edition, data=data).together for data in silent] == [(), ()]


def test_rows_that_name_no_time_add_nothing_to_the_sum() -> None:
    edition = a_sop()
    timeless = replace(edition.rows[0], time=None)
    assert replace(edition, rows=(timeless, *edition.rows[1:])).minutes == edition.minutes - 10


def test_an_action_that_a_clerk_sets_right_has_the_words_of_its_own() -> None:
    corrected = replace(a_sop(), data={**a_sop().data, "corrections": {"undo": {"label": "x", "done": "Dibatalkan"}}})
    assert corrected.action("ajukan", "undo") == ActionText(done="Dibatalkan")
    assert a_sop().action("ajukan", "undo") == ActionText()


def test_a_time_is_said_in_words_or_as_the_sop_wrote_it_or_that_it_says_none() -> None:
    step = a_sop().steps[1]
    words = {"minutes": "{minutes} menit", "unsaid": "tidak disebut"}
    worded = replace(a_sop(), data={**a_sop().data, "chart": words})
    silent, written = replace(step, time=None), replace(step, text={"time": "10 Menit"})
    assert [worded.time(each) for each in (step, silent)] == ["10 menit", "tidak disebut"]
    assert [a_sop().time(each) for each in (step, written, silent)] == ["", "10 Menit", ""]


def test_an_older_edition_has_the_newer_actions_words_too() -> None:
    present = replace(a_sop(), action_texts={"baru": ActionText(done="Baru")})
    assert sop.restore(a_sop().snapshot(), present).action_texts["baru"] == ActionText(done="Baru")
