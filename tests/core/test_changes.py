"""What a new edition says otherwise than the one that running cases keep."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal.core.changes import changes
from portal.core.sop import OF_THE_OFFICE, Sop, parse


def changed(sop: Sop, change: Callable[[dict[str, Any]], object]) -> Sop:
    data = copy.deepcopy({"sop": dict(sop.data), "form": dict(sop.form)})
    change(data)
    return parse(data["sop"], data["form"])


def step(data: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in data["sop"]["steps"] if each["key"] == key)
    return found


CASES: list[tuple[Callable[[dict[str, Any]], object], list[tuple[str, dict[str, object]]]]] = [
    (lambda d: None, []),
    (lambda d: d["sop"].update(service="lain"), [("service", {"old": "penerbitan", "new": "lain"})]),
    (lambda d: d["sop"]["steps"].pop(2), [("step_removed", {"name": "Telaah Kepala Bidang", "number": 3})]),
    (
        lambda d: d["sop"]["steps"].insert(3, {**step(d, "telaah_kabid"), "key": "telaah_dua", "name": "Telaah kedua"}),
        [("step_added", {"name": "Telaah kedua", "number": 4})],
    ),
    (
        lambda d: step(d, "penyerahan").update(key="serah"),
        [("step_renamed", {"old": "penyerahan", "new": "serah", "name": "Penyerahan"})],
    ),
    (
        lambda d: step(d, "telaah_kabid").update(key="pengiriman", name="Pengiriman", kind="dispatch"),
        [
            ("step_removed", {"name": "Telaah Kepala Bidang", "number": 3}),
            ("step_added", {"name": "Pengiriman", "number": 3}),
        ],
    ),
    (
        lambda d: step(d, "telaah_kabid").update(role="kadis", kind="dispatch"),
        [
            ("step_kind", {"name": "Telaah Kepala Bidang", "number": 3, "old": "disposition", "new": "dispatch"}),
            (
                "step_role",
                {
                    "name": "Telaah Kepala Bidang",
                    "number": 3,
                    "old": "Kepala Bidang Statistik dan Persandian",
                    "new": "Kepala Dinas",
                },
            ),
        ],
    ),
    (
        lambda d: step(d, "pendataan").pop("minutes"),
        [("step_time", {"name": "Pendataan", "number": 4, "old": "15 menit", "new": "waktu tidak disebut SOP"})],
    ),
    (
        lambda d: step(d, "pendataan").update(name="Pencatatan"),
        [("step_name", {"name": "Pencatatan", "number": 4, "old": "Pendataan", "new": "Pencatatan"})],
    ),
    (
        lambda d: step(d, "passphrase")["visit"].update(capacity=9),
        [("step_visit", {"name": "Pengisian passphrase", "number": 6})],
    ),
    (
        lambda d: step(d, "pemeriksaan")["checklist"].pop(),
        [("step_checklist", {"name": "Pemeriksaan dan pengiriman ke BSrE", "number": 5})],
    ),
    (lambda d: step(d, "pendataan").update(task="Lain"), [("step_words", {"name": "Pendataan", "number": 4})]),
    (
        lambda d: d["sop"]["roles"].append({"key": "sekretaris", "label": "Sekretaris", "column": "Kadis"}),
        [("role_added", {"key": "sekretaris", "label": "Sekretaris"})],
    ),
    (
        lambda d: d["sop"]["documents"][0].update(optional=True),
        [("document_changed", {"label": "Surat permohonan"})],
    ),
    (lambda d: d["sop"]["documents"].pop(), [("document_removed", {"label": "SK terakhir"})]),
    (
        lambda d: d["sop"]["documents"].append({"key": "foto", "label": "Foto", "hint": "x"}),
        [("document_added", {"label": "Foto"})],
    ),
    (
        lambda d: d["form"]["properties"].pop("hp_narahubung"),
        [("field_removed", {"label": "Nomor HP narahubung"})],
    ),
    (
        lambda d: d["form"]["properties"].update(gelar={"title": "Gelar", "type": "string"}),
        [("field_added", {"label": "Gelar"})],
    ),
    (
        lambda d: d["form"]["properties"]["nik"].update(pattern="^[0-9]{15}$"),
        [("field_changed", {"label": "NIK"})],
    ),
    (
        lambda d: d["form"]["properties"]["nik"].pop("title"),
        [("field_changed", {"label": "nik"})],
    ),
    (lambda d: d["form"]["properties"].update(gelar={"type": "string"}), [("field_added", {"label": "gelar"})]),
    (lambda d: d["form"]["required"].pop(), [("form_rules", {})]),
    (lambda d: d["sop"].update(draft_days=9), [("setting", {"key": "draft_days", "old": "30", "new": "9"})]),
    (lambda d: d["sop"].update(product_record={}), [("setting", {"key": "product_record", "old": "", "new": "{}"})]),
    (lambda d: d["sop"]["reasons"].pop(), [("words", {"key": "reasons"})]),
    (lambda d: d["sop"]["calendar"]["hours"].pop("fri"), [("office", {"keys": "calendar"})]),
]


@pytest.mark.parametrize(("change", "told"), CASES)
def test_each_change_is_told_with_what_it_was(
    sop: Sop, change: Callable[[dict[str, Any]], object], told: list[tuple[str, dict[str, object]]]
) -> None:
    assert [(each.code, each.facts) for each in changes(sop, changed(sop, change))] == told


@pytest.mark.parametrize(
    ("part", "key", "value", "code", "facts"),
    [
        ("form", "allOf", [], "form_rules", {}),
        ("form", "rules", [], "form_rules", {}),
        ("form", "sections", [], "form_rules", {}),
        ("sop", "ticket_prefix", "TTX", "setting", {"key": "ticket_prefix", "old": "TTE", "new": "TTX"}),
        ("sop", "sentences", {}, "words", {"key": "sentences"}),
        ("sop", "text", {}, "words", {"key": "text"}),
        ("sop", "title", "Lain", "words", {"key": "title"}),
        ("sop", "product", "Lain", "words", {"key": "product"}),
        ("sop", "instructions", [], "words", {"key": "instructions"}),
    ],
)
def test_each_setting_and_wording_is_told_by_its_key(
    sop: Sop, part: str, key: str, value: object, code: str, facts: dict[str, object]
) -> None:
    (told,) = changes(sop, changed(sop, lambda data: data[part].update({key: value})))
    assert (told.code, told.facts) == (code, facts)


def test_steps_in_another_order_are_told_once(sop: Sop) -> None:
    def swap(data: dict[str, Any]) -> None:
        steps = data["sop"]["steps"]
        steps[2], steps[3] = steps[3], steps[2]

    (told,) = changes(sop, changed(sop, swap))
    assert told.code == "steps_moved"
    assert str(told.facts["names"]).startswith("Pengajuan, Telaah Kepala Dinas, Pendataan, Telaah Kepala Bidang")


def test_a_role_that_is_gone_is_told_with_the_step_that_lost_it(sop: Sop) -> None:
    def drop(data: dict[str, Any]) -> None:
        step(data, "telaah_kabid").update(role="kadis")
        data["sop"]["roles"].pop(2)

    _, gone = changes(sop, changed(sop, drop))
    label = "Kepala Bidang Statistik dan Persandian"
    assert (gone.code, gone.facts) == ("role_removed", {"key": "kabid", "label": label})


def test_a_role_under_another_title_is_told_of_the_role_and_its_step(sop: Sop) -> None:
    new = changed(sop, lambda d: d["sop"]["roles"][2].update(label="Kabid Baru"))
    step_role, label = changes(sop, new)
    before, after = "Kepala Bidang Statistik dan Persandian", "Kabid Baru"
    assert (step_role.code, label.code) == ("step_role", "role_label")
    assert label.facts == {"key": "kabid", "old": before, "new": after}


def test_settings_of_the_office_are_told_together(sop: Sop) -> None:
    def change(data: dict[str, Any]) -> None:
        data["sop"]["calendar"]["hours"].pop("fri")
        data["sop"]["office"] = {"name": "Lain"}

    (told,) = changes(sop, changed(sop, change))
    keys = [key for key in OF_THE_OFFICE if key in ("office", "calendar")]
    assert (told.code, told.facts) == ("office", {"keys": ", ".join(keys)})


def test_a_field_that_goes_without_a_title_is_told_by_its_name(sop: Sop) -> None:
    untitled = changed(sop, lambda d: d["form"]["properties"]["nik"].pop("title"))
    gone = changed(untitled, lambda d: d["form"]["properties"].pop("nik"))
    assert [(each.code, each.facts) for each in changes(untitled, gone)] == [("field_removed", {"label": "nik"})]


@pytest.mark.parametrize(
    "key", ["instructions", "reasons", "sentences", "status", "actions", "text", "title", "product"]
)
def test_words_that_change_are_told_by_their_table(sop: Sop, key: str) -> None:
    told = changes(sop, replace(sop, data={**sop.data, key: {"lain": "x"}}))
    assert [(each.code, each.facts) for each in told] == [("words", {"key": key})]


@pytest.mark.parametrize("key", ["ticket_prefix", "draft_days", "product_record", "applicant"])
def test_settings_that_change_are_told(sop: Sop, key: str) -> None:
    told = changes(sop, replace(sop, data={**sop.data, key: "LAIN"}))
    assert [(each.code, each.facts["key"]) for each in told] == [("setting", key)]
