"""What applicants and officials type: tidied, checked, and answered with the sentences of the schemas."""

import json
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Finding, SopInvalid
from portal.forms import typed
from portal.forms.form import Field, Form, Option, validate

SCHEMAS = Path(__file__).parents[2] / "schemas"
APPLICATION = json.loads((SCHEMAS / "penerbitan" / "application.schema.json").read_text("utf-8"))
DECISIONS = json.loads((SCHEMAS / "decision.schema.json").read_text("utf-8"))["$defs"]
TODAY = date(2026, 11, 22)
FORM = Form(APPLICATION)

PNS = {
    "diisi_oleh": "sendiri",
    "nama_ktp": "SITI AMINAH",
    "nama_dengan_gelar": "Siti Aminah, S.Kom., M.T.",
    "nik": "6471055506850003",
    "status_kepegawaian": "PNS",
    "nip": "198506152010012003",
    "pangkat": "III/d",
    "jabatan": "Pranata Komputer Ahli Muda",
    "opd": "Dinas Kesehatan",
    "unit_kerja": "Puskesmas Pantai Amal",
    "email": "siti.aminah@tarakankota.go.id",
    "email_aktif": "ya",
    "hp": "081234567890",
    "tujuan": "Surat dan naskah dinas",
}
PPPK = PNS | {"status_kepegawaian": "PPPK", "nip": "199009132025242014", "nik": "6571015309900002", "pangkat": ""}
OTHER = PNS | {"status_kepegawaian": "Lainnya", "status_uraian": "Anggota DPRD Kota Tarakan", "nip": "", "pangkat": ""}
ON_BEHALF = PNS | {
    "diisi_oleh": "orang_lain",
    "nama_pengisi": "Budi Santoso, S.E.",
    "jabatan_pengisi": "Analis Kepegawaian",
    "hp_pengisi": "0811 432 453",
    "persetujuan": "on",
}


def sentences(schema: dict) -> dict[str, str]:
    """Every sentence of a form, by where it stands: ``nik.pattern``, ``form.required``, ``rules.nik_structure``."""
    found = {f"form.{keyword}": text for keyword, text in schema["messages"].items()}
    found |= {f"rules.{rule['rule']}": rule["message"] for rule in schema.get("rules", ())}
    for name, field in schema["properties"].items():
        found |= {f"{name}.{keyword}": text for keyword, text in field.get("messages", {}).items()}
        for number, part in enumerate(field.get("allOf", ())):
            found |= {f"{name}.allOf.{number}.{keyword}": text for keyword, text in part["messages"].items()}
        for number, warning in enumerate(field.get("warnings", ())):
            found[f"{name}.warnings.{number}"] = warning["message"]
    return found


SENTENCES = sentences(APPLICATION)


def findings(raw: dict, today: date = TODAY) -> tuple[Finding, ...]:
    return FORM.check(FORM.clean(raw), today)


# --- Cleaning ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed_text", "kept"),
    [
        ("nik", "6471 0555 0685 0003", "6471055506850003"),
        ("nik", "64.71.05.550685.0003", "6471055506850003"),
        ("nik", " 6471-0555-0685-0003\n", "6471055506850003"),
        ("nik", "6471\u00a00555\u200b0685\u20130003", "6471055506850003"),
        ("nik", "6471 0555 06", "6471 0555 06"),
        ("nik", "Nomor 6471055506850003", "Nomor 6471055506850003"),
        ("nik", "６４７１０５５５０６８５０００３", "６４７１０５５５０６８５０００３"),
        ("nip", "19850615 201001 2 003", "198506152010012003"),
        ("nip", "19850615.201001.2.003", "198506152010012003"),
        ("hp", "081234567890", "+6281234567890"),
        ("hp", "0812-3456-7890", "+6281234567890"),
        ("hp", "0811432453", "+62811432453"),
        ("hp", "0851-7999-0551", "+6285179990551"),
        ("hp", "+62 812 3456 7890", "+6281234567890"),
        ("hp", "6281234567890", "+6281234567890"),
        ("hp", "+62 (0)812 3456 7890", "+6281234567890"),
        ("hp", "0812.3456.7890", "+6281234567890"),
        ("hp", "0812–3456–7890", "+6281234567890"),
        ("hp", "0551-21234", "0551-21234"),
        ("hp", "０８１２３４５６７８９０", "０８１２３４５６７８９０"),
        ("email", "  Siti.Aminah@TarakanKota.go.id ", "siti.aminah@tarakankota.go.id"),
        ("email", "siti @ tarakankota.go.id", "siti@tarakankota.go.id"),
        ("email", "Siti@Gmail.com", "siti@gmail.com"),
        ("email", "Siti Aminah", "Siti Aminah"),
        ("email", "SİTİ@tarakankota.go.id", "SİTİ@tarakankota.go.id"),
        ("nama_ktp", "  SITI \t AMINAH ", "SITI AMINAH"),
        ("nama_ktp", "SITI\0 AMI\x07NAH", "SITI AMINAH"),
        ("nama_ktp", "\u202eSITI\u200d AMINAH", "SITI AMINAH"),
        ("nama_ktp", "MU’ADZ", "MU'ADZ"),
        ("nama_ktp", "JOSE\u0301", "JOS\u00c9"),
        ("nama_ktp", "SITI\ud800", "SITI"),
        ("jabatan", "Kepala\r\nBidang", "Kepala Bidang"),
        ("tujuan_uraian", "satu\r\ndua\r\n\r\n\r\n\r\ntiga \r\n", "satu\ndua\n\ntiga"),
        ("email_aktif", "on", "ya"),
        ("email_aktif", "ya", "ya"),
    ],
)
def test_what_is_typed_gets_its_usual_form_or_stays_as_typed(name, typed_text, kept):
    assert FORM.clean({name: typed_text})[name] == kept


