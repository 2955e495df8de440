"""What is typed gets its usual form, or stays as typed."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms import typed
from tests.support.answers import FORM, ON_BEHALF, PNS, TODAY, findings


@pytest.mark.parametrize(
    ("name", "typed_text", "kept"),
    [
        ("nik", "6471 0555 0685 0003", "6471055506850003"),
        ("nik", "64.71.05.550685.0003", "6471055506850003"),
        ("nik", " 6471-0555-0685-0003\n", "6471055506850003"),
        ("nik", "6471\u00a00555\u200b0685\u20130003", "6471055506850003"),
        ("nik", "6471 0555 06", "6471 0555 06"),
        ("nik", "Nomor 6471055506850003", "6471055506850003"),
        ("nik", "milik 6471055506850003", "milik 6471055506850003"),
        ("nik", "６４７１０５５５０６８５０００３", "6471055506850003"),
        ("nik", "٦٤٧١٠٥٥٥٠٦٨٥٠٠٠٣", "6471055506850003"),
        ("nip", "NIP. 19850615 201001 2 003", "198506152010012003"),
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
        ("hp", "０８１２３４５６７８９０", "+6281234567890"),
        ("hp", "0062 812 3456 7890", "+6281234567890"),
        ("hp", "0812/3456/7890", "+6281234567890"),
        ("hp", "0812-3456-7890 (WA)", "+6281234567890"),
        ("hp", "WA: 0812 3456 7890", "+6281234567890"),
        ("hp", "tel:+6281234567890", "+6281234567890"),
        ("hp", "https://wa.me/6281234567890", "+6281234567890"),
        ("hp", "081234567890 / 081298765432", "081234567890 / 081298765432"),
        ("hp", "0812 3456 789O", "0812 3456 789O"),
        ("email", "  Siti.Aminah@TarakanKota.go.id ", "siti.aminah@tarakankota.go.id"),
        ("email", "siti @ tarakankota.go.id", "siti@tarakankota.go.id"),
        ("email", "Siti@Gmail.com", "siti@gmail.com"),
        ("email", "siti@tarakankota.go.id.", "siti@tarakankota.go.id"),
        ("email", "siti@tarakankota.go.id,", "siti@tarakankota.go.id"),
        ("email", "<siti@tarakankota.go.id>", "siti@tarakankota.go.id"),
        ("email", "Siti Aminah <Siti@tarakankota.go.id>;", "siti@tarakankota.go.id"),
        ("email", '"Aminah, Siti" <siti@tarakankota.go.id>', "siti@tarakankota.go.id"),
        ("email", "mailto:siti@tarakankota.go.id", "siti@tarakankota.go.id"),
        ("email", "siti@tarakankota.go.id (dinas)", "siti@tarakankota.go.id"),
        ("email", "siti@tarakankota,go,id", "siti@tarakankota.go.id"),
        ("email", "siti＠tarakankota.go.id", "siti@tarakankota.go.id"),
        ("email", "siti@a.id budi@a.id", "siti@a.id budi@a.id"),
        ("email", "Siti Aminah", "Siti Aminah"),
        ("email", "SİTİ@tarakankota.go.id", "SİTİ@tarakankota.go.id"),
        ("nama_ktp", "  SITI \t AMINAH ", "SITI AMINAH"),
        ("nama_ktp", "SITI\0 AMI\x07NAH", "SITI AMINAH"),
        ("nama_ktp", "\u202eSITI\u200d AMINAH", "SITI AMINAH"),
        ("nama_ktp", "MU’ADZ", "MU'ADZ"),
        ("nama_ktp", "SA\u02bbDIYAH", "SA'DIYAH"),
        ("nama_ktp", "SA\u2032DIYAH", "SA'DIYAH"),
        ("nama_ktp", "SITI\u2013AMINAH", "SITI-AMINAH"),
        ("nama_ktp", "SITI\u2011AMINAH", "SITI-AMINAH"),
        ("nama_ktp", "ＳＩＴＩ", "SITI"),
        ("nama_dengan_gelar", "Siti, Sp.PD\u2013KGEH", "Siti, Sp.PD-KGEH"),
        ("nama_dengan_gelar", "Siti, S.Kom; M.M.", "Siti, S.Kom, M.M."),
        ("nama_dengan_gelar", "Muh. \u201cAri\u201d Nur, S.Kom.", 'Muh. "Ari" Nur, S.Kom.'),
        ("jabatan", "Analis \ufb01skal", "Analis fiskal"),
        ("nama_ktp", "JOSE\u0301", "JOS\u00c9"),
        ("nama_ktp", "SITI\ud800", "SITI"),
        ("jabatan", "Kepala\r\nBidang", "Kepala Bidang"),
        ("tujuan_uraian", "satu\r\ndua\r\n\r\n\r\n\r\ntiga \r\n", "satu\ndua\n\ntiga"),
        ("email_aktif", "on", "ya"),
        ("email_aktif", "ya", "ya"),
    ],
)
def test_what_is_typed_gets_its_usual_form_or_stays_as_typed(name: str, typed_text: str, kept: str) -> None:
    assert FORM.clean({name: typed_text})[name] == kept


@pytest.mark.parametrize(
    ("name", "typed_text"),
    [
        ("nama_ktp", "ṢĀLIḤ"),
        ("nama_ktp", "ĐẶNG"),
        ("nama_dengan_gelar", 'Muh. "Ari" Nur, S.Kom.'),
        ("nama_dengan_gelar", "Siti, S.Kom; M.M."),
        ("hp", "0812-3456-7890 (WA)"),
        ("email", "Siti Aminah <siti@tarakankota.go.id>"),
    ],
)
def test_what_was_tidied_is_taken(name: str, typed_text: str) -> None:
    assert [each for each in findings(PNS | {name: typed_text}) if each.field == name] == []


@pytest.mark.parametrize("empty", ["", "   ", "\0", "\u200b", [], [""], None, 7, [7, None], b"ya", {"ya": "ya"}])
def test_what_says_nothing_is_left_out(empty: Any) -> None:
    assert FORM.clean({"jabatan": empty, "email_aktif": empty}) == {"jenis_permohonan": "penerbitan"}


def test_only_known_fields_are_kept() -> None:
    assert FORM.clean({"csrf": "x", "is_admin": "ya", "jabatan": "Camat"}) == {
        "jenis_permohonan": "penerbitan",
        "jabatan": "Camat",
    }


def test_a_web_form_with_lists_and_a_plain_mapping_are_cleaned_alike() -> None:
    assert FORM.clean({name: [value] for name, value in PNS.items()}) == FORM.clean(PNS)


def test_of_several_values_for_one_answer_the_first_that_says_something_counts() -> None:
    assert FORM.clean({"jabatan": ["", "Camat", "Lurah"]})["jabatan"] == "Camat"


def test_a_constant_cannot_be_typed_over() -> None:
    assert FORM.clean({"jenis_permohonan": "pencabutan"})["jenis_permohonan"] == "penerbitan"


def test_long_text_is_not_cut() -> None:
    assert FORM.clean({"jabatan": "x" * 10_000})["jabatan"] == "x" * 10_000


def test_answers_to_what_is_not_asked_are_dropped() -> None:
    cleaned = FORM.clean(ON_BEHALF | {"diisi_oleh": "sendiri", "opd_lainnya": "Kecamatan Tarakan Barat"})
    assert not cleaned.keys() & {"nama_pengisi", "jabatan_pengisi", "hp_pengisi", "persetujuan", "opd_lainnya"}


@pytest.mark.parametrize(("status", "kept"), [("PNS", True), ("PPPK", True), ("Lainnya", False)])
def test_a_number_is_asked_of_pns_and_pppk_only(status: str, kept: bool) -> None:
    assert ("nip" in FORM.clean(PNS | {"status_kepegawaian": status})) is kept


def test_answers_are_kept_while_what_they_depend_on_is_open() -> None:
    assert FORM.clean({"opd_lainnya": "Kecamatan Tarakan Barat"})["opd_lainnya"] == "Kecamatan Tarakan Barat"


@given(st.dictionaries(st.sampled_from(sorted(FORM.fields)), st.text() | st.lists(st.text())))
def test_cleaning_twice_is_cleaning_once(raw: dict[str, Any]) -> None:
    once = FORM.clean(raw)
    assert FORM.clean(once) == once


@given(st.dictionaries(st.sampled_from(sorted(FORM.fields)), st.text() | st.lists(st.text())))
def test_whatever_is_typed_can_be_stored_and_checked(raw: dict[str, Any]) -> None:
    cleaned = FORM.clean(raw)
    for value in cleaned.values():
        assert isinstance(value, str)
        value.encode()
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in value.replace("\n", ""))
    assert {finding.field for finding in FORM.check(cleaned, TODAY)} <= set(FORM.fields)


@given(st.dictionaries(st.sampled_from(sorted(FORM.fields)), st.none() | st.integers() | st.lists(st.text())))
def test_values_of_the_wrong_type_are_found_not_stumbled_over(values: dict[str, Any]) -> None:
    found = {finding.field for finding in FORM.check(values, TODAY) if not finding.passable}
    assert values.keys() <= found


@given(st.text())
def test_lines_keep_no_empty_edge_and_no_gap(text: str) -> None:
    kept = typed.lines(text)
    assert kept == kept.strip()
    assert "\n\n\n" not in kept
