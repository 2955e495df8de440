"""Codes of emails: ours are known by themselves, whatever is not ours has one answer, and nothing is kept."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from portal.core.errors import NotFound
from portal.editions import read_messages
from portal.links import Links
from portal.usecases.genuine import Genuine
from tests.support.places import ROOT

KINDS = read_messages()["emails"]
AT = datetime(2026, 11, 27, 2, 30, 41, tzinfo=UTC)


def genuine(*keys: str) -> Genuine:
    office: Any = SimpleNamespace(clock=lambda: AT, links=Links(keys or ("kunci",)))
    return Genuine(cast(Any, office), KINDS)


def test_a_code_tells_the_minute_and_the_kind_however_it_is_typed() -> None:
    code = genuine().code("turn")
    assert len(code) == 14
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} ", code.replace("O", "0")):
        found = genuine().check(typed)
        assert found.at == AT.replace(second=0)
        assert "pejabat" in found.kind


def test_a_letter_is_of_one_kind_and_of_the_first_where_none_lists_it() -> None:
    letters = {file.stem for file in (ROOT / "functions/portal/letters/texts").glob("[a-z]*.txt")}
    listed = [letter for kind in KINDS for letter in kind["letters"]]
    assert len(set(listed)) == len(listed)
    assert set(listed) <= letters
    for kind in KINDS:
        for letter in kind["letters"]:
            assert genuine().check(genuine().code(letter)).kind == kind["said"]
    assert genuine().check(genuine().code("another")).kind == KINDS[0]["said"]


@pytest.mark.parametrize("typed", ["", "A", "AAAA-AAAA-AAAA", "7" * 12, "ÄÄÄÄ-ÄÄÄÄ-ÄÄÄÄ", "٣" * 12, "<b>", "A" * 5000])
def test_what_is_not_ours_is_unknown(typed: str) -> None:
    with pytest.raises(NotFound, match="email_unknown"):
        genuine().check(typed)


def test_a_changed_letter_or_another_key_is_unknown_and_an_older_key_still_known() -> None:
    code = genuine("lama").code("received")
    for place, letter in enumerate(code):
        if letter != "-":
            with pytest.raises(NotFound):
                genuine("lama").check(code[:place] + ("A" if letter != "A" else "C") + code[place + 1 :])
    with pytest.raises(NotFound):
        genuine("baru").check(code)
    assert genuine("lama", "baru").check(code).at == AT.replace(second=0)