@pytest.mark.parametrize("empty", ["", "   ", "\0", "\u200b", [], [""], None, 7, [7, None], b"ya", {"ya": "ya"}])
def test_what_says_nothing_is_left_out(empty):
    assert FORM.clean({"jabatan": empty, "email_aktif": empty}) == {"jenis_permohonan": "penerbitan"}


def test_only_known_fields_are_kept():
    assert FORM.clean({"csrf": "x", "is_admin": "ya", "jabatan": "Camat"}) == {
        "jenis_permohonan": "penerbitan",
        "jabatan": "Camat",
    }


def test_a_web_form_with_lists_and_a_plain_mapping_are_cleaned_alike():
    assert FORM.clean({name: [value] for name, value in PNS.items()}) == FORM.clean(PNS)


def test_of_several_values_for_one_answer_the_first_that_says_something_counts():
    assert FORM.clean({"jabatan": ["", "Camat", "Lurah"]})["jabatan"] == "Camat"


def test_a_constant_cannot_be_typed_over():
    assert FORM.clean({"jenis_permohonan": "pencabutan"})["jenis_permohonan"] == "penerbitan"


def test_long_text_is_not_cut():
    assert FORM.clean({"jabatan": "x" * 10_000})["jabatan"] == "x" * 10_000


def test_answers_to_what_is_not_asked_are_dropped():
    cleaned = FORM.clean(ON_BEHALF | {"diisi_oleh": "sendiri", "opd_lainnya": "Kecamatan Tarakan Barat"})
    assert not cleaned.keys() & {"nama_pengisi", "jabatan_pengisi", "hp_pengisi", "persetujuan", "opd_lainnya"}


@pytest.mark.parametrize(("status", "kept"), [("PNS", True), ("PPPK", True), ("Lainnya", False)])
def test_a_number_is_asked_of_pns_and_pppk_only(status, kept):
    assert ("nip" in FORM.clean(PNS | {"status_kepegawaian": status})) is kept


def test_answers_are_kept_while_what_they_depend_on_is_open():
    assert FORM.clean({"opd_lainnya": "Kecamatan Tarakan Barat"})["opd_lainnya"] == "Kecamatan Tarakan Barat"


@given(st.dictionaries(st.sampled_from(sorted(FORM.fields)), st.text() | st.lists(st.text())))
def test_cleaning_twice_is_cleaning_once(raw):
    once = FORM.clean(raw)
    assert FORM.clean(once) == once


@given(st.dictionaries(st.sampled_from(sorted(FORM.fields)), st.text() | st.lists(st.text())))
def test_whatever_is_typed_can_be_stored_and_checked(raw):
    cleaned = FORM.clean(raw)
    for value in cleaned.values():
        value.encode()
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in value.replace("\n", ""))
    assert {finding.field for finding in FORM.check(cleaned, TODAY)} <= set(FORM.fields)


@given(st.dictionaries(st.sampled_from(sorted(FORM.fields)), st.none() | st.integers() | st.lists(st.text())))
def test_values_of_the_wrong_type_are_found_not_stumbled_over(values):
    found = {finding.field for finding in FORM.check(values, TODAY) if not finding.passable}
    assert values.keys() <= found


@given(st.text())
def test_lines_keep_no_empty_edge_and_no_gap(text):
    kept = typed.lines(text)
    assert kept == kept.strip()
    assert "\n\n\n" not in kept


# --- The application: what is fine ---------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [PNS, PPPK, OTHER, ON_BEHALF], ids=["pns", "pppk", "other", "on behalf"])
def test_a_complete_application_passes_without_a_word(raw):
    assert findings(raw) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"nama_ktp": "SUKARNO"},
        {"nama_ktp": "'AISYAH NUR-ROHMAH M. YUSUF"},
        {"nama_ktp": "Renée D’Souza"},
        {"nama_dengan_gelar": ""},
        {"nama_dengan_gelar": "Prof. Dr. (H.C.) Ir. H. Ali, Ph.D."},
        {"nik": "6571015506859999"},
        {"email": "siti@dinkes.tarakankota.go.id"},
        {"email": "s@prokopim.setda.tarakankota.go.id"},
        {"email": "siti_aminah-1985@tarakankota.go.id"},
        {"email": "dkisputra@tarakankota.go.id"},
        {"hp": "0811432453"},
        {"hp": "0812345678901"},
        {"hp_narahubung": "0811-432-453"},
        {"opd": "Lainnya", "opd_lainnya": "Kecamatan Tarakan Barat"},
        {"tujuan": "Lainnya", "tujuan_uraian": "Kontrak\nkerja sama"},
        {"jabatan": "x" * 150},
    ],
)
def test_what_is_unusual_but_right_passes_without_a_word(change):
    assert findings(PNS | change) == ()


