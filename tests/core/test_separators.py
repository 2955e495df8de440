"""What falls out of a number that was typed or pasted, and what stays for its check to see."""

import pytest

from portal.core.separators import without_separators


@pytest.mark.parametrize(
    "separator", [" ", "\t", "\n", "\u00a0", "\u2007", "-", "\u2011", "\u2013", "\u00ad", "\u200e"]
)
def test_spaces_dashes_and_invisible_marks_fall_out_wherever_they_are(separator: str) -> None:
    assert without_separators(f"{separator}19{separator}{separator}90{separator}", also=".") == "1990"


def test_one_more_character_is_a_separator_where_the_number_says_so() -> None:
    assert without_separators("19.90", also=".") == "1990"
    assert without_separators("19.90", also="\u2212") == "19.90"


@pytest.mark.parametrize("other", ["O", "_", "/", "+", "\u2212", "\u00b7", "é", "\x00"])
def test_whatever_else_was_typed_stays(other: str) -> None:
    assert without_separators(f"19{other}90", also=".") == f"19{other}90"
