from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core import identity
from portal.core.identity import RULES, Nik, Nip

TODAY = date(2026, 11, 22)
MAN_BORN_1965 = "6473011101650003"  # registered while Tarakan had the code of Kalimantan Timur
WOMAN_BORN_1990 = "6571025309900012"
PNS_MAN_1965 = "196501112000121002"
PPPK_WOMAN_1990 = "199009132025242014"


def broken(**values: str) -> set[str]:
    return {name for name, rule in RULES.items() if not rule(values, TODAY)}


@pytest.mark.parametrize(
    "typed",
    [
        "19650111 200012 1 002",
        "19650111.200012.1.002",
        "19650111-200012–1‑002",
        " 196501112000121002\t\r\n",
        "\u202a1965\u00a00111\u200b2000\u00ad121002\ufeff",
    ],
)
def test_typed_separators_are_dropped(typed: str) -> None:
    assert identity.digits(typed) == PNS_MAN_1965


@pytest.mark.parametrize("typed", ["1965O111", "1965/01", "1965\x00", "'1965", "１９６５", "1965,1", "+62"])
def test_other_characters_stay_for_validation_to_see(typed: str) -> None:
    assert identity.digits(typed) == typed


@given(st.text())
def test_dropping_separators_twice_changes_nothing_more(text: str) -> None:
    assert identity.digits(identity.digits(text)) == identity.digits(text)


def test_a_nik_is_taken_apart() -> None:
    assert identity.nik(MAN_BORN_1965) == Nik("647301", 11, 1, 65, False, 3)
    assert identity.nik(WOMAN_BORN_1990) == Nik("657102", 13, 9, 90, True, 12)
    read = identity.nik(WOMAN_BORN_1990)
    assert read is not None
    assert read.province == "65"


@settings(deadline=None)
@given(
    st.integers(0, 999999),
    st.dates(date(1926, 1, 1), date(2025, 12, 31)),
    st.booleans(),
    st.integers(1, 9999),
)
def test_every_region_birth_sex_and_serial_makes_a_readable_nik(
    region: int, born: date, female: bool, serial: int
) -> None:
    number = f"{region:06d}{born.day + 40 * female:02d}{born:%m%y}{serial:04d}"
    if len(set(number)) > 1:
        person = identity.nik(number)
        assert person == Nik(f"{region:06d}", born.day, born.month, born.year % 100, female, serial)
        assert person.could_be_born_on(born)
        assert person.has_possible_birth()


@pytest.mark.parametrize(
    "number",
    [
        "647301110165000",
        "64730111016500030",
        "647301110165000A",
        "647301 110165 003",
        "٦٤٧٣٠١١١٠١٦٥٠٠٠٣",
        "1111111111111111",
        "6473010001650003",
        "6473013201650003",
        "6473014001650003",
        "6473017201650003",
        "6473011100650003",
        "6473011113650003",
        "6473011101650000",
    ],
)
def test_an_impossible_nik_breaks_the_structure_rule(number: str) -> None:
    assert identity.nik(number) is None
    assert broken(nik=number) == {"nik_structure"}


@pytest.mark.parametrize("number", ["6473010101650003", "6473013112650003", "6473014101650003", "6473017112659999"])
def test_the_first_and_last_possible_days_of_both_sexes_are_fine(number: str) -> None:
    assert broken(nik=number) == set()


@pytest.mark.parametrize("region", ["647301", "657101", "317101", "965100", "110101", "940101"])
def test_no_region_in_particular_is_required(region: str) -> None:
    assert broken(nik=region + "1101650003") == set()


@pytest.mark.parametrize("region", ["201301", "540101", "971101", "001101", "220101"])
def test_a_province_outside_the_list_is_reported_alone(region: str) -> None:
    assert broken(nik=region + "1101650003") == {"nik_province_known"}


def test_the_list_holds_the_38_provinces_of_2025() -> None:
    assert len(identity.PROVINCES) == 38
    assert {"11", "21", "36", "53", "65", "76", "82", "96"} <= identity.PROVINCES


def test_a_high_serial_is_as_good_as_a_low_one() -> None:
    assert broken(nik="6571021309900001") == broken(nik="6571021309909999") == set()


@pytest.mark.parametrize("day_and_month", ["3002", "7002", "3104", "7111"])
def test_a_day_that_exists_in_no_year_is_reported_alone(day_and_month: str) -> None:
    assert broken(nik=f"657102{day_and_month}900012") == {"nik_possible_date"}


def test_a_leap_day_counts_when_one_of_both_centuries_has_it() -> None:
    assert broken(nik="6571022902000012") == set()  # 2000 was a leap year, 1900 was not
    assert broken(nik="6571022902960012") == set()
    assert broken(nik="6571022902970012") == {"nik_possible_date"}