@pytest.mark.parametrize("number", ["199009132025242014", "199009132025212014", "199009132019992014"])
def test_the_contract_code_of_a_pppk_is_not_taken_for_a_month(number):
    assert findings(PPPK | {"nip": number}) == ()


@pytest.mark.parametrize("region", ["110101", "317101", "640101", "647305", "657101", "947101"])
def test_a_nik_of_any_region_passes(region):
    assert findings(PNS | {"nik": region + "5506850003"}) == ()


# --- The application: what is not ----------------------------------------------------------------------------------

# change of a complete application, field, sentence
REFUSED = [
    ({"nama_ktp": ""}, "nama_ktp", "nama_ktp.required"),
    ({"nama_ktp": "\0 \u200b"}, "nama_ktp", "nama_ktp.required"),
    ({"nama_ktp": "SITI 4MINAH"}, "nama_ktp", "nama_ktp.pattern"),
    ({"nama_ktp": "سيتي"}, "nama_ktp", "nama_ktp.pattern"),
    ({"nama_ktp": "<b>SITI</b>"}, "nama_ktp", "nama_ktp.pattern"),
    ({"nama_ktp": "."}, "nama_ktp", "nama_ktp.pattern"),
    ({"nama_ktp": "S" * 10_000}, "nama_ktp", "form.maxLength"),
    ({"nama_ktp": "1" * 10_000}, "nama_ktp", "form.maxLength"),
    ({"nama_dengan_gelar": "Siti @minah"}, "nama_dengan_gelar", "nama_dengan_gelar.pattern"),
    ({"nik": ""}, "nik", "nik.required"),
    ({"nik": "647105550685000"}, "nik", "nik.pattern"),
    ({"nik": "64710555068500033"}, "nik", "nik.pattern"),
    ({"nik": "647105550685000O"}, "nik", "nik.pattern"),
    ({"nik": "६४७१०५५५०६८५०००३"}, "nik", "nik.pattern"),
    ({"nik": "1" * 10_000}, "nik", "nik.pattern"),
    ({"nik": "1111111111111111"}, "nik", "rules.nik_structure"),
    ({"nik": "6471053206850003"}, "nik", "rules.nik_structure"),
    ({"nik": "6471050006850003"}, "nik", "rules.nik_structure"),
    ({"nik": "6471057206850003"}, "nik", "rules.nik_structure"),
    ({"nik": "6471055513850003"}, "nik", "rules.nik_structure"),
    ({"nik": "6471055506850000"}, "nik", "rules.nik_structure"),
    ({"status_kepegawaian": ""}, "status_kepegawaian", "status_kepegawaian.required"),
    ({"status_kepegawaian": "pns"}, "status_kepegawaian", "form.oneOf"),
    ({"status_kepegawaian": "Lainnya"}, "status_uraian", "status_uraian.required"),
    ({"status_kepegawaian": "Lainnya", "status_uraian": "-"}, "status_uraian", "form.pattern"),
    ({"nip": ""}, "nip", "nip.required"),
    ({"status_kepegawaian": "PPPK", "nip": ""}, "nip", "nip.required"),
    ({"nip": "19850615201001200"}, "nip", "nip.pattern"),
    ({"nip": "1985061520100120034"}, "nip", "nip.pattern"),
    ({"nip": "111111111111111111"}, "nip", "rules.nip_structure"),
    ({"nip": "198502302010012003"}, "nip", "rules.nip_structure"),
    ({"nip": "198506152000012003"}, "nip", "rules.nip_structure"),
    ({"nip": "194906152010012003"}, "nip", "rules.nip_structure"),
    ({"nip": "198506152010013003"}, "nip", "rules.nip_structure"),
    ({"nip": "198506152010012000"}, "nip", "rules.nip_structure"),
    ({"pangkat": ""}, "pangkat", "pangkat.required"),
    ({"pangkat": "V/a"}, "pangkat", "form.oneOf"),
    ({"status_kepegawaian": "PPPK", "golongan_pppk": "-"}, "golongan_pppk", "golongan_pppk.pattern"),
    ({"status_kepegawaian": "PPPK", "golongan_pppk": "X" * 31}, "golongan_pppk", "form.maxLength"),
    ({"jabatan": ""}, "jabatan", "jabatan.required"),
    ({"jabatan": "---"}, "jabatan", "form.pattern"),
    ({"jabatan": "x" * 151}, "jabatan", "form.maxLength"),
    ({"opd": ""}, "opd", "opd.required"),
    ({"opd": "Dinas Sihir"}, "opd", "form.oneOf"),
    ({"opd": "Lainnya"}, "opd_lainnya", "opd_lainnya.required"),
    ({"unit_kerja": ""}, "unit_kerja", "unit_kerja.required"),
    ({"email": ""}, "email", "email.required"),
    ({"email": "siti.aminah"}, "email", "email.pattern"),
    ({"email": "siti aminah@tarakankota.go.id"}, "email", "email.pattern"),
    ({"email": "siti@@tarakankota.go.id"}, "email", "email.pattern"),
    ({"email": "siti@gmail.com"}, "email", "email.allOf.0.pattern"),
    ({"email": "siti@kaltaraprov.go.id"}, "email", "email.allOf.0.pattern"),
    ({"email": "siti@eviltarakankota.go.id"}, "email", "email.allOf.0.pattern"),
    ({"email": "siti@evil-tarakankota.go.id"}, "email", "email.allOf.0.pattern"),
    ({"email": "siti@tarakankota.go.id.evil.com"}, "email", "email.allOf.0.pattern"),
    ({"email": "siti@tarakankotaxgo.id"}, "email", "email.allOf.0.pattern"),
    ({"email": "siti..aminah@tarakankota.go.id"}, "email", "email.allOf.1.pattern"),
    ({"email": ".siti@tarakankota.go.id"}, "email", "email.allOf.1.pattern"),
    ({"email": "s\u0456ti@tarakankota.go.id"}, "email", "email.allOf.1.pattern"),
    ({"email": "x" * 10_000 + "@tarakankota.go.id"}, "email", "form.maxLength"),
    ({"email_aktif": ""}, "email_aktif", "email_aktif.required"),
    ({"hp": ""}, "hp", "hp.required"),
    ({"hp": "8123"}, "hp", "hp.pattern"),
    ({"hp": "081234567"}, "hp", "hp.pattern"),
    ({"hp": "08123456789012"}, "hp", "hp.pattern"),
    ({"hp": "+6591234567"}, "hp", "hp.pattern"),
    ({"hp": "0551 21234567"}, "hp", "hp.pattern"),
    ({"hp": "08" * 5_000}, "hp", "hp.pattern"),
    ({"hp_narahubung": "Budi"}, "hp_narahubung", "hp_narahubung.pattern"),
    ({"tujuan": ""}, "tujuan", "tujuan.required"),
    ({"tujuan": "Lainnya"}, "tujuan_uraian", "tujuan_uraian.required"),
    ({"tujuan_uraian": "x" * 501}, "tujuan_uraian", "form.maxLength"),
    ({"diisi_oleh": ""}, "diisi_oleh", "diisi_oleh.required"),
    ({"diisi_oleh": "siapa"}, "diisi_oleh", "form.oneOf"),
    ({"diisi_oleh": "orang_lain"}, "nama_pengisi", "nama_pengisi.required"),
    ({"diisi_oleh": "orang_lain", "nama_pengisi": "Budi 2"}, "nama_pengisi", "nama_pengisi.pattern"),
    ({"diisi_oleh": "orang_lain"}, "jabatan_pengisi", "jabatan_pengisi.required"),
    ({"diisi_oleh": "orang_lain"}, "hp_pengisi", "hp_pengisi.required"),
    ({"diisi_oleh": "orang_lain", "hp_pengisi": "1"}, "hp_pengisi", "hp_pengisi.pattern"),
    ({"diisi_oleh": "orang_lain"}, "persetujuan", "persetujuan.required"),
]

