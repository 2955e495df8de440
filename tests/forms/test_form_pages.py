"""What a page of a form shows, and what mending asks of it."""

import pytest

from portal.core.errors import Finding
from portal.forms.form import Field
from tests.support.answers import APPLICATION, FORM, ON_BEHALF, PNS, SENTENCES, TODAY

# --- Pages ---------------------------------------------------------------------------------------------------------


def test_a_field_carries_all_that_a_page_shows() -> None:
    assert FORM.fields["hp"] == Field(
        name="hp",
        label=APPLICATION["properties"]["hp"]["title"],
        hint=APPLICATION["properties"]["hp"]["hint"],
        example="0812-3456-7890",
        widget="tel",
        options=(),
        required=True,
        optional=False,
        autocomplete="tel",
        inputmode="tel",
        maxlength=None,
        show_if=None,
        amendable=True,
    )


@pytest.mark.parametrize(
    ("name", "required"),
    [("nik", True), ("nip", True), ("opd_lainnya", True), ("tujuan_uraian", False), ("golongan_pppk", False)],
)
def test_a_field_is_required_when_it_has_to_be_answered_whenever_it_is_asked(name: str, required: bool) -> None:
    assert FORM.fields[name].required is required


@pytest.mark.parametrize(
    ("name", "optional"),
    [
        ("nik", False),
        ("opd_lainnya", False),
        ("tujuan_uraian", False),
        ("golongan_pppk", True),
        ("hp_narahubung", True),
    ],
)
def test_a_field_is_optional_only_if_no_other_answer_demands_it(name: str, optional: bool) -> None:
    assert FORM.fields[name].optional is optional


def test_numbers_leave_room_for_typed_spaces() -> None:
    assert [FORM.fields[name].maxlength for name in ("nik", "nip", "hp")] == [None, None, None]


def test_values_are_called_by_their_labels() -> None:
    assert FORM.label("pangkat", "III/d") == "Penata Tingkat I (III/d)"
    assert FORM.label("opd", "Dinas Kesehatan") == "Dinas Kesehatan"
    assert FORM.label("opd", "Dinas Pasar") == "Dinas Pasar"
    assert FORM.label("nik", "6471055506850003") == "6471055506850003"


def test_reading_over_shows_answers_in_words_by_section_and_nothing_hidden() -> None:
    shown = {section.key: [(field.name, words) for field, words in rows] for section, rows in FORM.shown(PNS)}
    assert list(shown) == ["diri", "kepegawaian", "jabatan", "kontak", "keperluan"]
    assert shown["kepegawaian"] == [
        ("status_kepegawaian", "PNS atau CPNS"),
        ("nip", "198506152010012003"),
        ("pangkat", "Penata Tingkat I (III/d)"),
    ]
    assert ("email_aktif", "Ya") in shown["kontak"]


def test_who_filled_in_for_somebody_else_is_shown_first() -> None:
    section, rows = FORM.shown(FORM.clean(ON_BEHALF))[0]
    assert section.key == "pengisi"
    assert [words for _, words in rows] == ["Budi Santoso, S.E.", "Analis Kepegawaian", "0811-432-453", "Ya"]


# --- Mending -------------------------------------------------------------------------------------------------------


def test_mending_asks_only_what_is_named_and_keeps_sections_and_order() -> None:
    mending = FORM.only(["email", "nik"])
    assert list(mending.fields) == ["nik", "email"]
    assert [section.key for section in mending.sections] == ["diri", "kontak"]


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ("opd", ["opd", "opd_lainnya"]),
        ("tujuan", ["tujuan", "tujuan_uraian"]),
        ("status_kepegawaian", ["status_kepegawaian", "status_uraian", "nip", "pangkat", "golongan_pppk"]),
        ("opd_lainnya", ["opd_lainnya"]),
        ("ktp", []),
    ],
)
def test_mending_asks_what_depends_on_it_too(named: str, asked: list[str]) -> None:
    assert list(FORM.only([named]).fields) == asked


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("+6281234567890", "0812-3456-7890"),
        ("+62811432453", "0811-432-453"),
        ("0542 12345", "0542 12345"),
        ("+62", "+62"),
    ],
)
def test_a_telephone_number_is_read_as_people_write_it_here(kept: str, read: str) -> None:
    answers = [answer for _, fields in FORM.shown({"hp": kept}) for _, answer in fields]
    assert answers == [read]


def test_mending_keeps_nothing_else() -> None:
    assert FORM.only(["hp"]).clean(PNS | {"hp": "0811432453"}) == {"hp": "+62811432453"}


def test_mending_checks_the_whole_form() -> None:
    merged = FORM.clean(PNS) | FORM.only(["nip"]).clean({"nip": "199009132010012003"})
    assert FORM.only(["nip"]).check(merged, TODAY) == (
        Finding("nik", SENTENCES["rules.nik_matches_nip_birth"], passable=True),
    )
    del merged["jabatan"]
    assert FORM.only(["nip"]).check(merged, TODAY)[0].field == "jabatan"


def test_mending_leaves_the_whole_form_as_it_was() -> None:
    before = list(FORM.fields)
    FORM.only(["hp"])
    assert list(FORM.fields) == before