def test_the_number_printed_on_the_sop_parses() -> None:
    assert identity.nip(PNS_MAN_1965) == Nip(date(1965, 1, 11), 2000, 12, False, 2)
    assert broken(nip=PNS_MAN_1965, status_kepegawaian="PNS", nik=MAN_BORN_1965) == set()


def test_a_pppk_number_with_a_contract_code_is_fine_for_a_pppk() -> None:
    assert identity.nip(PPPK_WOMAN_1990) == Nip(date(1990, 9, 13), 2025, 24, True, 14)
    assert broken(nip=PPPK_WOMAN_1990, status_kepegawaian="PPPK", nik=WOMAN_BORN_1990) == set()


def test_a_number_typed_in_groups_is_checked_like_the_bare_one() -> None:
    assert broken(nip="19650111 200012 1 002", nik="64.73.01-110165-0003", status_kepegawaian="PNS") == set()
    assert broken(nip="19650111 200012 3 002") == {"nip_structure"}


@pytest.mark.parametrize(
    "number",
    [
        "19650111200012100",
        "1965011120001210021",
        "1965O1112000121002",
        "196502302000121002",
        "196513112000121002",
        "196501112000120002",
        "196501112000123002",
        "196501112000121000",
        "194912312000121002",
        "201001112026121002",
        "196501111981121002",
        "000000000000000000",
        "１９６５０１１１２０００１２１００２",
    ],
)
def test_an_impossible_nip_is_reported_once(number: str) -> None:
    for status in ("PNS", "PPPK", "Lainnya", ""):
        assert "nip_structure" in broken(nip=number, status_kepegawaian=status)
    assert broken(nip=number) == {"nip_structure"}


def test_the_youngest_and_the_oldest_allowed_are_fine() -> None:
    assert broken(nip="200911222026011001") == set()
    assert broken(nip="195001011967011001") == set()


@pytest.mark.parametrize(
    ("number", "status", "expected"),
    [
        (PPPK_WOMAN_1990, "PNS", {"nip_fits_pns"}),
        ("199009132025002014", "PNS", {"nip_fits_pns"}),
        ("199009132027012014", "PNS", {"nip_fits_pns"}),
        ("199009132026122014", "PNS", set()),
        (PNS_MAN_1965, "PPPK", {"nip_fits_pppk"}),
        ("199009132018212014", "PPPK", {"nip_fits_pppk"}),
        ("199009132019212014", "PPPK", set()),
        ("199009132026002014", "PPPK", set()),
        ("199009132027212014", "PPPK", {"nip_fits_pppk"}),
        (PPPK_WOMAN_1990, "Lainnya", set()),
        (PNS_MAN_1965, "Lainnya", set()),
        (PPPK_WOMAN_1990, "", set()),
    ],
)
def test_a_status_that_disagrees_with_the_number_is_reported(number: str, status: str, expected: set[str]) -> None:
    assert broken(nip=number, status_kepegawaian=status) == expected


def test_nik_and_nip_of_two_people_are_reported() -> None:
    assert broken(nik=MAN_BORN_1965, nip=PPPK_WOMAN_1990) == {"nik_matches_nip_birth", "nik_matches_nip_sex"}
    assert broken(nik="6571021309900012", nip=PPPK_WOMAN_1990) == {"nik_matches_nip_sex"}
    assert broken(nik="6571025409900012", nip=PPPK_WOMAN_1990) == {"nik_matches_nip_birth"}


@pytest.mark.parametrize(
    "values", [{}, {"nik": "", "nip": "", "status_kepegawaian": ""}, {"status_kepegawaian": "PNS"}]
)
def test_missing_values_break_no_rule(values: dict[str, Any]) -> None:
    assert broken(**values) == set()


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["PNS", "PPPK", "Lainnya", "x"]))
def test_rules_answer_for_any_text(nik: str, nip: str, status: str) -> None:
    assert broken(nik=nik, nip=nip, status_kepegawaian=status) <= set(RULES)


def test_a_nip_is_shown_in_groups_and_anything_else_as_it_is() -> None:
    assert identity.grouped_nip(PNS_MAN_1965) == "19650111 200012 1 002"
    assert identity.grouped_nip("1965") == "1965"
    assert identity.grouped_nip("") == ""


@pytest.mark.parametrize(("month", "expected"), [("00", {"nip_fits_pns"}), ("01", set()), ("13", {"nip_fits_pns"})])
def test_a_pns_is_appointed_in_a_month_of_the_year(month: str, expected: set[str]) -> None:
    assert broken(nip=f"1990091320 25{month}2014", status_kepegawaian="PNS") == expected


def test_nobody_has_a_number_already_who_is_too_young_for_one_today() -> None:
    assert broken(nip="201001112027121002") == {"nip_structure"}