WARNED = [
    ({"nama_ktp": "SITI AMINAH, S.KOM"}, "nama_ktp", "nama_ktp.warnings.0"),
    ({"nama_ktp": "Dr. SITI AMINAH"}, "nama_ktp", "nama_ktp.warnings.0"),
    ({"nama_ktp": "drs. BUDI"}, "nama_ktp", "nama_ktp.warnings.0"),
    ({"nama_ktp": "Hj. SITI"}, "nama_ktp", "nama_ktp.warnings.0"),
    ({"nik": "9971055506850003"}, "nik", "rules.nik_province_known"),
    ({"nik": "6471057102850003", "nip": "198502282010012003"}, "nik", "rules.nik_possible_date"),
    ({"nik": "6471055606850003"}, "nik", "rules.nik_matches_nip_birth"),
    ({"nik": "6471051506850003"}, "nik", "rules.nik_matches_nip_sex"),
    ({"nip": "198506152010242003"}, "nip", "rules.nip_fits_pns"),
    ({"status_kepegawaian": "PPPK"}, "nip", "rules.nip_fits_pppk"),
    ({"email": "dkisp@tarakankota.go.id"}, "email", "email.warnings.0"),
    ({"email": "Admin@TarakanKota.go.id"}, "email", "email.warnings.0"),
    ({"email": "humas2@dinkes.tarakankota.go.id"}, "email", "email.warnings.0"),
]

