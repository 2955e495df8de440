"""An application checked: what is fine, what is refused, what is only odd, each in the sentence of the schema."""

import json
from datetime import date
from typing import Any

import pytest

from portal.core.errors import Finding
from portal.forms.form import Form, Option
from tests.support.answers import APPLICATION, FORM, ON_BEHALF, OTHER, PNS, PPPK, SENTENCES, TODAY, findings

# --- The application: what is fine ---------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [PNS, PPPK, OTHER, ON_BEHALF], ids=["pns", "pppk", "other", "on behalf"])
def test_a_complete_application_passes_without_a_word(raw: dict[str, Any]) -> None:
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
def test_what_is_unusual_but_right_passes_without_a_word(change: dict[str, Any]) -> None:
    assert findings(PNS | change) == ()


@pytest.mark.parametrize("number", ["199009132025242014", "199009132025212014", "199009132019992014"])
def test_the_contract_code_of_a_pppk_is_not_taken_for_a_month(number: str) -> None:
    assert findings(PPPK | {"nip": number}) == ()


@pytest.mark.parametrize("region", ["110101", "317101", "640101", "647305", "657101", "947101"])
def test_a_nik_of_any_region_passes(region: str) -> None:
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
    ({"email": "siti aminah@tarakankota.go.id"}, "email", "email.allOf.0.pattern"),
    ({"email": "siti@@tarakankota.go.id"}, "email", "email.allOf.1.pattern"),
    ({"email": "siti@gmail.com"}, "email", "email.allOf.2.pattern"),
    ({"email": "siti@kaltaraprov.go.id"}, "email", "email.allOf.2.pattern"),
    ({"email": "siti@eviltarakankota.go.id"}, "email", "email.allOf.2.pattern"),
    ({"email": "siti@evil-tarakankota.go.id"}, "email", "email.allOf.2.pattern"),
    ({"email": "siti@tarakankota.go.id.evil.com"}, "email", "email.allOf.2.pattern"),
    ({"email": "siti@tarakankotaxgo.id"}, "email", "email.allOf.2.pattern"),
    ({"email": "siti..aminah@tarakankota.go.id"}, "email", "email.allOf.3.pattern"),
    ({"email": ".siti@tarakankota.go.id"}, "email", "email.allOf.3.pattern"),
    ({"email": "s\u0456ti@tarakankota.go.id"}, "email", "email.allOf.3.pattern"),
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
def test_what_cannot_be_right_is_refused_with_its_sentence(change: dict[str, Any], field: str, sentence: str) -> None:
    limit = str(APPLICATION["properties"][field].get("maxLength"))
    found = [finding for finding in findings(PNS | change) if finding.field == field]
    assert found == [Finding(field, SENTENCES[sentence].replace("{limit}", limit))]


@pytest.mark.parametrize(("change", "field", "sentence"), WARNED)
def test_what_is_odd_may_pass_with_a_warning(change: dict[str, Any], field: str, sentence: str) -> None:
    found = findings(PNS | change)
    assert Finding(field, SENTENCES[sentence], passable=True) in found
    assert all(finding.passable for finding in found)


@pytest.mark.parametrize(("change", "field", "sentence"), UNCLEANED)
def test_values_that_no_form_sends_are_refused_too(change: dict[str, Any], field: str, sentence: str) -> None:
    found = FORM.check(FORM.clean(PNS) | change, TODAY)
    assert Finding(field, SENTENCES[sentence]) in found


def test_a_missing_constant_is_missed() -> None:
    values = FORM.clean(PNS)
    del values["jenis_permohonan"]
    assert FORM.check(values, TODAY) == (Finding("jenis_permohonan", SENTENCES["form.required"]),)


def test_every_sentence_of_the_application_is_reached_above() -> None:
    reached = {sentence for _, _, sentence in (*REFUSED, *WARNED, *UNCLEANED)} | {"form.required", "form.letters"}
    assert reached == set(SENTENCES)


def test_letters_that_no_paper_can_print_are_named() -> None:
    found = findings(PNS | {"jabatan": "Analis محم 👩‍💻 漢字", "unit_kerja": "Bidang № 2 – “Statistik”"})
    (sentence,) = [finding.message for finding in found if not finding.passable]
    assert sentence == SENTENCES["form.letters"].replace("{letters}", "م ح 👩 💻 漢 字")


def test_people_without_an_office_address_are_told_where_to_get_one() -> None:
    (finding,) = findings(PNS | {"email": "siti@gmail.com"})
    assert "Hubungi DKISP" in finding.message


def test_errors_come_before_warnings_each_in_the_order_of_the_form() -> None:
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


def test_a_field_has_one_error_and_then_no_warning() -> None:
    found = findings(PNS | {"nama_ktp": "SITI 4MINAH, S.KOM"})
    assert found == (Finding("nama_ktp", SENTENCES["nama_ktp.pattern"]),)


def test_an_empty_form_names_what_is_missing_once_each() -> None:
    found = findings({})
    assert [finding.field for finding in found] == [
        name for name in FORM.fields if name in APPLICATION["required"] and name != "jenis_permohonan"
    ]


def test_today_decides_whether_a_year_of_appointment_can_be() -> None:
    appointed_next_year = PNS | {"nip": "198506152027012003"}
    assert [f.passable for f in findings(appointed_next_year, date(2026, 12, 31))] == [True]
    assert findings(appointed_next_year, date(2027, 1, 1)) == ()


def test_unknown_values_of_an_older_form_do_not_stand_in_the_way() -> None:
    assert FORM.check(FORM.clean(PNS) | {"alamat_kantor": "Jl. Pulau Kalimantan No. 1"}, TODAY) == ()


def test_an_office_that_is_no_longer_offered_stays_valid() -> None:
    schema = json.loads(json.dumps(APPLICATION))
    schema["properties"]["opd"]["oneOf"].append({"const": "Dinas Pasar", "deprecated": True})
    form = Form(schema)
    assert form.check(form.clean(PNS | {"opd": "Dinas Pasar"}), TODAY) == ()
    assert form.fields["opd"].options[-1] == Option("Dinas Pasar", "Dinas Pasar", active=False)


def test_answers_that_were_looked_through_are_not_looked_through_again_but_on_another_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form, looked = Form(FORM._schema), list[date]()
    errors = form._errors

    def counted(known: Any, today: date) -> dict[str, str]:
        looked.append(today)
        return errors(known, today)

    monkeypatch.setattr(form, "_errors", counted)
    answers = form.clean(PNS)
    wrong = {**answers, "nik": "1"}
    assert form.check(answers, TODAY) == form.check(dict(answers), TODAY) == ()
    assert form.check(wrong, TODAY) == form.check(wrong, TODAY) != ()
    assert len(looked) == 2
    form.check(answers, date(2027, 1, 4))
    assert len(looked) == 3