# Only a program can send these, a form cannot.
UNCLEANED = [
    ({"jabatan": ["Camat", "Lurah"]}, "jabatan", "form.type"),
    ({"nik": 6471055506850003}, "nik", "form.type"),
    ({"opd": ["Dinas Kesehatan"]}, "opd", "form.type"),
    ({"jenis_permohonan": "pencabutan"}, "jenis_permohonan", "form.const"),
    ({"email_aktif": "tidak"}, "email_aktif", "form.oneOf"),
]


@pytest.mark.parametrize(("change", "field", "sentence"), REFUSED)
def test_what_cannot_be_right_is_refused_with_its_sentence(change, field, sentence):
    limit = str(APPLICATION["properties"][field].get("maxLength"))
    found = [finding for finding in findings(PNS | change) if finding.field == field]
    assert found == [Finding(field, SENTENCES[sentence].replace("{limit}", limit))]


@pytest.mark.parametrize(("change", "field", "sentence"), WARNED)
def test_what_is_odd_may_pass_with_a_warning(change, field, sentence):
    found = findings(PNS | change)
    assert Finding(field, SENTENCES[sentence], passable=True) in found
    assert all(finding.passable for finding in found)


@pytest.mark.parametrize(("change", "field", "sentence"), UNCLEANED)
def test_values_that_no_form_sends_are_refused_too(change, field, sentence):
    found = FORM.check(FORM.clean(PNS) | change, TODAY)
    assert Finding(field, SENTENCES[sentence]) in found


def test_a_missing_constant_is_missed():
    values = FORM.clean(PNS)
    del values["jenis_permohonan"]
    assert FORM.check(values, TODAY) == (Finding("jenis_permohonan", SENTENCES["form.required"]),)


def test_every_sentence_of_the_application_is_reached_above():
    reached = {sentence for _, _, sentence in (*REFUSED, *WARNED, *UNCLEANED)} | {"form.required"}
    assert reached == set(SENTENCES)


def test_people_without_an_office_address_are_told_where_to_get_one():
    (finding,) = findings(PNS | {"email": "siti@gmail.com"})
    assert "Hubungi DKISP" in finding.message


def test_errors_come_before_warnings_each_in_the_order_of_the_form():
    found = findings(
        PNS | {"tujuan": "", "jabatan": "", "email": "dkisp@tarakankota.go.id", "nik": "9971055606850003", "hp": "x"}
    )
    assert [(finding.field, finding.passable) for finding in found] == [
        ("jabatan", False),
        ("hp", False),
        ("tujuan", False),
        ("nik", True),
        ("nik", True),
        ("email", True),
    ]


def test_a_field_has_one_error_and_then_no_warning():
    found = findings(PNS | {"nama_ktp": "SITI 4MINAH, S.KOM"})
    assert found == (Finding("nama_ktp", SENTENCES["nama_ktp.pattern"]),)


def test_an_empty_form_names_what_is_missing_once_each():
    found = findings({})
    assert [finding.field for finding in found] == [
        name for name in FORM.fields if name in APPLICATION["required"] and name != "jenis_permohonan"
    ]


def test_today_decides_whether_a_year_of_appointment_can_be():
    appointed_next_year = PNS | {"nip": "198506152027012003"}
    assert [f.passable for f in findings(appointed_next_year, date(2026, 12, 31))] == [True]
    assert findings(appointed_next_year, date(2027, 1, 1)) == ()


def test_unknown_values_of_an_older_form_do_not_stand_in_the_way():
    assert FORM.check(FORM.clean(PNS) | {"alamat_kantor": "Jl. Pulau Kalimantan No. 1"}, TODAY) == ()


def test_an_office_that_is_no_longer_offered_stays_valid():
    schema = json.loads(json.dumps(APPLICATION))
    schema["properties"]["opd"]["oneOf"].append({"const": "Dinas Pasar", "deprecated": True})
    form = Form(schema)
    assert form.check(form.clean(PNS | {"opd": "Dinas Pasar"}), TODAY) == ()
    assert form.fields["opd"].options[-1] == Option("Dinas Pasar", "Dinas Pasar", active=False)


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_a_field_carries_all_that_a_page_shows():
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
    )


@pytest.mark.parametrize(
    ("name", "required"),
    [("nik", True), ("nip", True), ("opd_lainnya", True), ("tujuan_uraian", False), ("golongan_pppk", False)],
)
def test_a_field_is_required_when_it_has_to_be_answered_whenever_it_is_asked(name, required):
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
def test_a_field_is_optional_only_if_no_other_answer_demands_it(name, optional):
    assert FORM.fields[name].optional is optional


def test_numbers_leave_room_for_typed_spaces():
    assert [FORM.fields[name].maxlength for name in ("nik", "nip", "hp")] == [None, None, None]


def test_values_are_called_by_their_labels():
    assert FORM.label("pangkat", "III/d") == "Penata Tingkat I (III/d)"
    assert FORM.label("opd", "Dinas Kesehatan") == "Dinas Kesehatan"
    assert FORM.label("opd", "Dinas Pasar") == "Dinas Pasar"
    assert FORM.label("nik", "6471055506850003") == "6471055506850003"


def test_reading_over_shows_answers_in_words_by_section_and_nothing_hidden():
    shown = {section.key: [(field.name, words) for field, words in rows] for section, rows in FORM.shown(PNS)}
    assert list(shown) == ["diri", "kepegawaian", "jabatan", "kontak", "keperluan"]
    assert shown["kepegawaian"] == [
        ("status_kepegawaian", "PNS atau CPNS"),
        ("nip", "198506152010012003"),
        ("pangkat", "Penata Tingkat I (III/d)"),
    ]
    assert ("email_aktif", "Ya") in shown["kontak"]


def test_who_filled_in_for_somebody_else_is_shown_first():
    section, rows = FORM.shown(FORM.clean(ON_BEHALF))[0]
    assert section.key == "pengisi"
    assert [words for _, words in rows] == ["Budi Santoso, S.E.", "Analis Kepegawaian", "0811-432-453", "Ya"]


# --- Mending -------------------------------------------------------------------------------------------------------


def test_mending_asks_only_what_is_named_and_keeps_sections_and_order():
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
def test_mending_asks_what_depends_on_it_too(named, asked):
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
def test_a_telephone_number_is_read_as_people_write_it_here(kept, read):
    answers = [answer for _, fields in FORM.shown({"hp": kept}) for _, answer in fields]
    assert answers == [read]


def test_mending_keeps_nothing_else():
    assert FORM.only(["hp"]).clean(PNS | {"hp": "0811432453"}) == {"hp": "+62811432453"}


def test_mending_checks_the_whole_form():
    merged = FORM.clean(PNS) | FORM.only(["nip"]).clean({"nip": "199009132010012003"})
    assert FORM.only(["nip"]).check(merged, TODAY) == (
        Finding("nik", SENTENCES["rules.nik_matches_nip_birth"], passable=True),
    )
    del merged["jabatan"]
    assert FORM.only(["nip"]).check(merged, TODAY)[0].field == "jabatan"


def test_mending_leaves_the_whole_form_as_it_was():
    before = list(FORM.fields)
    FORM.only(["hp"])
    assert list(FORM.fields) == before


# --- Officials -----------------------------------------------------------------------------------------------------

LISTS = {
    "instructions": [{"key": "proses", "label": "Proses lebih lanjut"}, {"key": "tanggapan", "label": "Tanggapan"}],
    "items": [{"key": "ktp", "label": "KTP-el"}, {"key": "nik", "label": "NIK"}],
    "reasons": [
        {"key": "ktp_tidak_terbaca", "label": "KTP-el tidak terbaca"},
        {"key": "lainnya", "label": "Lainnya", "needs_note": True},
    ],
    "checklist": [{"key": "surat", "label": "Surat"}, {"key": "ktp", "label": "KTP-el"}],
}
DECISION_FORMS = {action: Form(schema, LISTS) for action, schema in DECISIONS.items()}
RECORD = {"serial": "5A:3F:00:9C", "valid_from": "2026-11-22", "valid_until": "2028-11-21"}


def decided(action: str, raw: dict) -> tuple[dict, tuple[Finding, ...]]:
    form = DECISION_FORMS[action]
    values = form.clean(raw)
    return values, form.check(values, TODAY)


@pytest.mark.parametrize(
    ("action", "raw", "values"),
    [
        ("forward", {"instructions": ["proses"]}, {"instructions": ["proses"]}),
        ("forward", {"instructions": "proses"}, {"instructions": ["proses"]}),
        (
            "forward",
            {"instructions": ["proses", "tanggapan", "proses", ""], "note": "Segera\r\ntindak lanjuti "},
            {"instructions": ["proses", "tanggapan"], "note": "Segera\ntindak lanjuti"},
        ),
        (
            "return",
            {"items": ["ktp", "nik"], "reason": "ktp_tidak_terbaca", "note": "Foto ulang; NIK kurang satu angka"},
            {"items": ["ktp", "nik"], "reason": "ktp_tidak_terbaca", "note": "Foto ulang; NIK kurang satu angka"},
        ),
        (
            "return",
            {"items": ["ktp"], "reason": "lainnya", "note": "Foto ulang"},
            {"items": ["ktp"], "reason": "lainnya", "note": "Foto ulang"},
        ),
        ("reject", {"reason": "ktp_tidak_terbaca"}, {"reason": "ktp_tidak_terbaca"}),
        ("refuse", {"reason": "lainnya", "note": "Kuota"}, {"reason": "lainnya", "note": "Kuota"}),
        ("dispatch", {"checklist": ["ktp", "surat"]}, {"checklist": ["ktp", "surat"]}),
        ("accept", {}, {}),
        ("invite", {"note": "Parkir di sisi timur"}, {"note": "Parkir di sisi timur"}),
        ("attend", {}, {}),
        ("miss", {"note": "x" * 1000}, {"note": "x" * 1000}),
        ("record", RECORD, RECORD),
        ("record", RECORD | {"serial": " 5A 3F–00 9C "}, RECORD | {"serial": "5A3F-009C"}),
        ("record", RECORD | {"valid_from": "1/2/2026"}, RECORD | {"valid_from": "2026-02-01"}),
        ("hand_over", {"received_by": " Siti  Aminah, S.Kom. "}, {"received_by": "Siti Aminah, S.Kom."}),
    ],
)
def test_a_decision_is_taken_as_meant(action, raw, values):
    assert decided(action, raw) == ({"action": action, **values}, ())


DECISIONS_REFUSED = [
    ("forward", {}, "instructions", "instructions.required"),
    ("forward", {"instructions": ["", " "]}, "instructions", "instructions.required"),
    ("forward", {"instructions": ["proses", "bakar"]}, "instructions", "form.oneOf"),
    ("forward", {"instructions": ["proses"], "note": "x" * 1001}, "note", "form.maxLength"),
    ("return", {"reason": "ktp_tidak_terbaca"}, "items", "items.required"),
    ("return", {"items": ["ktp"]}, "reason", "reason.required"),
    ("return", {"items": ["paspor"], "reason": "lainnya", "note": "x"}, "items", "form.oneOf"),
    ("return", {"items": ["ktp"], "reason": "lainnya"}, "note", "note.required"),
    ("return", {"items": ["ktp", "nik"], "reason": "ktp_tidak_terbaca"}, "note", "note.required"),
    ("return", {"items": ["ktp"], "reason": "lainnya", "note": " \r\n "}, "note", "note.required"),
    ("return", {"items": ["ktp"], "reason": "lainnya", "note": "x" * 1001}, "note", "form.maxLength"),
    ("reject", {}, "reason", "reason.required"),
    ("reject", {"reason": "bosan"}, "reason", "form.oneOf"),
    ("reject", {"reason": "lainnya"}, "note", "note.required"),
    ("reject", {"reason": "lainnya", "note": "x" * 1001}, "note", "form.maxLength"),
    ("refuse", {}, "reason", "reason.required"),
    ("refuse", {"reason": "bosan"}, "reason", "form.oneOf"),
    ("refuse", {"reason": "lainnya"}, "note", "note.required"),
    ("refuse", {"reason": "lainnya", "note": "x" * 1001}, "note", "form.maxLength"),
    ("dispatch", {}, "checklist", "checklist.required"),
    ("dispatch", {"checklist": ["surat"]}, "checklist", "checklist.minItems"),
    ("dispatch", {"checklist": ["surat", "lain"]}, "checklist", "form.oneOf"),
    ("dispatch", {"checklist": ["surat", "ktp"], "note": "x" * 1001}, "note", "form.maxLength"),
    ("accept", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("invite", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("attend", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("miss", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("record", RECORD | {"serial": ""}, "serial", "serial.required"),
    ("record", RECORD | {"serial": "5A3"}, "serial", "serial.pattern"),
    ("record", RECORD | {"serial": "5" * 65}, "serial", "serial.pattern"),
    ("record", RECORD | {"serial": "../../etc"}, "serial", "serial.pattern"),
    ("record", RECORD | {"valid_from": ""}, "valid_from", "valid_from.required"),
    ("record", RECORD | {"valid_from": "22 November 2026"}, "valid_from", "valid_from.format"),
    ("record", RECORD | {"valid_from": "31/02/2026"}, "valid_from", "valid_from.format"),
    ("record", RECORD | {"valid_from": "20261122"}, "valid_from", "valid_from.format"),
    ("record", RECORD | {"valid_from": "1926-11-22"}, "valid_from", "valid_from.pattern"),
    ("record", RECORD | {"valid_until": ""}, "valid_until", "valid_until.required"),
    ("record", RECORD | {"valid_until": "2026-W50-1"}, "valid_until", "valid_until.format"),
    ("record", RECORD | {"valid_until": "9999-12-31"}, "valid_until", "valid_until.pattern"),
    ("record", RECORD | {"valid_until": "2026-11-22"}, "valid_until", "valid_until.after"),
    ("record", RECORD | {"valid_until": "2025-11-22"}, "valid_until", "valid_until.after"),
    (
        "record",
        RECORD | {"valid_from": "2024-11-21", "valid_until": "2026-11-21"},
        "valid_until",
        "valid_until.not_past",
    ),
    ("hand_over", {}, "received_by", "received_by.required"),
    ("hand_over", {"received_by": "1"}, "received_by", "received_by.pattern"),
    ("hand_over", {"received_by": "x" * 121}, "received_by", "form.maxLength"),
]

DECISIONS_UNCLEANED = [
    ("forward", {"instructions": []}, "instructions", "instructions.minItems"),
    ("return", {"items": []}, "items", "items.minItems"),
    ("dispatch", {"checklist": ["surat", "surat"]}, "checklist", "checklist.uniqueItems"),
    *((action, {"action": 7}, "action", "form.type") for action in DECISIONS),
    *((action, {"action": "burn"}, "action", "form.const") for action in DECISIONS),
    *((action, {}, "action", "form.required") for action in DECISIONS),
]


def test_a_certificate_is_recorded_up_to_its_last_day():
    assert decided("record", RECORD | {"valid_from": "2024-11-22", "valid_until": TODAY.isoformat()})[1] == ()


@pytest.mark.parametrize(("action", "raw", "field", "sentence"), DECISIONS_REFUSED)
def test_a_decision_that_lacks_something_is_refused_with_its_sentence(action, raw, field, sentence):
    limit = str(DECISIONS[action]["properties"][field].get("maxLength"))
    expected = sentences(DECISIONS[action])[sentence].replace("{limit}", limit)
    assert decided(action, raw)[1] == (Finding(field, expected),)


@pytest.mark.parametrize(("action", "values", "field", "sentence"), DECISIONS_UNCLEANED)
def test_a_decision_that_no_form_sends_is_refused_too(action, values, field, sentence):
    found = DECISION_FORMS[action].check(values, TODAY)
    assert Finding(field, sentences(DECISIONS[action])[sentence]) in found


@pytest.mark.parametrize("action", DECISIONS)
def test_every_sentence_of_a_decision_is_reached_above(action):
    reached = {row[3] for row in (*DECISIONS_REFUSED, *DECISIONS_UNCLEANED) if row[0] == action}
    assert reached == set(sentences(DECISIONS[action]))


def test_lists_come_from_the_sop_and_are_shown_in_words():
    form = DECISION_FORMS["forward"]
    assert form.fields["instructions"].options == (
        Option("proses", "Proses lebih lanjut"),
        Option("tanggapan", "Tanggapan"),
    )
    ((section, rows),) = form.shown({"action": "forward", "instructions": ["tanggapan", "proses"], "note": "Segera"})
    assert section.title == DECISIONS["forward"]["title"]
    assert [words for _, words in rows] == ["Tanggapan, Proses lebih lanjut", "Segera"]


def test_building_a_form_leaves_the_schema_as_it_was():
    schema = json.loads((SCHEMAS / "decision.schema.json").read_text("utf-8"))["$defs"]["return"]
    before = json.dumps(schema)
    Form(schema, LISTS)
    assert json.dumps(schema) == before


def test_a_list_that_was_not_given_is_noticed_at_once():
    with pytest.raises(KeyError, match="reasons"):
        Form(DECISIONS["reject"])


# --- Files against their schema ------------------------------------------------------------------------------------

SHAPE = {
    "type": "object",
    "required": ["roles"],
    "additionalProperties": False,
    "properties": {
        "roles": {
            "type": "array",
            "items": {"type": "object", "required": ["key"], "properties": {"key": {"$ref": "#/$defs/key"}}},
        },
        "minutes": {"type": "integer", "minimum": 1},
    },
    "$defs": {"key": {"type": "string", "pattern": "^[a-z]+$", "description": "huruf kecil"}},
}


@pytest.mark.parametrize(
    ("instance", "key", "expected"),
    [
        ({}, "roles", "required"),
        ({"roles": [], "rolse": 1}, "rolse", "roles | minutes"),
        ({"roles": [{"key": "kadis"}, {"key": "Kabid"}]}, "roles[1].key", "huruf kecil"),
        ({"roles": [{}]}, "roles[0].key", "huruf kecil"),
        ({"roles": [], "minutes": 0}, "minutes", "minimum: 1"),
        ({"roles": [], "minutes": "15"}, "minutes", 'type: "integer"'),
        ([], "", 'type: "object"'),
    ],
)
def test_a_file_that_breaks_its_schema_is_told_where_and_what_belongs_there(instance, key, expected):
    with pytest.raises(SopInvalid) as refused:
        validate(SHAPE, instance, "sop.toml")
    assert refused.value.code == "sop_invalid"
    assert refused.value.facts == {"file": "sop.toml", "key": key, "expected": expected}


def test_a_file_that_fits_passes():
    validate(SHAPE, {"roles": [{"key": "kadis"}], "minutes": 15}, "sop.toml")


def test_nothing_is_fetched_from_the_network(monkeypatch):
    fetched = []
    monkeypatch.setattr("urllib.request.urlopen", lambda *request, **_: fetched.append(request))
    with pytest.raises(Exception, match="Unresolvable"):
        validate({"$ref": "https://example.org/schema"}, {}, "sop.toml")
    assert fetched == []


def test_a_status_lookup_does_not_pay_for_jsonschema():
    code = (
        "from portal.forms.form import Form; Form({'properties': {}}); exit('jsonschema' in __import__('sys').modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
